"""Claims and links by short names, for tests: claim ``a`` is all of article ``a``."""

from __future__ import annotations

from pathlib import Path

from toolkit.links.model import ClaimLink, ClaimVote, LinkedClaim
from toolkit.ontology.load import load_ontology

ONTOLOGY = load_ontology(Path(__file__).parents[2] / "configs" / "ontology.yaml")


def claim(name: str) -> LinkedClaim:
    return LinkedClaim(article_id=name, start=0, end=4, text=f"It is {name}")


def key(name: str) -> str:
    return claim(name).key


def link(head: str, type: str, tail: str, **attributes: str) -> ClaimLink:
    if ONTOLOGY.claim_link_types[type].symmetric:
        head, tail = sorted((head, tail))
    return ClaimLink(type=type, head=key(head), tail=key(tail), attributes=attributes)


def said(who: str, head: str, type: str, tail: str, at: str = "", **attributes: str) -> ClaimVote:
    given = link(head, type, tail, **attributes)
    return ClaimVote(story_id="s", annotator=who, pair=given.key, link=given, updated_at=at, source=f"task/{given.key}")


def pair(one: str, other: str) -> str:
    return " ".join(sorted((key(one), key(other))))
