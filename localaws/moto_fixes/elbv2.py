"""Elastic Load Balancing: deletion protection.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

from localaws.moto_fixes.patch import before


@before(ELBv2Backend, "delete_load_balancer")
def _delete(self: Any, arn: str) -> None:
    balancer = self.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        raise ELBClientError(
            "OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        )
    for group in self.target_groups.values():
        if arn in group.load_balancer_arns:
            group.load_balancer_arns.remove(arn)
