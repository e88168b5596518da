"""Blue/green, linear and canary deployments: two target groups, of which the listener rule names the one in production.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html. Time is not
played: steps and bake times pass at once, and hooks are not called.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import elbv2_backends

Balancers = list[dict[str, Any]]


def shifts(service: Any) -> bool:
    """Whether a service's deployments move traffic between two sets of tasks."""
    return str(service.deployment_configuration.get("strategy") or "ROLLING") != "ROLLING"


def begin(service: Any, deployment: str) -> None:
    """A new deployment takes the target groups that are not in production; the first one the primary ones."""
    production = _production(service)
    _sides(service)[deployment] = production if production is None or not shifts(service) else 1 - production


def balancers(service: Any, deployment: str) -> Balancers:
    """The load balancers of a service, with the target groups that a deployment's tasks register with."""
    return [_on_side(each, _sides(service).get(deployment) or 0) for each in service.load_balancers or []]


def _on_side(balancer: dict[str, Any], side: int) -> dict[str, Any]:
    alternate = balancer.get("advancedConfiguration", {}).get("alternateTargetGroupArn")
    return {**balancer, "targetGroupArn": alternate} if side and alternate else balancer


def conclude(service: Any, deployment: str) -> None:
    """A deployment is complete: all traffic is its tasks'."""
    side = _sides(service).get(deployment) or 0
    vars(service)["production_side"] = side
    for balancer in service.load_balancers or []:
        advanced = balancer.get("advancedConfiguration") or {}
        groups = [balancer.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")]
        for rule in ("productionListenerRule", "testListenerRule"):
            if advanced.get(rule) and shifts(service):
                _send(advanced[rule], groups, side)


def _send(arn: str, groups: list[Any], side: int) -> None:
    _, _, _, region, account, _ = arn.split(":", 5)
    backend = elbv2_backends[account][region]
    if ":listener-rule/" in arn:
        weights = [{"TargetGroupArn": group, "Weight": 100 * (at == side)} for at, group in enumerate(groups)]
        action = {"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": weights}}
        backend.modify_rule(arn, [], [action])
        return
    listener = next(each for lb in backend.load_balancers.values() for each in lb.listeners.values() if each.arn == arn)
    listener.default_actions[0].data["TargetGroupArn"] = groups[side]
    vars(listener.default_actions[0])["TargetGroupArn"] = groups[side]


def _production(service: Any) -> int | None:
    found: int | None = vars(service).get("production_side")
    return found


def _sides(service: Any) -> dict[str, int | None]:
    found: dict[str, int | None] = vars(service).setdefault("sides_of_deployments", {})
    return found
