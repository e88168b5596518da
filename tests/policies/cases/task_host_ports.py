"""Fixed host ports in bridge mode: who may have them, and who not."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN
from tests.policies.programs import container, containers, shop

DYNAMIC, STATIC = "ecs-task-definition-dynamic-host-port", "ecs-task-definition-static-host-port"

DONE = shop(deployed=True)
FIXED = DONE.but(DONE["web"].but(containerDefinitions=containers(container(hostPort=8080))))
ALONE = FIXED["service"].but(loadBalancers=None)
ONE = FIXED.but(ALONE.but(desiredCount=1))
TWO = FIXED.but(ALONE.but(desiredCount=2))
DAEMON = FIXED.but(ALONE.but(schedulingStrategy="DAEMON"))
LATER = FIXED.but(ALONE.but(desiredCount=UNKNOWN))
FOUND = ("web", "fixed host port 8080")

CASES = [
    bad(DYNAMIC, "two copies", TWO, FOUND),
    bad(DYNAMIC, "run by no service", FIXED.without("service"), FOUND),
    good(DYNAMIC, "one copy", ONE),
    good(DYNAMIC, "a daemon", DAEMON),
    good(DYNAMIC, "allowed", TWO, allowedHostPorts=[8080]),
    unknown(DYNAMIC, "count not known", LATER, "service: desiredCount"),
    bad(STATIC, "one copy", ONE, FOUND),
    bad(STATIC, "a daemon", DAEMON, FOUND),
    good(STATIC, "an allowed port", DAEMON, allowedHostPorts=[8080]),
    good(STATIC, "an allowed container", DAEMON, allowedContainers=["app"]),
    good(STATIC, "two copies", TWO),
    good(STATIC, "load-balanced", FIXED),
    good(STATIC, "run by no service", FIXED.without("service")),
    good(STATIC, "dynamic", DONE),
    unknown(STATIC, "count not known", LATER, "service: desiredCount"),
]
