"""What ECS refuses in the containers of one task definition: ports, memory, and what they name."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import containers, shop

PREFIX = "ecs-task-definition-"
NEW, DONE = shop(deployed=False), shop(deployed=True)
RULES = [
    "host-port-conflict",
    "host-port-matches",
    "memory",
    "memory-limits",
    "essential-container",
    "container-names",
    "depends-on",
    "links",
    "mount-points",
]


def task(*definitions: dict[str, Any], **properties: Any) -> list[Res]:
    """The shop's task with containers `a`, `b`, … as given."""
    named = [{"name": "abc"[i], "image": "nginx:1.27", "memory": 256} | given for i, given in enumerate(definitions)]
    given = [{key: value for key, value in definition.items() if value is not None} for definition in named]
    return [DONE["web"].but(containerDefinitions=containers(*given), **properties)]


def ports(*mappings: dict[str, Any]) -> dict[str, Any]:
    return {"portMappings": list(mappings)}


def waits(name: str, condition: str = "START") -> dict[str, Any]:
    return {"dependsOn": [{"containerName": name, "condition": condition}]}


def rejects(rule: str, what: str, resources: list[Res], message: str) -> Any:
    return bad(PREFIX + rule, what, resources, ("web", message))


def accepts(rule: str, what: str, resources: list[Res]) -> Any:
    return good(PREFIX + rule, what, resources)


WRONG = task(
    {"name": None, "memory": None, "essential": False, **waits("x"), "links": ["x"]}
    | ports({"containerPort": 22, "hostPort": 23}, {"containerPort": 22, "hostPort": 23})
    | {"mountPoints": [{"sourceVolume": "x", "containerPath": "/x"}]},
    networkMode="host",
    requiresCompatibilities=["FARGATE"],
)
DATA = {"mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
CHECK = {"healthCheck": {"command": ["CMD-SHELL", "true"]}}

CASES = [
    *(good(PREFIX + rule, "shop, previewed", NEW) for rule in RULES),
    *(good(PREFIX + rule, "Fargate", WRONG) for rule in RULES),
    *(
        unknown(
            PREFIX + rule, "containers", [DONE["web"].but(networkMode=mode, containerDefinitions=UNKNOWN)], "web: c"
        )
        for rule in RULES
        for mode in ["awsvpc" if rule == "host-port-matches" else "bridge"]
    ),
    rejects(
        "host-port-conflict",
        "twice",
        task(ports({"containerPort": 80, "hostPort": 8080}), ports({"containerPort": 81, "hostPort": 8080})),
        "container b, portMappings[0], takes host port 8080/tcp, which another",
    ),
    rejects(
        "host-port-conflict", "ssh", task(ports({"containerPort": 80, "hostPort": 22})), "host port 22, which every"
    ),
    rejects(
        "host-port-conflict", "host", task(ports({"containerPort": 51678}), networkMode="host"), "port 51678, which"
    ),
    accepts(
        "host-port-conflict",
        "two protocols",
        task(ports({"containerPort": 53, "hostPort": 53}, {"containerPort": 53, "hostPort": 53, "protocol": "udp"})),
    ),
    accepts("host-port-conflict", "udp", task(ports({"containerPort": 1, "hostPort": 2375, "protocol": "udp"}))),
    accepts("host-port-conflict", "dynamic ones", task(ports({"containerPort": 22}), ports({"containerPort": 22}))),
    accepts("host-port-conflict", "awsvpc", task(ports({"containerPort": 22, "hostPort": 22}), networkMode="awsvpc")),
    accepts(
        "host-port-conflict", "none", task(ports({"containerPort": 1}), ports({"containerPort": 1}), networkMode="none")
    ),
    accepts("mount-points", "another's volumes", task({"volumesFrom": [{"sourceContainer": "b"}]}, {})),
    rejects(
        "mount-points",
        "nobody's volumes",
        task({"volumesFrom": [{"sourceContainer": "x"}]}),
        "volumesFrom[0], names no",
    ),
    rejects("host-port-matches", "none", task(ports({"containerPort": 1}), networkMode="none"), "in network mode none"),
    accepts("host-port-matches", "none without", task({}, networkMode="none")),
    rejects(
        "depends-on", "no condition of ECS's", task(waits("b", "READY"), {}), "waits for b with none of the conditions"
    ),
    rejects(
        "host-port-conflict",
        "awsvpc, twice",
        task(ports({"containerPort": 80}), ports({"containerPort": 80, "hostPort": 80}), networkMode="awsvpc"),
        "takes host port 80/tcp, which another mapping takes already",
    ),
    *(
        rejects(
            "host-port-matches",
            mode,
            task(ports({"containerPort": 80, "hostPort": 8080}), networkMode=mode),
            f"has host port 8080 for container port 80 in network mode {mode}",
        )
        for mode in ("awsvpc", "host")
    ),
    *(
        accepts(
            "host-port-matches", f"{port}", task(ports({"containerPort": 80, "hostPort": port}), networkMode="host")
        )
        for port in (0, 80)
    ),
    accepts("host-port-matches", "bridge", task(ports({"containerPort": 80, "hostPort": 8080}))),
    rejects("memory", "nowhere", task({"memory": None}), "container a has neither memory nor memoryReservation"),
    accepts("memory", "a reservation", task({"memory": None, "memoryReservation": 64})),
    accepts("memory", "the task's", task({"memory": None}, memory="512")),
    rejects("memory-limits", "too little", task({"memory": 5}), "memory 5 MiB, less than 6"),
    rejects(
        "memory-limits",
        "reservation",
        task({"memoryReservation": 257}),
        "Reservation 257 MiB, more than its memory 256 MiB",
    ),
    rejects("memory-limits", "sum", task({}, {}, memory="511"), "reserve 512 MiB together, more than the 511 MiB"),
    rejects("memory-limits", "sum in GB", task({}, {}, {}, memory="0.5 GB"), "more than the 512 MiB of the task"),
    rejects(
        "memory-limits",
        "a container beyond the task",
        task({"memoryReservation": 64}, memory="255"),
        "container a has memory 256 MiB, more than the 255 MiB of the task",
    ),
    accepts("memory-limits", "just so", task({"memoryReservation": 255}, {"memory": 6}, memory="261")),
    accepts("memory-limits", "a reservation of all of it", task({"memoryReservation": 256}, memory="256")),
    rejects("essential-container", "none", task({"essential": False}), "no container is essential"),
    rejects("essential-container", "empty", task(), "has no container"),
    accepts("essential-container", "one of two", task({"essential": False}, {"essential": True})),
    rejects("container-names", "missing", task({"name": None}), "container number 1 has no name"),
    rejects("container-names", "twice", task({}, {"name": "a"}), "two containers have the name a"),
    rejects("depends-on", "nobody", task(waits("x")), "container a, dependsOn, names no other container"),
    rejects("depends-on", "healthy", task(waits("b", "HEALTHY"), {}), "b to be HEALTHY, which has no healthCheck"),
    rejects("depends-on", "complete", task(waits("b", "COMPLETE"), {}), "the end (COMPLETE) of b, which is essential"),
    rejects("depends-on", "success", task(waits("b", "SUCCESS"), {}), "the end (SUCCESS) of b, which is essential"),
    rejects("depends-on", "circle", task(waits("b"), waits("a"), {}), "containers a, b never start"),
    accepts("depends-on", "a check", task(waits("b", "HEALTHY"), CHECK)),
    accepts("depends-on", "an end", task(waits("b", "SUCCESS"), {"essential": False})),
    rejects("links", "awsvpc", task({"links": ["b"]}, {}, networkMode="awsvpc"), "a has links in network mode awsvpc"),
    rejects("links", "nobody", task({"links": ["x:b"]}, {}), "container a has a link to no other container"),
    accepts("links", "an alias", task({"links": ["b:x"]}, {})),
    rejects("mount-points", "none", task(DATA), "container a, mountPoints[0], names no volume of the task"),
    accepts("mount-points", "one", task(DATA, volumes=[{"name": "data"}])),
]
