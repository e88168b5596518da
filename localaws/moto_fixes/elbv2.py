"""Elastic Load Balancing: deletion protection, and the load balancers of a target group.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html,
API_TargetGroup.html.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeTargetGroup, elbv2_backends

from localaws.moto_fixes.patch import before, give


@before(ELBv2Backend, "delete_load_balancer")
def _delete(self: Any, arn: str) -> None:
    balancer = self.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        raise ELBClientError(
            "OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        )


def _forwarding(group: Any) -> list[str]:
    """The load balancers that forward to a target group now, by a listener's default action or by a rule."""
    backend = elbv2_backends[group.account_id][group.region_name]
    return [
        balancer.arn
        for balancer in backend.load_balancers.values()
        if any(group.arn in _targets(backend, listener) for listener in balancer.listeners.values())
    ]


def _targets(backend: Any, listener: Any) -> list[str]:
    actions = [action for rule in listener.rules.values() for action in rule.actions]
    return [arn for action in actions for arn in backend._get_target_group_arns_from(action_data=action.data)]


# moto notes them when a listener or a rule is made, and neither ModifyListener, ModifyRule nor a deletion changes it
# (5.2.5, `moto/elbv2/models.py`, `load_balancer_arns`).
give(FakeTargetGroup, "load_balancer_arns", property(_forwarding, lambda self, _: None))
