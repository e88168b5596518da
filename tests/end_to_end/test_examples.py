"""The example programs, each deployed with the policy pack and destroyed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from tests.end_to_end.harness import ROOT, Run, Workbench, prepared
from tests.end_to_end.inventory import Account

ADVICE = {
    "ecs-load-balancer-https",
    "ecs-load-balancer-deletion-protection",
    "ecs-load-balancer-access-logs",
    "ecs-instances-no-public-address",
}
"""What an example leaves to environments that last."""


@contextmanager
def examples(directory: Path, *names: str) -> Iterator[list[Workbench]]:
    """Copies of examples, as projects on one local AWS."""
    benches = []
    for name in names:
        project = directory / name
        shutil.copytree(ROOT / "examples" / name, project)
        described = yaml.safe_load((project / "Pulumi.yaml").read_text())
        assert described["runtime"]["options"]["virtualenv"] == "../../.venv"
        described["runtime"]["options"]["virtualenv"] = sys.prefix
        (project / "Pulumi.yaml").write_text(yaml.safe_dump(described))
        (project / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {"aws:region": "eu-central-1"}}))
        benches.append(Workbench(directory, project, "dev"))
    try:
        for bench in benches:
            prepared(bench)
        yield benches
    finally:
        benches[0].stop()


def clean(run: Run, *more: str) -> None:
    """It went well, and the pack has nothing to say but what examples leave out, and `more`."""
    assert run.code == 0, run.said
    assert {policy for policy, _, _ in run.findings} <= ADVICE | {*more}, run.said


def test_every_example_is_deployed_by_a_test() -> None:
    assert {path.parent.name for path in ROOT.glob("examples/*/Pulumi.yaml")} == {
        "daemon",
        "host_network",
        "one_stack",
        "platform",
        "service",
    }


def test_all_in_one_stack(tmp_path: Path) -> None:
    with examples(tmp_path, "one_stack") as (bench,):
        clean(bench.preview())
        clean(bench.up())
        assert bench.up().steps == set()
        assert bench.outputs()["address"].startswith("http://shop-public")
        destroyed = bench.destroy()
        assert destroyed.code == 0, destroyed.said


def test_a_daemon_is_on_every_container_instance(tmp_path: Path) -> None:
    with examples(tmp_path, "daemon") as (bench,):
        clean(bench.preview())
        clean(bench.up())
        assert bench.up().steps == set()
        account = Account(bench.aws().endpoint)
        (cluster,) = account.clusters()
        (service,) = account.services(cluster["clusterArn"])
        assert (service["schedulingStrategy"], service["launchType"]) == ("DAEMON", "EC2")
        where = {"cluster": cluster["clusterArn"]}
        instances = account.all("ecs", "list_container_instances", "containerInstanceArns", **where)
        tasks = account.ecs.describe_tasks(tasks=account.all("ecs", "list_tasks", "taskArns", **where), **where)[
            "tasks"
        ]
        assert sorted(task["containerInstanceArn"] for task in tasks) == sorted(instances)
        assert len(instances) == 2
        destroyed = bench.destroy()
        assert destroyed.code == 0, destroyed.said


def test_tasks_in_the_network_of_their_instances(tmp_path: Path) -> None:
    with examples(tmp_path, "host_network") as (bench,):
        clean(bench.preview(), "ecs-task-definition-host-network")
        clean(bench.up(), "ecs-task-definition-host-network")
        assert bench.up().steps == set()
        account = Account(bench.aws().endpoint)
        (cluster,) = account.clusters()
        (service,) = account.services(cluster["clusterArn"])
        assert service["runningCount"] == 2
        (group,) = account.all("elbv2", "describe_target_groups", "TargetGroups")
        assert (group["Protocol"], group["Port"], group["TargetType"]) == ("TCP_UDP", 5353, "instance")
        rules = account.all("ec2", "describe_security_group_rules", "SecurityGroupRules")
        opened = [(each["IpProtocol"], each["FromPort"]) for each in rules if each["FromPort"] == 5353]
        assert sorted(opened) == [("tcp", 5353), ("udp", 5353)]
        destroyed = bench.destroy()
        assert destroyed.code == 0, destroyed.said


def test_a_service_on_another_stacks_platform(tmp_path: Path) -> None:
    with examples(tmp_path, "platform", "service") as (platform, service):
        before = Account(platform.aws().endpoint).inventory()
        early = service.preview()
        assert early.code != 0
        assert "stack organization/ecs-platform/dev has no output 'platform': deploy the platform first" in early.said

        clean(platform.preview())
        clean(platform.up())
        clean(service.preview())
        clean(service.up())
        assert platform.up().steps == service.up().steps == set()

        account = Account(platform.aws().endpoint)
        (cluster,) = account.clusters()
        (running,) = account.services(cluster["clusterArn"])
        told = platform.outputs()["platform"]
        names = {item["capacityProvider"] for item in running["capacityProviderStrategy"]}
        assert names == set(told["capacityProviders"].values())
        assert running["runningCount"] == 2

        for bench in (service, platform):
            destroyed = bench.destroy()
            assert destroyed.code == 0, destroyed.said
        after = account.inventory()
        assert {kind: after[kind] - before[kind] for kind in after if after[kind] - before[kind]} == {}


OLDER = """
import pulumi
pulumi.export("platform", {"version": 0})
"""


def test_an_older_platform_is_an_error_that_names_its_stack(tmp_path: Path) -> None:
    with examples(tmp_path, "platform", "service") as (platform, service):
        (platform.project / "__main__.py").write_text(OLDER)
        clean(platform.up())
        previewed = service.preview()
    assert previewed.code != 0
    assert "platform of version 0, and this one reads 1: deploy stack organization/ecs-platform/dev again" in (
        previewed.said
    )
