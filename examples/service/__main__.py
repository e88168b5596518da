"""A service on the platform of another stack: in bridge mode with dynamic host ports, behind its load balancer."""

import pulumi

import components as ecs
from ecs_model.containers import PortMapping
from ecs_model.routing import Routing

platform = ecs.Platform(pulumi.Config().get("platform") or "organization/ecs-platform/dev")
balancer = platform.load_balancer("public")
task = ecs.TaskDefinition(
    "shop",
    ecs.TaskDefinitionArgs(
        containers={
            "web": ecs.ContainerArgs(
                image="public.ecr.aws/docker/library/python:3.13-slim",
                user="1000:1000",
                command=["python", "-m", "http.server", "8000"],
                memory=128,
                port_mappings=[PortMapping(8000)],
                readonly_root_filesystem=True,
            )
        }
    ),
)
service = ecs.Service(
    "shop",
    ecs.ServiceArgs(
        cluster_arn=platform(lambda outputs: outputs.cluster_arn),
        task_definition_arn=task.arn,
        capacity_provider_strategy=[
            ecs.CapacityProviderStrategyItemArgs(platform.capacity_provider("general"), weight=1, base=1),
            ecs.CapacityProviderStrategyItemArgs(platform.capacity_provider("spot"), weight=1),
        ],
        desired_count=2,
        load_balancer=ecs.ServiceLoadBalancerArgs(
            listener_arn=balancer.apply(lambda found: found.listener_arn),
            security_group_id=balancer.apply(lambda found: found.security_group_id),
            vpc_id=platform(lambda outputs: outputs.vpc_id),
            routing=Routing(container_name="web", container_port=8000, priority=10, path_patterns=["/*"]),
        ),
    ),
)
pulumi.export("address", balancer.apply(lambda found: f"http://{found.dns_name}/"))
