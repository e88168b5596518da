"""Stacks that cannot work are refused with sentences, before anything exists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.harness import Run, Workbench, config_file, edited_config, environment
from tests.end_to_end.inventory import Account
from toolchain.invocation import Invocation


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workbench]:
    with environment(tmp_path / "bench", request.param) as made:
        yield made


def _refused(bench: Workbench, invocation: Invocation) -> Run:
    """Run what must fail: it says so without a traceback, and AWS and the stack's state are as before."""
    account = Account(bench.aws().endpoint)
    before = account.inventory()
    run = bench.execute(invocation)
    assert run.code != 0
    assert "Traceback" not in run.output, run.output
    assert account.inventory() == before
    assert set(bench.resources()) <= {"pulumi:pulumi:Stack"}
    assert "aws:" not in run.output.replace("ecs-on-ec2:", "")
    return run


@pytest.mark.parametrize("bench", ["dev"], indirect=True)
def test_all_problems_of_the_settings_are_told_at_once(bench: Workbench) -> None:
    config = config_file(bench.directory, "dev")
    with edited_config(config, "network") as network:
        network["create"]["natt"] = "one"
    with edited_config(config, "capacity") as capacity:
        capacity["general"]["maxSize"] = "many"
        capacity["spot"]["instanceTypes"] = ["m7g.medium", "m7i.large"]
        capacity["spot"]["agent"] = {"dynamicHostPortRange": "65535-49153"}
    with edited_config(config, "services") as services:
        services["worker"]["containers"]["worker"]["memory"] = 3
        services["api"]["loadBalancer"]["containerPort"] = 9999

    run = _refused(bench, bench.invocation("up"))

    places = {line.split(": ")[0].strip() for line in run.output.splitlines() if "Pulumi.dev.yaml, " in line}
    assert places == {
        f"Pulumi.dev.yaml, ecs-on-ec2:{path}"
        for path in (
            "network.create.natt",
            "capacity.general.maxSize",
            "capacity.spot.instanceTypes",
            "capacity.spot.agent.dynamicHostPortRange",
            "services.worker.containers.worker.memory",
            "services.api.loadBalancer.containerPort",
        )
    }
    assert "6 settings cannot work; nothing was deployed" in run.output
    assert "did you mean nat?" in run.output


@pytest.mark.parametrize("bench", ["dev"], indirect=True)
def test_a_stack_without_settings_says_what_is_missing(bench: Workbench) -> None:
    config = config_file(bench.directory, "dev")
    whole = yaml.safe_load(config.read_text())
    whole["config"] = {"aws:region": "eu-central-1"}
    config.write_text(yaml.safe_dump(whole))

    run = _refused(bench, bench.invocation("up"))

    assert "Pulumi.dev.yaml, ecs-on-ec2:" in run.output


@pytest.mark.parametrize("bench", ["local"], indirect=True)
def test_the_stack_local_is_refused_without_its_own_aws(bench: Workbench) -> None:
    attached = bench.invocation("up")
    env = {name: value for name, value in attached.env.items() if name != "PULUMI_DEBUG_PROVIDERS"}
    env |= {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_REGION": "eu-central-1"}

    run = _refused(bench, Invocation(attached.argv, env))

    assert "the stack local runs against this machine's own AWS only" in run.output, run.output
