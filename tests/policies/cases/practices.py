"""The four practices that the project began with; their further tests are in modules of their own."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN
from tests.policies.programs import container, containers, shop

STRATEGY = "ecs-cluster-default-capacity-provider-strategy"
INGRESS = "ecs-instances-ephemeral-ingress"
HOST_PORT = "ecs-task-definition-dynamic-host-port"
ROLES = "ecs-task-definition-separate-roles"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_association = DONE["association"]

CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in (STRATEGY, INGRESS, HOST_PORT, ROLES)),
    *(good(rule, "shop, deployed", DONE) for rule in (STRATEGY, INGRESS, HOST_PORT, ROLES)),
    bad(
        STRATEGY,
        "all weights 0",
        DONE.but(
            _association.but(
                defaultCapacityProviderStrategies=[{"capacityProvider": "capacity", "weight": 0, "base": 1}]
            )
        ),
        ("association", "gives every capacity provider the weight 0"),
    ),
    bad(STRATEGY, "no association", DONE.without("association"), ("cluster", "has no default capacity provider")),
    unknown(
        STRATEGY,
        "names not known",
        DONE.but(_association.but(capacityProviders=[UNKNOWN])),
        "association: capacityProviders",
    ),
    bad(
        INGRESS,
        "another range than the agent's",
        DONE.but(DONE["tasks"].but(fromPort=32768, toPort=60999)),
        ("tasks", "49153-65535"),
    ),
    unknown(INGRESS, "user data not known", NEW.but(NEW["template"].but(userData=UNKNOWN)), "template: userData"),
    bad(
        HOST_PORT,
        "a fixed one",
        DONE.but(DONE["web"].but(containerDefinitions=containers(container(hostPort=8080)))),
        ("web", "fixed host port 8080"),
    ),
    unknown(
        HOST_PORT,
        "containers not known",
        NEW.but(NEW["web"].but(containerDefinitions=UNKNOWN)),
        "web: containerDefinitions",
    ),
    bad(
        ROLES,
        "one for both",
        DONE.but(DONE["web"].but(taskRoleArn=DONE["web"].properties["executionRoleArn"])),
        ("web", "are the same role"),
    ),
    unknown(ROLES, "roles from elsewhere", NEW.without("execution", "task"), "web: executionRoleArn"),
]
