"""Clusters: their default strategy and what they record."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import shop

BARE = "ecs-cluster-bare-default-capacity-provider-strategy"
INSIGHTS = "ecs-cluster-container-insights"
EXEC = "ecs-cluster-execute-command-logging"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_other = Res("aws:ecs/cluster:Cluster", "other", {"name": "other"})
_fargate = Res(
    "aws:ecs/taskDefinition:TaskDefinition", "job", {"family": "job", "requiresCompatibilities": ["FARGATE"]}
)

_cluster, _service = DONE["cluster"], DONE["service"]
_exec = _service.but(enableExecuteCommand=True)


def insights(value: str) -> list[dict[str, str]]:
    return [{"name": "containerInsights", "value": value}]


def recording(logging: str | None) -> Res:
    """The shop's cluster with an ECS Exec configuration."""
    execute = {"logging": logging} if logging else {}
    return _cluster.but(configuration={"executeCommandConfiguration": execute})


CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in (BARE, INSIGHTS, EXEC)),
    *(good(rule, "shop, deployed", DONE) for rule in (BARE, INSIGHTS, EXEC)),
    good(INSIGHTS, "enabled", DONE.but(_cluster.but(settings=insights("enabled")))),
    good(INSIGHTS, "Fargate alone", [_other, _fargate]),
    bad(INSIGHTS, "disabled", DONE.but(_cluster.but(settings=insights("disabled"))), ("cluster", "is not enabled")),
    bad(INSIGHTS, "nothing said", [_other], ("other", "Container Insights is not enabled")),
    bad(
        INSIGHTS,
        "nothing said, previewed",
        NEW.but(NEW["cluster"].but(settings=UNKNOWN_LIST)),
        ("cluster", "Container Insights is not enabled"),
    ),
    unknown(
        INSIGHTS,
        "not known",
        DONE.but(_cluster.but(settings=[{"name": "containerInsights", "value": UNKNOWN}])),
        "cluster cluster: settings[0].value",
    ),
    good(EXEC, "nothing said", DONE.but(_exec)),
    good(EXEC, "the task's log where nothing is said", DONE.but(_exec, recording(None))),
    good(EXEC, "the task's log", DONE.but(_exec, recording("DEFAULT"))),
    good(EXEC, "a log of its own", DONE.but(_exec, recording("OVERRIDE"))),
    good(EXEC, "no ECS Exec", DONE.but(recording("NONE"))),
    good(
        EXEC,
        "Fargate",
        DONE.but(_exec.but(launchType="FARGATE", capacityProviderStrategies=None), recording("NONE")),
    ),
    bad(
        EXEC,
        "switched off",
        DONE.but(_exec, recording("NONE")),
        ("cluster", "executeCommandConfiguration.logging is NONE, and service service allows ECS Exec"),
    ),
    unknown(EXEC, "not known", DONE.but(_exec, recording(UNKNOWN)), "executeCommandConfiguration.logging"),
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
