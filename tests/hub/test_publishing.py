"""A release becomes one commit and one tag, whatever comes in between; by the real client, over sockets."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import HubConflict, HubError, HubServerError, HubUnreachable
from toolkit.hub.address import Address
from toolkit.hub.client import Hub, HubFile
from toolkit.hub.plan import Plan, compare, make_plan
from toolkit.hub.publish import carry_out
from toolkit.hub.release import LocalFile, read_release

from .releases import REPOSITORY, Publisher, digests, record
from .server import TestHub

pytestmark = pytest.mark.usefixtures("here")

RELEASED = ["Release 1.0.0 (2026-11-22)", "initial commit"]


def there(hub: TestHub) -> Hub:
    return Hub(Address(hub.url, hub.token), REPOSITORY)


def plan_of(publisher: Publisher, version: str = "1.0.0", *, private: bool = True) -> Plan:
    return make_plan(there(publisher.hub), read_release(publisher.folder(version)), private=private)


def publish(publisher: Publisher, version: str = "1.0.0", said: list[str] | None = None) -> str:
    words = [] if said is None else said
    return carry_out(there(publisher.hub), plan_of(publisher, version), say=words.append)


def changed(plan: Plan) -> dict[str, str]:
    return {change.path: change.kind for change in plan.changes if change.kind != "same"}


class TestFirst:
    def test_one_commit_one_tag(self, publisher: Publisher) -> None:
        commit = publish(publisher)
        repository = publisher.hub.repositories[REPOSITORY]
        assert repository.tags == {"v1.0.0": commit} == {"v1.0.0": repository.main}
        assert publisher.hub.titles(REPOSITORY) == RELEASED
        assert publisher.holds()
        assert ".gitattributes" in repository.tree("main")

    def test_parquet_is_large_and_text_is_not(self, publisher: Publisher) -> None:
        publish(publisher)
        tree = publisher.hub.repositories[REPOSITORY].tree("v1.0.0")
        large = {path for path, entry in tree.items() if entry["lfs"]}
        assert large == {path for path in tree if path.endswith(".parquet")}
        assert len(large) == 5

    def test_the_plan_before(self, publisher: Publisher) -> None:
        plan = plan_of(publisher)
        assert set(changed(plan)) == set(digests(publisher.folder()))
        assert set(changed(plan).values()) == {"added"}
        assert (plan.exists, plan.private, plan.step, plan.questions) == (False, True, "commit and tag", ())
        assert publisher.hub.sent() == []

    def test_private_unless_asked(self, publisher: Publisher) -> None:
        publish(publisher)
        assert publisher.hub.repositories[REPOSITORY].private is True

    def test_public_is_asked(self, publisher: Publisher) -> None:
        plan = plan_of(publisher, private=False)
        assert plan.questions == ("anybody can read tester/harbour",)
        carry_out(there(publisher.hub), plan, say=str)
        assert publisher.hub.repositories[REPOSITORY].private is False

    @pytest.mark.parametrize("private", [True, False])
    def test_a_repository_keeps_its_visibility(self, publisher: Publisher, *, private: bool) -> None:
        publisher.hub.make(REPOSITORY, private=private)
        plan = plan_of(publisher, private=not private)
        assert (plan.private, plan.asked) == (private, not private)
        assert bool(plan.questions) is not private
        carry_out(there(publisher.hub), plan, say=str)
        assert publisher.hub.repositories[REPOSITORY].private is private

    def test_the_hub_remarks_on_the_card(self, publisher: Publisher) -> None:
        card = publisher.folder() / "README.md"
        card.write_text(card.read_text(encoding="utf-8").replace("license:", "x:", 1), encoding="utf-8")
        record(publisher.folder(), "1.0.0")
        said: list[str] = []
        publish(publisher, said=said)
        assert '"license" is missing' in " ".join(said)

    def test_a_card_that_the_hub_refuses(self, publisher: Publisher) -> None:
        card = publisher.folder() / "README.md"
        card.write_text("---\nconfigs: none\n---\n", encoding="utf-8")
        record(publisher.folder(), "1.0.0")
        with pytest.raises(HubError, match=r'refuses the YAML header of README\.md: "configs" must be an array'):
            publish(publisher)
        assert publisher.hub.titles(REPOSITORY) == ["initial commit"]


class TestNext:
    def test_changed_deleted_same(self, publisher: Publisher) -> None:
        first = publish(publisher)
        plan = plan_of(publisher, "1.1.0")
        assert changed(plan) == {
            "DATASHEET.md": "changed",
            "README.md": "changed",
            "annotations/train-00000-of-00001.parquet": "changed",
            "claims/train-00000-of-00001.parquet": "deleted",
            "croissant.json": "changed",
            "release.json": "changed",
        }
        assert plan.foreign == ()  # 1.0.0 put all of it there
        publisher.hub.requests.clear()
        second = carry_out(there(publisher.hub), plan, say=str)
        assert publisher.hub.repositories[REPOSITORY].tags == {"v1.0.0": first, "v1.1.0": second}
        assert publisher.hub.titles(REPOSITORY) == ["Release 1.1.0 (2026-11-22)", *RELEASED]
        assert publisher.holds("1.1.0")
        assert publisher.hub.tree(REPOSITORY, "v1.0.0") == digests(publisher.folder())
        uploads = [path for method, path in publisher.hub.requests if method == "PUT"]
        assert len(uploads) == 1  # of five large files the one that changed

    def test_a_plan_downloads_no_data(self, publisher: Publisher) -> None:
        publish(publisher)
        publisher.hub.requests.clear()
        plan_of(publisher, "1.1.0")
        assert publisher.hub.sent() == []
        downloads = {path.rpartition("/")[2] for _, path in publisher.hub.requests if "/resolve/" in path}
        assert downloads == {"release.json"}

    def test_published_already(self, publisher: Publisher) -> None:
        commit = publish(publisher)
        publisher.hub.requests.clear()
        plan = plan_of(publisher)
        assert (plan.step, plan.commit, changed(plan)) == ("nothing", commit, {})
        assert publish(publisher) == commit
        assert publisher.hub.sent() == []

    def test_published_already_and_then_another(self, publisher: Publisher) -> None:
        first = publish(publisher)
        publish(publisher, "1.1.0")
        assert publish(publisher) == first
        assert publisher.hub.titles(REPOSITORY)[0] == "Release 1.1.0 (2026-11-22)"

    def test_only_the_tag_is_missing(self, publisher: Publisher) -> None:
        commit = publish(publisher)
        del publisher.hub.repositories[REPOSITORY].tags["v1.0.0"]
        publisher.hub.requests.clear()
        assert plan_of(publisher).step == "tag"
        assert publish(publisher) == commit
        assert [path.rpartition("/")[0] for _, path in publisher.hub.sent()] == ["/api/datasets/tester/harbour/tag"]
        assert publisher.holds()

    def test_a_version_with_other_files(self, publisher: Publisher) -> None:
        commit = publish(publisher)
        (publisher.folder() / "ontology.yaml").write_text("other", encoding="utf-8")
        record(publisher.folder(), "1.0.0")
        publisher.hub.requests.clear()
        with pytest.raises(HubConflict, match=r"v1\.0\.0 of tester/harbour is published already") as raised:
            plan_of(publisher)
        assert f"{commit[:8]} “Release 1.0.0 (2026-11-22)” of 2026-01-01T00:01:00+00:00" in raised.value.message
        assert raised.value.message.endswith("differs in ontology.yaml, release.json")
        assert "raise version" in raised.value.next
        assert publisher.hub.sent() == []

    def test_no_way_back(self, publisher: Publisher) -> None:
        publish(publisher, "1.1.0")
        with pytest.raises(HubConflict, match=r"v1\.1\.0 .* is published already .* would take its place"):
            plan_of(publisher)

    def test_what_somebody_else_put_there(self, publisher: Publisher) -> None:
        publish(publisher)
        publisher.hub.add_file(REPOSITORY, "notes.txt", b"mine")
        plan = plan_of(publisher, "1.1.0")
        assert plan.foreign == ("notes.txt",)
        assert plan.questions == ("files that no release put there are deleted: notes.txt",)
        carry_out(there(publisher.hub), plan, say=str)
        assert publisher.holds("1.1.0")

    def test_a_repository_that_was_used_before(self, publisher: Publisher) -> None:
        publisher.hub.make(REPOSITORY)
        publisher.hub.add_file(REPOSITORY, "data.csv", b"a,b")
        publisher.hub.add_file(REPOSITORY, "README.md", b"# mine")
        plan = plan_of(publisher)
        assert plan.foreign == ("data.csv",)
        assert changed(plan)["README.md"] == "changed"


class TestMeanwhile:
    def test_a_stale_parent(self, publisher: Publisher) -> None:
        publisher.hub.make(REPOSITORY)
        hub = publisher.hub
        hub.fault("POST", "/commit/", call=lambda: hub.add_file(REPOSITORY, "notes.txt", b"mine"))
        with pytest.raises(HubConflict, match="has changed meanwhile, so nothing was sent") as raised:
            publish(publisher)
        assert "“Add notes.txt”" in raised.value.message
        assert "goldkit publish --dry-run" in raised.value.next
        assert hub.titles(REPOSITORY) == ["Add notes.txt", "initial commit"]
        assert hub.repositories[REPOSITORY].tags == {}

    def test_the_tag_is_given_to_another_commit(self, publisher: Publisher) -> None:
        repository = publisher.hub.make(REPOSITORY)
        first = {"v1.0.0": repository.main}
        publisher.hub.fault("POST", "/tag/", call=lambda: repository.tags.update(first))
        with pytest.raises(
            HubConflict, match=r"v1\.0\.0 of tester/harbour was given meanwhile, to .* “initial commit”"
        ):
            publish(publisher)

    def test_somebody_publishes_the_same(self, publisher: Publisher) -> None:
        publisher.hub.fault("POST", "/commit/", call=lambda: publish(publisher))
        publish(publisher)
        assert publisher.hub.titles(REPOSITORY) == RELEASED
        assert publisher.holds()


FAULTS = ({"cut": "before"}, {"cut": "after"}, {"status": 500}, {"status": 429})
STEPS = [
    *((step, fault) for step in ("/repos/create", "/validate-yaml", "/commit/", "/tag/") for fault in FAULTS),
    ("/preupload/", {"status": 500}),  # the client asks these again by itself, after a second
    ("/objects/batch", {"cut": "after"}),
]


@pytest.mark.parametrize(("step", "fault"), STEPS, ids=lambda part: part if isinstance(part, str) else str(part))
def test_after_any_fault_it_ends_in_the_same_state(publisher: Publisher, step: str, fault: dict[str, object]) -> None:
    gone_wrong = publisher.hub.fault("POST", step, **fault)
    with contextlib.suppress(HubError):
        publish(publisher)
    publish(publisher)
    assert gone_wrong.times == 0
    assert publisher.hub.titles(REPOSITORY) == RELEASED
    assert publisher.hub.repositories[REPOSITORY].tags == {"v1.0.0": publisher.hub.repositories[REPOSITORY].main}
    assert publisher.holds()


def test_a_lost_answer_is_looked_up_at_once(publisher: Publisher) -> None:
    publisher.hub.fault("POST", "/commit/", cut="after")
    publisher.hub.fault("POST", "/tag/", cut="after")
    said: list[str] = []
    commit = publish(publisher, said=said)
    assert said == [f"the Hub's answer was lost; commit {commit[:8]} is there"]
    assert publisher.hub.titles(REPOSITORY) == RELEASED
    assert publisher.holds()


def test_a_lost_answer_that_cannot_be_looked_up(publisher: Publisher) -> None:
    publisher.hub.make(REPOSITORY)
    cut = publisher.hub.fault("POST", "/commit/", cut="after")
    cut.call = lambda: publisher.hub.fault("GET", "/revision/main", status=500)
    with pytest.raises(HubUnreachable, match=r"the connection to .* broke"):
        publish(publisher)
    assert plan_of(publisher).step == "tag"
    publish(publisher)
    assert publisher.hub.titles(REPOSITORY) == RELEASED


def test_an_upload_that_fails_commits_nothing(publisher: Publisher) -> None:
    publisher.hub.fault("PUT", "/lfs/", status=507)
    with pytest.raises(HubServerError, match="failed with status 507: a fault"):
        publish(publisher)
    assert publisher.hub.titles(REPOSITORY) == ["initial commit"]
    publish(publisher)
    assert publisher.holds()


PATHS = st.sampled_from(["README.md", "a/b.parquet", "release.json", "c"])
CONTENTS = st.sampled_from([("s1", "b1", 1), ("s2", "b2", 2)])


@given(files=st.dictionaries(PATHS, CONTENTS), others=st.dictionaries(PATHS, st.tuples(CONTENTS, st.booleans())))
def test_a_comparison_is_complete(
    files: dict[str, tuple[str, str, int]], others: dict[str, tuple[tuple[str, str, int], bool]]
) -> None:
    """Every path is in it once; carrying it out gives the release; nothing that is the same is sent."""
    here = {path: LocalFile(Path(path), size, sha, blob) for path, (sha, blob, size) in files.items()}
    remote = {path: HubFile(size, sha if lfs else "", blob) for path, ((sha, blob, size), lfs) in others.items()}
    changes = {change.path: change for change in compare(here, remote)}
    assert list(changes) == sorted(here.keys() | remote.keys())
    for path, change in changes.items():
        if path not in here:
            assert (change.kind, change.size) == ("deleted", remote[path].size)
        else:
            same = path in others and others[path][0] == files[path]
            assert change.kind == ("same" if same else "changed" if path in remote else "added")
            assert change.size == here[path].size
