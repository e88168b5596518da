"""The capacity that a service runs on."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import Program, arn, shop

ATTACHED = "ecs-service-capacity-provider-attached"
BYPASS = "ecs-service-launch-type-bypasses-strategy"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_ec2 = DONE["service"].but(launchType="EC2", capacityProviderStrategies=[])
_new = NEW["service"].but(launchType="EC2", capacityProviderStrategies=None)
_fargate = [{"capacityProvider": "FARGATE", "weight": 1}]
_found = ("service", "has the launch type EC2, and so bypasses the capacity providers of cluster cluster")

OTHER = Res("aws:ecs/capacityProvider:CapacityProvider", "spot", {"name": "spot"})


def strategy(name: str, program: Program = DONE) -> Res:
    return program["service"].but(capacityProviderStrategies=[{"capacityProvider": name, "weight": 1}])


CASES = [
    good(ATTACHED, "previewed", NEW),
    good(ATTACHED, "deployed", DONE),
    good(ATTACHED, "the cluster's default", DONE.but(DONE["service"].but(capacityProviderStrategies=[]))),
    good(ATTACHED, "names not known yet", NEW.but(strategy(UNKNOWN, NEW))),
    good(ATTACHED, "of another program", DONE.but(strategy("gpu"), DONE["association"].but(capacityProviders=["gpu"]))),
    good(ATTACHED, "attached by another program", DONE.but(strategy("gpu")).without("association")),
    good(ATTACHED, "a cluster of another program", DONE.but(strategy("gpu").but(cluster=arn("ecs", "cluster/other")))),
    good(ATTACHED, "Fargate", DONE.but(strategy("FARGATE"))),
    bad(ATTACHED, "another", DONE.but(strategy("gpu")), ("service", "names gpu, which its cluster does not have")),
    bad(
        ATTACHED,
        "another of the program, not known yet",
        NEW.but(strategy(UNKNOWN, NEW).made(capacityProviderStrategies=["spot"]), OTHER),
        ("service", "names capacity provider spot, which its cluster does not have"),
    ),
    unknown(
        ATTACHED,
        "not known what the cluster has",
        DONE.but(strategy("gpu"), DONE["association"].but(capacityProviders=UNKNOWN_LIST).made(capacityProviders=[])),
        "service: capacityProviderStrategies",
    ),
    good(BYPASS, "a strategy, previewed", NEW),
    good(BYPASS, "a strategy, deployed", DONE),
    good(BYPASS, "the cluster's default", DONE.but(DONE["service"].but(capacityProviderStrategies=[]))),
    good(BYPASS, "both", DONE.but(DONE["service"].but(launchType="EC2"))),
    good(BYPASS, "a daemon", DONE.but(_ec2.but(schedulingStrategy="DAEMON"))),
    good(BYPASS, "Fargate", DONE.but(_ec2.but(launchType="FARGATE"))),
    good(BYPASS, "no capacity providers", DONE.but(_ec2).without("association", "capacity")),
    good(BYPASS, "a cluster of another program", DONE.but(_ec2.but(cluster=arn("ecs", "cluster/platform")))),
    good(
        BYPASS,
        "providers of Fargate alone",
        DONE.but(
            _ec2,
            DONE["association"].but(capacityProviders=["FARGATE"], defaultCapacityProviderStrategies=_fargate),
        ),
    ),
    bad(BYPASS, "previewed", NEW.but(_new), _found),
    bad(BYPASS, "deployed", DONE.but(_ec2), _found),
    bad(BYPASS, "a provider of another program", DONE.but(_ec2).without("capacity"), _found),
    unknown(BYPASS, "not known", NEW.but(_new.but(launchType=UNKNOWN).made(launchType=["web"])), "service: launchType"),
]
