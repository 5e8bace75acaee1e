"""What the runs under faults share: a hurry, so that they take no longer than they must, and three annotators."""

from __future__ import annotations

import time

import pytest

from toolkit.studio import client, push, retries, views
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

PASSWORD = "a long enough password"
PEOPLE = ("dora", "emil", "fadila")


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shorter, and give up sooner on what hangs; what is done and in which order stays the same."""
    hurried = retries.Patience(attempts=5, first=0.02, longest=0.5, total=20)
    monkeypatch.setattr(retries, "USUAL", hurried)
    monkeypatch.setattr(client, "TIMEOUT", 10.0)
    for module in (push, views):
        monkeypatch.setattr(module, "IMPORT_TIMEOUT", 15.0, raising=False)
    asleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: asleep(min(seconds, 0.05)))


@pytest.fixture(scope="session")
def staff(studio: Credentials) -> dict[str, str]:
    """Three people's tokens by their e-mail addresses."""
    emails = [f"{name}@faults.example" for name in PEOPLE]
    return {email: add_annotator(studio, email, PASSWORD) for email in emails}
