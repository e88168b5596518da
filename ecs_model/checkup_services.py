"""The checks of the cluster's strategy, and of services: stable, healthy, and with roles of their own."""

from collections import defaultdict
from collections.abc import Iterator

from ecs_model.checkup_finding import Found
from ecs_model.cluster_facts import ClusterFacts
from ecs_model.deployment import went_wrong


def strategy(facts: ClusterFacts) -> Iterator[Found]:
    """A cluster without a default capacity provider strategy."""
    if facts.default_strategy is False:
        yield Found(
            facts.name,
            "has no default capacity provider strategy, so that tasks without one of their own bypass managed scaling",
            "`aws ecs put-cluster-capacity-providers` with all providers and a default strategy.",
        )


def roles(facts: ClusterFacts) -> Iterator[Found]:
    """Services whose tasks lack a role, or use one role for both."""
    for service in facts.services:
        execution, task = service.execution_role, service.task_role
        if execution is None or task is None:
            continue
        place = f"task definition {service.definition}"
        if not execution:
            yield Found(
                service.name,
                f"{place} has no execution role",
                "Give it one: the agent pulls images, reads secrets and writes logs with it.",
            )
        if not task:
            yield Found(
                service.name,
                f"{place} has no task role, so that containers fall back to the instance's role where they can",
                "Give it one, with what its containers may do and nothing else.",
            )
        if execution and execution == task:
            yield Found(
                service.name,
                f"{place} uses one role, {execution.rpartition('/')[2]}, for the agent and for the containers",
                "Give it two: what the agent may do, containers must not.",
            )


def served(facts: ClusterFacts) -> Iterator[Found]:
    """Services with targets that their load balancer finds unhealthy, one finding for each target group and reason."""
    for service in facts.services:
        alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for each in service.unhealthy:
            alike[each.group, each.reason, each.description].append(each.place)
        for (group, reason, description), places in alike.items():
            why = f"{description} ({reason})" if description else reason
            yield Found(
                service.name,
                f"{len(places)} of {service.targets} targets are unhealthy in {group}, such as {places[0]}: {why}",
                f"{_UNHEALTHY.get(reason, _OTHERWISE)} See `failures {service.name}`.",
            )


_UNHEALTHY = {
    "Target.ResponseCodeMismatch": (
        "Let the health check's path answer with a code that its matcher takes, or change `healthCheck`."
    ),
    "Target.Timeout": (
        "See that the container listens on that port, that the instance's security group lets the load balancer in, "
        "and that the health check's path answers within its timeout."
    ),
    "Target.FailedHealthChecks": (
        "See in the container's log why it answers nothing: it must listen on 0.0.0.0, not on localhost."
    ),
}
_OTHERWISE = "See `aws elbv2 describe-target-health`, and the container's log."


def stable(facts: ClusterFacts) -> Iterator[Found]:
    """Services that do not run what they should, or whose last deployment failed, was rolled back or is under way."""
    for service in facts.services:
        rollout = next(iter(service.rollouts), "")
        if rollout == "FAILED":
            reason = f": {service.rollout_reason}" if service.rollout_reason else ""
            yield Found(service.name, f"its deployment failed{reason}", f"See `failures {service.name}`.")
            continue
        if went_wrong(service.last_deployment):
            reason = f": {service.last_deployment_reason}" if service.last_deployment_reason else ""
            yield Found(
                service.name,
                f"its last deployment is {service.last_deployment}{reason}",
                f"See `failures {service.name}` for what stopped it, mend that, and deploy again.",
            )
        if service.running != service.desired:
            yield Found(
                service.name,
                f"{service.running} of {service.desired} tasks run",
                f"See `why {service.name}` and `failures {service.name}`.",
            )
        elif len(service.rollouts) > 1 or rollout == "IN_PROGRESS":
            yield Found(
                service.name,
                "a deployment is under way",
                f"Wait for it, or see `failures {service.name}` for why it takes long.",
            )
