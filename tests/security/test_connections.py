"""Who a token is sent to, and who can read along."""

from __future__ import annotations

from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from pipeline.program import goldkit
from sampled import sample_workspace

from toolkit.errors import HubError, HubUnreachable, StudioUnreachable
from toolkit.hub import address as hub_address
from toolkit.hub.client import Hub
from toolkit.stages import release
from toolkit.studio import address
from toolkit.studio.client import Client
from toolkit.workspace import Workspace

from .servers import self_signed, stranger

TOKEN = "0123456789abcdefSECRET"


def nothing(path: str, headers: Message) -> tuple[int, Any]:
    return 404, {"detail": "nothing here"}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process speak to a loopback Hub, as HF_HUB_OFFLINE=0 would before the client is imported."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def test_label_studio_with_a_certificate_of_its_own_is_refused(tmp_path: Path) -> None:
    with stranger(nothing, self_signed(tmp_path / "own.pem")) as server:
        with Client(address.Address(server.url, TOKEN)) as client, pytest.raises(StudioUnreachable) as caught:
            client.version()
        assert "self-signed certificate" in caught.value.message
        assert "SSL_CERT_FILE" in caught.value.next
        assert not server.asked


@pytest.mark.usefixtures("here")
def test_a_hub_with_a_certificate_of_its_own_is_refused(tmp_path: Path) -> None:
    with stranger(nothing, self_signed(tmp_path / "own.pem")) as server:
        with pytest.raises(HubUnreachable) as caught:
            Hub(hub_address.Address(server.url, TOKEN), "me/harbour").head()
        assert "self-signed certificate" in caught.value.message
        assert "SSL_CERT_FILE" in caught.value.next
        assert not server.asked


@pytest.mark.parametrize("proxied", ["http_proxy", "HTTP_PROXY"])
def test_plain_http_to_label_studio_is_said_once(tmp_path: Path, proxied: str) -> None:
    """The host is nowhere: a proxy on this machine answers for it, as it would for all who are on the way."""
    (tmp_path / "configs").mkdir()
    project = "name: demo\nstudio: {url: 'http://label.example.org', projects: [{title: Entities}]}\n"
    (tmp_path / "configs" / "project.yaml").write_text(project, encoding="utf-8")
    with stranger(lambda path, headers: (200, {"release": "1.23.2"})) as proxy:
        variables = {proxied: proxy.url, "LABEL_STUDIO_API_KEY": TOKEN, "NO_PROXY": "", "no_proxy": ""}
        result = goldkit("status", cwd=tmp_path, env=variables)
        assert proxy.asked[0] == "http://label.example.org/api/version"
    assert result.stderr.count("unencrypted") == 1
    assert TOKEN not in result.stdout + result.stderr


def test_plain_http_is_said_before_the_token_is_sent(tmp_path: Path) -> None:
    """Also where the server then refuses whatever it is told, and nothing more is said."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "project.yaml").write_text("name: demo\n", encoding="utf-8")
    with stranger(lambda path, headers: (401, {})) as proxy:
        variables = {"http_proxy": proxy.url, "LABEL_STUDIO_API_KEY": TOKEN, "NO_PROXY": "", "no_proxy": ""}
        result = goldkit("status", "--url", "http://label.example.org", cwd=tmp_path, env=variables)
        assert proxy.asked
    assert result.returncode == 1
    assert result.stderr.count("unencrypted") == 1


@pytest.mark.usefixtures("here")
def test_plain_http_to_the_hub_is_said_before_anything_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from toolkit.stages import build, publish

    workspace = sample_workspace(tmp_path, date="2026-11-22")
    build.build(workspace)
    release.release(Workspace(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example.org")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    said: list[str] = []
    with stranger(lambda path, headers: (500, {"said before": len(said)})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with pytest.raises(HubError):
            publish.plan(Workspace(tmp_path), repository="me/harbour", say=said.append)
    assert [line for line in said if "unencrypted" in line] == said[:1] != []
