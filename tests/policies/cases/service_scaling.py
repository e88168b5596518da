"""Who changes the number of a service's tasks."""

from dataclasses import replace

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import arn, shop

SCALED = "ecs-service-desired-count-autoscaling"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_new, _done = NEW["service"].but(name="web-1a2b3c4"), DONE["service"].but(name="web-1a2b3c4")
_target = Res(
    "aws:appautoscaling/target:Target",
    "scaling",
    {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/shop/web-1a2b3c4",
        "minCapacity": 2,
        "maxCapacity": 10,
    },
    {"resourceId": ["cluster", "service"]},
)
_later = _target.but(resourceId=UNKNOWN)
_elsewhere = replace(_done, name="other").but(cluster=arn("ecs", "cluster/other"))
_found = ("service", "desiredCount is not among its ignoreChanges, and scaling target scaling scales it")

CASES = [
    good(SCALED, "no scaling", NEW),
    good(SCALED, "ignored, previewed", NEW.but(replace(_new, ignores=["desiredCount"]), _later)),
    good(SCALED, "ignored, deployed", DONE.but(replace(_done, ignores=["desiredCount"]), _target)),
    good(SCALED, "no count", NEW.but(_new.but(desiredCount=None), _later)),
    good(SCALED, "Fargate", DONE.but(_done.but(launchType="FARGATE", capacityProviderStrategies=[]), _target)),
    good(SCALED, "another service", DONE.but(_done, _target.but(resourceId="service/shop/worker"))),
    good(SCALED, "another cluster", DONE.but(_done, _target.but(resourceId="service/platform/web-1a2b3c4"))),
    good(
        SCALED,
        "a table",
        DONE.but(
            _done,
            _target.but(
                serviceNamespace="dynamodb",
                scalableDimension="dynamodb:table:ReadCapacityUnits",
                resourceId="table/web-1a2b3c4",
            ),
        ),
    ),
    bad(SCALED, "by names, previewed", NEW.but(_new, _target), _found),
    bad(SCALED, "by what it was made from", NEW.but(_new, _later), _found),
    bad(SCALED, "deployed", DONE.but(_done, _target), _found),
    bad(SCALED, "one of two of a name", DONE.but(_done, _elsewhere, _target), _found),
    bad(SCALED, "a cluster of another program", DONE.but(_done, _target).without("cluster"), _found),
    unknown(
        SCALED,
        "service not known",
        NEW.but(_new, replace(_later, made_from={"resourceId": ["cluster"]})),
        "scaling: resourceId",
    ),
    unknown(SCALED, "dimension not known", DONE.but(_done, _target.but(scalableDimension=UNKNOWN)), "scalableDimens"),
]
