"""What the SDK's LabelInterface, the check that Label Studio itself relies on, says of a label config."""

from __future__ import annotations

import re


def refusal(label_config: str) -> str:
    """Why LabelInterface refuses a label config, on one line; empty where it accepts it.

    Costs about a second the first time: importing it brings a JSON faker and three cloud clients along.

    Args:
        label_config: XML that does no harm to a parser (no document type, no entities).
    """
    from label_studio_sdk.label_interface.interface import LabelInterface

    try:
        LabelInterface(label_config).validate()  # type: ignore[no-untyped-call]
    except Exception as error:  # beside its own errors, whatever its parser stumbles over: a KeyError for a name
        return _in_words(" ".join(str(error).split()) or type(error).__name__, label_config)
    return ""


def _in_words(reason: str, label_config: str) -> str:
    """A reason with the beginning of the line it names: people know their labels, not the lines of a generated file."""
    place = re.search(r", line (\d+), column \d+ \(.*\)$", reason)
    lines = label_config.splitlines()
    if not place or not 0 < int(place[1]) <= len(lines):
        return reason
    return f"{reason[: place.start()]}: {lines[int(place[1]) - 1].strip()[:60]}…"
