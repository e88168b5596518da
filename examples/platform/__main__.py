"""A platform for other stacks' services: the network, a cluster on Spot and On-Demand instances, a load balancer."""

import pulumi

import components as ecs
from ecs_model.capacity import CapacitySettings, PurchaseOption
from ecs_model.cluster import ClusterSettings
from ecs_model.network import NetworkSettings
from ecs_model.strategy import StrategyItem

network = ecs.Network("platform", ecs.NetworkArgs(NetworkSettings(default=True)))
balancer = ecs.LoadBalancer(
    "platform-public", ecs.LoadBalancerArgs(vpc_id=network.vpc_id, subnet_ids=network.public_subnet_ids)
)
cluster = ecs.Cluster(
    "platform",
    ecs.ClusterArgs(
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        capacity={
            "general": CapacitySettings(["t3.medium"], min_size=1, max_size=4),
            "spot": CapacitySettings(["t3.medium", "t3a.medium"], max_size=4, purchase_option=PurchaseOption.SPOT),
        },
        settings=ClusterSettings([StrategyItem("general", base=1, weight=1), StrategyItem("spot", weight=1)]),
        load_balancers={"public": balancer.security_group_id},
        public_addresses=True,
    ),
    pulumi.ResourceOptions(depends_on=[network]),
)
ecs.export_platform(cluster, network, {"public": balancer})
