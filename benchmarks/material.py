"""Articles and annotations made by seed, of the size that real ones have: the same for the same number, everywhere."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import islice

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Relation, SpanItem
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import Article, StoredArticle, text_digest
from toolkit.articles.read import read
from toolkit.articles.rules import Rules
from toolkit.files import write_jsonl
from toolkit.ontology.model import Attribute, Ontology, RelationType
from toolkit.samples import ARTICLES
from toolkit.workspace import Workspace

LENGTHS = (2000, 4000)  # characters
MENTIONS, CLAIMS, RELATIONS = 25, 3, 6  # in an article, at most
_ANSWERS = {"iso": "2031-05-09", "number": "40", "unit": "people"}


def articles(number: int) -> list[Article]:
    """Texts of shuffled sentences from the sample articles."""
    samples = [one.article.text for one in freeze_all(read([ARTICLES]), Rules()) if isinstance(one, StoredArticle)]
    sentences = [sentence for text in samples for sentence in re.split(r"(?<=[.!?”])\s+", text) if sentence.strip()]
    return [_article(index, sentences) for index in range(number)]


def _article(index: int, sentences: list[str]) -> Article:
    random_ = random.Random(f"article {index}")
    text, length = f"Dispatch {index}.", random_.randint(*LENGTHS)
    while len(text) < length:
        text += (" " if random_.random() < 0.8 else "\n\n") + random_.choice(sentences)
    return Article(
        article_id=f"bench-{index:06}",
        text=text,
        text_sha256=text_digest(text),
        title=f"Dispatch {index}",
        outlet="Meridian",
        published="2031-05-09",
        language="en",
        url=f"https://news.example/{index}",
        story_id=f"story-{index // 5}",
    )


def store(workspace: Workspace, made: list[Article]) -> None:
    """Write the articles as the store keeps them: their raw text is the frozen one."""
    lines = (StoredArticle(article=article, raw=article.text) for article in made)
    write_jsonl(workspace.articles, (line.model_dump(mode="json", exclude_defaults=True) for line in lines))


def annotation(article: Article, ontology: Ontology, *, mentions: int = MENTIONS) -> Annotation:
    """One annotator's work on an article, with relations and claims that keep the ontology's rules."""
    random_ = random.Random(f"annotation {article.article_id}")
    words = iter(_words(article.text, random_))
    found = [
        _mention(number, span, article.text, ontology, random_) for number, span in enumerate(islice(words, mentions))
    ]
    cues, claims = _claims(found, words, article.text, ontology, random_)
    return Annotation(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        annotator="bench",
        ontology_version=ontology.version,
        lead_time=float(random_.randint(60, 900)),
        mentions=tuple(sorted(found, key=_place)),
        cues=tuple(sorted(cues, key=_place)),
        claims=tuple(sorted(claims, key=_place)),
        relations=tuple(_relations(found, ontology, random_)),
    )


def _words(text: str, random_: random.Random) -> list[tuple[int, int]]:
    """Spans of one to three words that do not overlap, shuffled."""
    spans = [match.span() for match in re.finditer(r"\w+(?: \w+){0,2}", text)]
    random_.shuffle(spans)
    return spans


def _mention(number: int, span: tuple[int, int], text: str, ontology: Ontology, random_: random.Random) -> Mention:
    label = random_.choice(list(ontology.mention_types))
    return Mention(
        id=f"m{number}",
        start=span[0],
        end=span[1],
        text=text[slice(*span)],
        labels=(label,),
        attributes=dict(_answers(ontology, label, random_)),
    )


def _answers(ontology: Ontology, label: str, random_: random.Random) -> Iterator[tuple[str, str]]:
    for name, attribute in ontology.attributes_of(label).items():
        if attribute.required or random_.random() < 0.5:
            yield name, _answer(name, attribute, random_)


def _answer(name: str, attribute: Attribute, random_: random.Random) -> str:
    if not attribute.choices:
        return _ANSWERS[name]
    # A claim with a source that is named, so that it may have a claimant.
    return "indirect" if name == "attribution" else random_.choice(attribute.choices)


def _claims(
    mentions: list[Mention],
    words: Iterator[tuple[int, int]],
    text: str,
    ontology: Ontology,
    random_: random.Random,
) -> tuple[list[Cue], list[Claim]]:
    cues: list[Cue] = []
    claims: list[Claim] = []
    if ontology.claims is None:
        return cues, claims
    claimants = [mention.id for mention in mentions if set(mention.labels) <= set(ontology.claims.claimant.tail)]
    sentences = [match.span() for match in re.finditer(r"\w[^.\n]{30,}\w", text)]
    for number, span in enumerate(random_.sample(sentences, min(CLAIMS, len(sentences)))):
        start, end = next(words)
        cues.append(Cue(id=f"q{number}", start=start, end=end, text=text[start:end]))
        claims.append(
            Claim(
                id=f"c{number}",
                start=span[0],
                end=span[1],
                text=text[slice(*span)],
                attributes=dict(_answers(ontology, ontology.claims.content.name, random_)),
                claimants=(random_.choice(claimants),),
                cues=(f"q{number}",),
            )
        )
    return cues, claims


def _relations(mentions: list[Mention], ontology: Ontology, random_: random.Random) -> Iterator[Relation]:
    """Links whose ends fit, each pair of mentions at most once."""
    pairs = [(head, tail) for head in mentions for tail in mentions if head.id < tail.id]
    random_.shuffle(pairs)
    left = RELATIONS
    for head, tail in pairs:
        fitting = [type for type in ontology.relations if _fits(type, head, tail)]
        if fitting and left:
            left -= 1
            yield Relation(type=random_.choice(fitting).name, head=head.id, tail=tail.id)


def _fits(type: RelationType, head: Mention, tail: Mention) -> bool:
    same = type.name != "part_of" or head.labels == tail.labels
    return same and head.labels[0] in type.head and tail.labels[0] in type.tail


def _place(item: SpanItem) -> tuple[int, int, str]:
    return item.start, item.end, item.id
