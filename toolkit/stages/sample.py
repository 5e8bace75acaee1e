"""Which articles are to be labelled: drawn, and written into configs/sample.yaml."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from toolkit.findings import Finding, Place
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.articles.model import Article
    from toolkit.articles.sampling.checks import Held
    from toolkit.articles.sampling.corpus import Candidate, Described
    from toolkit.articles.sampling.draw import Drawn, Pick

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A stratum of one level: its articles, those without copies, what is its share of the number asked for, chosen."""

    level: str
    name: str
    corpus: int
    without_copies: int
    asked: float
    chosen: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen article: its stratum, why (empty for one chosen before), what it mentions, and its near-copies."""

    article_id: str
    outlet: str
    month: str
    language: str
    story: str
    why: str
    mentions: tuple[str, ...]
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sampled:
    """The sample after a draw: ``added`` now, those chosen ``before``, the strata, and what is sought."""

    asked: int
    before: tuple[Chosen, ...]
    added: tuple[Chosen, ...]
    strata: tuple[StratumRow, ...]
    sought: Mapping[str, Held]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"findings": [finding.as_dict() for finding in self.findings]}


def sample(
    workspace: Workspace,
    number: int,
    *,
    seed: int = 0,
    seek: Path | None = None,
    whole_stories: bool = False,
    bar: Bar = no_bar,
) -> Sampled:
    """Choose articles until ``number`` are, and add them to configs/sample.yaml.

    ``seek`` is a file of names and patterns that so many of them must mention.

    Raises BadInputError where a file that a person wrote cannot be read or added to; nothing is written then.
    """
    from toolkit.articles.sampling import checks
    from toolkit.articles.sampling.corpus import candidates, read_corpus
    from toolkit.articles.sampling.draw import draw
    from toolkit.articles.sampling.file import Sample, load_sample, with_chosen
    from toolkit.articles.sampling.seek import load_search
    from toolkit.articles.stories.entries import load_stories
    from toolkit.files import write_text

    search = load_search(seek) if seek else None
    file = load_sample(workspace.sample) or Sample(workspace.sample)
    with bar("reading articles", None) as advance:
        corpus = read_corpus(workspace.articles, search.mentions if search else None, advance)
    copies = _copies(workspace, corpus)
    known = candidates(corpus, load_stories(workspace.stories).confirmed, copies or {})
    wanted = {name: one.of(number) for name, one in search.sought.items()} if search else {}
    drawn = draw(
        known,
        number,
        seed=seed,
        chosen=file.chosen,
        never=file.never,
        sought=wanted,
        whole_stories=whole_stories,
    )
    members = _members(known)
    before = tuple(_chosen(one, "", members) for one in drawn.before)
    added = tuple(sorted((_chosen(one.article, _why(one), members) for one in drawn.picks), key=_id))
    now = with_chosen(
        file, _command(number, seed, seek, whole_stories), [(one.article_id, _about(one)) for one in added]
    )
    if now.text != file.text:
        write_text(workspace.sample, now.text)
    held = checks.held(wanted, known, drawn)
    findings = [
        *checks.of_file(file, known),
        *checks.of_draw(
            drawn,
            number,
            held,
            path=workspace.sample,
            search=search.path if search else None,
            whole_stories=whole_stories,
        ),
    ]
    if copies is None:
        message = "the near-copies of these articles are not known, so that copies may have been chosen"
        findings.append(checks.COPIES_UNKNOWN.at(Place(str(workspace.groups)), message))
    return Sampled(number, before, added, tuple(_strata(known, drawn, number)), held, tuple(sorted(findings)))


def to_label(workspace: Workspace, articles: Mapping[str, V]) -> dict[str, V]:
    """Those articles, by id, that are chosen; all of them where no sample was drawn.

    Raises BadInputError where configs/sample.yaml cannot be read.
    """
    from toolkit.articles.sampling.file import load_sample

    file = load_sample(workspace.sample)
    chosen = file.among(articles) if file else articles.keys()
    return {id: value for id, value in articles.items() if id in chosen}


def _copies(workspace: Workspace, corpus: Mapping[str, Described]) -> Mapping[str, str] | None:
    """The groups of near-copies; None where those that were found are not of these articles and thresholds."""
    from toolkit.articles.groups import copies_digest, read_groups

    if not workspace.groups.is_file():
        return None
    groups = read_groups(workspace.groups)
    articles = cast("Mapping[str, Article]", corpus)  # what the digest is of, they have
    digest = copies_digest(articles, workspace.project.grouping)
    return groups.dup_groups if groups.made_from.get("articles") == digest else None


def _members(candidates: Mapping[str, Candidate]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for id, one in candidates.items():
        if one.group:
            members[one.group].append(id)
    return members


def _chosen(one: Candidate, why: str, members: Mapping[str, list[str]]) -> Chosen:
    copies = tuple(id for id in members.get(one.group, ()) if id != one.article_id)
    language, outlet, month, _ = one.stratum
    return Chosen(one.article_id, outlet, month, language, one.story, why, tuple(sorted(one.mentions)), copies)


def _id(one: Chosen) -> str:
    return one.article_id


def _why(pick: Pick) -> str:
    match pick.why:
        case "sought":
            return f"mentions {pick.whom}"
        case "story":
            return f"of the story of {pick.whom}"
        case "share":
            return "by share"


def _about(one: Chosen) -> str:
    """What stands beside an article in the file."""
    copies = f"copies: {', '.join(one.copies)}" if one.copies else ""
    return " · ".join(part for part in (one.outlet, one.month, one.language, one.story, one.why, copies) if part)


def _command(number: int, seed: int, seek: Path | None, whole_stories: bool) -> str:
    """How this draw is asked for again."""
    options = [*(["--seek", seek.as_posix()] if seek else []), *(["--whole-stories"] if whole_stories else [])]
    return shlex.join(["goldkit", "articles", "sample", str(number), "--seed", str(seed), *options])


def _strata(candidates: Mapping[str, Candidate], drawn: Drawn, number: int) -> Iterator[StratumRow]:
    """The strata of each level over all others, the largest first."""
    from toolkit.articles.sampling.corpus import LEVELS

    for position, level in enumerate(LEVELS):

        def count(articles: Any, position: int = position) -> Counter[str]:
            return Counter(one.stratum[position] if position < len(LEVELS) - 1 else one.story for one in articles)

        corpus, units, chosen = count(candidates.values()), count(drawn.units), count(drawn.chosen)
        for name, articles in sorted(corpus.items(), key=lambda item: (-item[1], item[0])):
            asked = number * units[name] / max(len(drawn.units), 1)
            yield StratumRow(level, name, articles, units[name], round(asked, 1), chosen[name])
