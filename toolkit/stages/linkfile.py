"""Who is who from a file of clusters, as the work of one annotator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import BadInputError
from toolkit.files import read_text
from toolkit.findings import Place, Rule, Severity
from toolkit.stages.linkanswers import Noted, PulledLinks, Read, keep
from toolkit.stages.links import stories, with_links
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.links.model import EntityVote
    from toolkit.links.settle import Story

UNKNOWN = Rule(
    "link-mention-unknown",
    "A file of clusters is about gold mentions of types that are linked.",
    Severity.WARNING,
    "nothing, or label them in their articles",
)


def take_file(workspace: Workspace, path: Path) -> PulledLinks:
    """Take entities from a file of clusters (``links/clusters.py``) as the work of one annotator, named after it.

    They replace what was pulled of who is who; what was answered about claims stays. Mentions that are no gold here are
    counted as a finding; gold mentions that the file does not name are unsure.
    """
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.links.clusters import read_clusters
    from toolkit.links.store import load_claim_votes

    schema = with_links(workspace)
    documents = read_clusters(path)
    if read_text(path).lstrip().startswith("#"):
        raise BadInputError(
            f"{path}: CoNLL-2012 tells mentions by numbers of tokens, and gold mentions stand at characters",
            next="give JSON lines with start, end and cluster (docs/agreement.md tells the form)",
        )
    given = {key: cluster for document in documents for key, cluster in document.clusters.items()}
    who = load_pseudonyms(workspace.private).of(f"file {path.name}")
    found = Read(claim_votes=list(load_claim_votes(workspace.links)))
    found.counts.pairs = len(found.claim_votes)
    for story in stories(workspace, schema):
        if any(mention.key in given for mention in story.mentions):
            found.entity_votes.append(_from_clusters(story, given, who))
    found.counts.stories = len(found.entity_votes)
    found.counts.annotations = found.counts.stories + found.counts.pairs
    gold = {key for vote in found.entity_votes for key in vote.mentions}
    if not found.entity_votes:
        raise BadInputError(
            f"{path}: none of its {len(given)} mentions is a gold mention in a story of this workspace",
            next="goldkit pull and goldkit articles group first; mentions are known by article and place",
        )
    if strange := len(given.keys() - gold):
        message = f"{strange} of {len(given)} mentions are no gold mentions of a type that is linked, in a story"
        place = Place(file=str(path))
        found.noted.append(Noted("entities", "", UNKNOWN.at(place, message)))
    return keep(workspace, "", found, schema)


def _from_clusters(story: Story, given: Mapping[str, str], who: str) -> EntityVote:
    from toolkit.links.model import Entity, EntityVote

    members: dict[str, list[str]] = defaultdict(list)
    for mention in story.mentions:
        if mention.key in given:
            members[given[mention.key]].append(mention.key)
    by_key = {mention.key: mention for mention in story.mentions}
    entities = []
    for cluster, keys in sorted(members.items()):
        texts = Counter(by_key[key].text for key in keys)
        name = min(texts, key=lambda text: (-texts[text], -len(text), text))
        entities.append(Entity(id=cluster, name=name, type=by_key[keys[0]].labels[0], mentions=tuple(sorted(keys))))
    unsure = tuple(key for key in by_key if key not in given)
    return EntityVote(
        story_id=story.story_id, annotator=who, mentions=tuple(by_key), entities=tuple(entities), unsure=unsure
    )
