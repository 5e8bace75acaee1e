"""Every rule has a folder with an ontology that keeps it and one that breaks it; and what files can be like."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.errors import BadInputError, UsageError
from toolkit.findings import Rule
from toolkit.ontology import consistency, lint
from toolkit.ontology.model import Ontology
from toolkit.stages import schema
from toolkit.stages.schema import SchemaCheck, check_files
from toolkit.stages.setup import compile_schema
from toolkit.workspace import Workspace

FOLDERS = Path(__file__).parent / "rules"
RULES = {rule.id: rule for rule in (*consistency.RULES, *lint.RULES)}
PROJECT = "name: tiny\nstudio: {projects: [{title: tiny}]}\n"


def workspace_with(ontology: Path, guidelines: Path, root: Path) -> Workspace:
    """A workspace with this ontology, its guidelines, and the files generated from it."""
    configs = root / "configs"
    configs.mkdir()
    (configs / "project.yaml").write_text(PROJECT, encoding="utf-8")
    shutil.copy(ontology, configs / "ontology.yaml")
    shutil.copy(guidelines, configs / "guidelines.md")
    workspace = Workspace(root)
    compile_schema(workspace)
    return workspace


def check_case(folder: Path, case: str, root: Path) -> SchemaCheck:
    """Check one ontology of a rule's folder: in a workspace where the rule is about one, else by itself."""
    ontology, guidelines = folder / f"{case}.yaml", folder / "guidelines.md"
    if not guidelines.is_file():
        return check_files([ontology], None)
    if folder.name != lint.GENERATED_STALE.id:
        return check_files([], workspace_with(ontology, guidelines, root))
    workspace = workspace_with(folder / "before.yaml", guidelines, root)
    shutil.copy(ontology, workspace.ontology)
    return check_files([], workspace)


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert {folder.name for folder in FOLDERS.iterdir()} == RULES.keys()


def test_no_two_rules_share_an_id() -> None:
    assert len(RULES) == len((*consistency.RULES, *lint.RULES))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_tells_what_it_wants_and_what_to_do(rule: Rule) -> None:
    assert rule.purpose.endswith(".")
    assert rule.next


@pytest.mark.parametrize("rule", RULES)
def test_where_the_rule_is_kept_nothing_is_found(rule: str, tmp_path: Path) -> None:
    assert check_case(FOLDERS / rule, "before", tmp_path).findings == ()


@pytest.mark.parametrize("rule", RULES)
def test_where_the_rule_is_broken_it_is_found(rule: str, tmp_path: Path) -> None:
    folder = FOLDERS / rule
    found = check_case(folder, "after", tmp_path).findings
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert [
        {"rule": finding.rule, "line": finding.place.line, "message": finding.message} for finding in found
    ] == expected
    assert rule in {finding.rule for finding in found}
    assert {finding.severity for finding in found if finding.rule == rule} == {RULES[rule].severity}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """An ontology without a finding."""
    return Path(shutil.copy(FOLDERS / "guidelines-conflict" / "before.yaml", tmp_path / "tiny.yaml"))


@pytest.fixture
def workspace(tiny: Path, tmp_path: Path) -> Workspace:
    """A workspace without a finding."""
    guidelines = tmp_path / "guidelines.md"
    guidelines.write_text("# Guidelines\n", encoding="utf-8")
    return workspace_with(tiny, guidelines, tmp_path)


def test_our_own_configs_keep_every_rule(repository: Path) -> None:
    checked = check_files([], Workspace(repository))
    assert checked.findings == ()
    assert [Path(file).name for file in checked.files] == [
        "ontology.yaml",
        "guidelines.md",
        "label_config.xml",
        "annotations.schema.json",
    ]


SPOILT: dict[str, tuple[bytes, int, str]] = {
    "half a character": (b'name: tiny\ndefinition: "\\ud800 A human being"\n', 2, "'\\ud800' is half a character"),
    "a key twice": (b"name: tiny\nversion: 1.0.0\nname: other\n", 3, "the key 'name' stands twice"),
    "an alias": (b"name: &n tiny\nversion: *n\n", 2, "aliases (*name) are not read here"),
    "aliases that explode": (
        b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
        2,
        "aliases (*name) are not read here",
    ),
    "cut off": (b"name: tiny\nentities: [\n", 3, "expected the node content"),
    "another encoding": (b"name: t\xefny\n", 1, "not UTF-8 at byte 7"),
    "a binary file": (bytes(range(256)), 2, "not UTF-8 at byte 128"),
    "a file of zeros": (bytes(64), 0, "not YAML"),
    "nested without end": (b"name: " + b"[" * 50_000, 0, "not YAML"),
    "nested flow": (b"name: " + b"[" * 150 + b"]" * 150, 1, "name: not a text"),
    "empty": (b"", 0, "empty"),
    "a list": (b"- name\n", 1, "not keys with values"),
    "two documents": (b"name: a\n---\nname: b\n", 2, "but found another document"),
    "a word that YAML takes for a truth": (
        b"name: no\nversion: 1.0.0\nentities: []\n",
        1,
        "name: not read as text; put it in quotes",
    ),
    "a number without end": (b"name: 0x" + b"f" * 9000 + b"\n", 1, "not to be read as int"),
    "a key that is a list": (b"name: tiny\n? [a]\n: b\n", 2, "a key must be a word"),
    "a key that is a number": (b"name: tiny\n7: b\n", 2, "7: Keys should be strings"),
}


@pytest.mark.parametrize(("written", "line", "message"), SPOILT.values(), ids=SPOILT)
def test_what_cannot_be_read_is_a_finding_with_its_place(
    written: bytes, line: int, message: str, tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spoilt = tmp_path / "spoilt.yaml"
    spoilt.write_bytes(written)
    checked = check_files([spoilt, tiny], None)
    assert {finding.rule for finding in checked.findings} == {lint.STRUCTURE.id}
    found = [finding for finding in checked.findings if message in finding.message]
    assert [(finding.place.file, finding.place.line) for finding in found] == [("spoilt.yaml", line)]
    assert str(spoilt) not in found[0].message


def test_every_slip_of_form_is_a_finding_of_its_own(tmp_path: Path, small: dict[str, Any]) -> None:
    small["entities"][0]["color"] = "#000000"
    small["entities"][1]["colour"] = "red"
    small["values"][0]["name"] = "NUM-BER"
    small["values"][0]["hotkey"] = "F1"
    small["claims"]["cue"]["colour"] = None
    del small["version"]
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(small, sort_keys=False), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {finding.message: lines[finding.place.line - 1].strip() for finding in check_files([path], None).findings}
    assert found.pop("version: Field required") == "name: small"
    assert found.pop("entities.0.color: unknown key; is it colour?") == "color: '#000000'"
    assert found.pop("values.0.name: 'NUM-BER' is not letters, digits and _, a letter first, 64 at most")
    assert found.pop("values.0.hotkey: 'F1' is not a small letter or digit, alone or after shift+, ctrl+ or alt+")
    assert found.pop("claims.cue.colour: empty; what begins with # has to be in quotes, or YAML takes it for a comment")
    [(message, line)] = found.items()
    assert message.startswith("entities.1.colour: 'red' is not a colour in quotes such as \"#4f66ff\"")
    assert line == "colour: red"


@pytest.mark.parametrize("version", ["1.0", "1", '"1.0"'])
def test_a_version_is_three_numbers(version: str, tiny: Path) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8").replace("version: 1.0.0", f"version: {version}"), encoding="utf-8")
    (finding,) = check_files([tiny], None).findings
    assert finding.message.endswith("is not three numbers with points between, such as 1.0.0")


def test_one_slip_hides_no_other(tmp_path: Path, small: dict[str, Any]) -> None:
    small["values"][0]["attributes"][0]["pattern"] = "("
    small["mention_attributes"][0]["default"] = "other"
    small["entities"][0]["examples"] = [{"text": "Nobody spoke.", "marked": ["Tornay"]}]
    small["entities"][1]["hotkey"] = "1"
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(small), encoding="utf-8")
    found = {finding.rule for finding in check_files([path], None).findings}
    assert found >= {"question-structure", "example-marks", "hotkey-twice", "example-missing"}


def test_all_files_are_checked_and_a_file_named_twice_once(tmp_path: Path, tiny: Path) -> None:
    colours = FOLDERS / "colour-faint" / "after.yaml"
    checked = check_files([colours, tiny, tmp_path / "." / "tiny.yaml"], None)
    assert [Path(file).name for file in checked.files] == ["after.yaml", "tiny.yaml"]
    assert [finding.rule for finding in checked.findings] == ["colour-faint"]


def test_places_are_told_from_the_current_folder(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FOLDERS / "colour-faint" / "after.yaml", workspace.ontology)
    monkeypatch.chdir(workspace.root)
    checked = check_files([], workspace)
    assert checked.files == tuple(
        f"configs/{name}" for name in ("ontology.yaml", "guidelines.md", "label_config.xml", "annotations.schema.json")
    )
    places = [(finding.place.file, finding.place.line, finding.rule) for finding in checked.findings]
    assert places == [
        ("configs/annotations.schema.json", 0, "generated-stale"),
        ("configs/label_config.xml", 0, "generated-stale"),
        ("configs/ontology.yaml", 6, "colour-faint"),
        ("configs/pages/entities.md", 0, "generated-stale"),
    ]
    assert checked.as_dict()["files"] == list(checked.files)
    assert [one["rule"] for one in checked.as_dict()["findings"]] == [rule for _, _, rule in places]


def test_the_own_ontology_is_known_by_whatever_path(workspace: Workspace, tiny: Path) -> None:
    (workspace.ontology.parent / "label_config.xml").unlink()
    (finding,) = check_files([workspace.root / "configs" / ".." / "configs" / "ontology.yaml"], workspace).findings
    assert (finding.rule, finding.message) == ("generated-stale", "label_config.xml is not there")
    assert check_files([tiny], workspace).findings == ()


def test_generated_files_are_up_to_date_with_other_line_ends(workspace: Workspace) -> None:
    config = workspace.ontology.parent / "label_config.xml"
    config.write_bytes(config.read_bytes().replace(b"\n", b"\r\n"))
    assert check_files([], workspace).findings == ()


def test_guidelines_that_cannot_be_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.root)
    workspace.guidelines.write_bytes(b"\xff")
    (finding,) = check_files([], workspace).findings
    assert (finding.rule, finding.place.file) == ("structure", "configs/guidelines.md")
    workspace.guidelines.unlink()
    (finding,) = check_files([], workspace).findings
    assert "No such file" in finding.message


def test_what_cannot_be_checked(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="nothing to check"):
        check_files([], None)
    with pytest.raises(UsageError, match=r"notes\.txt is neither an ontology"):
        check_files([tmp_path / "notes.txt"], None)
    with pytest.raises(BadInputError, match="is a folder"):
        check_files([tmp_path], None)
    with pytest.raises(BadInputError, match=r"there is no file .*none\.yaml"):
        check_files([tmp_path / "none.yaml"], None)


def test_a_rule_can_be_left_out(tmp_path: Path) -> None:
    broken = FOLDERS / "colour-faint" / "after.yaml"
    assert check_files([broken], None, ["colours-alike"]).findings
    assert check_files([broken], None, ["colour-faint"]).findings == ()
    with pytest.raises(UsageError, match="no rule is called 'colour-fain'; is it colour-faint"):
        check_files([broken], None, ["colour-fain"])


def test_no_rule_is_listed_twice() -> None:
    listed = [rule.id for rule in schema.rules()]
    assert len(set(listed)) == len(listed)
    assert set(listed) >= RULES.keys()


def test_a_plain_label_config_is_checked_beside_an_ontology(tmp_path: Path, tiny: Path) -> None:
    plain, spoilt = tmp_path / "plain.xml", tmp_path / "spoilt.xml"
    plain.write_text("<View>", encoding="utf-8")
    spoilt.write_bytes(b"\xff")
    checked = check_files([tiny, plain, spoilt], None)
    assert {Path(finding.place.file).name for finding in checked.findings} == {"plain.xml", "spoilt.xml"}


SPAN_PARTS = {
    "mention": ("mention_attributes",),
    "value": ("values", 0, "attributes"),
    "claim": ("claims", "content", "attributes"),
    "cue": ("claims", "cue", "attributes"),
    "link": ("links", "claims", 1, "attributes"),
}


@pytest.mark.parametrize("part", SPAN_PARTS)
def test_the_names_of_columns_are_those_of_the_dataset(part: str, small: dict[str, Any]) -> None:
    """Every name that a question cannot have, according to the code that makes the columns."""
    from toolkit.dataset.features import features

    names = {name for table in features(Ontology.model_validate(small)).values() for name in _fields(table)}
    question = {"definition": "A question.", "options": [{"name": "one", "definition": "An answer."}]}
    for name in sorted(names - {"level", "digits", "attribution", "ground", "links"}):
        written = yaml.safe_load(yaml.safe_dump(small))
        spot = written
        for step in SPAN_PARTS[part][:-1]:
            spot = spot[step]
        spot.setdefault(SPAN_PARTS[part][-1], []).append(question | {"name": name})
        ontology = Ontology.model_validate(written)
        try:
            features(ontology)
        except BadInputError:
            taken = True
        else:
            taken = name in lint.CONTROLS and part != "link"  # the screen has that name
        found = [one for one in lint.lint(ontology) if one.rule in (lint.NAME_COLUMN, lint.NAME_RESERVED)]
        assert bool(found) == taken, name


def _fields(feature: Any) -> set[str]:
    if isinstance(feature, dict):
        return set(feature).union(*map(_fields, feature.values()))
    return _fields(feature.feature) if hasattr(feature, "feature") else set()


GUIDELINES: dict[str, tuple[str, list[str]]] = {
    "known names": ('"Ilka" (PERSON), `PERSON`, `Enter`, `u`, `Ctrl+Z`, “Velda”\n(GPE)', []),
    "a label of another name": ('Mark "Ilka" (HUMAN).', ["HUMAN"]),
    "an abbreviation in prose": ("The Coast Guard (CG) is one.", []),
    "a compound in prose": ("Is it ROLE_TITLE, or not?", ["ROLE_TITLE"]),
    "code marks": ("Link them by `knows`, not by ``knows``.", ["knows"]),
    "a name twice is told once": ("`knows`, `knows`", ["knows"]),
    "fenced": ("```\n`knows`\n```\n~~~\nROLE_TITLE\n~~~\n<!-- `knows` -->", []),
    "after a fence": ("```\n`a_b`\n```\n`knows`", ["knows"]),
    "quotes of other languages": ("„Ilka“ (MENSCH), «Ilka» (HUMAIN)", ["MENSCH", "HUMAIN"]),
    "a quotation that ends elsewhere": ('"Ilka" and "Bram" are (HUMAN).', []),
}


@pytest.mark.parametrize(("text", "unknown"), GUIDELINES.values(), ids=GUIDELINES)
def test_what_counts_as_a_name_in_guidelines(text: str, unknown: list[str], tiny: Path) -> None:
    ontology = Ontology.model_validate(yaml.safe_load(tiny.read_text(encoding="utf-8")))
    found = [one.message.split()[4].rstrip(",") for one in lint.lint(ontology, text)]
    assert found == unknown


@pytest.mark.parametrize("key", sorted(lint.EDITOR_KEYS | lint.BROWSER_KEYS))
def test_keys_that_never_reach_a_label(key: str, small: dict[str, Any]) -> None:
    small["entities"][0]["hotkey"] = key
    found = [one for one in lint.lint(Ontology.model_validate(small)) if one.rule is lint.HOTKEY_UNREACHABLE]
    assert [one.loc for one in found] == [("entities", 0, "hotkey")]
