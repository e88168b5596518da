"""Auto Scaling groups of container instances."""

from dataclasses import replace
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import Program, shop, user_data

SUSPENDED = "ecs-auto-scaling-group-suspended-processes"
TAG = "ecs-auto-scaling-group-managed-tag"
VERSION = "ecs-auto-scaling-group-instance-refresh-version"
WEIGHTS = "ecs-auto-scaling-group-no-instance-weights"
DESIRED = "ecs-auto-scaling-group-desired-capacity"
ZONES = "ecs-auto-scaling-group-zones"
TEMPLATE = "ecs-instances-launch-template"
SPOT = "ecs-instances-spot-draining"
RULES = (TAG, VERSION, WEIGHTS, DESIRED, ZONES, TEMPLATE, SPOT)

NEW, DONE = shop(deployed=False), shop(deployed=True)
_fleet, _template = DONE["fleet"], DONE["template"]
_loner = Res("aws:autoscaling/group:Group", "loner", {"name": "loner", "desiredCapacity": 2, "instanceRefresh": {}})
REFRESH = {"strategy": "Rolling"}


def group(**properties: Any) -> Program:
    """The deployed shop with another group."""
    return DONE.but(_fleet.but(**properties))


def launching(version: str | None, program: Program = DONE) -> Program:
    """The shop with an instance refresh and a version of the launch template."""
    fleet = program["fleet"]
    template = {**fleet.properties["launchTemplate"], "version": version}
    return program.but(
        fleet.but(launchTemplate={key: value for key, value in template.items() if value}, instanceRefresh=REFRESH)
    )


def mixed(version: str = "1", *overrides: dict[str, Any], **distribution: Any) -> Res:
    """The shop's group with a mixed instances policy."""
    policy = {
        "launchTemplate": {
            "launchTemplateSpecification": {"launchTemplateId": "lt-0cccccccccccccccc", "version": version},
            "overrides": list(overrides),
        },
        "instancesDistribution": distribution,
    }
    fleet = _fleet.but(launchTemplate=None, mixedInstancesPolicy=policy)
    return replace(fleet, made_from={"mixedInstancesPolicy": ["template"]})


def tagged(**tag: Any) -> Program:
    return group(tags=[{"key": "Name", "value": "web", "propagateAtLaunch": True}, tag] if tag else None)


def subnet(name: str, **properties: Any) -> Res:
    return Res("aws:ec2/subnet:Subnet", name, {"id": f"subnet-{name}", "vpcId": "vpc-1", **properties})


def in_subnets(*subnets: Res, known: bool = True) -> Program:
    """The shop in some subnets of the program."""
    fleet = _fleet.but(vpcZoneIdentifiers=[s.properties["id"] for s in subnets] if known else UNKNOWN_LIST)
    return DONE.but(*subnets, fleet.made(vpcZoneIdentifiers=[s.name for s in subnets]))


A, B = {"availabilityZone": "eu-central-1a"}, {"availabilityZone": "eu-central-1b"}
ONE_ZONE = "all container instances of the default strategy are in one availability zone"


def two_groups(zone: str) -> Program:
    """The shop in one subnet, and a second capacity provider in its default strategy with a group in another."""
    fleet, capacity = _fleet.but(name="more", arn="arn:aws:autoscaling:::more"), DONE["capacity"]
    scaled = {"autoScalingGroupArn": "arn:aws:autoscaling:::more", "managedScaling": {"status": "ENABLED"}}
    second = capacity.but(name="second", autoScalingGroupProvider=scaled)
    strategy = [{"capacityProvider": name, "weight": 1} for name in ("capacity", "second")]
    return DONE.but(
        _fleet.but(vpcZoneIdentifiers=["subnet-0a"]),
        replace(fleet.but(vpcZoneIdentifiers=[zone]), name="more"),
        Res(second.type, "second", second.properties),
        DONE["association"].but(capacityProviders=["capacity", "second"], defaultCapacityProviderStrategies=strategy),
    )


ONE_ZONE_OF_ALL = "all container instances of the cluster's capacity providers are in one availability zone"
_in_one_zone = _fleet.but(vpcZoneIdentifiers=["subnet-0a"])


def undecided(fleet: Res, *beside: str) -> Program:
    """The shop with a group, without a default strategy, and with other capacity providers."""
    attached = ["capacity", *beside]
    return DONE.but(fleet, DONE["association"].but(capacityProviders=attached, defaultCapacityProviderStrategies=None))


_configuration = Res(
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    "configuration",
    {"name": "old", "userData": user_data("ECS_CLUSTER=shop")},
)
_from_configuration = _fleet.but(launchTemplate=None, launchConfiguration="old")
_drained = user_data("ECS_CLUSTER=shop", "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true")
_spot = {"instanceMarketOptions": {"marketType": "spot"}}

_undrained = {"autoScalingGroupArn": _fleet.properties["arn"], "managedDraining": "DISABLED"}
BARE = DONE.but(DONE["capacity"].but(autoScalingGroupProvider=_undrained))
"""The shop without managed draining."""


def _tag(key: str = "AmazonECSManaged") -> Res:
    """A tag of the fleet as a resource of its own."""
    tag = {"key": key, "value": "", "propagateAtLaunch": True}
    return Res("aws:autoscaling/tag:Tag", "tag", {"autoscalingGroupName": "fleet", "tag": tag})


CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in RULES),
    *(good(rule, "shop, deployed", DONE) for rule in RULES),
    *(good(rule, "a group that is no cluster's", [_loner]) for rule in RULES),
    good(TAG, "ignored", DONE.but(replace(_fleet.but(tags=None), ignores=["tags"]))),
    bad(TAG, "none", tagged(), ("fleet", "has no tag AmazonECSManaged")),
    bad(
        TAG, "another", tagged(key="Team", value="x", propagateAtLaunch=True), ("fleet", "has no tag AmazonECSManaged")
    ),
    bad(
        TAG,
        "kept to itself",
        tagged(key="AmazonECSManaged", value="true", propagateAtLaunch=False),
        ("fleet", "does not hand the tag AmazonECSManaged on"),
    ),
    good(TAG, "as a resource of its own", DONE.but(_fleet.but(tags=None), _tag())),
    good(TAG, "as a resource of its own, previewed", NEW.but(NEW["fleet"].but(tags=None), _tag())),
    bad(
        TAG,
        "another as a resource of its own",
        DONE.but(_fleet.but(tags=None), _tag(key="Team")),
        ("fleet", "has no tag AmazonECSManaged"),
    ),
    unknown(TAG, "not known", group(tags=UNKNOWN_LIST), "Auto Scaling group fleet: tags"),
    good(VERSION, "a number", launching("3")),
    good(VERSION, "the template's own, known later", launching(UNKNOWN, NEW)),
    good(VERSION, "the template's own in a mixed policy", DONE.but(mixed(UNKNOWN).but(instanceRefresh=REFRESH))),
    good(VERSION, "$Latest without a refresh", DONE.but(mixed("$Latest"))),
    bad(VERSION, "$Latest", launching("$Latest"), ("fleet", "launchTemplate has the version $Latest of the launch")),
    bad(VERSION, "$Default", launching("$Default", NEW), ("fleet", "the version $Default")),
    bad(VERSION, "none", launching(None), ("fleet", "launchTemplate has no version of the launch template")),
    bad(
        VERSION,
        "a mixed policy",
        DONE.but(mixed("$Latest").but(instanceRefresh=REFRESH)),
        ("fleet", "mixedInstancesPolicy has the version $Latest"),
    ),
    bad(
        VERSION,
        "an override's template",
        DONE.but(
            mixed(
                "1", {"launchTemplateSpecification": {"launchTemplateName": "template-1", "version": "$Default"}}
            ).but(instanceRefresh=REFRESH)
        ),
        ("fleet", "mixedInstancesPolicy has the version $Default"),
    ),
    bad(
        VERSION,
        "instances that join without a capacity provider",
        launching("$Latest").without("capacity", "association"),
        ("fleet", "the version $Latest"),
    ),
    unknown(
        VERSION,
        "from elsewhere",
        [*launching(UNKNOWN).but(launching(UNKNOWN)["fleet"].made(launchTemplate=["template", "cluster"]))],
        "Auto Scaling group fleet: launchTemplate.version",
    ),
    good(WEIGHTS, "types without weights", DONE.but(mixed("1", {"instanceType": "m7i.large"}))),
    good(WEIGHTS, "no cluster's", [mixed("1", {"instanceType": "m7i.large", "weightedCapacity": "2"})]),
    bad(
        WEIGHTS,
        "one of two types",
        DONE.but(mixed("1", {"instanceType": "m7i.large"}, {"instanceType": "m7i.xlarge", "weightedCapacity": "2"})),
        ("fleet", "mixedInstancesPolicy gives override 1 a weight"),
    ),
    unknown(
        WEIGHTS,
        "not known",
        DONE.but(mixed("1", {"instanceType": "m7i.large", "weightedCapacity": UNKNOWN})),
        "fleet: mixedInstancesPolicy.launchTemplate.overrides[0].weightedCapacity",
    ),
    good(DESIRED, "ignored", DONE.but(replace(_fleet.but(desiredCapacity=2), ignores=["desiredCapacity"]))),
    good(DESIRED, "not ECS's", [_loner.but(tags=[{"key": "Name", "value": "x", "propagateAtLaunch": True}])]),
    bad(DESIRED, "stated", group(desiredCapacity=2), ("fleet", "desiredCapacity is stated, and ECS scales the group")),
    good(DESIRED, "nothing to choose", group(desiredCapacity=2, minSize=2, maxSize=2)),
    bad(DESIRED, "something to choose", group(desiredCapacity=2, minSize=2, maxSize=3), ("fleet", "is stated")),
    bad(DESIRED, "bounds not known", group(desiredCapacity=2, minSize=UNKNOWN, maxSize=UNKNOWN), ("fleet", "stated")),
    bad(DESIRED, "another ignored", [replace(_fleet.but(desiredCapacity=1), ignores=["tags"])], ("fleet", "stated")),
    unknown(DESIRED, "tags not known", [_loner.but(tags=UNKNOWN_LIST)], "Auto Scaling group loner: tags"),
    good(ZONES, "two zones", in_subnets(subnet("a", **A), subnet("b", **B))),
    good(ZONES, "two zones, subnets known later", in_subnets(subnet("a", **A), subnet("b", **B), known=False)),
    good(ZONES, "zones of subnets known later", in_subnets(subnet("a"), subnet("b"), known=False)),
    good(ZONES, "zones by name", group(vpcZoneIdentifiers=None, availabilityZones=["eu-central-1a", "eu-central-1b"])),
    good(ZONES, "two groups, two zones", two_groups("subnet-0b")),
    good(ZONES, "a strategy with another program's capacity", two_groups("subnet-0a").without("second")),
    good(ZONES, "enough known", group(vpcZoneIdentifiers=["subnet-0a", "subnet-0b", UNKNOWN])),
    bad(ZONES, "one subnet", group(vpcZoneIdentifiers=["subnet-0a"]), ("fleet", ONE_ZONE)),
    bad(ZONES, "one zone twice", in_subnets(subnet("a", **A), subnet("b", **A)), ("fleet", ONE_ZONE)),
    bad(
        ZONES,
        "one zone twice, known later",
        in_subnets(subnet("a", **A), subnet("b", **A), known=False),
        ("fleet", ONE_ZONE),
    ),
    bad(
        ZONES,
        "one zone by name",
        group(vpcZoneIdentifiers=None, availabilityZones=["eu-central-1a"]),
        ("fleet", ONE_ZONE),
    ),
    bad(
        ZONES,
        "one subnet, of which AWS names the zone",
        group(vpcZoneIdentifiers=["subnet-0a"], availabilityZones=["eu-central-1a"]),
        ("fleet", ONE_ZONE),
    ),
    good(ZONES, "no default strategy", undecided(_fleet)),
    good(ZONES, "no default strategy, Fargate beside it", undecided(_fleet, "FARGATE")),
    good(ZONES, "no default strategy, another program's beside it", undecided(_in_one_zone, "theirs")),
    bad(ZONES, "no default strategy, one zone", undecided(_in_one_zone), ("fleet", ONE_ZONE_OF_ALL)),
    bad(ZONES, "one zone, and Fargate", undecided(_in_one_zone, "FARGATE"), ("fleet", ONE_ZONE_OF_ALL)),
    bad(
        ZONES,
        "no default strategy, providers known later",
        undecided(_in_one_zone).but(
            undecided(_in_one_zone)["association"]
            .but(capacityProviders=UNKNOWN_LIST)
            .made(capacityProviders=["capacity"])
        ),
        ("fleet", ONE_ZONE_OF_ALL),
    ),
    bad(ZONES, "two groups, one zone", two_groups("subnet-0a"), ("fleet", ONE_ZONE), ("more", ONE_ZONE)),
    unknown(
        ZONES,
        "subnets from elsewhere",
        DONE.but(_fleet.but(vpcZoneIdentifiers=UNKNOWN_LIST).made(vpcZoneIdentifiers=["cluster"])),
        "Auto Scaling group fleet: vpcZoneIdentifiers",
    ),
    unknown(
        ZONES,
        "one known, others from elsewhere",
        group(vpcZoneIdentifiers=["subnet-0a", UNKNOWN]),
        "Auto Scaling group fleet: vpcZoneIdentifiers",
    ),
    unknown(
        ZONES,
        "one of the program's, others from elsewhere",
        DONE.but(
            subnet("a", **A),
            _fleet.but(vpcZoneIdentifiers=["subnet-a", UNKNOWN]).made(vpcZoneIdentifiers=["a", "cluster"]),
        ),
        "Auto Scaling group fleet: vpcZoneIdentifiers",
    ),
    good(TEMPLATE, "a launch configuration that is no cluster's", [_loner.but(launchConfiguration="old")]),
    bad(TEMPLATE, "in the program", DONE.but(_configuration, _from_configuration), ("fleet", "a launch configuration")),
    good(TEMPLATE, "a launch configuration of nobody's", [_configuration.but(userData=None)]),
    bad(
        TEMPLATE,
        "without a group of the program",
        DONE.without("capacity", "association", "fleet", "template").but(_configuration),
        ("configuration", "is a launch configuration"),
    ),
    bad(TEMPLATE, "another program's", DONE.but(_from_configuration), ("fleet", "from a launch configuration")),
    bad(
        TEMPLATE,
        "known later, without a capacity provider",
        DONE.without("capacity", "association").but(
            _configuration.but(name=UNKNOWN),
            _from_configuration.but(launchConfiguration=UNKNOWN).made(launchConfiguration=["configuration"]),
        ),
        ("fleet", "from a launch configuration"),
    ),
    unknown(
        TEMPLATE,
        "not known",
        DONE.but(_from_configuration.but(launchConfiguration=UNKNOWN).made(launchConfiguration=["cluster"])),
        "Auto Scaling group fleet: launchConfiguration",
    ),
    good(SPOT, "on demand", BARE.but(mixed("1", onDemandPercentageAboveBaseCapacity=100))),
    good(SPOT, "on demand where it does not say", BARE.but(mixed("1", onDemandBaseCapacity=1))),
    good(SPOT, "what AWS fills in", BARE.but(mixed("1", onDemandPercentageAboveBaseCapacity=UNKNOWN))),
    good(
        SPOT, "drained", BARE.but(mixed("1", onDemandPercentageAboveBaseCapacity=0), _template.but(userData=_drained))
    ),
    good(SPOT, "no cluster's", [Res(_template.type, "loner", {"name": "loner", **_spot})]),
    good(
        SPOT,
        "drained on Bottlerocket",
        BARE.but(
            _template.but(userData='[settings.ecs]\ncluster = "shop"\nenable-spot-instance-draining = true\n', **_spot)
        ),
    ),
    good(SPOT, "managed draining", DONE.but(mixed("1", onDemandPercentageAboveBaseCapacity=0))),
    good(SPOT, "managed draining of the template's market", NEW.but(NEW["template"].but(**_spot))),
    good(
        SPOT,
        "managed draining where it does not say",
        DONE.but(
            DONE["capacity"].but(autoScalingGroupProvider={**_undrained, "managedDraining": None}),
            _template.but(**_spot),
        ),
    ),
    bad(
        SPOT,
        "a second group that no provider drains",
        DONE.but(
            _template.but(**_spot),
            replace(_fleet.but(name="second", arn=f"{_fleet.properties['arn']}2"), name="second"),
        ),
        ("template", "launches Spot instances"),
    ),
    unknown(
        SPOT,
        "managed draining not known",
        DONE.but(
            DONE["capacity"]
            .but(autoScalingGroupProvider={**_undrained, "managedDraining": UNKNOWN})
            .made(autoScalingGroupProvider=["cluster"]),
            _template.but(**_spot),
        ),
        "capacity provider capacity: autoScalingGroupProvider.managedDraining",
    ),
    bad(
        SPOT,
        "a mixed policy",
        BARE.but(mixed("1", onDemandPercentageAboveBaseCapacity=99)),
        ("template", "launches Spot instances without managed draining or ECS_ENABLE_SPOT_INSTANCE_DRAINING"),
    ),
    bad(SPOT, "the template's market", BARE.but(_template.but(**_spot)), ("template", "launches Spot instances")),
    bad(
        SPOT,
        "a launch configuration's price",
        BARE.but(_configuration.but(spotPrice="0.1"), _from_configuration),
        ("configuration", "launches Spot instances"),
    ),
    bad(
        SPOT,
        "draining switched off",
        BARE.but(
            _template.but(userData=user_data("ECS_CLUSTER=shop", "ECS_ENABLE_SPOT_INSTANCE_DRAINING=false"), **_spot)
        ),
        ("template", "launches Spot instances"),
    ),
    unknown(
        SPOT,
        "user data not known",
        BARE.but(_template.but(userData=UNKNOWN, **_spot)),
        "launch template template: userData",
    ),
    unknown(
        SPOT,
        "distribution not known",
        BARE.but(
            mixed("1", onDemandPercentageAboveBaseCapacity=UNKNOWN).made(mixedInstancesPolicy=["template", "cluster"])
        ),
        "Auto Scaling group fleet: mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity",
    ),
    good(SUSPENDED, "none", DONE),
    good(SUSPENDED, "another process", group(suspendedProcesses=["AZRebalance"])),
    good(SUSPENDED, "no container instances", [_loner.but(suspendedProcesses=["Launch"])]),
    bad(SUSPENDED, "launching", group(suspendedProcesses=["Launch"]), ("fleet", "suspendedProcesses holds Launch")),
    bad(SUSPENDED, "ending", group(suspendedProcesses=["AZRebalance", "Terminate"]), ("fleet", "holds Terminate")),
    unknown(SUSPENDED, "not known", group(suspendedProcesses=UNKNOWN_LIST), "fleet: suspendedProcesses"),
]
