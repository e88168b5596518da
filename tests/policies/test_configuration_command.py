"""The merging of a preset with a team's files, and everything that it refuses."""

import datetime
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.configuration.command import main
from policies.configuration.merging import engine_form
from policies.configuration.presets import NAMES, preset
from policies.configuration.reading import ALL, LEVEL, RESERVED, TYPES, Reader
from policies.pack import all_policies
from policies.reserved import COULD_NOT_JUDGE, SUPPRESSIONS

ROOT = Path(__file__).parents[2]
PORT = "ecs-task-definition-dynamic-host-port"
STRATEGY = "ecs-cluster-default-capacity-provider-strategy"
IDS = [policy.id for policy in all_policies()]
SUPPRESSION = {"rule": PORT, "urn": "*::fixed", "reason": "It goes with the old shop.", "expires": "9998-12-31"}
Write = Callable[[str, object], str]


def test_every_option_has_a_type_that_is_checked() -> None:
    schemas = [option.schema for policy in all_policies() for option in policy.options.values()]
    assert schemas
    assert {part["type"] for schema in schemas for part in (schema, schema.get("items", schema))} <= set(TYPES)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return written


def merge(tmp_path: Path, *sources: str) -> dict[str, Any]:
    output = tmp_path / "merged.json"
    assert main(["merge", *sources, "-o", str(output)]) == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    merged: dict[str, Any] = json.loads(output.read_text())
    assert output.read_text() == json.dumps(merged, indent=2, sort_keys=True) + "\n"
    return merged


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_alone_is_itself(tmp_path: Path, name: str) -> None:
    assert merge(tmp_path, name) == preset(name, all_policies())


def test_later_files_win_for_each_level_and_each_option(tmp_path: Path, write: Write) -> None:
    first = write("1.json", {PORT: {"allowedHostPorts": [8126, 9100.0], "allowedContainers": ["statsd"]}})
    second = write("2.json", {PORT: {"enforcementLevel": "advisory", "allowedHostPorts": [53]}, STRATEGY: "disabled"})
    assert merge(tmp_path, "strict", first, second) == preset("strict", all_policies()) | {
        PORT: {"enforcementLevel": "advisory", "allowedHostPorts": [53], "allowedContainers": ["statsd"]},
        STRATEGY: "disabled",
    }
    assert merge(tmp_path, first) == {PORT: {"allowedHostPorts": [8126, 9100.0], "allowedContainers": ["statsd"]}}


def test_a_level_alone_keeps_the_options(tmp_path: Path, write: Write) -> None:
    first = write("1.json", {PORT: {"allowedHostPorts": [53]}})
    second = write("2.json", {PORT: "advisory"})
    assert merge(tmp_path, first, second) == {PORT: {"enforcementLevel": "advisory", "allowedHostPorts": [53]}}
    assert merge(tmp_path, second, first) == {PORT: {"enforcementLevel": "advisory", "allowedHostPorts": [53]}}


def test_all_stands_for_every_policy_that_the_same_file_does_not_name(tmp_path: Path, write: Write) -> None:
    team = write("team.json", {STRATEGY: "mandatory", "all": "advisory", PORT: {"allowedHostPorts": [53]}})
    assert merge(tmp_path, "strict", team) == dict.fromkeys(IDS, "advisory") | {
        STRATEGY: "mandatory",
        PORT: {"enforcementLevel": "advisory", "allowedHostPorts": [53]},
    }


def test_suppressions_add_up_each_of_them_once(tmp_path: Path, write: Write) -> None:
    another = SUPPRESSION | {"urn": "*::other"}
    first = write("1.json", {SUPPRESSIONS: {"suppressions": [SUPPRESSION]}})
    second = write("2.json", {SUPPRESSIONS: {"suppressions": [another, SUPPRESSION]}})
    merged = merge(tmp_path, "recommended", first, second, write("3.json", {SUPPRESSIONS: "mandatory"}))
    assert merged[SUPPRESSIONS] == {"enforcementLevel": "mandatory", "suppressions": [SUPPRESSION, another]}


def refused(capsys: pytest.CaptureFixture[str], *sources: str) -> list[str]:
    assert main(["merge", *sources]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    return told.err.splitlines()


LEVELS = "there is mandatory, advisory, disabled"


@pytest.mark.parametrize(
    ("team", "sentence"),
    [
        ([], "it is a list, not an object of levels by policy"),
        ({PORT[:-1]: "advisory"}, f"there is no policy '{PORT[:-1]}': did you mean {PORT}?"),
        ({"xyz": "advisory"}, f"there is no policy 'xyz': there is {', '.join(IDS)}"),
        ({PORT: "mandatry"}, f"{PORT} is 'mandatry', not a level: did you mean mandatory?"),
        ({PORT: "remediate"}, f"{PORT} is 'remediate', not a level: {LEVELS}"),
        ({PORT: None}, f"{PORT} is missing, not a level: {LEVELS}"),
        ({PORT: ["advisory"]}, f"{PORT} is a list, not a level: {LEVELS}"),
        ({"all": 1}, f"all is 1, not a level: {LEVELS}"),
        ({"all": {"enforcementLevel": "on"}}, f"all.enforcementLevel is 'on', not a level: {LEVELS}"),
        ({"all": {"allowedHostPorts": [53]}}, "all has no option 'allowedHostPorts': there is enforcementLevel"),
        ({PORT: {"enforcementLevel": False}}, f"{PORT}.enforcementLevel is false, not a level: {LEVELS}"),
        ({PORT: {"allowedHostPort": []}}, f"{PORT} has no option 'allowedHostPort': did you mean allowedHostPorts?"),
        ({COULD_NOT_JUDGE: {"x": 1}}, f"{COULD_NOT_JUDGE} has no option 'x': there is enforcementLevel"),
        ({PORT: {"allowedHostPorts": 8126}}, f"{PORT}.allowedHostPorts is 8126, not a list"),
        ({PORT: {"allowedHostPorts": None}}, f"{PORT}.allowedHostPorts is missing, not a list"),
        ({PORT: {"allowedHostPorts": [53, "8126"]}}, f"{PORT}.allowedHostPorts[1] is '8126', not an integer"),
        ({PORT: {"allowedHostPorts": [53.5]}}, f"{PORT}.allowedHostPorts[0] is 53.5, not an integer"),
        ({PORT: {"allowedHostPorts": [True]}}, f"{PORT}.allowedHostPorts[0] is true, not an integer"),
        (f'{{"{PORT}": {{"allowedHostPorts": [1e999]}}}}',
         f"{PORT}.allowedHostPorts[0] is a large number, not an integer"),
        ({PORT: {"allowedContainers": [7]}}, f"{PORT}.allowedContainers[0] is 7, not a string"),
        ({SUPPRESSIONS: {"suppressions": {}}},
         f"{SUPPRESSIONS}.suppressions is an object, not a list, so nothing is suppressed"),
        ({SUPPRESSIONS: {"suppressions": [SUPPRESSION, SUPPRESSION | {"rule": "ecs-x"}]}},
         f"{SUPPRESSIONS}.suppressions[1] suppresses nothing: rule is 'ecs-x', not the id of a rule"),
        ({SUPPRESSIONS: {"suppressions": [SUPPRESSION | {"expires": "2020-02-02"}]}},
         f"{SUPPRESSIONS}.suppressions[0] suppresses nothing: expires is 2020-02-02, which has passed: mend what it "
         "suppresses, or decide anew and name a later day"),
        ("{", "it is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"all": NaN}', "it is not JSON: NaN is not a number there"),
        (f'{{"{PORT}": "advisory", "{PORT}": "disabled"}}',
         f"the key '{PORT}' is there twice in one object: keep one of the two"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    write: Write, capsys: pytest.CaptureFixture[str], team: object, sentence: str
) -> None:
    path = write("team.json", team)
    assert refused(capsys, "recommended", path) == [f"{path}: {sentence}"]


NAMED = [ALL, LEVEL, *IDS, *(name for policy in all_policies() for name in policy.options), "mandatory", "rule"]
keys = st.sampled_from(NAMED) | st.text(max_size=3)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | keys,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
)


@given(raw=st.dictionaries(st.sampled_from([ALL, *IDS]), documents) | documents)
def test_whatever_a_file_says_it_is_read_or_refused_in_sentences(raw: object) -> None:
    reader = Reader.of(all_policies(), datetime.date(2027, 6, 30))
    try:
        entries = reader.read(raw)
    except ValueError as wrong:
        sentences = str(wrong)
    else:
        sentences = "it is valid"
        assert set(entries) <= set(IDS)
        assert reader.read(engine_form(entries)) == entries
    assert re.match("it is |there is no |all|ecs-", sentences)


def test_every_mistake_of_every_file_is_said_at_once(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    first = write("1.json", {PORT: "on", STRATEGY: {"enforcementLevel": "off", "allowedClusters": "x"}})
    second = write("2.json", {SUPPRESSIONS: {"suppressions": [{"rule": id} for id in sorted(RESERVED)]}})
    told = refused(capsys, "strickt", first, second)
    assert told[0] == "strickt: there is neither a file nor a preset of that name: did you mean strict?"
    assert [line.split(": ")[0] for line in told[1:]] == [first] * 3 + [second] * 3
    assert all(
        f"rule is '{id}', which cannot be suppressed: disable it, or make it advisory" in line
        for id, line in zip(sorted(RESERVED), told[4:], strict=True)
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe")
    told = refused(capsys, str(tmp_path), str(tmp_path / "none.json"), str(binary))
    assert told[0] == f"{tmp_path}: it cannot be read: Is a directory"
    assert told[1] == f"{tmp_path / 'none.json'}: it cannot be read: No such file or directory"
    assert told[2].startswith(f"{binary}: it is not JSON: ")


def test_suppressions_need_the_policy_that_reads_them(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    team = write("team.json", {"all": "disabled", SUPPRESSIONS: {"suppressions": [SUPPRESSION]}})
    (told,) = refused(capsys, "recommended", team)
    assert told.startswith(f"{SUPPRESSIONS} is disabled, so that nothing would be suppressed: ")


@pytest.mark.parametrize("place", ["none/merged.json", ".", "file/merged.json"])
def test_a_file_that_cannot_be_written_leaves_all_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "file").write_text("as it was")
    assert main(["merge", "strict", "-o", str(tmp_path / place)]) == 1
    assert str(tmp_path / place) in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "as it was")]


def test_a_refused_merge_leaves_the_last_one_as_it_was(tmp_path: Path, write: Write) -> None:
    output = tmp_path / "merged.json"
    output.write_text("as it was")
    assert main(["merge", "strict", write("team.json", {"x": 1}), "-o", str(output)]) == 1
    assert output.read_text() == "as it was"


def test_it_is_a_command_and_no_part_of_the_pack() -> None:
    command = [sys.executable, "-m", "policies.configuration", "merge", "notes"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(told.stdout) == preset("notes", all_policies())
    code = "import sys, policies.pack; policies.pack.all_policies(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "policies.pack" in loaded.stdout.split()
    assert [name for name in loaded.stdout.split() if name.startswith("policies.configuration")] == []


def test_the_documents_examples_are_what_it_takes() -> None:
    text = (ROOT / "docs" / "policy-configuration.md").read_text()
    examples = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 2
    reader = Reader.of(all_policies(), datetime.date(2027, 6, 30))
    assert all(reader.read(json.loads(example)) for example in examples)
    assert [name for name in NAMES if f"\n| `{name}` |" not in text] == []
