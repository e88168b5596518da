"""`plan`: for a stack's settings and for a live cluster, with prices of AWS, of a file, and without."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ecs_model.instance_types import catalogue
from operations import stack
from operations.app import app
from operations.plan import PlanReport
from tests.operations.command import Outcome, run
from tests.operations.fake_aws import REGION, FakeAws
from tests.operations.price_list import on_demand
from tests.operations.shop import add_definition, add_instance, add_service, add_task, shop

SETTINGS = cache(stack.settings)
PRICES = {
    "region": REGION,
    "onDemand": {"m7i.large": 0.12, "m7i.xlarge": 0.24, "m7g.medium": 0.05, "m7g.large": 0.1, "c7g.large": 0.09},
    "spot": {"m7g.medium": 0.02, "c7g.large": {"eu-central-1a": 0.03, "eu-central-1b": 0.04}},
    "volume": 0.0952,
    "fargate": {"x86_64": {"vcpu": 0.05, "gib": 0.005}, "arm64": {"vcpu": 0.04, "gib": 0.004}},
}


@pytest.fixture
def prices(tmp_path: Path) -> str:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(PRICES))
    return str(file)


@pytest.fixture(autouse=True)
def _settings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking the program for a stack's settings starts Python and imports Pulumi."""
    monkeypatch.setattr("operations.stack.settings", SETTINGS)


def plan_of_stack(*arguments: str) -> Outcome:
    """`plan --stack dev ARGUMENTS`, which asks no AWS."""
    result = CliRunner().invoke(app, ["plan", "--stack", "dev", *arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


def totals(report: dict[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in report["groups"]:
        found[row["instance_type"]] += row["instances"]
    return found


def comparison(report: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in report["comparisons"] if each["name"] == name]
    return dict(found)


def check(report: dict[str, Any]) -> None:
    """Every copy is on an instance, none is overbooked, and the cost is the instances'."""
    PlanReport.model_validate(report)
    held: Counter[tuple[str, str]] = Counter()
    needs = {(row["name"], row["capacity_provider"]): row["needs"] for row in report["wanted"]}
    for row in report["instances"]:
        assert row["registered"]["memory"] < catalogue()[row["instance_type"]].memory
        for what in ("memory", "cpu"):
            taken = sum(t["copies"] * needs[t["service"], row["capacity_provider"]][what] for t in row["tasks"])
            assert taken <= row["registered"][what]
            assert row["left"][what] == row["registered"][what] - taken
        for each in row["tasks"]:
            held[each["service"], row["capacity_provider"]] += each["copies"]
    wanted = {(row["name"], row["capacity_provider"]): row["copies"] for row in report["wanted"] if row["planned"]}
    assert held == wanted
    cost = sum(row["hourly"] * row["instances"] for row in report["groups"])
    assert report["cost"] == pytest.approx(cost)
    assert report["lower_bound"] <= report["cost"] + 1e-9
    assert report["gap"] == pytest.approx(report["cost"] / report["lower_bound"] - 1, abs=1e-5)


def test_a_stack_is_planned_by_a_file_of_prices(prices: str) -> None:
    outcome = plan_of_stack("--prices", prices, "--json")
    report = outcome.report
    check(report)
    assert (outcome.code, report["currency"], report["gap"], report["calls"]) == (0, "USD", 0, {})
    assert report["zones"] == ["eu-central-1a", "eu-central-1b"]
    assert report["minimised"] == "USD an hour"
    # One task of web and of api each on demand, the rest on Spot; each on an instance of its own zone.
    volume = 30 * 0.0952 / 730
    assert totals(report) == {"m7g.medium": 2}
    assert report["cost"] == pytest.approx(0.05 + 0.02 + 2 * volume, abs=1e-5)
    assert {row["zone"] for row in report["groups"]} == {"eu-central-1a", "eu-central-1b"}


def test_what_else_it_could_be(prices: str) -> None:
    report = plan_of_stack("--prices", prices, "--json").report
    names = [each["name"] for each in report["comparisons"]]
    assert names == ["first-fit decreasing", "today's types", "one size up", "Fargate", "ECS Managed Instances"]
    assert comparison(report, "first-fit decreasing")["difference"] >= 0
    # web 128 MiB: .25 vCPU and .5 GB; api 768: and 1; worker 512: and .5.
    assert comparison(report, "Fargate")["cost"] == pytest.approx(5 * 0.01 + 0.004 * (2 * 0.5 + 2 * 1 + 0.5))
    managed = comparison(report, "ECS Managed Instances")
    assert managed["cost"] == pytest.approx(2 * 0.05 * 1.12)
    up = comparison(report, "one size up")
    # There is no price of m7g.large on Spot.
    assert (up["cost"], "web" in up["note"]) == (None, True)


def test_headroom_and_peak_are_more_copies(prices: str) -> None:
    def copies(*arguments: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in plan_of_stack("--prices", prices, "--json", *arguments).report["wanted"]:
            found[row["name"]] += row["copies"]
        return found

    assert copies() == {"web": 2, "api": 2, "worker": 1}
    assert copies("--headroom", "50") == {"web": 3, "api": 3, "worker": 2}
    assert copies("--peak") == {"web": 6, "api": 2, "worker": 8}


def test_without_prices_it_says_what_it_minimised() -> None:
    outcome = plan_of_stack("--no-prices", "--types", "m7g.*", "--json")
    report = outcome.report
    check(report)
    assert (outcome.code, report["currency"]) == (0, None)
    assert report["minimised"] == "1 for each vCPU and 1/8 for each GiB of memory, for there are no prices"
    assert totals(report) == {"m7g.medium": 2}
    assert report["cost"] == pytest.approx(2 * (1 + 4 / 8))
    assert "a weight of 3.00; proven to be the cheapest" in plan_of_stack("--no-prices", "--types", "m7g.*").out


def test_types_zones_and_a_maximum_that_is_too_small(prices: str) -> None:
    outcome = plan_of_stack(
        "--no-prices", "--types", "m7g.medium", "--zones", "3", "--peak", "--headroom", "1000", "--json"
    )
    report = outcome.report
    check(report)
    assert (outcome.code, set(totals(report)), len(report["zones"])) == (1, {"m7g.medium"}, 3)
    assert any("its group may have 6: raise its maximum size" in finding for finding in report["findings"])
    nothing = plan_of_stack("--no-prices", "--types", "m7i.*", "--json")
    assert nothing.code == 1
    assert "fits no instance of capacity provider general that is on offer" in nothing.report["findings"][0]
    assert not any(row["planned"] for row in nothing.report["wanted"])
    assert "none of the tasks fits an instance that is on offer" in plan_of_stack("--no-prices", "--types", "m7i.*").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--no-prices", "--types", "m7i.*", "--types", "c7i.*"],
            "what --types names is x86_64, and these instances are arm64: name such types",
        ),
        (["--no-prices", "--types", "m99.*"], "no instance type is called m99.*: see --types"),
        (["--types", "r7g.*"], "no price of what --types names is known: name others, or --no-prices"),
        (["--no-prices", "--types", "t4g.nano"], "name larger types with --types, or make the task smaller"),
    ],
)
def test_it_says_why_nothing_is_on_offer(arguments: list[str], said: str, prices: str) -> None:
    priced = [] if "--no-prices" in arguments else ["--prices", prices]
    findings = plan_of_stack(*arguments, *priced, "--json").report["findings"]
    general = [each for each in findings if "of capacity provider general that is on offer" in each]
    assert general
    assert all(each.endswith(f"that is on offer: {said}") for each in general)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--zones", "9"], "--zones 9: give 1 to 6"),
        (["--zones", ","], "--zones names no zone"),
        (["--spot", "general"], "--spot is for --cluster"),
        (["--prices", "/nowhere"], "/nowhere cannot be read: No such file"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    outcome = plan_of_stack(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_without_credentials_aws_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    outcome = plan_of_stack("--json")
    assert (outcome.code, outcome.report["currency"], outcome.report["calls"]) == (0, None, {})
    assert outcome.report["notes"] == ["AWS was not asked for prices, for there are no credentials: give --prices FILE"]


def test_a_stack_without_a_file() -> None:
    result = CliRunner().invoke(app, ["plan", "--stack", "nope", "--no-prices"])
    assert result.exit_code == 2
    assert "error: there is no Pulumi.nope.yaml: the stacks with settings are dev, local, prod" in result.stderr


def test_a_live_cluster_is_planned_by_the_prices_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(shop(), monkeypatch, "plan", "--json")
    report = outcome.report
    check(report)
    assert (outcome.code, report["missing"], report["gap"]) == (0, [], 0)
    assert report["calls"]["pricing:GetProducts"] == 3
    assert "ec2:DescribeSpotPriceHistory" not in report["calls"]
    # Two copies of 512 MiB in two zones; the instances that there are have registered 7,600 MiB.
    assert sum(row["instances"] for row in report["groups"]) == 2
    today = comparison(report, "today's fleet")
    volume = 30 * 0.0952 / 730
    assert today["cost"] == pytest.approx(2 * (on_demand("m7i.large") + volume), abs=1e-5)
    assert today["fleet"] == "2 m7i.large"


def test_spot_prices_are_those_of_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    report = run(shop(), monkeypatch, "plan", "--spot", "general", "--types", "m7i.large", "--json").report
    check(report)
    by_zone = {row["zone"]: row["hourly"] - 30 * 0.0952 / 730 for row in report["groups"]}
    assert by_zone == {
        "eu-central-1a": pytest.approx(on_demand("m7i.large") / 3, abs=1e-5),
        "eu-central-1b": pytest.approx(on_demand("m7i.large") / 3.1, abs=1e-5),
    }
    wrong = run(shop(), monkeypatch, "plan", "--spot", "other")
    assert (wrong.code, "--spot other: the capacity providers are general" in wrong.err) == (2, True)


def test_daemons_are_on_every_instance_and_standalone_tasks_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "agent", memory=7_000)
    add_service(fake, "agent", schedulingStrategy="DAEMON", capacityProviderStrategy=[], launchType="EC2")
    arn = add_instance(fake, 3)
    add_definition(fake, "job", memory=400)
    add_task(fake, 9, "job", arn, group="family:job")
    report = run(fake, monkeypatch, "plan", "--types", "m7i.large", "--json").report
    PlanReport.model_validate(report)
    # 7,600 registered, 7,000 for the daemon: one task fits beside it.
    assert totals(report) == {"m7i.large": 3}
    assert {row["name"]: row["copies"] for row in report["wanted"]} == {"api": 2, "family:job": 1}
    assert all(row["left"]["memory"] < 600 for row in report["instances"])


def test_a_service_that_cannot_be_planned_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = shop()
    add_definition(fake, "near")
    add_service(fake, "near", placementConstraints=[{"type": "memberOf", "expression": "task:group == service:api"}])
    outcome = run(fake, monkeypatch, "plan", "--json")
    assert outcome.code == 1
    assert outcome.report["findings"] == [
        "service near is left out of the plan: a placement constraint asks about other tasks, which a plan cannot know"
    ]


def test_an_empty_cluster_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(FakeAws(), monkeypatch, "plan", "--no-prices")
    assert (outcome.code, "There is nothing to plan for." in outcome.out) == (0, True)


def test_the_table_has_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    out = run(shop(), monkeypatch, "plan").out
    for text in ("proven to be the cheapest", "Tasks on them", "today's fleet", "Fargate", "a month", "Minimised: USD"):
        assert text in out
