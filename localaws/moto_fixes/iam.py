"""AWS IAM: the policies that AWS manages, and a policy in use.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html.
"""

from __future__ import annotations

import os
from typing import Any

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend

from localaws.moto_fixes.patch import before

# moto leaves AWS's managed policies out unless told (https://docs.getmoto.org/en/latest/docs/services/iam.html).
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


@before(IAMBackend, "delete_policy")
def _delete_policy(self: Any, policy_arn: str) -> None:
    if self.get_policy(policy_arn).attachment_count:
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
