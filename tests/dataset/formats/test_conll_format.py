from __future__ import annotations

from collections import Counter
from pathlib import Path

from odd_world import Export
from small_world import World, make_article, mention, vote

from toolkit.annotations.conll import read_conll
from toolkit.dataset.formats.catalogue import export
from toolkit.dataset.formats.document import documents
from toolkit.dataset.formats.names import Target
from toolkit.dataset.opened import Opened, open_dataset

HARBOUR = """\
-DOCSTART-\ta1\t_\tO

Ali\t0\t3\tB-PERSON
👩🏽‍🚀\t4\t8\tO
of\t9\t11\tO
Libya\t12\t17\tB-ORGANIZATION
'\t17\t18\tI-ORGANIZATION
s\t18\t19\tI-ORGANIZATION
coast\t20\t25\tI-ORGANIZATION
guard\t26\t31\tI-ORGANIZATION
met\t32\t35\tO
Omar\t36\t40\tB-PERSON
in\t41\t43\tO
Tripoli\t44\t51\tB-GPE
.\t51\t52\tO

According\t53\t62\tO
"""

Entity = tuple[str, int, int]


def test_a_token_a_line(export_small: Export) -> None:
    made = export_small("conll")
    text = (made.folder / "train.conll").read_text(encoding="utf-8")
    assert text.startswith(HARBOUR)
    assert text.endswith("بخير\t25\t29\tO\n.\t29\t30\tO\n")
    assert text.count("-DOCSTART-") == 2
    (part,) = made.parts
    assert part.written == Counter(documents=2, mentions=9)
    assert part.left_out == {
        ("documents", "its entities are not gold: with none it would read as if there were none"): 3,
        ("mentions", "it shares a token with another mention"): 2,  # Libya, and Tripoli as a LOCATION
        ("relations", "CoNLL holds tags only"): 2,
        ("claims", "CoNLL holds tags only"): 2,
    }
    assert part.changed == {("mentions", "an edge lies inside a token: it covers the whole of it"): 1}


def blocks(folder: Path, split: str) -> dict[str, list[list[list[str]]]]:
    """By article, sentences of lines of columns, as any reader of the shared task's files takes them."""
    articles: dict[str, list[list[list[str]]]] = {}
    for block in (folder / f"{split}.conll").read_text(encoding="utf-8").strip("\n").split("\n\n"):
        lines = [line.split("\t") for line in block.split("\n")]
        if lines[0][0] == "-DOCSTART-":
            articles[lines[0][1]] = []
        else:
            articles[next(reversed(articles))].append(lines)
    return articles


def entities(tags: list[str]) -> list[Entity]:
    """The entities of one sentence in strict IOB2, as seqeval reads them: an I that continues nothing is an error."""
    found: list[Entity] = []
    for number, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if prefix == "B":
            found.append((label, number, number + 1))
        elif prefix == "I":
            before = found[-1]
            assert (before[0], before[2]) == (label, number), tags
            found[-1] = (label, before[1], number + 1)
        else:
            assert tag == "O"
    return found


def test_the_columns_are_tokens_offsets_and_the_tags_of_the_dataset(odd: Opened, export_odd: Export) -> None:
    made = export_odd("conll")
    for part in made.parts:
        read = blocks(made.folder, part.split)
        kept = 0
        rows = list(odd.named("entities", part.split))
        assert list(read) == [row["article_id"] for row in rows]
        for row in rows:
            lines = [line for sentence in read[row["article_id"]] for line in sentence]
            assert [line[0] for line in lines] == row["tokens"]
            assert [(int(line[1]), int(line[2])) for line in lines] == list(
                zip(row["token_starts"], row["token_ends"], strict=True)
            )
            assert [line[3] for line in lines] == row["ner_tags"]
            found = [one for sentence in read[row["article_id"]] for one in entities([line[3] for line in sentence])]
            assert len(found) == len(row["entities"]) - row["untagged"]
            kept += len(found)
        assert kept == part.written["mentions"]
        assert part.changed.total() == sum(row["misaligned"] for row in rows)


def test_of_two_mentions_with_one_tag_the_one_that_it_fits_is_written(tmp_path: Path) -> None:
    article = make_article("a1", "The Greater Tripoli Area.")
    places = tuple(
        mention(article.text, id, quote, "LOCATION")
        for id, quote in (("m1", "Greater Tripoli Are"), ("m2", "Greater Tripoli Area"))
    )
    built = World(articles={"a1": article}, votes=[vote(article, "annotator-7f", mentions=places)]).build(
        tmp_path / "a"
    )
    (part,) = export(open_dataset(built.folder), Target.CONLL, tmp_path / "out").parts
    assert (part.written["mentions"], part.changed) == (1, {})
    assert part.left_out == {("mentions", "it shares a token with another mention"): 1}


def test_goldkit_reads_it_again(odd: Opened, export_odd: Export) -> None:
    tasks = read_conll(export_odd("conll").folder)
    gold = [(split, one) for split in ("test", "train") for one in documents(odd, split) if one.entities]
    assert len(gold) > 20
    for task, (split, document) in zip(tasks, gold, strict=True):
        text = task["data"]["text"]
        assert "".join(text.split()) == "".join(token.of(document.text) for token in document.tokens)
        (annotation,) = task["annotations"]
        assert annotation["completed_by"] == {"email": split}
        regions = [one["value"] for one in annotation["result"]]
        assert document.entities is not None
        assert [one["labels"][0] for one in regions] == [
            tag[2:] for tag in document.entities["ner_tags"] if tag.startswith("B-")
        ]
        assert all(text[one["start"] : one["end"]] == one["text"] for one in regions)
