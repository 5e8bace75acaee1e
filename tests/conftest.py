"""What every test may ask for."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from readings import read_once
from sweep import load_profile

from toolkit.studio import retries, server
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

if TYPE_CHECKING:
    from browser.screen import Screen
    from playwright.sync_api import Browser

# Whoever runs us in the background may have Ctrl-C ignored, and a program inherits that; tests of Ctrl-C need it heard.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parent.parent

load_profile()  # before any test is read
read_once()


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are not waited out: tests about waiting give their own patience."""
    monkeypatch.setattr(retries, "USUAL", retries.Patience(first=0.01, longest=1.0))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that must not be copied into the project; tests that want them skip where they are not."""
    folder = Path(os.environ.get("GOLDKIT_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the shared data are not here ({folder}); GOLDKIT_SHARED can name another place")
    return folder


@pytest.fixture(scope="session")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that Label Studio."""
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="session")
def studio(studio_home: Path) -> Iterator[Credentials]:
    """A real Label Studio, once for all tests of a run; each test makes its own project in it."""
    if importlib.util.find_spec("label_studio") is None:
        pytest.fail("label-studio is not installed: make test does it")
    try:
        yield server.start(studio_home)
    finally:
        server.stop(studio_home)


# A machine without a graphics card and without the internet, often as root.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: GOLDKIT_CHROMIUM, or the one on the path."""
    path = os.environ.get("GOLDKIT_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("no chromium here: make test installs Debian's, GOLDKIT_CHROMIUM names another")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def login(browser: Browser, studio: Credentials) -> list[Any]:
    """The cookies of an annotator, a user who labels in the browser, after logging in on Label Studio's own page."""
    from browser.screen import Screen

    email, password = "browser@annotators.example", "a long enough password"
    add_annotator(studio, email, password)
    with browser.new_context() as context:
        Screen(context.new_page(), studio.url).log_in(email, password)
        return list(context.cookies())


@pytest.fixture
def annotator(browser: Browser, studio: Credentials, login: list[Any]) -> Iterator[Callable[..., Screen]]:
    """Have the annotator sit down at a fresh screen, logged in; ``dark`` chooses Label Studio's dark theme."""
    from browser.screen import Screen

    contexts = []

    def sit_down(*, width: int = 1600, height: int = 1000, dark: bool = False) -> Screen:
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(20_000)
        theme = "Dark" if dark else "Light"
        context.add_init_script(f"localStorage.setItem('preferred-color-scheme', '{theme}')")
        context.add_cookies(login)
        contexts.append(context)
        return Screen(context.new_page(), studio.url)

    yield sit_down
    for context in contexts:
        context.close()
