"""One run of one program under mocks, in a process of its own: `python -m benchmarks.components.run ours 100`.

Prints as JSON the processor seconds of its imports and of the program, its peak memory, and the number of resources.
"""

import gc
import json
import resource
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks

from benchmarks.components.services import configuration

ROOT = Path(__file__).parents[2]
STACK = "dev"
_ANSWERS: dict[str, dict[str, Any]] = {
    "aws:index/getPartition:getPartition": {"partition": "aws", "id": "aws"},
    "aws:index/getRegion:getRegion": {"region": "eu-central-1", "id": "eu-central-1"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012", "id": "123456789012"},
    "aws:ssm/getParameter:getParameter": {"insecureValue": "ami-0123", "value": "secret", "id": "x"},
    "aws:ec2/getVpc:getVpc": {"id": "vpc-default", "default": True},
    "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-c", "subnet-a", "subnet-b"], "id": "eu-central-1"},
}


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
    runpy.run_path(str(ROOT / "__main__.py"))


def run(program: Callable[[], None], config: dict[str, Any]) -> Aws:
    """Runs a program under mocks to its very end, every `apply` included."""
    aws = Aws()
    mocks.set_mocks(aws, project="ecs-on-ec2", stack=STACK, preview=False)
    pulumi.runtime.set_all_config({f"ecs-on-ec2:{key}": json.dumps(value) for key, value in config.items()}, [])
    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    gc.enable()
    return aws


def program_of(which: str, services: int) -> tuple[Callable[[], None], dict[str, Any]]:
    """Ours or the floor's program, everything it needs being imported, and its configuration."""
    if which == "ours":
        import components  # noqa: F401
        import settings  # noqa: F401 - what is measured

        return ours, configuration(services)
    from benchmarks.components import floor

    # pulumi_aws imports a module when it is first looked into.
    floor.load()
    return lambda: floor.program(services), {}


def main(which: str, services: int) -> None:
    """Measures the imports, then the program."""
    begun = time.process_time()
    program, config = program_of(which, services)
    imported = time.process_time()
    aws = run(program, config)
    measured = {
        "imports": imported - begun,
        "program": time.process_time() - imported,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "resources": len(aws.resources),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
