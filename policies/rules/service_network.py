"""Rules on the network interfaces of a service's tasks."""

from collections.abc import Iterator

from ecs_model.containers import NetworkMode
from policies.relations import service_elsewhere, task_definitions
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.service import Service
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-service-network-configuration",
    title="A service has a network configuration where its tasks are awsvpc, and only there",
    severity=HIGH,
    level=MANDATORY,
    why="ECS refuses a service of awsvpc tasks that does not say their subnets, and one of any other network mode "
    "that does: in those modes a task has no network interface of its own.",
    fix="Set networkConfiguration with subnets and securityGroups for awsvpc, and leave it out in any other mode.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
)
def network_configuration(stack: Stack, options: Options) -> Iterator[Verdict]:
    """networkConfiguration is given for awsvpc alone, where service and task definition are in the program.

    A service with the deployment controller EXTERNAL leaves it to its task sets.
    """

    def fits(service: Service) -> Iterator[Verdict]:
        if service_elsewhere(stack, service) or service.controller == "EXTERNAL":
            return
        yield from each(task_definitions(stack, service), lambda task: _fits(service, task))

    yield from each(stack.all(Service), fits)


def _fits(service: Service, task: TaskDefinition) -> Iterator[Verdict]:
    mode = task.network_mode
    if mode is NetworkMode.AWSVPC:
        if not service.properties.given("networkConfiguration"):
            yield Finding(f"has no networkConfiguration, which the network mode awsvpc of {task} needs", service)
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
