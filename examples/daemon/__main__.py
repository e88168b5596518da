"""A daemon: one task on every container instance of a cluster, such as a log router or an agent that measures."""

import pulumi

import components as ecs
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.network import NetworkSettings, NewNetwork
from ecs_model.strategy import StrategyItem

network = ecs.Network("watch", ecs.NetworkArgs(NetworkSettings(create=NewNetwork(cidr="10.31.0.0/16"))))
cluster = ecs.Cluster(
    "watch",
    ecs.ClusterArgs(
        vpc_id=network.vpc_id,
        subnet_ids=network.instance_subnet_ids,
        capacity={"general": CapacitySettings(["m7i.large"], min_size=2, max_size=3)},
        settings=ClusterSettings([StrategyItem("general", weight=1)]),
    ),
    pulumi.ResourceOptions(depends_on=[network]),
)
task = ecs.TaskDefinition(
    "watch-agent",
    ecs.TaskDefinitionArgs(
        containers={
            "agent": ecs.ContainerArgs(
                image="public.ecr.aws/docker/library/python:3.13-slim",
                user="1000:1000",
                command=[
                    "python",
                    "-c",
                    "import time\nwhile True: print(open('/proc/loadavg').read(), time.sleep(60))",
                ],
                memory=64,
                readonly_root_filesystem=True,
            )
        },
    ),
)
agent = ecs.Service(
    "watch-agent",
    # No strategy: whatever it is, a daemon is on every instance.
    ecs.ServiceArgs(cluster.arn, task.arn, capacity_provider_strategy=[], daemon=True),
    pulumi.ResourceOptions(depends_on=[cluster, task]),
)
pulumi.export("service", agent.name)
