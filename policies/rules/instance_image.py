"""Rules on the machine image of container instances."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ecs_model.images import (
    AmiFamily,
    Architecture,
    is_ecs_optimized,
    is_image_id,
    named_parameter,
    parameter_architecture,
    public_parameter,
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
    why="Other images come without the ECS agent, or with one that somebody else keeps up to date: an instance of them "
    "joins its cluster only where the agent is installed and started.",
    fix=f"Take the image from {_RECOMMENDED}, or the same for arm64; or add it to this rule's allowedImages.",
    source=_SOURCE,
    options={
        "allowedImages": Option(
            "string",
            "Further images that may be used: names or ARNs of SSM parameters, and ids (ami-…), * for any text. With "
            "an id among them, images named by other ids are found; without one they are not judged, since a program "
            "that reads an id from AWS's public parameter shows the id alone.",
        )
    },
)
def optimized_ami(launches: Launches, options: Options) -> Iterator[Verdict]:
    """The image is taken from AWS's public SSM parameter of an ECS-optimized AMI, or is one of those allowed."""
    image = _image(launches)
    allowed = options["allowedImages"]
    if not image or not _is_custom(image, ids_too=any(pattern.startswith("ami-") for pattern in allowed)):
        return
    name = named_parameter(image) or image
    if not any(fnmatchcase(name, pattern) for pattern in allowed) and launches.joins:
        if public_parameter(image):
            yield Finding(f"{launches.image_key} is taken from {name}, which holds no ECS-optimized AMI")
        else:
            yield Finding(f"{launches.image_key} is the custom image {name}, which is not among those allowed")


def _is_custom(image: str, *, ids_too: bool) -> bool:
    """Whether an image is certainly, or taken for, none of AWS's own that are optimized for ECS."""
    parameter = named_parameter(image)
    return not is_ecs_optimized(parameter) if parameter else ids_too and is_image_id(image)


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
    image = _image(launches)
    parameter = public_parameter(image) if image else None
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


def _image(launches: Launches) -> str | None:
    try:
        return launches.image
    except Unknown:
        # What launches no container instances may have whatever image it likes.
        if launches.joins:
            raise
        return None
