"""The contract between a platform stack and the stacks whose services run on it: one output of the platform's stack.

A field is never taken away or given another meaning without a new version.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from ecs_model.platform_output import OUTPUT, VERSION


class InvalidPlatform(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Raised where another stack's outputs are no platform, or one of another version; the message says what to do."""


class _Contract(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True, strict=True)


class LoadBalancerOutputs(_Contract):
    """A load balancer that services share."""

    listener_arn: str
    """The listener that a service adds its rule to; empty of a network load balancer."""
    security_group_id: str
    """The load balancer's security group, which the container instances let in."""
    dns_name: str
    """Where it is reached; empty of one that something else made."""
    arn: str = ""
    """The load balancer's ARN, such as for a web ACL; empty from a platform of before."""


class PlatformOutputs(_Contract):
    """What a service needs to know of the platform that it runs on."""

    version: float
    """The contract's version; Pulumi's numbers are all floating."""
    cluster_name: str
    """The cluster's name."""
    cluster_arn: str
    """The cluster's ARN."""
    capacity_providers: dict[str, str]
    """The capacity providers' names by their keys."""
    instance_security_groups: dict[str, str]
    """The container instances' security groups by the same keys."""
    vpc_id: str
    """The VPC."""
    instance_subnet_ids: list[str]
    """The subnets of the instances, and of tasks in mode awsvpc."""
    public_subnet_ids: list[str] = []
    """The subnets of public load balancers; empty from a platform of before."""
    load_balancers: dict[str, LoadBalancerOutputs]
    """The load balancers by their keys."""


def read(found: Any, stack: str) -> PlatformOutputs:
    """The contract of another stack's output. Raises InvalidPlatform."""
    if found is None:
        raise InvalidPlatform(
            f"stack {stack} has no output {OUTPUT!r}: deploy the platform first, by a program that calls "
            "export_platform, or name another stack"
        )
    version = found.get("version") if isinstance(found, dict) else None
    if version != VERSION:
        seen = f"{version:g}" if isinstance(version, int | float) else "none"
        older = seen == "none" or float(version or 0) < VERSION
        which = f"deploy stack {stack} again with this version" if older else "use the version that the platform has"
        raise InvalidPlatform(
            f"stack {stack} exports a platform of version {seen}, and this one reads {VERSION}: {which}"
        )
    try:
        return PlatformOutputs.model_validate(found)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise InvalidPlatform(
            f"stack {stack} exports a platform whose {wrong} is missing or of another kind: deploy it again"
        ) from error
