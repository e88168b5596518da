"""How the containers of a task reach each other."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import containers, shop

RULE = "ecs-task-definition-sibling-localhost"
WEB = shop(deployed=True)["web"]
HOST = {"environment": [{"name": "MODE", "value": "live"}, {"name": "CACHE", "value": "redis://u:p@localhost:6379/0"}]}
SAYS = "names port 6379 of localhost, which container cache listens on"


def task(app: dict[str, Any], cache: dict[str, Any] | None = None, **properties: Any) -> list[Res]:
    """A task of a container that listens on 80, and one on 6379."""
    definitions = [
        {"name": "app", "image": "app:1", "memory": 64, "portMappings": [{"containerPort": 80}], **app},
        {"name": "cache", "image": "redis:7", "memory": 64, "portMappings": [{"containerPort": 6379}], **(cache or {})},
    ]
    return [WEB.but(containerDefinitions=containers(*definitions), **properties)]


def pair(host: str, port: str) -> list[dict[str, str]]:
    """Two variables that name a place together."""
    return [{"name": "CACHE_HOST", "value": host}, {"name": "CACHE_PORT", "value": port}]


CASES = [
    good(RULE, "by its name", task({"links": ["cache"], "environment": [{"name": "CACHE", "value": "cache:6379"}]})),
    good(RULE, "itself", task({"healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:80/"]}})),
    good(RULE, "a port that nobody maps", task({"environment": [{"name": "ADMIN", "value": "localhost:9000"}]})),
    good(RULE, "both have it", task({**HOST, "portMappings": [{"containerPort": 6379}]})),
    good(RULE, "a range of its own", task({**HOST, "portMappings": [{"containerPortRange": "6000-7000"}]})),
    good(RULE, "a variable without value", task({"environment": [{"name": "CACHE"}]})),
    good(RULE, "a range that is none", task(HOST, {"portMappings": [{"containerPortRange": "7000-6000"}]})),
    good(RULE, "no port", task(HOST, {"portMappings": [{"protocol": "tcp"}]})),
    *(good(RULE, mode, task(HOST, networkMode=mode)) for mode in ("awsvpc", "host")),
    good(RULE, "Fargate", task(HOST, requiresCompatibilities=["FARGATE"])),
    bad(RULE, "environment", task(HOST), ("web", f"container app: environment[1] {SAYS}")),
    bad(RULE, "no network mode", task(HOST, networkMode=None), ("web", f"container app: environment[1] {SAYS}")),
    bad(RULE, "command", task({"command": ["--cache", "127.0.0.1:6379"]}), ("web", f"app: command[1] {SAYS}")),
    bad(RULE, "entry point", task({"entryPoint": ["run", "[::1]:6379"]}), ("web", f"app: entryPoint[1] {SAYS}")),
    good(RULE, "health check of its own", task({"healthCheck": {"command": ["CMD-SHELL", "nc localhost:6379"]}})),
    bad(RULE, "a range of the other", task(HOST, {"portMappings": [{"containerPortRange": "6000-7000"}]}),
        ("web", SAYS)),
    bad(RULE, "the other way", task({}, {"command": ["--notify", "localhost:80"]}),
        ("web", "container cache: command[1] names port 80 of localhost, which container app listens on")),
    good(RULE, "a pair of another place", task({"environment": pair("db", "6379")})),
    good(RULE, "a pair of a port that nobody maps", task({"environment": pair("localhost", "9000")})),
    bad(RULE, "a pair of variables", task({"environment": pair("localhost", "6379")}),
        ("web", f"environment[0] {SAYS}")),
    unknown(RULE, "containers", [WEB.but(containerDefinitions=UNKNOWN)], "web: containerDefinitions"),
    unknown(RULE, "network mode", task(HOST, networkMode=UNKNOWN), "web: networkMode"),
]  # fmt: skip
