"""Which Hub, and whose token: the order they are looked for, and what is no token or no address."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import HubAuthError, UsageError, WorkspaceError
from toolkit.hub.address import Address, resolve
from toolkit.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    from huggingface_hub import constants

    for variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_OIDC_RESOURCE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "kept"))  # what HF_HOME would have set
    return Workspace(tmp_path)


def test_the_hub_itself_unless_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", " hf_one\n")
    assert resolve(workspace) == Address("https://huggingface.co", "hf_one", "HF_TOKEN")
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.org/")
    assert resolve(workspace).page("me/harbour") == "https://hub.example.org/datasets/me/harbour"


def test_the_order_of_the_tokens(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HubAuthError, match=r"no token for https://huggingface\.co") as raised:
        resolve(workspace)
    assert "https://huggingface.co/settings/tokens" in raised.value.next
    assert "chmod 600" in raised.value.next
    (workspace.root / "kept").write_text("hf_kept", encoding="utf-8")
    assert (resolve(workspace).token, resolve(workspace).source) == ("hf_kept", "the Hub's client (hf auth login)")
    own = workspace.private / "hf-token"
    own.write_text("hf_own\n", encoding="utf-8")
    own.chmod(0o600)
    assert (resolve(workspace).token, resolve(workspace).source) == ("hf_own", str(own))
    monkeypatch.setenv("HF_TOKEN", "hf_environment")
    assert resolve(workspace).token == "hf_environment"


def test_a_file_that_others_can_read(workspace: Workspace) -> None:
    own = workspace.private / "hf-token"
    own.write_text("hf_own", encoding="utf-8")
    own.chmod(0o640)
    with pytest.raises(WorkspaceError, match="can be read by others") as raised:
        resolve(workspace)
    assert raised.value.next == f"chmod 600 {own}"


@pytest.mark.parametrize("token", ["hf_a hf_b", "hf_a\nremark", "hf_ä", "hf_a\x00"])
def test_what_no_header_can_carry_is_never_quoted(token: str) -> None:
    with pytest.raises(HubAuthError) as raised:
        Address("https://huggingface.co", token, "HF_TOKEN")
    assert token not in str(raised.value)
    assert token not in raised.value.next


def test_a_token_is_not_shown() -> None:
    assert "hf_secret" not in repr(Address("https://huggingface.co", "hf_secret"))


@pytest.mark.parametrize(
    "url", ["huggingface.co", "ftp://x", "http://", "https://me:secret@x", "https://x?token=secret"]
)
def test_what_is_no_address(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", url)
    with pytest.raises(UsageError, match="HF_ENDPOINT is") as raised:
        resolve(workspace)
    assert "secret" not in raised.value.message


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://hub.example.org", True),
        ("http://127.0.0.1:80", True),
        ("http://localhost", True),
        ("http://hub", False),
    ],
)
def test_who_can_read_along(url: str, *, safe: bool) -> None:
    assert Address(url, "hf_x").is_safe is safe
