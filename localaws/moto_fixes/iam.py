"""AWS IAM: the policies that AWS manages, a policy in use, and what a role may have of them.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html.
"""

from __future__ import annotations

import os
from typing import Any

from moto.iam.exceptions import DeleteConflictException, LimitExceededException, NotFoundException
from moto.iam.models import IAMBackend

from localaws.moto_fixes.patch import before

# moto leaves AWS's managed policies out unless told (https://docs.getmoto.org/en/latest/docs/services/iam.html).
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


POLICIES_PER_ROLE = 10
"""An account's quota unless AWS has raised it (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


@before(IAMBackend, "delete_policy")
def _delete_policy(self: Any, policy_arn: str) -> None:
    if self.get_policy(policy_arn).attachment_count:
        raise DeleteConflictException("Cannot delete a policy attached to entities.")


@before(IAMBackend, "attach_role_policy")
def _attach_role_policy(self: Any, policy_arn: str, role_name: str) -> None:
    attached = self.get_role(role_name).managed_policies
    if policy_arn not in attached and len(attached) >= POLICIES_PER_ROLE:
        raise LimitExceededException(f"Cannot exceed quota for PoliciesPerRole: {POLICIES_PER_ROLE}")


@before(IAMBackend, "create_role")
def _create_role(
    self: Any,
    role_name: str,
    assume_role_policy_document: str,
    path: str,
    permissions_boundary: str | None,
    *_: Any,
    **__: Any,
) -> None:
    _check_boundary(self, permissions_boundary)


@before(IAMBackend, "put_role_permissions_boundary")
def _put_boundary(self: Any, role_name: str, permissions_boundary: str) -> None:
    _check_boundary(self, permissions_boundary)


def _check_boundary(backend: Any, arn: str | None) -> None:
    if arn and arn not in {policy.arn for policy in backend.managed_policies.values()}:
        raise NotFoundException(f"Scope ARN: {arn} does not exist or is not attachable.")
