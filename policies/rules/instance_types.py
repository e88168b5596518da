"""The rule on the instance types that share an image."""

from collections.abc import Iterator

from ecs_model.images import Architecture, parameter_architecture
from ecs_model.instance_types import known
from policies.instance_types import types_launched
from policies.properties import Unknown
from policies.relations import fleet
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.launches import Launches


@rule(
    id="ecs-instances-common-architecture",
    title="The instance types that share an AMI have an architecture in common",
    severity=HIGH,
    level=MANDATORY,
    why="An AMI is of one architecture: some of the types are never launched, whichever it is.",
    fix="Use instance types of one architecture, or give those of the other a launch template of their own.",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html",
)
def common_architecture(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The types of an Auto Scaling group, where the image is named in a way that does not say its architecture."""

    def agree(launches: Launches) -> Iterator[Verdict]:
        if not fleet(stack, launches) or _image_tells(launches):
            return
        for owner, names in types_launched(stack, launches):
            types = known(names)
            if types and not set(Architecture).intersection(*(set(type_.architectures) for type_ in types)):
                listed = ", ".join(type_.name for type_ in types)
                yield Finding(f"the AMI of {launches} cannot be of the architecture of all of {listed}", owner)

    yield from each(stack.all(Launches), agree)


def _image_tells(launches: Launches) -> bool:
    try:
        parameter = launches.image_parameter
    except Unknown:
        return False
    return parameter is not None and parameter_architecture(parameter) is not None
