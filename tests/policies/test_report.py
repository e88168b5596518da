"""Reports of real previews, recorded by the engine from tests/end_to_end/programs/good.py with mistakes added.

Of the recordings, what no report reads is left out: debug messages and the resources' properties.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from policies.pack import NAME, rules
from policies.report.__main__ import main
from policies.report.events import Kind, read
from policies.report.subjects import SECURITY

RECORDINGS = Path(__file__).parent / "recordings"
HOST_PORT = "ecs-task-definition-dynamic-host-port"
ROLES = "ecs-task-definition-separate-roles"
STRATEGY = "ecs-cluster-default-capacity-provider-strategy"
INGRESS = "ecs-instances-ephemeral-ingress"


def recorded(name: str) -> list[str]:
    return (RECORDINGS / f"{name}.jsonl").read_text().splitlines()


def changed(change: Callable[[dict[str, Any]], None], name: str = "mixed") -> list[str]:
    """A recording with its policy events changed."""
    lines = []
    for line in recorded(name):
        event = json.loads(line)
        if "policyEvent" in event:
            change(event["policyEvent"])
        lines.append(json.dumps(event))
    return lines


class Report:
    """The command run on events in a directory of its own."""

    def __init__(self, directory: Path, events: list[str], *options: str) -> None:
        self.paths = {name: directory / f"report.{name}" for name in ("sarif", "junit")}
        source = directory / "events.jsonl"
        source.write_text("\n".join(events) + "\n")
        files = [part for name, path in self.paths.items() for part in (f"--{name}", str(path))]
        self.code = main([*files, *options, str(source)])

    @property
    def run(self) -> dict[str, Any]:
        log = json.loads(self.paths["sarif"].read_text())
        assert log["version"] == "2.1.0"
        assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
        (run,) = log["runs"]
        return dict(run)

    @property
    def cases(self) -> dict[str, ElementTree.Element]:
        return {str(case.get("name")): case for case in self.suite.findall("testcase")}

    @property
    def suite(self) -> ElementTree.Element:
        root = ElementTree.fromstring(self.paths["junit"].read_bytes())
        assert root.tag == "testsuites"
        (suite,) = root
        return suite


@pytest.fixture
def mixed(tmp_path: Path) -> Report:
    """Two mandatory findings, an advisory one, and one that could not be judged."""
    return Report(tmp_path, recorded("mixed"))


def test_the_findings_of_a_preview() -> None:
    preview = read(recorded("mixed"), NAME)
    assert preview.stack == "dev"
    assert [(it.rule, it.kind, it.urn.rpartition("::")[2]) for it in preview.findings] == [
        (HOST_PORT, Kind.MANDATORY, "web"),
        (HOST_PORT, Kind.NOT_JUDGED, "mystery"),
        (STRATEGY, Kind.MANDATORY, "bare"),
        (ROLES, Kind.ADVISORY, "web"),
    ]
    assert preview.judged == {HOST_PORT, ROLES, STRATEGY, INGRESS}
    first = preview.findings[0]
    assert first.title == "Containers in bridge mode take a dynamic host port"
    assert first.message.startswith("task definition web: container web, portMappings[0], maps")


def test_colours_make_no_difference() -> None:
    """As the engine writes messages with `--color always`."""
    coloured = changed(lambda event: event.update(message=f"<{{%reset%}}>{event['message'].strip()}<{{%fg 1%}}>\n"))
    assert read(coloured, NAME) == read(recorded("mixed"), NAME)


def test_sarif_describes_every_rule_of_the_pack(mixed: Report) -> None:
    described = mixed.run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [rule.id for rule in rules()]
    for rule, declared in zip(described, rules(), strict=True):
        assert rule["shortDescription"]["text"] == declared.title
        assert declared.why in rule["help"]["text"]
        assert declared.fix in rule["help"]["markdown"]
        assert rule["helpUri"] == declared.source
        low, high = {"low": (0.1, 3.9), "medium": (4, 6.9), "high": (7, 8.9), "critical": (9, 10)}[
            declared.severity.value
        ]
        properties = rule["properties"]
        if declared.id in SECURITY:
            assert low <= float(properties["security-severity"]) <= high
            assert "security" in properties["tags"]
        else:
            assert properties == {"tags": ["ecs", "reliability"]}
        assert rule["defaultConfiguration"]["level"] == {"mandatory": "error"}.get(declared.level.value, "warning")


def test_rules_are_about_security_or_not() -> None:
    assert {rule.id for rule in rules()} > SECURITY
    assert {"ecs-task-definition-no-secrets", "ecs-instances-no-ssh-from-world", ROLES} <= SECURITY
    assert not SECURITY & {"ecs-service-desired-count", "ecs-task-definition-fits-instances", HOST_PORT, STRATEGY}


def test_sarif_has_what_code_scanning_demands_of_a_result(mixed: Report) -> None:
    """GitHub docs, "SARIF support for code scanning": the properties marked as required, and those that tell apart."""
    run = mixed.run
    assert run["tool"]["driver"]["name"] == NAME
    assert run["automationDetails"]["id"] == f"{NAME}/dev/"
    results = run["results"]
    assert [(it["ruleId"], it["level"]) for it in results] == [
        (HOST_PORT, "error"),
        (HOST_PORT, "note"),
        (STRATEGY, "error"),
        (ROLES, "warning"),
    ]
    for result in results:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "Pulumi.dev.yaml"},
            "region": {"startLine": 1},
        }
        (logical,) = location["logicalLocations"]
        assert logical["fullyQualifiedName"].startswith("urn:pulumi:dev::")
        assert logical["fullyQualifiedName"].endswith(f"::{logical['name']}")
        assert result["message"]["text"]
    fingerprints = {result["partialFingerprints"]["primaryLocationLineHash"] for result in results}
    assert len(fingerprints) == len(results)


def test_a_fingerprint_outlives_the_name_that_pulumi_makes_up(tmp_path: Path) -> None:
    def fingerprints(message: str) -> set[str]:
        told = changed(lambda event: event.update(message=f"Title\n{message}"))
        found = Report(tmp_path, told).run["results"]
        return {result["partialFingerprints"]["primaryLocationLineHash"] for result in found}

    assert fingerprints("role web-1a2b3c4 is open") == fingerprints("role web-99f00d1 is open")
    assert fingerprints("role web-1a2b3c4 is open").isdisjoint(fingerprints("role api-1a2b3c4 is open"))


def test_a_finding_stands_at_the_stacks_own_file_or_the_projects(tmp_path: Path) -> None:
    project = tmp_path / "infra"
    project.mkdir()
    (project / "Pulumi.yaml").touch()
    for expected in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        (project / expected).touch()
        results = Report(tmp_path, recorded("mixed"), "--project", str(project)).run["results"]
        places = {it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for it in results}
        assert places == {f"{project}/{expected}"}


def test_junit_has_a_case_for_every_rule(mixed: Report) -> None:
    suite = mixed.suite
    assert list(mixed.cases) == [rule.id for rule in rules()]
    counts = {name: int(str(suite.get(name))) for name in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": len(rules()), "failures": 2, "skipped": len(rules()) - 4, "errors": 0}


def test_junit_fails_passes_or_skips_a_rule(mixed: Report) -> None:
    told = {id: [part.tag for part in case] for id, case in mixed.cases.items()}
    assert told[HOST_PORT] == ["failure", "system-out"]
    assert told[STRATEGY] == ["failure"]
    assert told[ROLES] == ["system-out"]
    assert told[INGRESS] == []
    (failure,) = mixed.cases[STRATEGY]
    assert failure.get("message") == "A cluster has a default capacity provider strategy"
    assert "cluster bare: has no default" in str(failure.text)
    assert "urn:pulumi:dev::someone-elses::aws:ecs/cluster:Cluster::bare" in str(failure.text)


def test_junit_skips_what_could_not_be_judged_or_did_not_run(tmp_path: Path) -> None:
    only = [line for line in recorded("mixed") if '"policyEvent"' not in line or "can't run policy" in line]
    ended = [line.replace('"result":"failed"', '"result":"succeeded"') for line in only]
    report = Report(tmp_path, [line.replace(f'"{INGRESS}"', '"another-rule"') for line in ended])
    assert report.code == 0
    reasons = {
        id: [part.get("message", "") for part in case if part.tag == "skipped"] for id, case in report.cases.items()
    }
    assert "a value that is not known" in reasons[HOST_PORT][0]
    assert "did not run" in reasons[INGRESS][0]
    assert reasons[ROLES] == reasons[STRATEGY] == []


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    report = Report(tmp_path, changed(lambda event: event.update(message="Title\na <b> & \u0000 \u001b[31m \ud800")))
    (failure, *_) = report.cases[HOST_PORT]
    assert str(failure.text).startswith("a <b> & \ufffd \ufffd[31m \ufffd")


@pytest.mark.parametrize(("name", "code"), [("mixed", 1), ("good", 0)])
def test_the_exit_code_and_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int
) -> None:
    assert Report(tmp_path, recorded(name)).code == code
    *findings, last = capsys.readouterr().out.splitlines()
    numbers = {"mixed": (2, 1, 1), "good": (0, 0, 0)}[name]
    assert last == "ecs-on-ec2 on the stack dev: {} mandatory, {} advisory, {} not judged.".format(*numbers)
    assert [line.partition(":")[0] for line in findings] == ["mandatory", "mandatory", "advisory", "not judged"][
        : sum(numbers)
    ]


def test_advisory_findings_alone_do_not_fail(tmp_path: Path) -> None:
    told = changed(lambda event: event.update(enforcementLevel="advisory"))
    assert Report(tmp_path, [line.replace('"result": "failed"', '"result": "succeeded"') for line in told]).code == 0


def test_a_finding_of_another_pack_is_reported_under_its_name(tmp_path: Path) -> None:
    report = Report(tmp_path, changed(lambda event: event.update(policyPackName="team", policyName="no-buckets")))
    described = report.run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == [*(rule.id for rule in rules()), "team/no-buckets"]
    assert {result["ruleId"] for result in report.run["results"]} == {"team/no-buckets"}
    assert report.cases["team/no-buckets"].find("failure") is not None
    assert report.code == 1


def test_a_finding_told_twice_is_reported_once(tmp_path: Path) -> None:
    events = recorded("mixed")
    twice = [*(line for line in events if '"policyEvent"' in line), *events]
    assert len(Report(tmp_path, twice).run["results"]) == 4


@pytest.mark.parametrize(
    ("events", "said"),
    [
        pytest.param([], "there are no events: the input is empty", id="empty"),
        pytest.param(["Previewing update (dev):"], "line 1 is not an event of the engine", id="text"),
        pytest.param(["{", '    "steps": []', "}"], "line 1 is not an event of the engine", id="not-streamed"),
        pytest.param(['{"steps": []}'], "line 1 is not an event of the engine", id="other-json"),
        pytest.param(["[" * 100_000], "line 1 is not an event of the engine", id="deep"),
        pytest.param(recorded("mixed")[:20], "the events are cut off after 20 lines", id="cut-between-lines"),
        pytest.param([*recorded("good")[:9], recorded("good")[9][:50]], "line 10 is not an event", id="cut-in-a-line"),
        pytest.param(recorded("failed"), "failed for another reason than a policy.*Exception: boom", id="failed"),
        pytest.param(
            [line for line in recorded("good") if "summaryEvent" not in line],
            "failed for another reason than a policy.*own output says why",
            id="never-began",
        ),
        pytest.param(
            changed(lambda event: event.pop("policyName")),
            "lack what the engine tells .KeyError: 'policyName'",
            id="odd",
        ),
    ],
)
def test_events_that_tell_nothing_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], events: list[str], said: str
) -> None:
    report = Report(tmp_path, events)
    assert report.code == 2
    answer = capsys.readouterr()
    assert answer.out == ""
    assert re.match(f"error: .*{said}", answer.err, re.DOTALL)
    assert "Traceback" not in answer.err or "boom" in answer.err
    assert not any(path.exists() for path in report.paths.values())


def test_files_that_cannot_be_read_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert main([str(tmp_path / "binary")]) == 2
    assert "the events are not UTF-8 text" in capsys.readouterr().err
    assert main([str(tmp_path / "missing")]) == 2
    assert "missing: No such file or directory" in capsys.readouterr().err
    assert main(["--sarif", str(tmp_path / "no" / "folder"), str(RECORDINGS / "good.jsonl")]) == 2
    assert "folder: No such file or directory" in capsys.readouterr().err


def test_the_command_reads_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "policies.report", "--junit", str(tmp_path / "report.xml")]
    answer = subprocess.run(command, input="\n".join(recorded("mixed")), capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert "2 mandatory, 1 advisory, 1 not judged" in answer.stdout
    assert (tmp_path / "report.xml").stat().st_size > 500


def test_the_report_costs_the_pack_nothing_and_loads_no_aws_library() -> None:
    def loaded(code: str) -> set[str]:
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return set(told.stdout.split())

    show = "import sys; print(*sys.modules)"
    assert "policies.report" not in loaded(f"import policies.pack; policies.pack.rules(); {show}")
    report = {name.split(".")[0] for name in loaded(f"import policies.report.__main__; {show}")}
    assert report.isdisjoint({"pulumi_aws", "boto3", "botocore", "moto"})
