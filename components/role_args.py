"""What all IAM roles of a component have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ecs_model.problem import Problem
from ecs_model.role_settings import NO_PATH, RoleSettings


@dataclass(frozen=True)
class RoleArgs:
    """Where the roles that a component makes stand in IAM, and what bounds them."""

    path: str = NO_PATH
    """The path of the roles and instance profiles that are made from now on, such as /team/; those that are there stay.
    The role of ECS Managed Instances' instances is at / always: AWS's policy lets ECS pass none of another path."""
    permissions_boundary: pulumi.Input[str] | None = None
    """ARN of a managed policy beyond which none of the roles may do anything, whatever its own policies allow; none
    where absent."""

    @classmethod
    def of(cls, settings: RoleSettings) -> "RoleArgs":
        """Those of a stack's settings."""
        return cls(settings.path, settings.permissions_boundary)

    def problems(self) -> Iterator[Problem]:
        """What IAM would refuse."""
        boundary = self.permissions_boundary
        yield from RoleSettings(self.path, boundary if isinstance(boundary, str) else None).problems()

    @property
    def written_path(self) -> str | None:
        """The path as an argument, None where IAM needs none."""
        return None if self.path == NO_PATH else self.path


NOWHERE_ELSE = RoleArgs()
"""At the root of IAM, without a boundary."""


def made_role(
    name: str,
    trust: pulumi.Input[str],
    roles: RoleArgs,
    parent: pulumi.Resource,
    *,
    name_prefix: str | None = None,
    path: bool = True,
) -> aws.iam.Role:
    """A role that `trust`, as JSON, lets be assumed; without `path` at the root, wherever the others are."""
    return aws.iam.Role(
        name,
        name_prefix=name_prefix,
        assume_role_policy=trust,
        path=roles.written_path if path else None,
        permissions_boundary=roles.permissions_boundary,
        opts=staying(parent),
    )


def staying(parent: pulumi.Resource, depends_on: list[pulumi.Resource] | None = None) -> pulumi.ResourceOptions:
    """Options of a role, or an instance profile, that stays at its path when the settings change.

    IAM moves neither, and the old one would be gone while instances, and tasks of the last deployment, still run with
    it.
    """
    return pulumi.ResourceOptions(parent=parent, depends_on=depends_on, ignore_changes=["path"])
