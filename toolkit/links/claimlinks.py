"""How the claims of a story bear on each other, from the votes: pair by pair, then held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from toolkit.gold.ballots import Ballot, Beliefs, Judge, Listener
from toolkit.gold.model import Provenance, Resolution, Vote, least_certain
from toolkit.links.consistency import Same, contradictions, pairs_along
from toolkit.links.model import ClaimLink, ClaimVote, LinkDifference
from toolkit.ontology.model import Ontology

_QUESTION = "claim-link"  # all pairs have one vocabulary, so that models learn whom to trust


@dataclass(frozen=True, slots=True)
class Linked:
    """The links of a story that are settled.

    ``followed`` are the keys of those that nobody was asked about, or answered: they follow from others.
    """

    links: tuple[ClaimLink, ...] = ()
    followed: tuple[str, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    differences: tuple[LinkDifference, ...] = ()


def judge_of(votes: Iterable[ClaimVote], judge: Judge, ontology: Ontology) -> Judge:
    """A judge of the same rule that has heard all pairs: models learn from every story whom to trust."""
    heard = Listener(judge.rule)
    for pair, of in _by_pair(votes).items():
        heard.decide(_ballot(pair, of, ontology))
    return Judge(judge.rule, Beliefs.of(heard.ballots))


def settle(
    votes: Iterable[ClaimVote],
    judge: Judge,
    ontology: Ontology,
    published: Mapping[str, str],
    words: Mapping[str, str],
    decided: Mapping[str, ClaimLink] | None = None,
    adjudicator: str = "",
) -> Linked:
    """Settle the pairs of a story.

    Args:
        votes: of each annotator one a pair, none of them skipped.
        judge: the project's rule.
        ontology: says which types there are, and what they mean.
        published: dates of articles, by id.
        words: of claims, by key.
        decided: what an adjudicator decided, by pair; it comes before any vote.
        adjudicator: the pseudonym of that person.
    """
    decided = decided or {}
    links: dict[str, ClaimLink] = {}
    provenance: dict[str, Provenance] = {}
    differences: list[LinkDifference] = []
    by_pair = _by_pair(votes)
    for pair in sorted(by_pair.keys() | decided.keys()):
        of = by_pair.get(pair, {})
        if pair in decided:
            link, how = decided[pair], Resolution.ADJUDICATED
        else:
            found, reason, how = _voted(pair, of, judge, ontology)
            if found is None:
                differences.append(_open(pair, reason, of, words, ontology))
                continue
            link = found
        links[pair] = link
        provenance[pair] = Provenance(
            resolution=how,
            support=sum(one == link for one in of.values()),
            voters=len(of),
            votes=_votes(of),
            adjudicator=adjudicator if pair in decided else "",
        )
    wrong = list(contradictions(links.values(), ontology, published, words))
    differences += (
        LinkDifference(
            reason=one.rule.id, about=one.pairs, message=one.message, votes=_votes(by_pair.get(one.pairs[0], {}))
        )
        for one in wrong
    )
    # What contradicts itself is nobody's gold, and nothing follows from it.
    for pair in {pair for one in wrong for pair in one.pairs}:
        links.pop(pair, None)
        provenance.pop(pair, None)
    open = {pair for one in differences for pair in one.about}
    followed = _following(links, provenance, open, ontology)
    links |= followed
    return Linked(
        links=tuple(link for _, link in sorted(links.items())),
        followed=tuple(sorted(followed)),
        provenance=dict(sorted(provenance.items())),
        differences=tuple(differences),
    )


def answer(link: ClaimLink, ontology: Ontology) -> str:
    """What was said of a pair, for counting: the type, and of one that is not symmetric which way it leads."""
    backward = not ontology.claim_link_types[link.type].symmetric and link.head > link.tail
    return f"{link.type} (backward)" if backward else link.type


def _by_pair(votes: Iterable[ClaimVote]) -> dict[str, dict[str, ClaimLink]]:
    by_pair: dict[str, dict[str, ClaimLink]] = defaultdict(dict)
    for vote in sorted(votes, key=lambda vote: vote.annotator):
        if vote.link:
            by_pair[vote.link.key][vote.annotator] = vote.link
    return by_pair


def _ballot(pair: str, of: Mapping[str, ClaimLink], ontology: Ontology) -> Ballot:
    return Ballot((pair,), _QUESTION, {who: answer(link, ontology) for who, link in of.items()})


def _voted(
    pair: str, of: Mapping[str, ClaimLink], judge: Judge, ontology: Ontology
) -> tuple[ClaimLink | None, str, Resolution]:
    """The link that the votes settle, or what they leave open: the type, or a question about it."""
    verdict = judge.decide(_ballot(pair, of, ontology))
    if verdict is None:
        return None, "type", Resolution.SINGLE
    agreeing = {who: link for who, link in of.items() if answer(link, ontology) == verdict.answer}
    first = next(iter(agreeing.values()))
    answers: dict[str, str] = {}
    ways = [verdict.resolution]
    for question in ontology.claim_link_types[first.type].attributes:
        given = {who: link.attributes.get(question.name, "") for who, link in agreeing.items()}
        decided = judge.decide(Ballot((pair, question.name), "", given))
        if decided is None:
            return None, question.name, Resolution.SINGLE
        if decided.answer:
            answers[question.name] = decided.answer
        if len(given) > 1:
            ways.append(decided.resolution)
    return first.model_copy(update={"attributes": answers}), "", least_certain(ways)


def _following(
    links: Mapping[str, ClaimLink], provenance: dict[str, Provenance], open: set[str], ontology: Ontology
) -> dict[str, ClaimLink]:
    """Links between claims that say the same by way of others, where the pair is not settled and not in question."""
    types = ontology.claim_link_types
    graph = Same.of(links.values(), types)
    found: dict[str, ClaimLink] = {}
    for head, tail in graph.implied():
        key = f"{head} {tail}"
        if key not in links and key not in open:
            path = graph.path(head, tail)
            on_the_way = pairs_along(path)
            kind = links[on_the_way[0]].type
            found[key] = ClaimLink(type=kind, head=head, tail=tail)
            ways = [provenance[pair].resolution for pair in on_the_way]
            provenance[key] = Provenance(resolution=least_certain(ways), support=0, voters=0)
    return found


def _open(
    pair: str, reason: str, of: Mapping[str, ClaimLink], words: Mapping[str, str], ontology: Ontology
) -> LinkDifference:
    """What the votes do not settle, in words: who says what, an arrow where it leads from one to the other."""
    first, second = (f"“{words.get(claim, claim)}”" for claim in pair.split(" "))
    said: dict[str, list[str]] = defaultdict(list)
    for who, link in sorted(of.items()):
        symmetric = ontology.claim_link_types[link.type].symmetric
        arrow = "" if symmetric else " →" if link.key.startswith(link.head + " ") else " ←"
        answers = ", ".join(link.attributes.values())
        said[link.type + arrow + (f" ({answers})" if answers else "")].append(who)
    told = "; ".join(f"{' and '.join(who)}: {what}" for what, who in sorted(said.items()))
    return LinkDifference(reason=reason, about=(pair,), message=f"{first} and {second}: {told}", votes=_votes(of))


def _votes(of: Mapping[str, ClaimLink]) -> tuple[Vote, ...]:
    return tuple(
        Vote(annotator=who, item=link.key, value=link.model_dump(mode="json")) for who, link in sorted(of.items())
    )
