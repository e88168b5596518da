"""The components as a Pulumi package: what a program in any language gets of them, through the real engine."""

import json
import os
from pathlib import Path

import yaml

from tests.end_to_end.harness import ROOT, program
from toolchain.invocation import anything

PROGRAM = """
import pulumi

class Served(pulumi.ComponentResource):
    def __init__(self, kind, inputs):
        super().__init__(f"ecs-on-ec2:index:{kind}", "mine", inputs, remote=True)

Served("ContainerInstances", {
    "clusterName": "somebody-elses",
    "vpcId": "vpc-1",
    "subnetIds": ["subnet-1"],
    "settings": {"instanceTypes": ["m7g.large"], "maxSize": 2, "agent": {"reservedPorts": [9100]}%s},
})
"""
MANAGED = """
import pulumi
import pulumi_aws as aws

class Served(pulumi.ComponentResource):
    def __init__(self, kind, inputs):
        super().__init__(f"ecs-on-ec2:index:{kind}", "mine", inputs, remote=True)

vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
Served("Cluster", {
    "vpcId": vpc.id,
    "subnetIds": subnets.ids,
    "capacity": {},
    "managedInstances": {"own": {}},
    "settings": {"defaultCapacityProviderStrategy": [{"capacityProvider": "own", "weight": 1}]},
})
"""
NETWORK_FREE_TYPES = {
    "ecs-on-ec2:index:ContainerInstances",
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ecs/capacityProvider:CapacityProvider",
}


def _serve_components(project: Path) -> None:
    path = project / "Pulumi.yaml"
    whole = yaml.safe_load(path.read_text())
    whole["plugins"] = {"providers": [{"name": "ecs-on-ec2", "path": str(ROOT / "components")}]}
    path.write_text(yaml.safe_dump(whole))


def test_another_program_previews_a_component(tmp_path: Path) -> None:
    with program(tmp_path, PROGRAM % "") as bench:
        _serve_components(bench.project)
        previewed = bench.preview()
    assert previewed.code == 0, previewed.said
    created = {step.type for step in previewed.steps if step.op == "create"}
    assert created >= NETWORK_FREE_TYPES


def test_a_served_cluster_waits_for_its_managed_instances(tmp_path: Path) -> None:
    with program(tmp_path, MANAGED) as bench:
        _serve_components(bench.project)
        up = bench.up()
        assert up.code == 0, up.said
        assert any("retrying create due to on-error hook" in said for said in up.complaints)
        again, ended = bench.up(), bench.destroy()
    assert (again.code, again.steps, ended.code) == (0, set(), 0), again.said + ended.said


def test_another_program_is_told_what_is_wrong(tmp_path: Path) -> None:
    with program(tmp_path, PROGRAM % ', "targetCapacity": 120') as bench:
        _serve_components(bench.project)
        previewed = bench.preview()
    assert previewed.code != 0
    assert "settings.targetCapacity: 120 is out of range: give 1-100" in previewed.said


def test_the_schema_is_printed_by_pulumi(tmp_path: Path) -> None:
    with program(tmp_path, "") as bench:
        command = ["package", "get-schema", str(ROOT / "components")]
        told = bench.execute(anything(bench.stack, command, bench.cli, bench.aws(), dict(os.environ)), joined=False)
    assert told.code == 0
    schema = json.loads(told.output)
    assert len(schema["resources"]) == 16
