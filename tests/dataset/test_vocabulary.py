from __future__ import annotations

import json
from importlib import resources

import pytest

from toolkit.dataset import vocabulary
from toolkit.dataset.vocabulary import check, language_like, languages, licence_id, licence_url, size_category
from toolkit.findings import Severity
from toolkit.project import DatasetSettings


def found(articles: dict[str, str] | None = None, **settings: object) -> list[tuple[str, str]]:
    return [(str(one.place), one.message) for one in check(DatasetSettings.model_validate(settings), articles or {})]


def installed(name: str) -> object:
    return json.loads(resources.files("datasets.utils.resources").joinpath(name).read_text(encoding="utf-8"))


def test_what_was_frozen_is_what_is_installed() -> None:
    """A new release of datasets that takes other words shows here."""
    known = installed("languages.json")
    assert isinstance(known, dict)
    assert languages().keys() == known.keys() - {"code"}
    assert installed("creators.json") == {
        "language": list(vocabulary.LANGUAGE_CREATORS),
        "annotations": list(vocabulary.ANNOTATIONS_CREATORS),
    }
    assert installed("size_categories.json") == ["unknown", *vocabulary.SIZE_CATEGORIES]
    sorts = installed("multilingualities.json")
    assert isinstance(sorts, dict)
    assert tuple(sorts) == vocabulary.MULTILINGUALITY


@pytest.mark.parametrize(
    ("rows", "category"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (99_999, "10K<n<100K"),
        (10**12 - 1, "100B<n<1T"),
        (10**15, "n>1T"),
    ],
)
def test_sizes(rows: int, category: str) -> None:
    assert size_category(rows) == category


def test_licences() -> None:
    assert licence_id("CC BY 4.0") == licence_id("cc_by_4.0") == "cc-by-4.0"
    assert licence_id("ODbL-1.0") == "odbl"
    assert licence_id("all rights reserved") == ""
    assert licence_url("CC BY 4.0") == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert licence_url("pddl") == "https://spdx.org/licenses/PDDL-1.0.html"
    assert licence_url("other") == licence_url("mine") == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [("English", "en"), ("eng", "en"), ("en-GB", "en"), ("pt_BR", "pt"), ("zho", "zh"), ("arabic", "ar"), ("xx", "")],
)
def test_languages_that_people_write_otherwise(written: str, code: str) -> None:
    assert written not in languages()
    assert language_like(written) == code


def test_settings_in_the_vocabulary_are_no_findings() -> None:
    assert found() == []
    assert found({"en": "a1", "ckb": "a2", "": "a3"}, licence="cc-by-4.0", annotations_creators=["crowdsourced"]) == []


def test_what_the_hub_does_not_know_is_found() -> None:
    place = "configs/project.yaml"
    assert found(
        {"english": "a1"}, licence="CC BY 4.0", annotations_creators=["experts", "crowdsource"], language_creators=["x"]
    ) == [
        (place, "dataset.licence: 'CC BY 4.0', which the Hub does not know; did you mean cc-by-4.0?"),
        (
            place,
            "dataset.annotations_creators: 'experts', which the Hub does not know; the Hub has found, crowdsourced, "
            "expert-generated, machine-generated, no-annotation, other",
        ),
        (place, "dataset.annotations_creators: 'crowdsource', which the Hub does not know; did you mean crowdsourced?"),
        (
            place,
            "dataset.language_creators: 'x', which the Hub does not know; the Hub has found, crowdsourced, "
            "expert-generated, machine-generated, other",
        ),
        ("article a1", "its language is 'english', which the Hub does not know; did you mean en?"),
    ]
    (finding,) = check(DatasetSettings(licence="gpl-7"), {})
    assert (finding.rule, finding.severity) == ("card-vocabulary", Severity.WARNING)
