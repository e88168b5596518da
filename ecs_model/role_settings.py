"""Where roles stand in IAM and what bounds them, and existing ones in place of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecs_model.problem import Problem

NO_PATH = "/"
"""Where IAM puts a role that names no path."""
LONGEST_PATH = 512


@dataclass(frozen=True)
class RoleSettings:
    """What all roles that a stack makes have in common, as an organization may ask for.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """

    path: str = NO_PATH
    """Where the roles and instance profiles that are made from now on stand in IAM, such as /team/; those that are
    there stay, for IAM moves none, and a new one in its place would take running tasks and instances their credentials.
    The role of ECS Managed Instances' instances is at / always: AWS's policy lets ECS pass none of another path."""
    permissions_boundary: str | None = None
    """ARN of a managed policy beyond which no role of the stack may do anything, whatever its own policies allow; it
    has to allow what agents, tasks and ECS itself need. None where absent."""

    def problems(self) -> Iterator[Problem]:
        """What IAM would refuse."""
        path, boundary = self.path, self.permissions_boundary
        if not re.fullmatch(r"/([\x21-\x7e]+/)?", path) or len(path) > LONGEST_PATH:
            yield Problem(
                ("path",),
                f"{path!r} is no path in IAM: begin and end it with /, such as /team/, with at most {LONGEST_PATH} "
                "characters and no space",
            )
        if boundary is not None and not is_policy_arn(boundary):
            yield Problem(
                ("permissionsBoundary",),
                f"{boundary!r} is no ARN of a managed policy, such as arn:aws:iam::ACCOUNT:policy/NAME",
            )


def is_policy_arn(text: str) -> bool:
    """Whether a text is the ARN of a managed policy, an account's own or one of AWS's."""
    return re.fullmatch(r"arn:aws[\w-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+", text) is not None


def given_problems(key: str, kind: str, given: str | None) -> Iterator[Problem]:
    """What is no ARN of an existing `role` or `instance-profile` (the kind)."""
    if given is not None and not re.fullmatch(rf"arn:aws[\w-]*:iam::\d{{12}}:{kind}/[\w+=,.@/-]+", given):
        yield Problem((key,), f"{given!r} is no ARN such as arn:aws:iam::ACCOUNT:{kind}/NAME")
