"""All in one stack: a VPC, a cluster, a load balancer and a service in mode awsvpc, whose tasks have own addresses."""

import pulumi

import components as ecs
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.containers import PortMapping
from ecs_model.network import NetworkSettings, NewNetwork
from ecs_model.network_modes import NetworkMode
from ecs_model.routing import Routing
from ecs_model.strategy import StrategyItem

network = ecs.Network("shop", ecs.NetworkArgs(NetworkSettings(create=NewNetwork(cidr="10.30.0.0/16"))))
balancer = ecs.LoadBalancer(
    "shop-public", ecs.LoadBalancerArgs(vpc_id=network.vpc_id, subnet_ids=network.public_subnet_ids)
)
cluster = ecs.Cluster(
    "shop",
    ecs.ClusterArgs(
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        capacity={"general": CapacitySettings(["m7i.large"], min_size=1, max_size=3)},
        settings=ClusterSettings([StrategyItem("general", weight=1)]),
        load_balancers={"public": balancer.security_group_id},
    ),
    pulumi.ResourceOptions(depends_on=[network]),
)
task = ecs.TaskDefinition(
    "shop-web",
    ecs.TaskDefinitionArgs(
        network_mode=NetworkMode.AWSVPC,
        containers={
            "web": ecs.ContainerArgs(
                image="public.ecr.aws/docker/library/python:3.13-slim",
                user="1000:1000",
                command=["python", "-m", "http.server", "8000"],
                memory=256,
                port_mappings=[PortMapping(8000)],
                readonly_root_filesystem=True,
            )
        },
    ),
)
ecs.Service(
    "shop-web",
    ecs.ServiceArgs(
        cluster_arn=cluster.arn,
        task_definition_arn=task.arn,
        capacity_provider_strategy=[
            ecs.CapacityProviderStrategyItemArgs(cluster.providers()["general"], weight=1),
        ],
        network_mode=NetworkMode.AWSVPC,
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        desired_count=2,
        load_balancer=ecs.ServiceLoadBalancerArgs(
            listener_arn=balancer.listener_arn,
            security_group_id=balancer.security_group_id,
            vpc_id=network.vpc_id,
            routing=Routing(container_name="web", container_port=8000, priority=10, path_patterns=["/*"]),
        ),
    ),
    pulumi.ResourceOptions(depends_on=[cluster, task]),
)
pulumi.export("address", pulumi.Output.concat("http://", balancer.dns_name, "/"))
