"""A small cluster for tests: two instances of a capacity provider, a service with two tasks, and room to change it."""

from __future__ import annotations

from typing import Any

from tests.operations.fake_aws import ARN, T0, Body, FakeAws
from tests.operations.price_list import add_prices

PROVIDER, GROUP, AMI = "general", "general-group", "ami-0a"
ZONES = ("eu-central-1a", "eu-central-1b")


def instance_arn(number: int) -> str:
    return f"{ARN}:container-instance/web/{number:032x}"


def task_arn(number: int) -> str:
    return f"{ARN}:task/web/{number:032x}"


def definition_arn(family: str, revision: int = 1) -> str:
    return f"{ARN}:task-definition/{family}:{revision}"


def service_arn(name: str) -> str:
    return f"{ARN}:service/web/{name}"


def amounts(cpu: int, memory: int, ports: list[int]) -> list[Body]:
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": [str(port) for port in [22, 51678, *ports]]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]


def add_instance(aws: FakeAws, number: int, memory: int = 3_000, ports: tuple[int, ...] = (), **changes: Any) -> str:
    """A m7i.large with `memory` MiB and 2,048 CPU units left, less what tasks take that are added later."""
    arn = instance_arn(number)
    attributes = {
        "ecs.ami-id": AMI,
        "ecs.availability-zone": ZONES[number % 2],
        "ecs.instance-type": "m7i.large",
        "ecs.cpu-architecture": "x86_64",
        **changes.pop("attributes", {}),
    }
    aws.instances[arn] = {
        "containerInstanceArn": arn,
        "ec2InstanceId": f"i-{number:017x}",
        "capacityProviderName": PROVIDER,
        "status": "ACTIVE",
        "agentConnected": True,
        "versionInfo": {"agentVersion": "1.90.0"},
        "registeredAt": T0,
        "registeredResources": amounts(2_048, 7_600, []),
        "remainingResources": amounts(2_048, memory, list(ports)),
        "attributes": [{"name": name, "value": value} for name, value in attributes.items() if value],
        **changes,
    }
    return arn


def add_definition(aws: FakeAws, family: str, memory: int = 512, revision: int = 1, **changes: Any) -> str:
    arn = definition_arn(family, revision)
    container = {"name": "app", "cpu": 256, "memory": memory, "portMappings": [{"containerPort": 80, "hostPort": 0}]}
    container |= changes.pop("container", {})
    aws.definitions[arn] = {"family": family, "taskDefinitionArn": arn, "containerDefinitions": [container], **changes}
    return arn


def add_task(aws: FakeAws, number: int, family: str, on: str | None, **changes: Any) -> str:
    """A task of the service called like its family, on an instance whose remaining resources already lack it."""
    arn = task_arn(number)
    binding = {"containerPort": 80, "hostPort": 49_200 + number % 10_000, "protocol": "tcp"}
    aws.tasks[arn] = {
        "taskArn": arn,
        "taskDefinitionArn": definition_arn(family),
        "group": f"service:{family}",
        "lastStatus": "RUNNING" if on else "PROVISIONING",
        "capacityProviderName": PROVIDER,
        "containers": [{"name": "app", "cpu": "256", "memory": "512", "networkBindings": [binding] if on else []}],
        **({"containerInstanceArn": on} if on else {}),
        **changes,
    }
    return arn


def add_service(aws: FakeAws, name: str, desired: int = 2, **changes: Any) -> str:
    arn = service_arn(name)
    aws.services[arn] = {
        "serviceArn": arn,
        "serviceName": name,
        "status": "ACTIVE",
        "taskDefinition": definition_arn(name),
        "desiredCount": desired,
        "runningCount": desired,
        "pendingCount": 0,
        "capacityProviderStrategy": [{"capacityProvider": PROVIDER, "weight": 1}],
        "deployments": [],
        "events": [{"id": "1", "createdAt": T0, "message": f"(service {name}) has reached a steady state."}],
        **changes,
    }
    return arn


def add_provider(aws: FakeAws, name: str = PROVIDER, group: str = GROUP, **scaling: Any) -> None:
    arn = f"arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:1:autoScalingGroupName/{group}"
    about = {"autoScalingGroupArn": arn, "managedScaling": {"status": "ENABLED", "targetCapacity": 100, **scaling}}
    aws.providers.append({"name": name, "status": "ACTIVE", "autoScalingGroupProvider": about})
    aws.groups.append(
        {
            "AutoScalingGroupName": group,
            "MinSize": 1,
            "MaxSize": 4,
            "DesiredCapacity": 2,
            "DefaultCooldown": 300,
            "AvailabilityZones": list(ZONES),
            "HealthCheckType": "EC2",
            "CreatedTime": T0,
            "Instances": [],
        }
    )


def shop() -> FakeAws:
    """Two instances with 3,000 MiB left each, and the service api with a task on either."""
    aws = FakeAws()
    aws.cluster["capacityProviders"] = [PROVIDER, "FARGATE"]
    add_provider(aws)
    add_definition(aws, "api")
    add_service(aws, "api")
    for number in (1, 2):
        add_task(aws, number, "api", add_instance(aws, number))
    aws.images.append({"ImageId": AMI, "CreationDate": "2026-09-02T10:00:00.000Z"})
    add_prices(aws)
    return aws
