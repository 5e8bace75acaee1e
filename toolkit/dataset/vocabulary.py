"""The words that the Hub takes in the header of a dataset's card, frozen: nothing is asked over the network.

Where they come from: languages, creators, multilinguality and sizes from ``utils/resources`` of datasets 5.2.0
(``languages.txt`` beside this file); licences from the Hub's page "Licenses" (hub-docs); tasks from ``pipelines.ts`` of
huggingface.js, those about text. Last looked up in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.project import DatasetSettings

VOCABULARY = Rule(
    "card-vocabulary",
    "What the card's header says is in the Hub's vocabulary.",
    Severity.WARNING,
    "correct it; as it is, the card's header leaves it out",
)

_SPDX = (
    "Apache-2.0 MIT AFL-3.0 Artistic-2.0 BSL-1.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear CC0-1.0 CC-BY-2.0 "
    "CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-ND-4.0 "
    "CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CDLA-Sharing-1.0 "
    "CDLA-Permissive-1.0 CDLA-Permissive-2.0 WTFPL ECL-2.0 EPL-1.0 EPL-2.0 etalab-2.0 EUPL-1.1 EUPL-1.2 AGPL-3.0 "
    "GPL-2.0 GPL-3.0 ISC LGPL-2.1 LGPL-3.0 LPPL-1.3c MS-PL MPL-2.0 OSL-3.0 PostgreSQL OFL-1.1 NCSA Unlicense Zlib"
)
_NOT_SPDX = (
    "openrail openrail++ bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m bsd "
    "cc gfdl gpl lgpl h-research intel-research apple-ascl apple-amlr openmdw-1.0 deepfloyd-if-license "
    "fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma "
    "unknown other"
)
LICENCES: Mapping[str, str] = MappingProxyType(
    {name.lower(): name for name in _SPDX.split()}
    | {"c-uda": "C-UDA-1.0", "lgpl-lr": "LGPLLR", "odc-by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0"}
    | dict.fromkeys(_NOT_SPDX.split(), "")
)
"""The Hub's licences, each with its id at SPDX, empty where it has none."""

ANNOTATIONS_CREATORS = ("found", "crowdsourced", "expert-generated", "machine-generated", "no-annotation", "other")
LANGUAGE_CREATORS = ("found", "crowdsourced", "expert-generated", "machine-generated", "other")
MULTILINGUALITY = ("monolingual", "multilingual", "translation", "other")
TASKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "token-classification": (
            "named-entity-recognition",
            "part-of-speech",
            "parsing",
            "lemmatization",
            "word-sense-disambiguation",
            "coreference-resolution",
        ),
        "text-classification": (
            "acceptability-classification",
            "entity-linking-classification",
            "fact-checking",
            "intent-classification",
            "language-identification",
            "multi-class-classification",
            "multi-label-classification",
            "multi-input-text-classification",
            "natural-language-inference",
            "semantic-similarity-classification",
            "sentiment-classification",
            "topic-classification",
            "semantic-similarity-scoring",
            "sentiment-scoring",
            "sentiment-analysis",
            "hate-speech-detection",
            "text-scoring",
        ),
    }
)
"""Task categories, each with its task ids. There is none for relations or claims: those are tags."""
_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
SIZE_CATEGORIES = ("n<1K", *(f"{low}<n<{high}" for low, high in pairwise(_SIZES)), "n>1T")


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows."""
    return SIZE_CATEGORIES[min(max(len(str(rows)) - 3, 0), len(_SIZES))]


def licence_id(name: str) -> str:
    """The Hub's id of a licence however it is spelled (``CC BY 4.0``, ``Apache-2.0``); empty where it has none."""
    spelled = re.sub(r"[\s_]+", "-", name.strip().lower())
    by_spdx = {spdx.lower(): hub for hub, spdx in LICENCES.items() if spdx}
    return spelled if spelled in LICENCES else by_spdx.get(spelled, "")


def licence_url(name: str) -> str:
    """Where a licence can be read, at SPDX; empty where the name is none of the Hub's, or not one text."""
    spdx = LICENCES.get(licence_id(name), "")
    return f"https://spdx.org/licenses/{spdx}.html" if spdx else ""


@lru_cache(maxsize=1)
def languages() -> Mapping[str, tuple[str, ...]]:
    """The Hub's language codes; those with two letters with the names and codes that people write for them."""
    known: dict[str, tuple[str, ...]] = {}
    text = (Path(__file__).parent / "languages.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if re.match(r"[a-z]{2} ", line):
            name, _, others = line[3:].partition("; ")
            known[line[:2]] = (name, *others.split())
        elif not line.startswith("#"):
            known |= dict.fromkeys(line.split(), ())
    return MappingProxyType(known)


def language_like(value: str) -> str:
    """The code that is probably meant by a name or another code (``English``, ``eng``, ``en-GB``); empty if none."""
    codes, written = languages(), value.strip().casefold()
    first = re.split(r"[-_]", written)[0]
    if first in codes:
        return first
    meant = {other.casefold(): code for code, others in codes.items() for other in others}
    close = get_close_matches(written, meant, 1)
    return meant.get(first) or (meant[close[0]] if close else "")


def check(settings: DatasetSettings, articles: Mapping[str, str]) -> Iterator[Finding]:
    """What the Hub would not understand: of the settings, and of the articles' languages.

    Args:
        settings: from ``configs/project.yaml``.
        articles: an article for each language that they are in.
    """
    place = Place(file="configs/project.yaml")
    wanted = {
        "licence": ((settings.licence,), LICENCES),
        "annotations_creators": (settings.annotations_creators, ANNOTATIONS_CREATORS),
        "language_creators": (settings.language_creators, LANGUAGE_CREATORS),
    }
    for key, (values, known) in wanted.items():
        for value in values:
            if value not in known:
                close = licence_id(value) if key == "licence" else ""
                close = close or next(iter(get_close_matches(value.lower(), known, 1)), "")
                yield VOCABULARY.at(place, f"dataset.{key}: {_unknown(value, close, known)}")
    for value, article_id in sorted(articles.items()):
        if value and value not in languages():
            message = f"its language is {_unknown(value, language_like(value), languages())}"
            yield VOCABULARY.at(Place(article_id=article_id), message)


def _unknown(value: str, close: str, known: Iterable[str]) -> str:
    listed = list(known)
    few = f"; the Hub has {', '.join(listed)}" if len(listed) < 10 else ""
    return f"{value!r}, which the Hub does not know" + (f"; did you mean {close}?" if close else few)
