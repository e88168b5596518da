"""One run of one program under mocks, in a process of its own: `python -m benchmarks.components.run ours 100`.

Prints as JSON the processor seconds of its imports and of the program, its peak memory, and the number of resources.
"""

import gc
import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.runtime import mocks

from benchmarks.components.services import configuration
from benchmarks.memory import peak

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "__main__.py"
FLOOR = Path(__file__).with_name("floor_program.py")
STACK = "dev"
_ANSWERS: dict[str, dict[str, Any]] = {
    "aws:index/getPartition:getPartition": {"partition": "aws", "id": "aws"},
    "aws:index/getRegion:getRegion": {"region": "eu-central-1", "id": "eu-central-1"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012", "id": "123456789012"},
    "aws:ssm/getParameter:getParameter": {"insecureValue": "ami-0123", "value": "secret", "id": "x"},
    "aws:ec2/getVpc:getVpc": {"id": "vpc-default", "default": True},
    "pulumi:pulumi:readStackOutputs": {},
    "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-c", "subnet-a", "subnet-b"], "id": "eu-central-1"},
}

_COMPONENTS = ("Network", "LoadBalancer", "Cluster", "TaskDefinition", "Service")
_FURTHER = ("Adoption", "change_of", "leaving_awsvpc", "left_with_services", "settle", "export_platform")
"""What else of the components every program uses."""


class Aws(mocks.Mocks):
    """Answers at once, with what the programs read of a resource."""

    def __init__(self) -> None:
        self.resources: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, args: mocks.MockCallArgs) -> Any:
        return _ANSWERS[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append((args.typ, args.name, dict(args.inputs)))
        if not args.custom:
            return None, {}
        arn = f"arn:aws:mock:eu-central-1:123456789012:{args.name}"
        made = {"name": args.name, "arn": arn, "arnSuffix": args.name, "latestVersion": 7, "dnsName": args.name}
        return args.name, made | dict(args.inputs)


def ours() -> None:
    """The program of this repository, as `pulumi up` runs it."""
    runpy.run_path(str(MAIN))


def floor() -> None:
    """The floor, in the same way."""
    runpy.run_path(str(FLOOR))


def run(program: Callable[[], None], config: dict[str, Any]) -> Aws:
    """Runs a program under mocks to its very end, every `apply` included."""
    answers = Aws()
    mocks.set_mocks(answers, project="ecs-on-ec2", stack=STACK, preview=False)
    texts = {f"ecs-on-ec2:{key}": json.dumps(value) for key, value in config.items()}
    pulumi.runtime.set_all_config({"aws:region": "eu-central-1"} | texts, [])
    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    gc.enable()
    return answers


def program_of(which: str, services: int) -> tuple[Callable[[], None], dict[str, Any]]:
    """Ours or the floor's program, everything it needs being imported, and its configuration."""
    if which == "ours":
        import components  # imported here, for this is measured
        import settings  # noqa: F401

        for used in (*_COMPONENTS, *_FURTHER):
            getattr(components, used)
        _load()
        return ours, configuration(services)
    import benchmarks.components.floor  # noqa: F401

    _load()
    os.environ["SERVICES"] = str(services)
    return floor, {}


def _load() -> None:
    """Imports the modules of pulumi_aws that both programs use: each is loaded when it is first looked into."""
    for module in (aws.autoscaling, aws.cloudwatch, aws.ec2, aws.ecs, aws.iam, aws.lb, aws.ssm, aws.vpc):
        hasattr(module, "anything")


def main(which: str, services: int) -> None:
    """Measures the imports, then the program."""
    if which != "floor":
        gc.disable()  # as the first line of our program does
    begun = time.process_time()
    program, config = program_of(which, services)
    imported = time.process_time()
    answers = run(program, config)
    measured = {
        "imports": imported - begun,
        "program": time.process_time() - imported,
        "peak": peak(),
        "resources": len(answers.resources),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
