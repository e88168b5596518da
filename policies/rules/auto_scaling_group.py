"""Rules on the Auto Scaling groups of container instances."""

from collections.abc import Iterator

from ecs_model.strategy import MANAGED_TAG
from policies.groups import groups_of_instances, provided_groups, tag_of
from policies.properties import Properties, Unknown
from policies.relations import fleet, groups_launching
from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.launches import LaunchConfiguration


@rule(
    id="ecs-auto-scaling-group-managed-tag",
    title="A capacity provider's group carries the tag AmazonECSManaged",
    severity=MEDIUM,
    level=ADVISORY,
    why="ECS finds the group and its instances by this tag and adds it itself. A program that does not name it takes "
    "it away again with its next update, and instances that are there from the start never get it.",
    fix=f"Add the tag {MANAGED_TAG} with propagateAtLaunch true to the group.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html",
)
def managed_tag(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every group of a capacity provider has the tag, and hands it on to its instances."""

    def carries(group: AutoScalingGroup) -> Iterator[Verdict]:
        if group.ignores_tags:
            return
        tag = tag_of(stack, group, MANAGED_TAG)
        if tag is None:
            yield Finding(f"has no tag {MANAGED_TAG}", group)
        elif not tag.flag("propagateAtLaunch"):
            yield Finding(f"does not hand the tag {MANAGED_TAG} on to its instances", group)

    yield from each(provided_groups(stack), carries)


@rule(
    id="ecs-auto-scaling-group-instance-refresh-version",
    title="An instance refresh is started by the launch template's number",
    severity=HIGH,
    level=MANDATORY,
    why="A group that launches $Latest or $Default does not change when the launch template does: no refresh starts, "
    "and the instances keep an old image and old agent settings for good.",
    fix="Set version to the launch template's latestVersion.",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html",
)
def instance_refresh_version(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every group of container instances with an instance refresh names its launch template's version by number."""

    def numbered(group: AutoScalingGroup) -> Iterator[Verdict]:
        if group.is_refreshed:
            yield from each(group.templates, lambda written: _numbered(group, *written))

    yield from each(groups_of_instances(stack), numbered)


def _numbered(group: AutoScalingGroup, key: str, specification: Properties) -> Iterator[Verdict]:
    try:
        version = specification.text("version")
    except Unknown:
        # What a launch template gives is a number.
        if not group.computes_within(key, "aws:ec2/launchTemplate:LaunchTemplate"):
            raise
        return
    if version in (None, "$Latest", "$Default"):
        seen = f"the version {version}" if version else "no version"
        yield Finding(f"{key} has {seen} of the launch template beside an instanceRefresh", group)


@rule(
    id="ecs-auto-scaling-group-no-instance-weights",
    title="A capacity provider's group has no instance weights",
    severity=HIGH,
    level=MANDATORY,
    why="Capacity providers do not support weights: ECS counts instances, the group counts weights, and managed "
    "scaling starts too many or too few.",
    fix="Leave weightedCapacity out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html",
)
def no_instance_weights(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No group of a capacity provider weighs its instance types."""

    def unweighted(group: AutoScalingGroup) -> Iterator[Verdict]:
        def one(override: Properties) -> Iterator[Verdict]:
            if override.text("weightedCapacity") is not None:
                yield Finding(f"mixedInstancesPolicy gives override {override.path[-1]} a weight", group)

        yield from each(group.overrides, one)

    yield from each(provided_groups(stack), unweighted)


@rule(
    id="ecs-auto-scaling-group-desired-capacity",
    title="A group that ECS scales does not state its desired capacity",
    severity=MEDIUM,
    level=ADVISORY,
    why="ECS chooses the number of instances. A program that states one sets it back with every update, and so ends "
    "instances that tasks run on, or starts such as nobody needs.",
    fix="Leave desiredCapacity out, or name it in ignoreChanges.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html",
)
def desired_capacity(group: AutoScalingGroup, options: Options) -> Iterator[Verdict]:
    """No group with the tag AmazonECSManaged states desiredCapacity without ignoring its changes, but for one whose
    minSize and maxSize leave nothing to choose.

    The tag tells a capacity provider's group from others: what AWS fills in shows in a group's inputs alone, where
    there is no other resource to be seen.
    """
    if group.states_desired_capacity and not group.is_fixed and group.tag(MANAGED_TAG) is not None:
        yield Finding("desiredCapacity is stated, and ECS scales the group")


@rule(
    id="ecs-instances-launch-template",
    title="Container instances come from a launch template",
    severity=LOW,
    level=ADVISORY,
    why="Launch configurations are no longer developed: they know no new instance type or volume, new accounts cannot "
    "make them, and a group with one can mix neither types nor Spot.",
    fix="Replace the launch configuration by an aws.ec2.LaunchTemplate.",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html",
)
def launch_template(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No group of container instances has a launch configuration; and none is there that a group may launch them from
    which the program does not show, as one that a CloudFormation stack makes."""

    def modern(group: AutoScalingGroup) -> Iterator[Verdict]:
        key, written = next(group.launches)
        if written.known or stack.find(LaunchConfiguration, group, key, written):
            yield Finding("launches its instances from a launch configuration", group)
        elif written:
            yield group.properties.unknown(key)

    def used(configuration: LaunchConfiguration) -> Iterator[Verdict]:
        if not groups_launching(stack).get(configuration) and fleet(stack, configuration):
            yield Finding("is a launch configuration", configuration)

    yield from each(groups_of_instances(stack), modern)
    yield from each(stack.all(LaunchConfiguration), used)


@rule(
    id="ecs-auto-scaling-group-suspended-processes",
    title="A group of container instances launches and ends instances",
    severity=HIGH,
    level=MANDATORY,
    why="A group whose process Launch is suspended never scales out for a task. One whose process Terminate is "
    "suspended keeps instances that ECS has drained, and neither an instance refresh nor a destroy comes to an end.",
    fix="Take Launch and Terminate out of suspendedProcesses.",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html",
)
def suspended_processes(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The processes Launch and Terminate of every group of container instances; others, as AZRebalance, may be."""

    def runs(group: AutoScalingGroup) -> Iterator[Verdict]:
        for process in ("Launch", "Terminate"):
            if process in group.suspended:
                yield Finding(f"suspendedProcesses holds {process}", group)

    yield from each(groups_of_instances(stack), runs)
