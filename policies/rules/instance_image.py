"""Rules on the machine image of container instances."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ecs_model.images import (
    AmiFamily,
    Architecture,
    is_ecs_optimized,
    parameter_architecture,
    ssm_parameter,
    updated_until,
)
from ecs_model.instance_types import known
from policies.instance_types import types_launched
from policies.properties import Unknown
from policies.relations import fleet
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.launches import Launches

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html"
_RECOMMENDED = f"resolve:ssm:{ssm_parameter(AmiFamily.AL2023, Architecture.X86_64)}"


@rule(
    id="ecs-instances-optimized-ami",
    title="Container instances start from an ECS-optimized AMI",
    severity=MEDIUM,
    level=ADVISORY,
    why="Other images come without the ECS agent: an instance of them joins its cluster only where the user data "
    "installs and starts the agent. What an image named by its id holds, a program does not show.",
    fix=f"Take the image from {_RECOMMENDED}, or the same for arm64.",
    source=_SOURCE,
    options={
        "allowedImages": Option(
            "string", "Further images that may be used: SSM parameter paths below /aws/service, * for any text."
        )
    },
)
def optimized_ami(launches: Launches, options: Options) -> Iterator[Verdict]:
    """An image that is taken from a public SSM parameter is judged; one named by its id cannot be."""
    parameter = _parameter(launches)
    if parameter is None or is_ecs_optimized(parameter):
        return
    if not any(fnmatchcase(parameter, pattern) for pattern in options["allowedImages"]) and launches.joins:
        yield Finding(f"{launches.image_key} is taken from {parameter}, which holds no ECS-optimized AMI")


@rule(
    id="ecs-instances-ami-supported",
    title="Container instances start from an AMI that still gets updates",
    severity=MEDIUM,
    level=ADVISORY,
    why="Once the support of an operating system has ended, its images get neither security updates nor new agents. "
    "What an image named by its id holds, a program does not show.",
    fix=f"Move to Amazon Linux 2023: {_RECOMMENDED}, or the same for arm64.",
    source=_SOURCE,
)
def ami_supported(launches: Launches, options: Options) -> Iterator[Verdict]:
    """An image that is taken from a public SSM parameter is judged; one named by its id cannot be."""
    parameter = _parameter(launches)
    end = updated_until(parameter) if parameter else None
    if end and launches.joins:
        yield Finding(f"{launches.image_key} is taken from {parameter}, which gets updates until {end} only")


@rule(
    id="ecs-instances-ami-architecture",
    title="Container instances have the architecture of their AMI",
    severity=HIGH,
    level=MANDATORY,
    why="EC2 does not launch an instance type from an AMI of another architecture, so that its group stays empty.",
    fix="Use instance types of the AMI's architecture, or the AMI of theirs: the path of arm64 has /arm64/ in it.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html",
)
def ami_architecture(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The types of a launch template, or those that the Auto Scaling group names in its place, as far as known."""

    def agrees(launches: Launches) -> Iterator[Verdict]:
        if not fleet(stack, launches):
            return
        parameter = launches.image_parameter
        wanted = parameter_architecture(parameter) if parameter else None
        if wanted is None:
            return
        for owner, names in types_launched(stack, launches):
            wrong = [type_.name for type_ in known(names) if wanted not in type_.architectures]
            if wrong:
                subject = f"the AMI of {launches}" if owner is not launches else launches.image_key
                yield Finding(f"{subject} is {wanted.value}, which {', '.join(wrong)} cannot run", owner)

    yield from each(stack.all(Launches), agrees)


def _parameter(launches: Launches) -> str | None:
    try:
        return launches.image_parameter
    except Unknown:
        # What launches no container instances may have whatever image it likes.
        if launches.joins:
            raise
        return None
