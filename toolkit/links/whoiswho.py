"""Who is who in a story, from the votes.

Two annotators agree about two mentions where both say that they are one, or both that they are two; what their entities
are called plays no part. Mentions that everybody puts together are settled together as a *block*. Blocks are put
together or kept apart by the project's rule; those about which it says neither, and those that it puts together with
one block and not with that one's others, are left for a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from toolkit.articles.near.components import components
from toolkit.gold.ballots import Ballot, Judge
from toolkit.gold.model import Provenance, Resolution, Vote, least_certain
from toolkit.links.model import Entity, EntityVote, LinkDifference, LinkedMention

Block = tuple[str, ...]
"""Keys of mentions that everybody puts together, sorted."""

WIKIDATA = "wikidata"
"""The reason of a difference about the item of an entity, whose mentions are settled."""

_SAME, _TWO, _DOUBT = "same", "two", "doubt"


@dataclass(frozen=True, slots=True)
class WhoIsWho:
    """A story's entities as far as they are settled.

    All mentions are in one; where ``differences`` are left, the entities are what the votes come to without them.
    """

    entities: tuple[Entity, ...] = ()
    provenance: dict[str, Provenance] = field(default_factory=dict)
    differences: tuple[LinkDifference, ...] = ()

    @property
    def resolution(self) -> Resolution:
        """How the least certain mention was settled."""
        return least_certain(why.resolution for why in self.provenance.values())


def settle(
    mentions: Sequence[LinkedMention],
    votes: Iterable[EntityVote],
    judge: Judge,
    linked: Iterable[str],
    decided: EntityVote | None = None,
) -> WhoIsWho:
    """Settle a story.

    Args:
        mentions: all that are to be in an entity.
        votes: one of each annotator, none of them skipped.
        judge: the project's rule.
        linked: the entity types that are linked.
        decided: what an adjudicator decided; the votes then only tell how many had said so.
    """
    ordered = sorted(votes, key=lambda vote: vote.annotator)
    deciding = [decided] if decided else ordered
    said = {vote.annotator: _said(vote) for vote in deciding}
    voted = {vote.annotator: _said(vote) for vote in ordered}
    names = {vote.annotator: {one.id: one.name for one in vote.entities} for vote in ordered}
    by_key = {mention.key: mention for mention in mentions}
    blocks = _blocks(sorted(by_key), said)
    verdicts = {(a, b): _verdict(blocks[a], blocks[b], said, judge) for a, b in combinations(range(len(blocks)), 2)}
    same = [both for both, verdict in verdicts.items() if verdict == _SAME]
    groups = sorted(sorted(group) for group in components([*([number] for number in range(len(blocks))), *same]))
    differences = [*_not_said(blocks, said), *_contested(groups, blocks, verdicts, by_key, deciding)]

    entities: list[Entity] = []
    provenance: dict[str, Provenance] = {}
    for group in groups:
        members = sorted(key for number in group for key in blocks[number])
        own = {
            vote.annotator: one for vote in deciding if (one := _entity(vote, _image(members, said[vote.annotator])))
        }
        wikidata, unsettled = _wikidata(members, own, judge)
        differences += unsettled
        entity = Entity(
            id="",
            name=_name(members, own, by_key),
            type=_type(members, by_key, linked),
            wikidata=wikidata,
            mentions=tuple(members),
        )
        entities.append(entity)
        image = {who: _image(members, of) for who, of in voted.items()}
        by = decided.annotator if decided else ""
        provenance |= {key: _why(key, image, voted, names, by) for key in members}
    return WhoIsWho(numbered(entities, by_key), provenance, tuple(differences))


def numbered(entities: Iterable[Entity], mentions: Mapping[str, LinkedMention]) -> tuple[Entity, ...]:
    """Entities in the order of their weight, called e1, e2 and so on: those that most articles mention come first."""

    def weight(entity: Entity) -> tuple[int, int, tuple[str, ...]]:
        articles = {mentions[key].article_id for key in entity.mentions}
        return -len(articles), -len(entity.mentions), entity.mentions

    ordered = sorted(entities, key=weight)
    return tuple(entity.model_copy(update={"id": f"e{number}"}) for number, entity in enumerate(ordered, 1))


def _said(vote: EntityVote) -> dict[str, str]:
    """By mention, the entity that an annotator puts it in; mentions of which they are unsure are left out."""
    return {key: entity.id for entity in vote.entities for key in entity.mentions}


def _blocks(keys: Sequence[str], said: Mapping[str, Mapping[str, str]]) -> list[Block]:
    """Mentions that nobody tells apart; those of which nobody says anything stand alone."""
    found: dict[tuple[str | None, ...], list[str]] = defaultdict(list)
    for key in keys:
        answers = tuple(of.get(key) for of in said.values())
        found[answers if any(answers) else (key,)].append(key)
    return sorted(tuple(block) for block in found.values())


def _verdict(one: Block, other: Block, said: Mapping[str, Mapping[str, str]], judge: Judge) -> str:
    """What holds of two blocks; empty where nobody spoke of both."""
    votes = {
        who: _SAME if of[one[0]] == of[other[0]] else _TWO
        for who, of in said.items()
        if one[0] in of and other[0] in of
    }
    if not votes:
        return ""
    decided = judge.decide(Ballot((one[0], other[0]), "", votes))
    return decided.answer if decided else _DOUBT


def _not_said(blocks: Sequence[Block], said: Mapping[str, Mapping[str, str]]) -> list[LinkDifference]:
    """Mentions that nobody put anywhere: all were unsure, or they are newer than the task."""
    silent = sorted(key for block in blocks for key in block if not any(key in of for of in said.values()))
    if not silent:
        return []
    message = f"nobody says who {len(silent)} mentions are: all were unsure, or they are newer than the task"
    return [LinkDifference(reason="not-said", about=tuple(silent), message=message)]


def _contested(
    groups: Sequence[Sequence[int]],
    blocks: Sequence[Block],
    verdicts: Mapping[tuple[int, int], str],
    mentions: Mapping[str, LinkedMention],
    votes: Sequence[EntityVote],
) -> Iterator[LinkDifference]:
    """What is for a person to decide: what there is no verdict about, and verdicts that go in a circle.

    Of everything that hangs together so, the largest part is taken as it is; the others are in question.
    """
    torn = [group for group in groups if any(verdicts[pair] in (_TWO, _DOUBT) for pair in combinations(group, 2))]
    whole = [group for group in groups if group not in torn]
    parts = [*whole, *([number] for group in torn for number in group)]
    part_of = {number: n for n, part in enumerate(parts) for number in part}
    doubt = {(part_of[a], part_of[b]) for (a, b), verdict in verdicts.items() if verdict == _DOUBT}
    doubt |= {(part_of[a], part_of[b]) for group in torn for a, b in pairwise(group)}
    for tied in components(sorted(doubt)):
        members = [sorted(key for number in parts[n] for key in blocks[number]) for n in sorted(tied)]
        members.remove(min(members, key=lambda keys: (-len(keys), keys)))
        in_torn = any(set(parts[n]) <= set(group) for n in tied for group in torn)
        yield LinkDifference(
            reason="not-transitive" if in_torn else "entity",
            about=tuple(sorted(key for keys in members for key in keys)),
            message="; ".join(_told(votes, keys, mentions) for keys in members),
            votes=tuple(_vote(vote, members[0][0]) for vote in votes),
        )


def _told(votes: Sequence[EntityVote], block: Sequence[str], mentions: Mapping[str, LinkedMention]) -> str:
    """Who says what of a block, in words."""
    first = mentions[block[0]]
    more = f" and {len(block) - 1} more" if len(block) > 1 else ""
    by_name: dict[str, list[str]] = defaultdict(list)
    for vote in votes:
        by_name[_where(vote, block[0]) or "unsure"].append(vote.annotator)
    told = ", ".join(f"{' and '.join(who)}: {name}" for name, who in by_name.items())
    return f"“{first.text}”{more} ({first.article_id}): {told}"


def _where(vote: EntityVote, key: str) -> str:
    return next((entity.name for entity in vote.entities if key in entity.mentions), "")


def _vote(vote: EntityVote, key: str) -> Vote:
    name = _where(vote, key)
    return Vote(annotator=vote.annotator, item=key, value={"entity": name} if name else None)


def _image(members: Sequence[str], of: Mapping[str, str]) -> str:
    """The entity in which an annotator has most of these mentions; empty where in none."""
    counts = Counter(of[key] for key in members if key in of)
    return min(counts, key=lambda entity: (-counts[entity], entity)) if counts else ""


def _entity(vote: EntityVote, id: str) -> Entity | None:
    return next((entity for entity in vote.entities if entity.id == id), None)


def _why(
    key: str,
    image: Mapping[str, str],
    said: Mapping[str, Mapping[str, str]],
    names: Mapping[str, Mapping[str, str]],
    adjudicator: str,
) -> Provenance:
    """How a mention came to where it is; a person has decided it where not all had said so."""
    voters = [who for who, of in said.items() if key in of]
    support = sum(said[who][key] == image[who] for who in voters)
    if adjudicator and not 0 < len(voters) == support:
        how = Resolution.ADJUDICATED
    elif len(voters) < 2:
        how = Resolution.SINGLE
    else:
        how = Resolution.UNANIMOUS if support == len(voters) else Resolution.MAJORITY
    votes = tuple(Vote(annotator=who, item=key, value={"entity": names[who][said[who][key]]}) for who in sorted(voters))
    by = adjudicator if how is Resolution.ADJUDICATED else ""
    return Provenance(resolution=how, support=support, voters=len(voters), votes=votes, adjudicator=by)


def _name(members: Sequence[str], own: Mapping[str, Entity], mentions: Mapping[str, LinkedMention]) -> str:
    """What most call it; of several the one that stands in the articles most often, and then the longest."""
    given = Counter(entity.name for entity in own.values() if entity.name)
    texts = Counter(mentions[key].text for key in members)
    names = given or texts
    return min(names, key=lambda name: (-names[name], -texts[name], -len(name), name))


def _type(members: Sequence[str], mentions: Mapping[str, LinkedMention], linked: Iterable[str]) -> str:
    wanted = set(linked)
    counts = Counter(label for key in members for label in mentions[key].labels if label in wanted)
    return min(counts, key=lambda label: (-counts[label], label))


def _wikidata(members: Sequence[str], own: Mapping[str, Entity], judge: Judge) -> tuple[str, list[LinkDifference]]:
    """The item that the rule settles among those who gave one."""
    given = {who: entity.wikidata for who, entity in own.items() if entity.wikidata}
    if not given:
        return "", []
    if decided := judge.decide(Ballot((members[0], "wikidata"), "", given)):
        return decided.answer, []
    told = ", ".join(f"{who}: {item}" for who, item in sorted(given.items()))
    name = next(iter(own.values())).name
    votes = tuple(Vote(annotator=who, item=members[0], value={"wikidata": item}) for who, item in sorted(given.items()))
    return "", [LinkDifference(reason=WIKIDATA, about=tuple(members), message=f"“{name}”: {told}", votes=votes)]
