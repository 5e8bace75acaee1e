"""Which server, and that a token goes only where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import StudioAuthError, UsageError, WorkspaceError
from toolkit.studio import server
from toolkit.studio.address import Address, resolve
from toolkit.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    return made(tmp_path, "")


def made(root: Path, url: str) -> Workspace:
    (root / "configs").mkdir(exist_ok=True)
    (root / "configs" / "project.yaml").write_text(
        f"name: demo\nstudio:\n  url: '{url}'\n  projects: [{{title: Entities}}]\n", encoding="utf-8"
    )
    return Workspace(root)


def keep_token(workspace: Workspace, token: str, mode: int = 0o600) -> None:
    file = workspace.private / "token"
    file.write_text(token + "\n", encoding="utf-8")
    file.chmod(mode)


def test_flag_before_environment_before_file(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = made(workspace.root, "https://file.example/")
    keep_token(workspace, "from-file")
    found = resolve(workspace)
    assert (found.url, found.token) == ("https://file.example", "from-file")
    monkeypatch.setenv("LABEL_STUDIO_URL", "https://environment.example")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "from-environment")
    found = resolve(workspace)
    assert (found.url, found.token) == ("https://environment.example", "from-environment")
    assert found.source == "LABEL_STUDIO_API_KEY"
    found = resolve(workspace, "https://flag.example", "from-flag")
    assert (found.url, found.token) == ("https://flag.example", "from-flag")


def test_the_embedded_server_gets_its_own_token_only(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = server.Credentials("http://127.0.0.1:9", "admin@goldkit.local", "password", "embedded-token")
    monkeypatch.setattr(server, "credentials", lambda home: embedded)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "for-another-server")
    assert resolve(workspace).token == "embedded-token"
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    assert resolve(workspace, "http://127.0.0.1:9/").token == "embedded-token"
    with pytest.raises(StudioAuthError, match=r"no token for https://other\.example"):
        resolve(workspace, "https://other.example")


def test_without_any_server_the_error_says_how_to_start_one(workspace: Workspace) -> None:
    with pytest.raises(StudioAuthError) as raised:
        resolve(workspace)
    assert "goldkit studio start" in raised.value.next


def test_a_token_file_that_others_can_read_is_refused(workspace: Workspace) -> None:
    keep_token(workspace, "from-file", 0o644)
    with pytest.raises(WorkspaceError) as raised:
        resolve(workspace, "https://file.example")
    assert raised.value.next == f"chmod 600 {workspace.private / 'token'}"


@pytest.mark.parametrize(
    "url", ["label.example.org", "ftp://x", "https://", "https://me:hunter2@x.example", "https://x/?token=hunter2"]
)
def test_what_is_no_address_is_refused(workspace: Workspace, url: str) -> None:
    with pytest.raises(UsageError) as raised:
        resolve(workspace, url, "token")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "rules"),
    [
        ("http://label.example.org", ["plain-http"]),
        ("https://label.example.org", []),
        ("http://localhost:8080", []),
        ("http://127.0.0.1:8080", []),
        ("http://[::1]:8080", []),
    ],
)
def test_plain_http_is_reported_beyond_this_machine(url: str, rules: list[str]) -> None:
    assert [finding.rule for finding in Address(url, "secret").findings()] == rules


def test_an_address_does_not_show_its_token() -> None:
    assert "secret" not in repr(Address("http://localhost", "secret"))
