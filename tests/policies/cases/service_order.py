"""Cases of the rules on what a service comes after, and on its copies."""

from dataclasses import replace

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import shop

CAPACITY, LISTENER = "ecs-service-depends-on-capacity", "ecs-service-depends-on-listener"
PROCEED = "ecs-service-deployment-can-proceed"
COUNT, HEALTHY = "ecs-service-desired-count", "ecs-service-minimum-healthy-percent"

NEW, DONE = shop(False), shop(True)
_new, _done = NEW["service"], DONE["service"]
_rule = Res(
    "aws:lb/listenerRule:ListenerRule",
    "rule",
    {"listenerArn": "arn:l", "actions": [{"type": "forward", "targetGroupArn": UNKNOWN}]},
    {"actions": ["targets"], "listenerArn": ["listener"]},
)
_settled = replace(NEW["association"], name="settled", after=("service",))
_through = Res("aws:ssm/parameter:Parameter", "step", {"name": "step", "type": "String"}, after=["association"])


undecided = NEW["association"].but(defaultCapacityProviderStrategies=None)


def after(*names: str) -> Res:
    """The service of the first preview, after some resources."""
    return replace(_new, after=names)


def percents(minimum: object, maximum: object, **further: object) -> Res:
    """The deployed service with the bounds of its deployments."""
    return _done.but(deploymentMinimumHealthyPercent=minimum, deploymentMaximumPercent=maximum, **further)


CASES = [
    good(CAPACITY, "by dependsOn", NEW),
    good(CAPACITY, "deployed", DONE),
    good(CAPACITY, "through another resource", NEW.but(_through, after("step", "listener"))),
    good(CAPACITY, "launch type EC2", NEW.but(after("listener").but(launchType="EC2", capacityProviderStrategies=[]))),
    good(CAPACITY, "attached by another program", NEW.but(after("listener")).without("association")),
    good(
        CAPACITY,
        "no strategy and no default one",
        NEW.but(after("listener").but(capacityProviderStrategies=None), undecided).without("template"),
    ),
    bad(
        CAPACITY,
        "the cluster's default strategy",
        NEW.but(after("listener").but(capacityProviderStrategies=None)),
        ("service", "come after cluster capacity providers"),
    ),
    good(CAPACITY, "another one takes off after it what it has left", NEW.but(_settled)),
    bad(
        CAPACITY,
        "only what comes after it attaches",
        NEW.but(replace(NEW["association"], after=("service",)), after("listener")),
        ("service", "does not come after cluster capacity providers association"),
    ),
    bad(CAPACITY, "at the same time", NEW.but(after("listener")), ("service", "come after cluster capacity providers")),
    unknown(
        CAPACITY,
        "launch type not known",
        NEW.but(after("listener").made(launchType=["cluster"])),
        "service: launchType",
    ),
    good(LISTENER, "by dependsOn", NEW),
    good(LISTENER, "after a rule of the listener", NEW.but(_rule, after("association", "rule"))),
    good(LISTENER, "a listener of another program", NEW.but(after("association")).without("listener")),
    good(LISTENER, "no load balancer", NEW.but(after("association").but(loadBalancers=[]))),
    bad(
        LISTENER,
        "at the same time",
        NEW.but(after("association")),
        ("service", "does not come after listener listener"),
    ),
    unknown(
        LISTENER,
        "load balancers not known",
        NEW.but(after("association").but(loadBalancers=UNKNOWN_LIST)),
        "service: loadBalancers",
    ),
    good(COUNT, "two", DONE),
    good(COUNT, "none without a load balancer", [_done.but(desiredCount=1, loadBalancers=[])]),
    good(COUNT, "a daemon", [_done.but(desiredCount=None, schedulingStrategy="DAEMON")]),
    good(COUNT, "left to scaling", [replace(_done, ignores=["desiredCount"]).but(desiredCount=1)]),
    good(COUNT, "one is enough", [_done.but(desiredCount=1)], **{"least": 1}),
    good(COUNT, "Fargate", [_done.but(desiredCount=1, launchType="FARGATE", capacityProviderStrategies=[])]),
    bad(COUNT, "one", [_done.but(desiredCount=1)], ("service", "desiredCount is 1, below 2")),
    bad(COUNT, "not said", [_done.but(desiredCount=None)], ("service", "desiredCount is 0, below 2")),
    unknown(COUNT, "not known", [_new.but(desiredCount=UNKNOWN)], "service: desiredCount"),
    *(
        good(PROCEED, f"{when} of ECS's defaults", program)
        for when, program in (("previewed", NEW), ("deployed", DONE))
    ),
    good(PROCEED, "one more", [percents(100, 150)]),
    good(PROCEED, "one less", [percents(50, 100)]),
    good(PROCEED, "a daemon", [percents(100, 100, schedulingStrategy="DAEMON")]),
    good(PROCEED, "Fargate", [percents(100, 100, launchType="FARGATE", capacityProviderStrategies=[])]),
    good(PROCEED, "blue and green", [percents(100, 100, deploymentConfiguration={"strategy": "BLUE_GREEN"})]),
    good(PROCEED, "no copies", [percents(100, 100, desiredCount=0)]),
    bad(PROCEED, "neither", [percents(100, 100)], ("service", "has to keep 2 tasks, and may have no more")),
    bad(PROCEED, "the default minimum", [percents(None, 100)], ("service", "no deployment can proceed")),
    bad(PROCEED, "by rounding", [percents(50, 150, desiredCount=1)], ("service", "has to keep its task")),
    bad(
        PROCEED,
        "a count that others set",
        [replace(percents(100, 100), ignores=["desiredCount"])],
        ("service", "has to keep all tasks"),
    ),
    unknown(PROCEED, "the maximum not known", [percents(100, UNKNOWN)], "service: deploymentMaximumPercent"),
    good(HEALTHY, "the default", DONE),
    good(HEALTHY, "half", [_done.but(deploymentMinimumHealthyPercent=50)]),
    good(HEALTHY, "no load balancer", [_done.but(deploymentMinimumHealthyPercent=0, loadBalancers=[])]),
    good(HEALTHY, "a daemon", [_done.but(deploymentMinimumHealthyPercent=0, schedulingStrategy="DAEMON")]),
    good(
        HEALTHY,
        "CodeDeploy",
        [_done.but(deploymentMinimumHealthyPercent=0, deploymentController={"type": "CODE_DEPLOY"})],
    ),
    good(
        HEALTHY,
        "Fargate",
        [_done.but(deploymentMinimumHealthyPercent=0, launchType="FARGATE", capacityProviderStrategies=[])],
    ),
    bad(HEALTHY, "none", [_done.but(deploymentMinimumHealthyPercent=0)], ("service", "HealthyPercent is 0")),
    unknown(
        HEALTHY,
        "not known",
        [_new.but(deploymentMinimumHealthyPercent=UNKNOWN)],
        "service: deploymentMinimumHealthyPercent",
    ),
]
