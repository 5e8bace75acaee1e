"""What Croissant's extension for responsible AI asks, answered from a person's prose and from the data."""

from __future__ import annotations

from collections import Counter
from typing import Any

from toolkit.dataset.about import About
from toolkit.dataset.documentation.contents import several
from toolkit.dataset.documentation.quality import decimal, interval, suggested

_FROM_PROSE = {
    "dataCollection": "Collection",
    "annotatorDemographics": "Annotators",
    "dataUseCases": "Uses",
    "dataBiases": "Biases",
    "dataSocialImpact": "Social impact",
    "personalSensitiveInformation": "Personal and sensitive information",
    "dataReleaseMaintenancePlan": "Maintenance",
}
"""Properties and the section that answers each; ``dataLimitations`` is two sections."""


def responsible(about: About) -> dict[str, Any]:
    """The properties of RAI 1.0 without their prefix; those that nobody answered are left out."""
    prose = {name: about.prose.get(section) for name, section in _FROM_PROSE.items()}
    limits = [about.prose.get("Limitations"), about.prose.get("Out of scope")]
    answers: dict[str, Any] = {
        **prose,
        "dataLimitations": [text for text in limits if text],
        "dataAnnotationProtocol": protocol(about),
        "dataAnnotationPlatform": "Label Studio" if about.summary.rows("annotations") else "",
        "dataAnnotationAnalysis": analysis(about),
        "annotationsPerItem": _per_item(about),
        "machineAnnotationTools": machines(about),
        "dataPreprocessingProtocol": CLEANING,
    }
    return {name: answer for name, answer in sorted(answers.items()) if answer}


CLEANING = (
    "Articles were cleaned once, by rules, to Unicode NFC with newlines as \\n, and then frozen: every offset counts "
    "code points of that text, whose sha256 is in text_sha256."
)


def protocol(about: About) -> str:
    """How the labels came about, in plain words."""
    ontology = about.ontology
    told = f", by guidelines ({about.guidelines})" if about.guidelines else ""
    return (
        f"Annotators labelled by themselves with the ontology {ontology.name} {ontology.version}{told}. Their items "
        f"were aligned and settled by the rule {about.project.gold.rule}; what it left open was decided by a person or "
        "is not gold. Every vote is in annotations."
    )


def analysis(about: About) -> list[str]:
    """The measures of agreement, a line each; none where it was not measured."""
    return [
        f"{one.layer}: {one.measure} {decimal(one.value)} (95 % interval {interval(one)}; of {one.items})"
        for compared in (about.facts.agreement, about.facts.linking)
        if compared is not None
        for one in compared.figures
    ]


def _per_item(about: About) -> str:
    voters = Counter(number for (number,) in about.summary.columns("documents", "voters"))
    return ", ".join(
        f"{several(count, 'article')} by {several(number, 'annotator')}"
        for number, count in sorted(voters.items())
        if number
    )


def machines(about: About) -> str:
    """What a machine suggested to the annotators; empty where nothing was."""
    found = suggested(about)
    accepted, changed = found["suggestion-accepted"], found["suggestion-changed"]
    if not accepted + changed:
        return ""
    return f"Annotators were shown suggestions: {accepted} accepted as they were, {changed} changed."
