"""`capacity`: the numbers, what it finds, and how it says them."""

from __future__ import annotations

import jsonschema  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

from operations.app import app
from operations.capacity import CapacityReport
from operations.terminal import bar
from tests.operations.command import run
from tests.operations.fake_aws import REGION
from tests.operations.shop import add_definition, add_instance, add_service, add_task, instance_arn, shop


def test_numbers_of_instances_totals_and_services(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, "capacity", "--json")
    report = CapacityReport.model_validate(outcome.report)
    assert (outcome.code, report.findings, report.missing) == (0, [], [])
    first = report.instances[0]
    assert (first.registered.memory, first.available.memory, first.available.network_interfaces) == (7_600, 3_000, 2)
    assert (first.ami, first.usable, first.ports_in_use) == ("ami-0a", True, ["22/tcp", "49201/tcp", "51678/tcp"])
    assert first.ami_age_days is not None
    assert first.ami_age_days > 0
    assert [(task.service, task.memory, task.ports) for task in first.tasks] == [("api", 512, ["49201/tcp"])]
    assert (report.total.instances, report.total.available.memory, report.total.unusable_memory) == (2, 6_000, 0)
    (general,) = report.providers
    assert (general.name, general.scaling, general.group_sizes) == ("general", True, [1, 2, 4])
    (api,) = report.services
    # 3,000 MiB hold five tasks of 512 MiB; the task of a drained instance takes the place of one.
    assert (api.fits_now, api.fits_after_drain, api.stranded) == (10, 4, 0)
    assert api.needs is not None
    assert (api.needs.memory, api.needs.cpu, api.needs.dynamic_ports) == (512, 256, 1)


def test_a_short_service_without_room_and_a_lost_agent_are_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "big", memory=4_000)
    add_service(fake, "big", desired=3, runningCount=1)
    add_task(fake, 9, "big", None)
    add_instance(fake, 3, memory=300, agentConnected=False)
    add_instance(fake, 4, memory=300)
    outcome = run(fake, monkeypatch, "capacity")
    assert outcome.code == 1
    assert "✗ container instance i-00000000000000003: its agent is disconnected" in outcome.out
    assert "✗ service big: 1 of 3 tasks run and no further copy fits: see `why big`" in outcome.out
    assert "1 wait for an instance" in outcome.out
    assert "300 (5%)" in outcome.out


def test_a_full_service_without_room_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "big", memory=4_000)
    add_service(fake, "big", desired=1)
    assert run(fake, monkeypatch, "capacity").code == 0


def test_a_drain_that_strands_tasks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    fake.instances[instance_arn(2)]["status"] = "DRAINING"
    outcome = run(fake, monkeypatch, "capacity")
    told = " ".join(outcome.out.split())
    assert f"a drain of i-{1:017x} would leave 1 without an instance" in told
    assert "DRAINING" in outcome.out


def test_daemons_and_services_elsewhere_have_a_note_instead_of_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "agent")
    add_service(fake, "agent", schedulingStrategy="DAEMON", capacityProviderStrategy=[], launchType="EC2")
    add_definition(fake, "away")
    add_service(fake, "away", capacityProviderStrategy=[], launchType="FARGATE")
    report = CapacityReport.model_validate(run(fake, monkeypatch, "capacity", "--json").report)
    notes = {service.name: (service.fits_now, service.note) for service in report.services}
    assert notes["agent"] == (None, "one copy on every instance")
    assert notes["away"] == (None, "does not run on container instances")


def test_the_json_is_what_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = run(shop(), monkeypatch, "capacity", "--json-schema").report
    report = run(shop(), monkeypatch, "capacity", "--json").report
    jsonschema.validate(report, schema)
    del report["total"]["fragmentation"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, schema)


@pytest.mark.parametrize(
    ("used", "total", "text", "style"),
    [
        (0, 100, "░░░░", "green"),
        (50, 100, "██░░", "green"),
        (53, 100, "██▏░", "green"),
        (70, 100, "██▊░", "yellow"),
        (90, 100, "███▋", "red"),
        (100, 100, "████", "red"),
        (120, 100, "████", "red"),
        (0, 0, "░░░░", "green"),
    ],
)
def test_a_bar(used: int, total: int, text: str, style: str) -> None:
    made = bar(used, total, 4)
    assert (made.plain, str(made.style)) == (text, style) if "░" not in text[:1] else made.plain == text


@pytest.mark.parametrize("command", [["capacity"], ["why", "api"]])
def test_a_narrow_terminal_has_what_an_instance_is_below_its_name(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop().install(monkeypatch)
    monkeypatch.setenv("COLUMNS", "80")
    out = CliRunner().invoke(app, [*command, "--cluster", "web", "--region", REGION]).stdout
    lines = [line.rstrip() for line in out.splitlines()]
    assert max(map(len, lines)) <= 80
    at = next(number for number, line in enumerate(lines) if line.startswith(f"i-{1:017x}"))
    assert [line.split("  ")[1] for line in lines[at + 1 : at + 4]] == ["m7i.large", "eu-central-1b", "general"]


def test_a_narrow_terminal_has_a_services_needs_below_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run(shop(), monkeypatch, "capacity", columns=80).out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("service "))
    assert lines[at + 1].startswith("api ")
    assert lines[at + 2].startswith("  512 MiB, 256 CPU, ports 1 dynamic ")
    assert max(map(len, lines)) <= 80
