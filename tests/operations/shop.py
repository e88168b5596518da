"""A small cluster for tests: two instances of a capacity provider, a service with two tasks, and room to change it."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.operations.fake_aws import ARN, T0, Body, FakeAws
from tests.operations.price_list import add_prices

PROVIDER, GROUP, AMI = "general", "general-group", "ami-0a"
IMAGE = "al2023-ami-ecs-hvm-2023.0.20260901-kernel-6.1-x86_64"
PARAMETER = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
AGENT = "1.90.0"
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
        "versionInfo": {"agentVersion": AGENT},
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
    aws.definitions[arn] = {
        "family": family,
        "taskDefinitionArn": arn,
        "containerDefinitions": [container],
        "executionRoleArn": f"arn:aws:iam::123456789012:role/{family}-execution",
        "taskRoleArn": f"arn:aws:iam::123456789012:role/{family}-task",
        **changes,
    }
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
    about = {
        "autoScalingGroupArn": arn,
        "managedScaling": {"status": "ENABLED", "targetCapacity": 100, **scaling},
        "managedTerminationProtection": "ENABLED",
        "managedDraining": "ENABLED",
    }
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
            "NewInstancesProtectedFromScaleIn": True,
            "Instances": [],
        }
    )


def shop() -> FakeAws:
    """Two instances with 3,000 MiB left each, and the service api with a task on either."""
    aws = FakeAws()
    aws.cluster["capacityProviders"] = [PROVIDER, "FARGATE"]
    aws.cluster["defaultCapacityProviderStrategy"] = [{"capacityProvider": PROVIDER, "weight": 1}]
    add_provider(aws)
    add_definition(aws, "api")
    add_service(aws, "api")
    for number in (1, 2):
        add_task(aws, number, "api", add_instance(aws, number))
    aws.images.append({"ImageId": AMI, "Name": IMAGE, "CreationDate": "2026-09-02T10:00:00.000Z"})
    aws.parameters[PARAMETER] = json.dumps({"image_id": AMI, "ecs_agent_version": AGENT})
    add_prices(aws)
    return aws


def grouped(aws: FakeAws, config: str = "ECS_CLUSTER=web\nECS_DYNAMIC_HOST_PORT_RANGE=49153-65535\n") -> None:
    """Have the shop's instances in their group, with a launch template, a security group and a load balancer."""
    script = f"#!/bin/bash\ncat <<'EOF' >> /etc/ecs/ecs.config\n{config}EOF\n"
    data = {"UserData": base64.b64encode(script.encode()).decode()}
    aws.templates.append({"LaunchTemplateId": "lt-1", "VersionNumber": 3, "LaunchTemplateData": data})
    template = {"LaunchTemplateId": "lt-1", "Version": "3"}
    for instance in aws.instances.values():
        id_ = instance["ec2InstanceId"]
        aws.groups[0]["Instances"].append(
            {
                "InstanceId": id_,
                "AvailabilityZone": ZONES[0],
                "LifecycleState": "InService",
                "HealthStatus": "Healthy",
                "ProtectedFromScaleIn": True,
                "LaunchTemplate": template,
            }
        )
        aws.ec2.append(
            {
                "InstanceId": id_,
                "ImageId": AMI,
                "LaunchTime": T0,
                "State": {"Code": 16, "Name": "running"},
                "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/instance", "Id": "1"},
                "SecurityGroups": [{"GroupId": "sg-instances"}],
                "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
            }
        )
    ports = {"IpProtocol": "tcp", "FromPort": 49153, "ToPort": 65535}
    permission = {**ports, "UserIdGroupPairs": [{"GroupId": "sg-balancer"}]}
    aws.security_groups.append({"GroupId": "sg-instances", "IpPermissions": [permission]})
    aws.target_groups.append({"TargetGroupArn": "arn:tg/api", "LoadBalancerArns": ["arn:lb/public"]})
    aws.balancers.append(
        {"LoadBalancerArn": "arn:lb/public", "LoadBalancerName": "public", "SecurityGroups": ["sg-balancer"]}
    )
    balancer = {"targetGroupArn": "arn:tg/api", "containerName": "app", "containerPort": 80}
    aws.services[service_arn("api")]["loadBalancers"] = [balancer]
