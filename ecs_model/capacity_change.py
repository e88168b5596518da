"""How a cluster's capacity providers change from one deployment to the next.

ECS refuses to take a capacity provider off a cluster while a service's strategy or a task uses it, and to run a service
on one that is not on the cluster yet:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
So a provider that leaves, or is replaced, stays attached until the services have moved, and is taken off after them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecs_model.strategy import FARGATE

PROVIDERS = "capacityProviders"
"""The stack's output that names the capacity providers by their keys."""
ON_FARGATE = "fargate"
"""The stack's output that says that Fargate's capacity providers are attached, too."""
SETTLED = "capacityProvidersSettled"
"""The stack's output that says that what is attached is decided after the services."""


@dataclass(frozen=True)
class CapacityChange:
    """What the last deployment had, and whether this one decides after the services what is attached."""

    before: Mapping[str, str] = field(default_factory=dict)
    """The names of the last deployment's capacity providers, by their keys, Fargate's among them; none in the first."""
    settles: bool = False
    """Whether what is attached is decided after the services: a capacity provider leaves, or has left some time, or one
    of ECS Managed Instances comes, which nothing may name until it is ACTIVE."""

    @classmethod
    def of(cls, outputs: Mapping[str, Any], wanted: Collection[str], managed: Collection[str] = ()) -> "CapacityChange":
        """Of the last deployment's outputs to the capacity that is wanted now, by its keys, Fargate's names among them
        where it is on; those of ECS Managed Instances are `managed`."""
        own = {key: str(name) for key, name in (outputs.get(PROVIDERS) or {}).items()}
        before = own | {name: name for name in sorted(FARGATE) if own and outputs.get(ON_FARGATE)}
        leaving, joining = set(before) - set(wanted), set(managed) - set(own)
        return cls(before, bool(outputs.get(SETTLED)) or bool(leaving) or bool(own and joining))


def gone(before: Collection[str], now: Collection[str]) -> list[str]:
    """The names of capacity providers that are no longer wanted: those of keys that left, and those replaced."""
    return [name for name in before if name not in now]
