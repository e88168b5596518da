"""AWS IAM: a policy in use.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html.
"""

from __future__ import annotations

from typing import Any

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend

from localaws.moto_fixes.patch import before


@before(IAMBackend, "delete_policy")
def _delete_policy(self: Any, policy_arn: str) -> None:
    if self.get_policy(policy_arn).attachment_count:
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
