"""A service's way to its load balancer."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_OBJECT
from tests.policies.programs import container, containers, shop

TYPE = "ecs-service-target-type"
CONTAINER = "ecs-service-load-balancer-container"
CHECK = "ecs-target-group-health-check-port"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_targets, _web, _service = DONE["targets"], DONE["web"], DONE["service"]
_fixed = _targets.but(healthCheck={"path": "/", "port": "8080"})

CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in (TYPE, CHECK, CONTAINER)),
    *(good(rule, "shop, deployed", DONE) for rule in (TYPE, CHECK, CONTAINER)),
    good(TYPE, "awsvpc and ip", DONE.but(_web.but(networkMode="awsvpc"), _targets.but(targetType="ip"))),
    good(
        TYPE,
        "Fargate",
        DONE.but(_service.but(launchType="FARGATE", capacityProviderStrategies=[]), _targets.but(targetType="ip")),
    ),
    bad(TYPE, "bridge and ip", DONE.but(_targets.but(targetType="ip")), ("targets", "is not instance")),
    bad(TYPE, "awsvpc and the default", NEW.but(NEW["web"].but(networkMode="awsvpc")), ("targets", "is not ip")),
    unknown(TYPE, "type not known", DONE.but(_targets.but(targetType=UNKNOWN)), "targets: targetType"),
    good(CHECK, "traffic-port", DONE.but(_targets.but(healthCheck={"port": "traffic-port"}))),
    good(CHECK, "computed", NEW.but(NEW["targets"].but(healthCheck=UNKNOWN_OBJECT))),
    good(
        CHECK,
        "a fixed host port",
        DONE.but(_fixed, _web.but(containerDefinitions=containers(container(hostPort=8080)))),
    ),
    good(
        CHECK,
        "a sidecar's fixed host port",
        DONE.but(_fixed, _web.but(containerDefinitions=containers(container(), container("health", hostPort=8080)))),
    ),
    good(CHECK, "awsvpc", DONE.but(_fixed.but(targetType="ip"), _web.but(networkMode="awsvpc"))),
    bad(CHECK, "a fixed one", DONE.but(_fixed), ("targets", "its health check has a fixed port, but service service")),
    bad(
        CONTAINER,
        "another container",
        DONE.but(_web.but(containerDefinitions=containers(container("side")))),
        ("service", "names a container that task definition web does not have"),
    ),
    bad(
        CONTAINER,
        "another port",
        NEW.but(NEW["web"].but(containerDefinitions=containers(container(containerPort=8080)))),
        ("service", "names container port 80, which its container does not map"),
    ),
    bad(
        CONTAINER,
        "a port that is mapped twice",
        DONE.but(
            _web.but(containerDefinitions=containers(container() | {"portMappings": [{"containerPort": 80}] * 2}))
        ),
        ("service", "names container port 80, which its container maps twice"),
    ),
    good(CONTAINER, "task of another program", NEW.without("web")),
    unknown(CONTAINER, "containers not known", DONE.but(_web.but(containerDefinitions=UNKNOWN)), "web: containerDef"),
    unknown(
        CHECK,
        "containers not known",
        DONE.but(_fixed, _web.but(containerDefinitions=UNKNOWN)),
        "web: containerDefinitions",
    ),
    unknown(CHECK, "port not known", DONE.but(_targets.but(healthCheck={"port": UNKNOWN})), "healthCheck.port"),
]
