"""Placement constraints that the instances of a program cannot meet."""

from dataclasses import replace
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST
from tests.policies.programs import Program, shop

MET = "ecs-service-placement-constraints-met"


def distinct(deployed: bool = True, most: Any = 2, **properties: Any) -> Program:
    """The shop, its tasks on an instance each, with a group of at most so many instances."""
    program = shop(deployed)
    constrained = program["service"].but(placementConstraints=[{"type": "distinctInstance"}], **properties)
    return program.but(constrained, program["fleet"].but(maxSize=most))


_both = [{"capacityProvider": "capacity", "weight": 1}, {"capacityProvider": "elsewhere", "weight": 1}]
_unused = [{"capacityProvider": "capacity", "weight": 1}, {"capacityProvider": "elsewhere", "weight": 0}]
_found = ("service", "wants 3 tasks on an instance each (distinctInstance), and its capacity providers have at most 2")
_three = distinct(desiredCount=3)

CASES = [
    good(MET, "no constraint", shop(deployed=False)),
    good(MET, "instances enough, previewed", distinct(deployed=False)),
    good(MET, "instances enough, deployed", distinct()),
    good(
        MET,
        "another constraint",
        distinct(desiredCount=3).but(
            _three["service"].but(placementConstraints=[{"type": "memberOf", "expression": "attribute:rack == 1"}])
        ),
    ),
    good(MET, "a daemon", distinct(desiredCount=3, schedulingStrategy="DAEMON")),
    good(MET, "a count left to others", _three.but(replace(_three["service"], ignores=["desiredCount"]))),
    good(MET, "a size left to others", _three.but(replace(_three["fleet"], ignores=["maxSize"]))),
    good(MET, "no count", distinct(most=0, desiredCount=None)),
    good(MET, "launch type EC2", distinct(desiredCount=3, launchType="EC2", capacityProviderStrategies=[])),
    good(MET, "a provider of another program", distinct(desiredCount=3, capacityProviderStrategies=_both)),
    good(MET, "a group of another program", _three.without("fleet")),
    bad(MET, "too few, previewed", distinct(deployed=False, desiredCount=3), _found),
    bad(MET, "too few, deployed", _three, _found),
    bad(MET, "by the cluster's default", distinct(desiredCount=3, capacityProviderStrategies=[]), _found),
    bad(MET, "an entry that takes no task", distinct(desiredCount=3, capacityProviderStrategies=_unused), _found),
    unknown(MET, "size not known", distinct(most=UNKNOWN), "Auto Scaling group fleet: maxSize"),
    unknown(
        MET,
        "constraints not known",
        shop(deployed=False).but(shop(deployed=False)["service"].but(placementConstraints=UNKNOWN_LIST)),
        "service: placementConstraints",
    ),
]
