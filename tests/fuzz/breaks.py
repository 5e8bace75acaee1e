"""For each rule of the checks, what an annotator, a server or a script must do to break it: see ``BREAKS``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from toolkit.annotations.grammar import IGNORED
from toolkit.articles.model import text_digest
from toolkit.spans import Span, to_utf16

from .drafts import Draft, answer, as_raw, relation

Break = Callable[[Draft], Any]
BREAKS: dict[str, Break] = {}


def breaks(rule: str) -> Callable[[Break], Break]:
    """Register what breaks a rule."""

    def register(one: Break) -> Break:
        BREAKS[rule] = one
        return one

    return register


@breaks("offset-not-integer")
def _(one: Draft) -> None:
    one.some_region()["value"][one.random.choice(["start", "end"])] = one.random.choice([1.0, "3", True, [1], {}])


@breaks("offset-inverted")
def _(one: Draft) -> None:
    value = one.some_region()["value"]
    value["start"], value["end"] = value["end"], value["start"]


@breaks("offset-empty")
def _(one: Draft) -> None:
    value = one.some_region()["value"]
    value["end"] = value["start"]


@breaks("offset-out-of-range")
def _(one: Draft) -> None:
    region = one.some_region()
    if one.random.random() < 0.5:
        region["value"].pop("text")
    one.place(region, *one.random.choice([(-3, 2), (0, len(one.text) + 1), (len(one.text), 10**30), (-2, -1)]))


@breaks("offset-inside-edit")
def _(one: Draft) -> None:
    """The task shows raw text, and a region begins between a carriage return and its newline."""
    one.raw[one.article_id] = as_raw(one.text)
    shown = one.raw[one.article_id].shown
    one.task["data"] |= {"text": shown, "text_sha256": text_digest(shown)}
    at = one.random.choice([at for at in range(len(shown)) if shown[at] == "\r"])
    one.place(one.some_region(), at + 1, at + 3, text=shown[at + 1 : at + 3])


@breaks("text-mismatch")
def _(one: Draft) -> None:
    one.some_region()["value"]["text"] = one.random.choice(["elsewhere", "", "os", "\ud83d", "Osk Osk"])


@breaks("offset-utf16")
def _(one: Draft) -> None:
    region = one.region("o")
    one.place(region, *to_utf16(one.text, Span(region["value"]["start"], region["value"]["end"])))


@breaks("offset-newline")
def _(one: Draft) -> None:
    region = one.region("o")
    start, end = region["value"]["start"], region["value"]["end"]
    newlines = one.text.count("\n", 0, start)
    one.place(region, start + newlines, end + newlines)


@breaks("span-edge-whitespace")
def _(one: Draft) -> None:
    region = one.some_region()
    start, end = region["value"]["start"] - 1, region["value"]["end"]
    one.place(region, start, end, text=one.text[start:end])


@breaks("malformed-result")
def _(one: Draft) -> None:
    region, random = one.some_region(), one.random
    random.choice(
        [
            lambda: one.result.append(random.choice([None, 1, "labels", [], {}, {"type": None}, {"type": ["labels"]}])),
            lambda: region.pop("id"),
            lambda: region.update(id=random.choice([None, "", 7, ["o"]])),
            lambda: region.update(value=random.choice([None, [], "Osk"])),
            lambda: region["value"].update(labels=random.choice([None, [], "PERSON", {}])),
            lambda: region["value"].pop(random.choice(["start", "end"])),
            lambda: region["value"].update(text=random.choice([["Osk"], 7, {}])),
            lambda: one.relation("o", "q").update(direction=random.choice(["up", 1, []])),
            lambda: one.relation("o", "q").update(from_id=random.choice([None, 7, {}])),
            lambda: one.relation("o", "q").update(labels=random.choice(["knows", {}, 1])),
            lambda: one.answer("o", "level").update(value=random.choice([None, {}, {"choices": []}, {"choices": [1]}])),
            lambda: one.annotation.update(result=random.choice([{}, "o", 7])),
        ]
    )()


@breaks("unknown-result-type")
def _(one: Draft) -> None:
    random = one.random
    random.choice(
        [
            lambda: one.some_region().update(type=random.choice(["taxonomy", "", "rating", "Labels"])),
            lambda: one.answer("o", "level").update(type="textarea"),
            lambda: one.answer("n", "digits").update(type="choices"),
        ]
    )()


@breaks("unknown-control")
def _(one: Draft) -> None:
    change = one.random.choice(
        [
            *({"from_name": "ner"}, {"from_name": None}, {"from_name": ["x"]}, {"to_name": "title"}, {"to_name": 1}),
            *({"type": "hypertextlabels"}, {"type": "paragraphlabels"}),
        ]
    )
    one.some_region().update(change)


@breaks("duplicate-region-id")
def _(one: Draft) -> None:
    one.result.append(copy.deepcopy(one.some_region()))


@breaks("ignored-control")
def _(one: Draft) -> None:
    one.some_region()["from_name"] = IGNORED


@breaks("skipped-work")
def _(one: Draft) -> None:
    one.annotation["was_cancelled"] = True


@breaks("unknown-label")
def _(one: Draft) -> None:
    one.some_region()["value"]["labels"].append(one.random.choice(["HUMAN", "", "PERSON ", 1, None, {}, "\ud83d"]))


@breaks("duplicate-label")
def _(one: Draft) -> None:
    labels = one.some_region()["value"]["labels"]
    labels.append(labels[0])


@breaks("label-conflict")
def _(one: Draft) -> None:
    one.region(one.random.choice("cu"))["value"]["labels"] = ["CLAIM", "CUE"]


@breaks("orphan-attribute")
def _(one: Draft) -> None:
    one.answer("o", "level")["id"] = one.random.choice(["nowhere", "", None, 7])


@breaks("attribute-not-for-label")
def _(one: Draft) -> None:
    one.result.append(answer("q", "grid", "textarea", text=["b4"]))


@breaks("unknown-choice")
def _(one: Draft) -> None:
    one.answer("o", "level")["value"]["choices"] = [one.random.choice(["HUMAN", "Named", "\ud83d"])]


@breaks("choice-answered-twice")
def _(one: Draft) -> None:
    another = answer("o", "level", "choices", choices=[one.random.choice(["named", "nominal"])])
    one.random.choice(
        [
            lambda: one.result.append(another),
            lambda: one.answer("o", "level").update(value={"choices": ["named", "nominal"]}),
            lambda: one.relation("o", "q").update(labels=["knows", "negated", "doubted"]),
        ]
    )()


@breaks("claim-attribute-missing")
def _(one: Draft) -> None:
    one.result.remove(one.answer("c", "attribution"))


@breaks("mention-attribute-missing")
def _(one: Draft) -> None:
    one.result.remove(one.answer("n", "digits"))


@breaks("attribute-pattern")
def _(one: Draft) -> None:
    one.result.append(answer("v", "grid", "textarea", text=one.random.choice(["!", ["b 4"], ["b4\n"]])))


@breaks("dangling-relation")
def _(one: Draft) -> None:
    one.relation("o", "q")[one.random.choice(["from_id", "to_id"])] = one.random.choice(["nowhere", ""])


@breaks("self-relation")
def _(one: Draft) -> None:
    one.relation("o", "q")["to_id"] = "o"


@breaks("duplicate-relation")
def _(one: Draft) -> None:
    one.result.append(
        one.random.choice([relation("o", "q", "knows"), relation("q", "o", "knows"), relation("c", "o", "said_by")])
    )


@breaks("unknown-relation")
def _(one: Draft) -> None:
    one.relation("o", "q")["labels"].append(one.random.choice(["beside", "", 1, None, "\ud83d"]))


@breaks("relation-without-label")
def _(one: Draft) -> None:
    one.result.append(relation("s", "u") | {"labels": one.random.choice([[], None, ["negated"]])})


@breaks("relation-end-type")
def _(one: Draft) -> None:
    one.result.append(one.random.choice([relation("o", "v", "knows"), relation("u", "c", "cued_by")]))


@breaks("relation-direction")
def _(one: Draft) -> None:
    one.relation("d", "v")["direction"] = "bi"


@breaks("link-modality")
def _(one: Draft) -> None:
    one.relation("c", "o")["labels"].append("negated")


@breaks("rejected-dependency")
def _(one: Draft) -> None:
    one.region(one.random.choice("oqvdnc"))["value"]["start"] = 0.5


@breaks("claim-without-claimant")
def _(one: Draft) -> None:
    one.result.remove(one.relation("c", "o"))


@breaks("cue-unlinked")
def _(one: Draft) -> None:
    one.result.remove(one.relation("c", "u"))


@breaks("malformed-task")
def _(one: Draft) -> None:
    one.task["annotations"] = one.random.choice([[None], [7], "ann", ["ann", *one.task["annotations"]]])


@breaks("unknown-article")
def _(one: Draft) -> None:
    change = one.random.choice([{"article_id": "nowhere"}, {"article_id": None}, {"article_id": ["article-1"]}, None])
    one.task["data"] = change and {**one.task["data"], **change}


@breaks("text-changed")
def _(one: Draft) -> None:
    data = one.task["data"]
    one.task["data"] = one.random.choice(
        [
            {**data, "text": one.text + " "},
            {**data, "text": None},
            {**data, "text_sha256": "0"},
            {"article_id": data["article_id"]},
        ]
    )


@breaks("unknown-annotator")
def _(one: Draft) -> None:
    one.annotation["completed_by"] = None


@breaks("duplicate-annotation")
def _(one: Draft) -> None:
    another = {**copy.deepcopy(one.annotation), "id": 99, "updated_at": "2025-01-01T00:00:00Z"}
    one.task["annotations"].append(another)
