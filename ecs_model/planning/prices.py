"""What an hour costs: of an instance with its volume, of a task on Fargate; or a weight, where no prices are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecs_model.instance_types import InstanceType

PLAN_SECONDS = 8.5
"""That a plan may search where nobody says otherwise."""
UNITS = 1_000_000
"""A plan counts in millionths of the currency."""
HOURS = 730
"""Of a month, as AWS calculates."""
MANAGED_FEE = 0.12
"""What ECS Managed Instances cost beyond the instance, as a share of its on-demand price: 12 % of most types
(https://aws.amazon.com/ecs/managed-instances/pricing/)."""
WEIGHED = "1 for each vCPU and 1/8 for each GiB of memory"
"""What is minimised without prices: about how the prices of m, c and r types are made up."""


@dataclass(frozen=True)
class FargatePrice:
    """Of Fargate on Linux, on demand, an hour."""

    vcpu: float
    gib: float


@dataclass(frozen=True)
class Prices:
    """Prices in one region, of an hour unless said otherwise."""

    currency: str = "USD"
    on_demand: Mapping[str, float] = field(default_factory=dict)
    """By instance type, Linux."""
    spot: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By instance type and availability zone; `*` for any zone."""
    volume: float = 0.0
    """A GiB of a gp3 volume for a month."""
    fargate: Mapping[str, FargatePrice] = field(default_factory=dict)
    """By architecture, x86_64 or arm64."""
    managed_fee: float = MANAGED_FEE
    """ECS Managed Instances' fee as a share of the on-demand price."""

    def instance(self, type_: str, zone: str, *, spot: bool) -> float | None:
        """An instance in a zone; None where the price is not known."""
        if not spot:
            return self.on_demand.get(type_)
        of_zones = self.spot.get(type_, {})
        return of_zones.get(zone, of_zones.get("*"))

    def root_volume(self, gib: int) -> float:
        """A gp3 volume with the throughput that is included."""
        return self.volume * gib / HOURS


def units(amount: float) -> int:
    """An amount of the currency in the plan's units, 1 at least."""
    return max(1, round(amount * UNITS))


def weight(type_: InstanceType) -> int:
    """What stands for the price of a type where none is known: `WEIGHED`, in millionths."""
    return type_.cpu * UNITS // 1024 + type_.memory * UNITS // 8192
