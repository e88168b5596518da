"""What a service stack reads of its platform stack: network, cluster, load balancers."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi

from ecs_model.platform_contract import LoadBalancerOutputs, PlatformOutputs, read
from ecs_model.platform_output import OUTPUT

T = TypeVar("T")


class Platform:
    """Another stack's platform, read through a StackReference.

    A stack that exports none, or an older or a newer one than this version reads, ends the program with an error that
    says which stack has to be deployed.
    """

    def __init__(self, stack: str) -> None:
        """`stack` is `organization/project/stack`."""
        output = pulumi.StackReference(stack).get_output(OUTPUT)
        self._outputs = output.apply(lambda found: read(found, stack))

    def __call__(self, pick: Callable[[PlatformOutputs], T]) -> pulumi.Output[T]:
        """Something of the contract: `platform(lambda p: p.cluster_arn)`."""
        return self._outputs.apply(pick)

    def capacity_provider(self, key: str) -> pulumi.Output[str]:
        """A capacity provider's name."""
        return self(lambda outputs: _entry(outputs.capacity_providers, key, "capacity provider"))

    def load_balancer(self, key: str) -> pulumi.Output[LoadBalancerOutputs]:
        """A load balancer."""
        return self(lambda outputs: _entry(outputs.load_balancers, key, "load balancer"))


def _entry(entries: Mapping[str, Any], key: str, kind: str) -> Any:
    if key not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise pulumi.RunError(f"the platform has no {kind} {key!r} (there is: {known})")
    return entries[key]
