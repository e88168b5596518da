"""Elastic Load Balancing: deletion protection, access logs' bucket, a target group's load balancers, the VPC.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html,
API_TargetGroup.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html. Bucket policies are not
judged.
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


@before(ELBv2Backend, "modify_load_balancer_attributes")
def _log(self: Any, arn: str, attrs: dict[str, Any]) -> None:
    from moto.s3.models import s3_backends  # takes a while to import, and few need it

    bucket = attrs.get("access_logs.s3.bucket")
    if attrs.get("access_logs.s3.enabled") == "true" and bucket not in s3_backends[self.account_id]["aws"].buckets:
        raise ELBClientError(
            "InvalidConfigurationRequest", f"Access Denied for bucket: {bucket}. Please check S3bucket permission"
        )


@before(ELBv2Backend, "set_subnets")
def _subnets(self: Any, arn: str, subnets: list[str], subnet_mappings: list[dict[str, Any]]) -> None:
    for subnet in [*subnets, *(each["SubnetId"] for each in subnet_mappings)]:
        _stays(self, arn, "subnet", subnet, self.ec2_backend.get_subnet(subnet).vpc_id)


@before(ELBv2Backend, "set_security_groups")
def _groups(self: Any, arn: str, sec_groups: list[str]) -> None:
    for group in sec_groups:
        found = self.ec2_backend.get_security_group_from_id(group)
        if found is not None:
            _stays(self, arn, "security group", group, found.vpc_id)


def _stays(backend: Any, arn: str, what: str, id_: str, vpc_id: str) -> None:
    """A load balancer is in one VPC for ever (terraform-provider-aws#18317)."""
    balancer = backend.load_balancers.get(arn)
    if balancer is not None and balancer.vpc_id != vpc_id:
        raise ELBClientError(
            "InvalidConfigurationRequest", f"The {what} '{id_}' is not in the load balancer's VPC '{balancer.vpc_id}'"
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
