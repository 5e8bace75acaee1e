"""Debian's Chromium, and people who use it."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .screen import Screen

# A machine without a graphics card and without the internet, often as root.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: GOLDKIT_CHROMIUM, or the one on the path."""
    path = os.environ.get("GOLDKIT_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium here (make test installs Debian's, GOLDKIT_CHROMIUM names another)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def annotator(browser: Browser, studio: Credentials) -> Iterator[Callable[..., Screen]]:
    """Make an annotator, a user of their own, who sits at a screen; ``dark`` chooses Label Studio's dark theme."""
    contexts = []

    def sit_down(*, width: int = 1600, height: int = 1000, dark: bool = False) -> Screen:
        email, password = f"browser-{next(_numbers)}@annotators.example", "a long enough password"
        add_annotator(studio, email, password)
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(20_000)
        theme = "Dark" if dark else "Light"
        context.add_init_script(f"localStorage.setItem('preferred-color-scheme', '{theme}')")
        contexts.append(context)
        screen = Screen(context.new_page(), studio.url)
        screen.log_in(email, password)
        return screen

    yield sit_down
    for context in contexts:
        context.close()
