"""Whether groups can grow far enough for all tasks that are wanted there."""

from dataclasses import replace
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import Program, arn, container, containers, shop

ROOM = "ecs-service-tasks-have-room"
NEW, DONE = shop(deployed=False), shop(deployed=True)
TYPE = "t3.medium"
"""4,096 MiB, 2 vCPUs, 3 network interfaces of which one is the instance's own."""


def program(most: object, *changed: Res, type_: str = TYPE, base: Program = NEW) -> Program:
    """The shop with at most so many instances of a type."""
    return base.but(base["template"].but(instanceType=type_), base["fleet"].but(maxSize=most), *changed)


def task(memory: int = 512, base: Program = NEW, **further: Any) -> Res:
    return base["web"].but(containerDefinitions=containers(container() | {"memory": memory} | further))


def wants(count: object, base: Program = NEW, **further: Any) -> Res:
    return base["service"].but(desiredCount=count, **further)


def second(count: int, *, awsvpc: bool = False) -> list[Res]:
    """Another service with a task of 512 MiB on the deployed shop's capacity."""
    name = arn("ecs", "task-definition/other:1")
    definition = replace(task(base=DONE), name="other").but(family="other", arn=name)
    made = replace(wants(count, DONE).but(taskDefinition=name), name="second").made(taskDefinition=["other"])
    return [definition.but(networkMode="awsvpc") if awsvpc else definition, made]


OWN = {"networkMode": "awsvpc"}
TRUNKING = Res(
    "aws:ecs/accountSettingDefault:AccountSettingDefault", "trunk", {"name": "awsvpcTrunking", "value": "enabled"}
)
EC2 = wants(9).but(capacityProviderStrategies=None, launchType="EC2").made(capacityProviderStrategies=[])
TOO_MUCH = "the tasks of service want 4608 MiB, and there are at most 4096"
NO_INTERFACES = "want 5 network interfaces of their own, and there are at most 4"

CASES = [
    good(ROOM, "shop, previewed", NEW),
    good(ROOM, "shop, deployed", DONE),
    good(ROOM, "just enough memory", program(1, task(), wants(8))),
    good(ROOM, "a daemon", program(1, task(), wants(9, schedulingStrategy="DAEMON"))),
    good(ROOM, "left to others", program(1, task(), replace(wants(9), ignores=["desiredCount"]))),
    good(ROOM, "as many instances as somebody else says", NEW.but(task(), wants(99))),
    good(ROOM, "a type newer than the table", program(1, task(), wants(9), type_="m99.large")),
    good(ROOM, "a task that fits nowhere", program(1, task(memory=9_999), wants(1))),
    good(ROOM, "another program's capacity", program(1, task(), wants(9)).without("capacity")),
    good(ROOM, "awsvpc, just enough", program(2, task().but(**OWN), wants(4))),
    good(ROOM, "awsvpc with trunking", program(2, task().but(**OWN), wants(5), TRUNKING)),
    good(
        ROOM,
        "awsvpc with a setting that is not known",
        program(2, task().but(**OWN), wants(5), TRUNKING.but(name=UNKNOWN)),
    ),
    bad(ROOM, "memory", program(1, task(), wants(9)), ("fleet", TOO_MUCH)),
    bad(ROOM, "memory, deployed", program(1, task(base=DONE), wants(9, DONE), base=DONE), ("fleet", TOO_MUCH)),
    bad(ROOM, "a launch type", program(1, task(), EC2), ("fleet", TOO_MUCH)),
    bad(
        ROOM,
        "CPU",
        program(1, task(64, cpu=1_024), wants(3)),
        ("fleet", "want 3072 CPU units, and there are at most 2048"),
    ),
    bad(ROOM, "no instance at all", program(0, task(64), wants(1)), ("fleet", "want 64 MiB, and there are at most 0")),
    bad(ROOM, "awsvpc", program(2, task(64).but(**OWN), wants(5)), ("fleet", NO_INTERFACES)),
    bad(
        ROOM,
        "awsvpc, another setting of the account",
        program(2, task(64).but(**OWN), wants(5), TRUNKING.but(name="containerInsights")),
        ("fleet", NO_INTERFACES),
    ),
    bad(
        ROOM,
        "two services together",
        program(1, task(base=DONE), wants(4, DONE), *second(5), base=DONE),
        ("fleet", "the tasks of service, second want 4608 MiB"),
    ),
    good(ROOM, "two services that have room", program(1, task(base=DONE), wants(4, DONE), *second(4), base=DONE)),
    unknown(ROOM, "number not known", program(UNKNOWN, task(), wants(9)), "Auto Scaling group fleet: maxSize"),
    unknown(ROOM, "count not known", program(1, task(), wants(UNKNOWN)), "service service: desiredCount"),
    unknown(
        ROOM,
        "containers not known",
        program(1, NEW["web"].but(containerDefinitions=UNKNOWN), wants(9)),
        "task definition web: containerDefinitions",
    ),
]
