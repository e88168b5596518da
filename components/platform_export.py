"""What a platform stack (network, cluster, load balancers) promises to the stacks whose services run on it."""

from collections.abc import Mapping

import pulumi

from components.cluster import Cluster
from components.load_balancer import LoadBalancer
from components.network import Network
from ecs_model.platform_output import OUTPUT, VERSION


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
