"""Clusters: their default strategy and what they record."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN_LIST, Res
from tests.policies.programs import shop

BARE = "ecs-cluster-bare-default-capacity-provider-strategy"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_other = Res("aws:ecs/cluster:Cluster", "other", {"name": "other"})
_fargate = Res(
    "aws:ecs/taskDefinition:TaskDefinition", "job", {"family": "job", "requiresCompatibilities": ["FARGATE"]}
)

CASES = [
    good(BARE, "shop, previewed", NEW),
    good(BARE, "Fargate alone", [_other, _fargate]),
    good(BARE, "another program's", [_other], allowedClusters=["other"]),
    bad(BARE, "nothing in it", [_other], ("other", "has no default capacity provider strategy, and nothing in it yet")),
    bad(BARE, "beside one that is used", DONE.but(_other), ("other", "nothing in it yet")),
    unknown(
        BARE,
        "a task definition whose launch types are not known",
        [_other, _fargate.but(requiresCompatibilities=UNKNOWN_LIST)],
        "task definition job: requiresCompatibilities",
    ),
]
