"""What a platform stack (network, cluster, load balancer) promises to the stacks whose services run on it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pulumi

from components.cluster import Cluster
from components.load_balancer import LoadBalancer
from components.network import Network
from ecs_model.platform_contract import OUTPUT, VERSION, LoadBalancerOutputs, PlatformOutputs, read

T = TypeVar("T")


def export_platform(cluster: Cluster, network: Network, load_balancers: Mapping[str, LoadBalancer]) -> None:
    """Exports the contract as the stack's output `platform`."""
    balancers = {
        key: {
            "arn": each.arn,
            "listenerArn": each.listener_arn,
            "securityGroupId": each.security_group_id,
            "dnsName": each.dns_name,
        }
        for key, each in load_balancers.items()
    }
    pulumi.export(
        OUTPUT,
        {
            "version": VERSION,
            "clusterName": cluster.name,
            "clusterArn": cluster.arn,
            "capacityProviders": cluster.providers(),
            "instanceSecurityGroups": cluster.instance_groups(),
            "vpcId": network.vpc_id,
            "publicSubnetIds": network.public_subnet_ids,
            "instanceSubnetIds": network.instance_subnet_ids,
            "loadBalancers": balancers,
        },
    )


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
