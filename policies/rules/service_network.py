"""Rules on the network interfaces of a service's tasks."""

from collections.abc import Iterator

from ecs_model.network_modes import NetworkMode
from policies.placement import launch_of
from policies.relations import service_elsewhere, task_definitions
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service
from policies.views.task_definition import Launch, TaskDefinition


@rule(
    id="ecs-service-network-configuration",
    title="A service has a network configuration where its tasks are awsvpc, and only there",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service of awsvpc tasks that does not say their subnets, and one of any other network mode "
    "that does: in those modes a task has no network interface of its own. On EC2 that has no public address.",
    fix="Set networkConfiguration with subnets and securityGroups for awsvpc, and leave it out in any other mode.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def network_configuration(stack: Stack, options: Options) -> Iterator[Verdict]:
    """networkConfiguration is given for awsvpc alone, and asks for no public address on EC2, where service and task
    definition are in the program.

    A service with the deployment controller EXTERNAL leaves it to its task sets.
    """

    def fits(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service) or service.controller == "EXTERNAL":
            return
        yield from each(task_definitions(stack, service), lambda task: _fits(stack, service, task))

    yield from each(stack.all(Service), fits)


def _asks_for_addresses(service: Service) -> bool:
    network = service.network
    return network is not None and network.flag("assignPublicIp")


_PUBLIC = "Leave assignPublicIp out, and give the subnets a NAT gateway or VPC endpoints."


def _fits(stack: Stack, service: Service, task: TaskDefinition) -> Iterator[Verdict]:
    mode = task.network_mode
    if mode is NetworkMode.AWSVPC:
        if not service.properties.given("networkConfiguration"):
            yield Finding(f"has no networkConfiguration, which the network mode awsvpc of {task} needs", service)
        elif _asks_for_addresses(service) and launch_of(stack, service) is Launch.EC2:
            yield Finding(
                "asks for public addresses (assignPublicIp), which only Fargate's tasks have", service, _PUBLIC
            )
    elif service.network is not None:
        yield Finding(f"has a networkConfiguration, which the network mode {mode} of {task} does not take", service)


@rule(
    id="ecs-service-awsvpc-security-groups",
    title="A service's awsvpc tasks have security groups of their own",
    severity=MEDIUM,
    level=ADVISORY,
    why="Tasks without a security group get the VPC's default one: everything else that has it reaches them at every "
    "port, and a load balancer with another group does not reach them at all.",
    fix="Name a security group that lets in the load balancer alone in networkConfiguration.securityGroups.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
)
def awsvpc_security_groups(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every network configuration of a service on container instances names a security group."""

    def named(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service):
            return
        network = service.network
        if network and not network.texts("securityGroups"):
            yield Finding("its networkConfiguration names no securityGroups", service)

    yield from each(stack.all(Service), named)
