"""What `python -m policies.configuration merge` writes, taken by the real engine."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from policies.configuration.command import main
from policies.reserved import SUPPRESSED, SUPPRESSIONS
from tests.end_to_end.harness import ROOT
from toolchain import cli

PORT = "ecs-task-definition-dynamic-host-port"
SUPPRESSION = {"rule": PORT, "urn": "*::fixed", "reason": "It goes with the old shop.", "expires": "9998-12-31"}
CONTAINER = {"name": "web", "image": "web", "memory": 128, "portMappings": [{"containerPort": 80, "hostPort": 80}]}


def analyze(tmp_path: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """What the engine says of a stack whose only resource is a task definition with a fixed host port."""
    root = {"urn": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "type": "pulumi:pulumi:Stack"}
    roles = {f"{kind}RoleArn": f"arn:aws:iam::123456789012:role/{kind}" for kind in ("task", "execution")}
    properties = {"family": "fixed", "containerDefinitions": json.dumps([CONTAINER])} | roles
    kind = "aws:ecs/taskDefinition:TaskDefinition"
    task = {"urn": f"urn:pulumi:dev::shop::{kind}::fixed", "type": kind, "custom": True, "id": "fixed"}
    task |= {"inputs": properties, "outputs": properties, "parent": root["urn"]}
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": [root, task]}}))
    pulumi = cli.find(os.environ, print).path
    environ = os.environ | {
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": f"{pulumi.parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [str(pulumi), "policy", "analyze", "--file", str(state), "--policy-pack", str(ROOT / "policies")]
    command += ["--policy-pack-config", str(config), "--non-interactive", "--color", "never"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)


SUPPRESSED_PORT = {PORT: {"allowedHostPorts": [8126]}, SUPPRESSIONS: {"suppressions": [SUPPRESSION]}}


@pytest.mark.parametrize(
    ("team", "passes", "said"),
    [
        ({}, False, f"[mandatory] [severity: high]  {PORT} "),
        ({PORT: "advisory"}, True, f"[advisory] [severity: high]  {PORT} "),
        ({PORT: {"allowedHostPorts": [80.0]}}, True, "Duration"),
        (SUPPRESSED_PORT, True, f"fixed: {PORT} is suppressed until 9998-12-31: It goes with the old shop."),
        (SUPPRESSED_PORT | {SUPPRESSED: "mandatory"}, False, f"[mandatory] [severity: low]  {SUPPRESSED} "),
    ],
    ids=["preset", "level", "option", "suppression", "no-suppression-accepted"],
)
def test_the_engine_takes_a_merged_file(tmp_path: Path, team: dict[str, object], passes: bool, said: str) -> None:
    given, config = tmp_path / "team.json", tmp_path / "merged.json"
    given.write_text(json.dumps(team))
    assert main(["merge", "notes", str(given), "-o", str(config)]) == 0
    answer = analyze(tmp_path, config)
    told = answer.stdout + answer.stderr
    assert said in told
    assert (answer.returncode == 0) is passes, told
    assert (f"  {PORT} " in told) is (PORT in said and "suppressed until" not in said)
