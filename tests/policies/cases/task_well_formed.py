"""Whether container definitions can be read at all."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import container, containers, shop

RULE = "ecs-task-definition-container-definitions"
WEB = shop(deployed=True)["web"]


def written(definitions: object) -> list[Res]:
    return [WEB.but(containerDefinitions=definitions)]


def task(**settings: Any) -> list[Res]:
    return written(containers(container() | settings))


FIXED = {"containerPort": "80", "hostPort": 0.0}
CASES = [
    good(RULE, "shop", [WEB]),
    good(RULE, "numbers and switches as text", task(memory="256", cpu=0.0, essential="true", portMappings=[FIXED])),
    good(RULE, "Fargate", [WEB.but(containerDefinitions="{", requiresCompatibilities=["FARGATE"])]),
    unknown(RULE, "containers", written(UNKNOWN), "web: containerDefinitions"),
    bad(RULE, "no JSON", written("{["), ("web", "containerDefinitions is not valid JSON (line 1, column 2")),
    bad(RULE, "an object", written("{}"), ("web", "containerDefinitions is not a JSON list")),
    bad(RULE, "no text", written(["app"]), ("web", "containerDefinitions is not a text")),
    bad(RULE, "none", written(None), ("web", "containerDefinitions is missing")),
    bad(RULE, "container port", task(portMappings=[{"containerPort": 99999}]), ("web", "has the containerPort 99999")),
    bad(RULE, "host port", task(portMappings=[{"containerPort": 80, "hostPort": -1}]), ("web", "has the hostPort -1")),
    good(RULE, "network mode not known", [WEB.but(networkMode=UNKNOWN)]),
    bad(RULE, "network mode", [WEB.but(networkMode="Bridge")], ("web", "networkMode is none of bridge, awsvpc")),
    bad(RULE, "texts", written('["app"]'), ("web", "containerDefinitions[0] is a text, not an object")),
    *(
        bad(
            RULE,
            f"{place} {value!r}",
            task(**{place.split("[")[0].split(".")[0]: value}),
            ("web", f"[0].{place} is {said}"),
        )
        for place, value, said in [
            ("name", ["app"], "a list, not a text"),
            ("memory", "lots", "a text, not a whole number"),
            ("essential", 3, "a number, not true or false"),
            ("links", "db", "a text, not a list"),
            ("dependsOn", "db", "a text, not a list"),
            ("portMappings", "80", "a text, not a list"),
            ("portMappings[0]", ["80:80"], "a text, not an object"),
            ("portMappings[0].hostPort", [{"containerPort": 80, "hostPort": "any"}], "a text, not a whole number"),
            ("environment", {"A": "b"}, "an object, not a list"),
            ("command", "run it", "a text, not a list"),
            ("healthCheck", "curl localhost", "a text, not an object"),
            ("healthCheck.command", {"command": "curl localhost"}, "a text, not a list"),
            ("dockerLabels.team", {"team": ["web"]}, "a list, not a text"),
            ("logConfiguration", "awslogs", "a text, not an object"),
            ("secrets", {"A": "b"}, "an object, not a list"),
            ("image", {"uri": "nginx"}, "an object, not a text"),
            ("privileged", "perhaps", "a text, not true or false"),
            ("mountPoints", "/data", "a text, not a list"),
        ]
    ),
]
