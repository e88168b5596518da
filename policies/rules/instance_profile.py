"""The rule on the instance profile of container instances."""

from collections.abc import Iterator

from ecs_model.agent_config import takes_the_instance_role
from policies.relations import fleet, groups_launching
from policies.rule import HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.iam import InstanceProfile
from policies.views.launches import Instance, Launches, LaunchTemplate

_PROFILE = "iamInstanceProfile"


@rule(
    id="ecs-instances-profile",
    title="Container instances have an instance profile",
    severity=HIGH,
    level=MANDATORY,
    why="The agent calls ECS with the role of its instance. Without an instance profile there is none, and the "
    "instance never registers with its cluster.",
    fix="Set iamInstanceProfile to an instance profile whose role allows what the agent does.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html",
)
def profile(stack: Stack, options: Options) -> Iterator[Verdict]:
    """What a group launches container instances from names an instance profile, and so does an instance by itself,
    unless its launch template does; a profile of the program has a role. ECS Anywhere and agents with keys of their
    own are not judged."""

    def named(launches: Launches) -> Iterator[Verdict]:
        if not fleet(stack, launches):
            return
        if launches.profile:
            yield from each(stack.find(InstanceProfile, launches, _PROFILE, launches.profile), _with_role)
        elif _has_the_last_word(stack, launches) and takes_the_instance_role(launches.agent):
            yield Finding("names no instance profile", launches)

    yield from each(stack.all(Launches), named)


def _with_role(profile: InstanceProfile) -> Iterator[Verdict]:
    if not profile.role:
        yield Finding("has no role", profile, "Set role to a role that allows what the agent does.")


def _has_the_last_word(stack: Stack, launches: Launches) -> bool:
    """Whether its instances have no profile where it names none: a launch template may leave that to instances."""
    if not isinstance(launches, Instance):
        return launches in groups_launching(stack)
    key = "launchTemplate"
    templates = [template for way in launches.template for template in stack.find(LaunchTemplate, launches, key, way)]
    return not launches.properties.given(key) or (bool(templates) and not any(t.profile for t in templates))
