"""The services of benchmarks/components as users of AWS CDK write them; run in an environment with it.

Takes the number of services and the directory for the template. Prints the peak memory of its processes in MiB, which
it reads from Linux.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb

IMAGE = "public.ecr.aws/nginx/nginx:1.29"
INSTANCE_TYPE = "m7i.large"


class Services(Stack):  # type: ignore[misc]
    """A cluster with one capacity provider, a load balancer, and services behind it in bridge mode."""

    def __init__(self, scope: App, services: int) -> None:
        super().__init__(scope, "services", env=Environment(account="123456789012", region="eu-central-1"))
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "vpc",
            vpc_id="vpc-0c1c0c1c0c1c0c1c0",
            availability_zones=["eu-central-1a", "eu-central-1b"],
            public_subnet_ids=["subnet-0a1a0a1a0a1a0a1a0", "subnet-0b1b0b1b0b1b0b1b0"],
        )
        cluster = ecs.Cluster(self, "cluster", vpc=vpc, container_insights_v2=ecs.ContainerInsights.ENHANCED)
        provider = self._capacity(cluster, vpc)
        balancer = elb.ApplicationLoadBalancer(self, "public", vpc=vpc, internet_facing=True)
        listener = balancer.add_listener("http", port=80, default_action=elb.ListenerAction.fixed_response(404))
        for number in range(services):
            self._service(f"s{number:04}", number, cluster, provider, listener)

    def _capacity(self, cluster: ecs.Cluster, vpc: ec2.IVpc) -> ecs.AsgCapacityProvider:
        group = autoscaling.AutoScalingGroup(
            self,
            "general",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            instance_type=ec2.InstanceType(INSTANCE_TYPE),
            machine_image=ecs.EcsOptimizedImage.amazon_linux2023(),
            min_capacity=1,
            max_capacity=100,
            require_imdsv2=True,
        )
        provider = ecs.AsgCapacityProvider(self, "provider", auto_scaling_group=group)
        cluster.add_asg_capacity_provider(provider)
        return provider

    def _service(
        self,
        name: str,
        number: int,
        cluster: ecs.Cluster,
        provider: ecs.AsgCapacityProvider,
        listener: elb.ApplicationListener,
    ) -> None:
        task = ecs.Ec2TaskDefinition(self, f"{name}-task", network_mode=ecs.NetworkMode.BRIDGE)
        task.add_container(
            "app",
            image=ecs.ContainerImage.from_registry(IMAGE),
            memory_limit_mib=256,
            memory_reservation_mib=128,
            user="1000:1000",
            logging=ecs.LogDrivers.aws_logs(stream_prefix=name),
            port_mappings=[ecs.PortMapping(container_port=8080)],
        )
        strategy = ecs.CapacityProviderStrategy(capacity_provider=provider.capacity_provider_name, weight=1)
        service = ecs.Ec2Service(
            self,
            name,
            cluster=cluster,
            task_definition=task,
            desired_count=2,
            capacity_provider_strategies=[strategy],
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )
        listener.add_targets(
            name,
            port=80,
            priority=number + 1,
            conditions=[elb.ListenerCondition.path_patterns([f"/{name}/*"])],
            targets=[service],
        )


def _processes(pid: int) -> Iterator[int]:
    """A process and all that it started: AWS CDK does its work in Node.js."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _processes(int(child))


def _peak(pid: int) -> int:
    """Peak memory of a process in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


if __name__ == "__main__":
    app = App(outdir=sys.argv[2])
    Services(app, int(sys.argv[1]))
    app.synth()
    print(sum(map(_peak, _processes(os.getpid()))) / 1024)
