"""How a cluster's capacity providers change from one deployment to the next.

ECS refuses to take a capacity provider off a cluster while a service's strategy or a task uses it, and to run a service
on one that is not on the cluster yet:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
So a provider that leaves, or is replaced, stays attached until the services have moved, and is taken off after them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecs_model.problem import Problem
from ecs_model.strategy import FARGATE

SERVICES = "services"
"""The stack's output that names the services by their keys."""
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
    services: Mapping[str, str] = field(default_factory=dict)
    """The names of the last deployment's services, by their keys."""
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
        services = {key: str(name) for key, name in (outputs.get(SERVICES) or {}).items()}
        return cls(before, services, bool(outputs.get(SETTLED)) or bool(leaving) or bool(own and joining))

    def left_with_services(
        self, capacity: Collection[str], services: Collection[str], used: Callable[[], Mapping[str, Collection[str]]]
    ) -> Iterator[Problem]:
        """Capacity that goes in the same deployment as a service on it, which cannot be done.

        Pulumi deletes a service after everything else, and until then ECS lets nobody take its capacity provider off.
        `capacity` and `services` are the keys that are wanted now; `used`, which is asked only where some of both go,
        tells by a service's name which capacity providers it needs to be attached.
        """
        leaving = {name: key for key, name in self.before.items() if key not in capacity}
        ending = {name: key for key, name in self.services.items() if key not in services}
        needed = used() if leaving and ending else {}
        for service, name in sorted((each, name) for each, names in needed.items() for name in names):
            if service in ending and name in leaving:
                yield Problem(
                    ("cluster", "fargate") if name in FARGATE else ("capacity", leaving[name]),
                    f"goes together with services.{ending[service]}, which runs on it, and a service goes last: take "
                    "the service away alone, pulumi up, and then this; or set formerNames, if both only have other "
                    "keys now",
                )


def gone(before: Collection[str], now: Collection[str]) -> list[str]:
    """The names of capacity providers that are no longer wanted: those of keys that left, and those replaced."""
    return [name for name in before if name not in now]
