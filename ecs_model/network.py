"""The network a cluster lives in."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.notation import is_id, range_problem
from ecs_model.problem import Problem

MOST_ZONES = 6
_SLICES = 16
_FIRST_PUBLIC = 8
_UNSPECIFIED = ipaddress.IPv4Network("0.0.0.0/8")

INTERFACE_ENDPOINTS = (
    "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs", "secretsmanager", "ssm", "ssmmessages",
)  # fmt: skip
"""Services that container instances and tasks reach without a way to the internet; S3 has a gateway endpoint.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""


class Nat(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    """They do not: instances get public addresses, or the VPC has endpoints."""
    ONE = "one"
    """One NAT gateway: cheaper, and a zone's failure may cut off the others."""
    PER_ZONE = "per-zone"
    """A NAT gateway in every zone."""


@dataclass(frozen=True)
class NewNetwork:
    """A VPC of our own with a public and a private subnet in each zone."""

    cidr: str = "10.0.0.0/16"
    """IPv4 range of the VPC, /16 to /23: its subnets are sixteenths, and a load balancer needs a /27."""
    zones: int = 2
    """Availability zones to spread over, 2-6."""
    nat: Nat = Nat.ONE
    """none, one or per-zone."""
    public_instances: bool = False
    """Put container instances into the public subnets, with public addresses; for nat none."""
    endpoints: bool = False
    """Make the VPC endpoints that ECS needs; for nat none."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, or what would leave instances unable to join."""
        if reason := range_problem(self.cidr):
            yield Problem(("cidr",), reason)
        else:
            whole = ipaddress.IPv4Network(self.cidr)
            first, prefix = whole.network_address, whole.prefixlen
            if first.is_loopback or first.is_link_local or first.is_multicast or first in _UNSPECIFIED:
                yield Problem(("cidr",), f"{self.cidr} is a range that no VPC may have: give one such as 10.0.0.0/16")
            if not 16 <= prefix <= 23:
                yield Problem(("cidr",), f"{self.cidr} is a /{prefix}: give a range from /16 to /23")
        if not 2 <= self.zones <= MOST_ZONES:
            yield Problem(("zones",), f"{self.zones} is out of range: a load balancer needs 2, give 2-{MOST_ZONES}")
        if self.nat is Nat.NONE and not (self.public_instances or self.endpoints):
            yield Problem(
                ("nat",),
                "none leaves the container instances without a way to ECS: set publicInstances or endpoints to true, "
                "or use one or per-zone",
            )
        if self.nat is not Nat.NONE and self.public_instances:
            yield Problem(("publicInstances",), f"does nothing but cost with nat {self.nat.value}: use one of the two")


@dataclass(frozen=True)
class ExistingNetwork:
    """A VPC that somebody else looks after."""

    vpc_id: str
    """The VPC, `vpc-…`."""
    public_subnet_ids: list[str]
    """Subnets for internet-facing load balancers, in at least two zones."""
    private_subnet_ids: list[str] = field(default_factory=list)
    """Subnets for container instances; empty puts them into the public ones, with public addresses."""

    def problems(self) -> Iterator[Problem]:
        """Ids that cannot be ids."""
        if not is_id(self.vpc_id, "vpc"):
            yield Problem(("vpcId",), f"{self.vpc_id!r} is not a VPC's id, such as vpc-0a1b2c3d4e5f60718")
        listed = {"publicSubnetIds": self.public_subnet_ids, "privateSubnetIds": self.private_subnet_ids}
        for key, ids in listed.items():
            for position, subnet in enumerate(ids):
                if not is_id(subnet, "subnet"):
                    yield Problem((key, position), f"{subnet!r} is not a subnet's id, such as subnet-0a1b2c3d4e5f60718")
            if len(set(ids)) < len(ids):
                yield Problem((key,), "names a subnet more than once: keep each once")
        if len(self.public_subnet_ids) < 2:
            yield Problem(("publicSubnetIds",), "has fewer than two subnets: a load balancer needs two zones")


@dataclass(frozen=True)
class NetworkSettings:
    """Exactly one of: the account's default VPC, a new VPC, an existing one."""

    default: bool = False
    """Use the region's default VPC: container instances get public addresses."""
    create: NewNetwork | None = None
    """Make a VPC."""
    existing: ExistingNetwork | None = None
    """Use a VPC by its ids."""

    @property
    def public_instances(self) -> bool:
        """Whether container instances are in public subnets, and need public addresses."""
        return (
            self.default
            or (self.create is not None and self.create.public_instances)
            or (self.existing is not None and not self.existing.private_subnet_ids)
        )

    def problems(self) -> Iterator[Problem]:
        """None or several chosen, or something wrong in the chosen one."""
        chosen = [
            k for k, v in {"default": self.default, "create": self.create, "existing": self.existing}.items() if v
        ]
        if len(chosen) != 1:
            seen = " and ".join(chosen) or "none"
            yield Problem((), f"chooses {seen}: choose one of default: true, create and existing")
        for key, part in (("create", self.create), ("existing", self.existing)):
            if part is not None:
                yield from (problem.under(key) for problem in part.problems())


def subnet_cidrs(cidr: str, zones: int) -> tuple[list[str], list[str]]:
    """Public and private subnet ranges, one a zone: sixteenths of `cidr`, so that a further zone renumbers none."""
    network = ipaddress.IPv4Network(cidr)
    slices = [str(part) for part in network.subnets(new_prefix=network.prefixlen + _SLICES.bit_length() - 1)]
    return slices[_FIRST_PUBLIC : _FIRST_PUBLIC + zones], slices[:zones]


def endpoint_service(service: str, region: str) -> str:
    """The name of a service's VPC endpoint in a region."""
    return f"com.amazonaws.{region}.{service}"
