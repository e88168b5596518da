"""Whether container instances have what tasks need."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import JOINED, Program, container, containers, shop, user_data

FITS, MAY_NOT = "ecs-task-definition-fits-instances", "ecs-task-definition-may-not-fit"
NEW, DONE = shop(deployed=False), shop(deployed=True)
LARGE, XLARGE = "m4.large", "m4.xlarge"  # 8,192 MiB and 2 vCPUs, twice that


def task(memory: int, base: Program = NEW, **further: Any) -> Res:
    return base["web"].but(containerDefinitions=containers(container() | {"memory": memory} | further))


def on(*types: str, base: Program = NEW, **further: Any) -> list[Res]:
    """The template, and the group where it chooses among types."""
    if len(types) == 1:
        return [base["template"].but(instanceType=types[0], **further)]
    return [base["template"].but(**further), mixed(*({"instanceType": name} for name in types), base=base)]


def mixed(*overrides: dict[str, Any], base: Program = NEW) -> Res:
    specification = {"launchTemplateId": base["template"].properties["id"], "version": "1"}
    policy = {"launchTemplate": {"launchTemplateSpecification": specification, "overrides": list(overrides)}}
    group = base["fleet"].but(mixedInstancesPolicy=policy, launchTemplate=None)
    return group.made(mixedInstancesPolicy=["template"], launchTemplate=[])


def service(base: Program = NEW, **settings: Any) -> Res:
    return base["service"].but(**settings).made(**({"capacityProviderStrategies": []} if settings else {}))


UNSCALED = NEW["capacity"].but(autoScalingGroupProvider={"autoScalingGroupArn": UNKNOWN})
DEFAULT = service(capacityProviderStrategies=None)
FARGATE = service(capacityProviderStrategies=None, launchType="FARGATE")
EC2 = service(capacityProviderStrategies=None, launchType="EC2")
OTHERS = [
    Res(NEW["template"].type, "other", {"id": "lt-0ddd", "instanceType": XLARGE, "userData": JOINED}),
    Res(NEW["fleet"].type, "more", {"name": "more", "launchTemplate": {"id": "lt-0ddd", "version": "1"}}),
    Res(UNSCALED.type, "big", {"name": "big", "autoScalingGroupProvider": {"autoScalingGroupArn": "more"}}),
]
BOTH = service(
    capacityProviderStrategies=[
        {"capacityProvider": "capacity", "weight": 1},
        {"capacityProvider": "big", "weight": 1},
    ]
)
UNUSED = service(
    capacityProviderStrategies=[
        {"capacityProvider": "capacity", "weight": 1},
        {"capacityProvider": "big", "weight": 0, "base": 0},
    ]
)
FOREIGN = service(
    capacityProviderStrategies=[
        {"capacityProvider": "capacity", "weight": 1},
        {"capacityProvider": "elsewhere", "weight": 1},
    ]
)
KEPT = user_data("ECS_CLUSTER=shop", "ECS_RESERVED_MEMORY=600")
COMPUTED = user_data("ECS_CLUSTER=shop", "ECS_RESERVED_MEMORY=$KEPT")
SINGLE = Res("aws:ec2/instance:Instance", "single", {"userData": user_data("ECS_CLUSTER=shop"), "instanceType": XLARGE})
CONFIGURATION = Res(
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    "configuration",
    {"name": "old", "userData": user_data("ECS_CLUSTER=shop"), "instanceType": XLARGE},
)
LAUNCHED = NEW.without("fleet", "capacity", "association")


def never(what: str, *changed: Res, part: str = "a task of 8193 MiB cannot fit any", base: Program = NEW) -> Any:
    return bad(FITS, what, base.but(*changed), ("web", part))


def doubt(what: str, *changed: Res, part: str, base: Program = NEW) -> Any:
    return bad(MAY_NOT, what, base.but(*changed), ("web", part))


def fine(what: str, *changed: Res, base: Program = NEW) -> list[Any]:
    return [good(rule, what, base.but(*changed)) for rule in (FITS, MAY_NOT)]


CASES = [
    *fine("fits", task(7_577), *on(LARGE)),
    *fine("fits, deployed", task(7_577, DONE), *on(LARGE, base=DONE), base=DONE),
    *fine("a reservation that fits", task(9_000, memoryReservation=7_577), *on(LARGE)),
    *fine("no type", task(99_999)),
    *fine("no type, containers not known", NEW["web"].but(containerDefinitions=UNKNOWN)),
    *fine("a type newer than the table", task(99_999), *on("m99.large")),
    *fine("types that are described", task(99_999), mixed({"instanceRequirements": {"memoryMib": {"min": 1}}})),
    *fine(
        "templates of their own",
        task(99_999),
        NEW["template"],
        mixed({"instanceType": LARGE, "launchTemplateSpecification": {"launchTemplateId": "lt-0eee"}}),
    ),
    *fine("Fargate", task(8_193).but(requiresCompatibilities=["FARGATE"]), *on(LARGE)),
    *fine("a service on Fargate", task(8_193), *on(LARGE), FARGATE),
    *fine("another program's task", *on(LARGE), service(taskDefinition="other:1").made(taskDefinition=[])),
    *fine("another program's capacity", task(8_193), *on(LARGE), FOREIGN),
    *fine("another program's cluster", task(8_193), *on(LARGE), EC2.but(cluster="other").made(cluster=[])),
    *fine("no instances", task(8_193), DEFAULT, base=LAUNCHED.without("template")),
    *fine("a template without a group", task(8_193), *on(LARGE), EC2, base=LAUNCHED),
    *fine("any instance of the cluster", task(8_193), *on(LARGE), *OTHERS, EC2),
    *fine("a single instance", task(8_193), SINGLE, EC2, base=LAUNCHED.without("template")),
    *fine("a launch configuration", task(8_193), CONFIGURATION, EC2, base=LAUNCHED.without("template")),
    *fine("the largest, where nothing scales", task(8_193), *on(LARGE, XLARGE), UNSCALED),
    *fine("a single type newer than the table, where nothing scales", task(8_193), *on(LARGE, "m99.large"), UNSCALED),
    never("memory", task(8_193), *on(LARGE)),
    never("deployed", task(8_193, DONE), *on(LARGE, base=DONE), base=DONE),
    never("the default strategy", task(8_193), *on(LARGE), DEFAULT),
    never("a launch type", task(8_193), *on(LARGE), EC2),
    never("unused capacity beside", task(8_193), *on(LARGE), *OTHERS, UNUSED),
    never(
        "a single instance",
        task(16_385),
        SINGLE,
        EC2,
        part="service service may use; the largest is m4.xlarge (16384 MiB installed, 4096 CPU units)",
        base=LAUNCHED.without("template"),
    ),
    never(
        "a launch configuration without a group of the program",
        task(16_385),
        CONFIGURATION,
        EC2,
        part="the largest is m4.xlarge",
        base=LAUNCHED.without("template"),
    ),
    never("several types", task(16_385), *on(LARGE, XLARGE), part="a task of 16385 MiB cannot fit any"),
    never("reserved memory", task(7_600), *on(LARGE, userData=KEPT), part="a task of 7600 MiB cannot fit any"),
    never("user data unknown", task(8_193), *on(LARGE, userData=UNKNOWN)),
    never("CPU", task(64, cpu=2_049), *on(LARGE), part="a task of 64 MiB and 2049 CPU units cannot fit any"),
    never("the task's CPU", task(64).but(cpu="4 vCPU"), *on(LARGE), part="64 MiB and 4096 CPU units cannot fit any"),
    never("the task's memory", task(64).but(memory="9 GB"), *on(LARGE), part="a task of 9216 MiB cannot fit any"),
    unknown(FITS, "type", NEW.but(task(64), *on(UNKNOWN)), "template: instanceType"),
    unknown(FITS, "containers", NEW.but(NEW["web"].but(containerDefinitions=UNKNOWN), *on(LARGE)), "web: container"),
    unknown(
        FITS,
        "strategy",
        NEW.but(
            *on(LARGE), service(capacityProviderStrategies=UNKNOWN_LIST).made(capacityProviderStrategies=["capacity"])
        ),
        "service: capacityProviderStrategies",
    ),
    unknown(MAY_NOT, "reserved memory", NEW.but(task(64), *on(LARGE, userData=UNKNOWN)), "template: userData"),
    unknown(MAY_NOT, "computed memory", NEW.but(task(64), *on(LARGE, userData=COMPUTED)), "template: userData"),
    good(MAY_NOT, "nothing fits", NEW.but(task(8_193), *on(LARGE))),
    good(MAY_NOT, "nothing of the cluster fits", NEW.but(task(8_193), *on(LARGE), EC2)),
    doubt("memory", task(7_578), *on(LARGE), part="7578 MiB may not fit m4.large (8192 MiB installed), the sm"),
    doubt("the smallest", task(8_193), *on(LARGE, XLARGE), part="cannot fit m4.large (8192 MiB installed)"),
    doubt("its CPU", task(64, cpu=2_049), *on(LARGE, XLARGE), part="2049 CPU units cannot fit m4.large"),
    doubt("reserved memory", task(7_000), *on(LARGE, userData=KEPT), part="8192 MiB installed less 600 MiB reserved"),
    doubt(
        "the smaller provider", task(8_193), *on(LARGE), *OTHERS, BOTH, part="the smallest type of capacity provider"
    ),
    doubt("no scaling", task(7_578), *on(LARGE), UNSCALED, part="the largest type of capacity provider"),
    doubt("a launch type", task(7_578), *on(LARGE), EC2, part="the largest type of launch template template"),
]
