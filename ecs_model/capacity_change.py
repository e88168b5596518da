"""How a cluster's capacity providers change from one deployment to the next.

ECS refuses to take a capacity provider off a cluster while a service's strategy or a task uses it, and to run a service
on one that is not on the cluster yet:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
So a provider that leaves stays attached until the services have moved, and is taken off after them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

PROVIDERS = "capacityProviders"
"""The stack's output that names the capacity providers by their keys."""
SETTLED = "capacityProvidersSettled"
"""The stack's output that says that a capacity provider has left some time."""


@dataclass(frozen=True)
class CapacityChange:
    """What the last deployment had, and this one does not; nothing in the first deployment."""

    leaving: Mapping[str, str] = field(default_factory=dict)
    """The names of the capacity providers that go, by their keys."""
    joining: bool = False
    """Whether others come."""
    settled: bool = False
    """Whether the attachment before the services is an old one, beside the one after them that is in force."""

    @classmethod
    def of(cls, outputs: Mapping[str, Any], wanted: Collection[str]) -> "CapacityChange":
        """Of the last deployment's outputs to the capacity that is wanted now, by its keys."""
        before = outputs.get(PROVIDERS) or {}
        leaving = {key: str(name) for key, name in sorted(before.items()) if key not in wanted}
        return cls(leaving, bool(before) and not set(wanted) <= set(before), bool(outputs.get(SETTLED)))

    @property
    def settles(self) -> bool:
        """Whether what is attached is decided after the services."""
        return self.settled or bool(self.leaving)

    @property
    def keeps_attachment(self) -> bool:
        """Whether nothing has to be attached before the services: the old attachment stays as it is."""
        return self.settled and not self.leaving and not self.joining
