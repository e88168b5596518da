"""What a careless hand gets wrong: the values and the additions that mutants are made with."""

import base64
import json
from typing import Any

from ecs_model.user_data_script import encode
from tests.policies.programs import user_data

Steps = tuple[str | int, ...]
Mistake = tuple[tuple[Steps, Any], ...]
"""Values at paths, set together."""
SWAPS: dict[str, tuple[Any, ...]] = {
    "networkMode": ("host", "awsvpc", "none"),
    "httpTokens": ("optional",),
    "httpPutResponseHopLimit": (3,),
    "hostPort": (8080,),
    "targetType": ("ip", "instance"),
    "ipProtocol": ("-1", "udp"),
    "cidrIpv4": ("0.0.0.0/0",),
    "fromPort": (1, 32768),
    "toPort": (60999, 65534),
    "version": ("$Latest",),
    "image": ("public.ecr.aws/nginx/nginx:latest", "public.ecr.aws/nginx/nginx"),
    "weight": (0, 2000),
    "memory": (4, 9_999_999),
    "desiredCount": (0, 1),
    "deploymentMinimumHealthyPercent": (0,),
    "port": ("8080",),
    "protocol": ("HTTP",),
    "sslPolicy": ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-1-2017-01"),
    "requiresCompatibilities": (["FARGATE"],),
    "Service": ("ec2.amazonaws.com", "ecs.amazonaws.com"),
    "Action": ("*",),
    "logDriver": ("none",),
    "propagateAtLaunch": (False,),
}
"""Values that a property of this name may wrongly have."""
EACH_BY_NAME = {
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:lb/listener:Listener",
    "aws:lb/targetGroup:TargetGroup",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
}
"""Types whose resources do different things in a program: each name is mutated."""


def _one(*path: str | int, value: Any) -> Mistake:
    return ((path, value),)


def _container(**settings: Any) -> Mistake:
    """Settings of the first container."""
    return tuple((("containerDefinitions", 0, key), value) for key, value in settings.items())


def _efs(**authorization: Any) -> list[dict[str, Any]]:
    access = {"authorizationConfig": authorization} if authorization else {}
    return [{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0", **access}}]


def _open(first: int, last: int, protocol: str = "tcp") -> list[dict[str, Any]]:
    return [{"protocol": protocol, "fromPort": first, "toPort": last, "cidrBlocks": ["0.0.0.0/0"]}]


def _user_data(script: str) -> str:
    return base64.b64encode(f"#!/bin/bash\n{script}".encode()).decode()


_OPTIMIZED = "resolve:ssm:/aws/service/ecs/optimized-ami"
_MANAGED = "arn:aws:iam::aws:policy"
_EVERYTHING = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

ADDED: dict[str, tuple[Mistake, ...]] = {
    "aws:ecs/taskDefinition:TaskDefinition": (
        _container(privileged=True),
        _container(user="root"),
        _container(links=["nobody"]),
        _container(dependsOn=[{"containerName": "nobody", "condition": "START"}]),
        _container(mountPoints=[{"sourceVolume": "nowhere", "containerPath": "/data"}]),
        _container(secrets=[{"name": "KEY", "valueFrom": "arn:aws:ssm:eu-central-1:1:parameter/k"}]),
        _container(environment=[{"name": "DB_PASSWORD", "value": "correct-horse-7"}]),
        (
            (("containerDefinitions", 1, "portMappings"), [{"containerPort": 6_379}]),
            (("containerDefinitions", 0, "environment"), [{"name": "CACHE", "value": "redis://localhost:6379"}]),
        ),
        _container(command=["run", "--api-key", "correct-horse-7"]),
        _container(entryPoint=["sh", "-c", "run --password=correct-horse-7"]),
        _container(healthCheck={"command": ["CMD-SHELL", "curl -f -u app:correct-horse-7 http://localhost/"]}),
        _container(dockerLabels={"dsn": "postgres://app:correct-horse-7@db/shop"}),
        _container(environment=[{"name": "DSN", "value": "host=db user=app password=correct-horse-7"}]),
        (
            (("containerDefinitions", 1, "portMappings"), [{"containerPort": 6_379}]),
            (
                ("containerDefinitions", 0, "environment"),
                [{"name": "CACHE_HOST", "value": "localhost"}, {"name": "CACHE_PORT", "value": "6379"}],
            ),
        ),
        _container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::shop/web.env"}]),
        _container(linuxParameters={"capabilities": {"add": ["SYS_ADMIN"]}}),
        _container(portMappings="80:80"),
        _container(portMappings=[{"containerPort": 70_000}]),
        _container(portMappings=[{"containerPort": 80}, {"containerPort": 80}]),
        _container(essential=False),
        _container(name="renamed"),
        _container(cpu=999_999),
        _container(dependsOn=[{"containerName": "cache", "condition": "READY"}]),
        _container(memoryReservation=99_999),
        _container(memory=3_900, memoryReservation=3_900),
        _container(portMappings=[{"containerPort": port, "hostPort": 8_080} for port in (80, 81)]),
        _container(portMappings=[{"containerPort": 9_000, "hostPort": 9_000}]),
        _one("volumes", value=[{"name": "docker", "hostPath": "/var/run/docker.sock"}]),
        _one("volumes", value=[{"name": "root", "hostPath": "/"}]),
        _one(
            "volumes",
            value=[{"name": "docker", "dockerVolumeConfiguration": {"driverOpts": {"device": "/var/run/docker.sock"}}}],
        ),
        _one("volumes", value=_efs()),
        _one("volumes", value=_efs(accessPointId="fsap-0123456789abcdef0", iam="ENABLED")),
        _one("pidMode", value="host"),
        _one("ipcMode", value="host"),
        _one("runtimePlatform", value={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}),
        _one("placementConstraints", value=[{"type": "distinctInstance"}]),
        _one("placementConstraints", value=[{"type": "memberOf", "expression": "attribute:ecs.instance-type =="}]),
    ),
    "aws:ecs/service:Service": (
        _one("launchType", value="EC2"),
        _one("launchType", value="FARGATE"),
        ((("launchType",), "EC2"), (("capacityProviderStrategies",), [])),
        _one("capacityProviderStrategies", value=[{"capacityProvider": "another", "weight": 1}]),
        _one("capacityProviderStrategies", value=[{"capacityProvider": "FARGATE", "weight": 1}]),
        _one("deploymentMaximumPercent", value=100),
        _one("loadBalancers", 0, "containerName", value="nobody"),
        _one("loadBalancers", 0, "containerPort", value=9_999),
        _one(
            "networkConfiguration",
            value={"subnets": ["subnet-0a1a"], "securityGroups": ["sg-0a1a"], "assignPublicIp": True},
        ),
        _one("orderedPlacementStrategies", value=[{"type": "spread", "field": "zone"}]),
        _one("schedulingStrategy", value="DAEMON"),
        *(
            _one("placementConstraints", value=[{"type": "memberOf", "expression": expression}])
            for expression in (
                "attribute:ecs.instance-type == x9.nano",
                "attribute:ecs.instance-type ==",
                "attribute:rack == r1",
            )
        ),
        ((("placementConstraints",), [{"type": "distinctInstance"}]), (("desiredCount",), 500)),
    ),
    "aws:ecs/cluster:Cluster": (_one("configuration", value={"executeCommandConfiguration": {"logging": "NONE"}}),),
    "aws:ecs/capacityProvider:CapacityProvider": (_one("name", value="aws-general"), _one("name", value="a.b")),
    "aws:autoscaling/group:Group": (
        _one("launchConfiguration", value="by-hand"),
        _one("suspendedProcesses", value=["Launch"]),
        _one("desiredCapacity", value=2),
        _one("mixedInstancesPolicy", "launchTemplate", "overrides", 0, "weightedCapacity", value="2"),
        _one("mixedInstancesPolicy", "launchTemplate", "overrides", 0, "instanceType", value="t4g.large"),
        _one("mixedInstancesPolicy", "launchTemplate", "overrides", value=[{"instanceType": "t3.nano"}]),
        _one("tags", value=[{"key": "amazonecsmanaged", "value": "", "propagateAtLaunch": True}]),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        _one("userData", value=user_data("ECS_CLUSTER=other", "DB_PASSWORD=correct-horse-7")),
        _one("userData", value=_user_data("CLUSTER=other\necho ECS_CLUSTER=$CLUSTER >> /etc/ecs/ecs.config\n")),
        _one("userData", value=_user_data("echo ECS_CLUSTER=x > /etc/ecs/ecs.config\ncurl -u app:correct-horse-7 h\n")),
        _one("userData", value=_user_data("yum update -y\n")),
        _one("userData", value=encode("\n#!/bin/bash\necho ECS_CLUSTER=x >> /etc/ecs/ecs.config\n")),
        _one("userData", value=encode("echo ECS_CLUSTER=x >> /etc/ecs/ecs.config\n")),
        _one("userData", value="#!/bin/bash\necho ECS_CLUSTER=other >> /etc/ecs/ecs.config\n"),
        _one("imageId", value=f"{_OPTIMIZED}/amazon-linux-2/recommended/image_id"),
        _one("imageId", value=f"{_OPTIMIZED}/amazon-linux-2023/arm64/recommended/image_id"),
        _one("imageId", value="resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        _one("ingress", value=_open(22, 22)),
        _one("ingress", value=_open(0, 0, "-1")),
        _one("ingress", value=_open(49_153, 65_535)),
        _one("ingress", value=_open(2_375, 2_376)),
        _one("ingress", value=[{**_open(22, 22)[0], "cidrBlocks": ["0.0.0.0/1", "128.0.0.0/1"]}]),
        _one("ingress", value=[{**_open(3_389, 3_389)[0], "cidrBlocks": [], "ipv6CidrBlocks": ["::/0"]}]),
    ),
    "aws:iam/role:Role": (
        _one("managedPolicyArns", value=[f"{_MANAGED}/service-role/AmazonECSTaskExecutionRolePolicy"]),
        _one("inlinePolicies", value=[{"name": "all", "policy": _EVERYTHING}]),
        _one("managedPolicyArns", value=[f"{_MANAGED}/PowerUserAccess"]),
        _one("inlinePolicies", value=[{"name": "iam", "policy": _EVERYTHING.replace('"*"', '"iam:*"', 1)}]),
        _one("assumeRolePolicy", "Statement", 0, "Principal", value="*"),
        _one("assumeRolePolicy", "Statement", 0, "Effect", value="Deny"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        _one("policyArn", value=f"{_MANAGED}/AdministratorAccess"),
        _one("policyArn", value=f"{_MANAGED}/service-role/AmazonECSTaskExecutionRolePolicy"),
    ),
    "aws:lb/loadBalancer:LoadBalancer": (
        _one("desyncMitigationMode", value="monitor"),
        _one("accessLogs", value={"bucket": "logs"}),
    ),
    "aws:lb/targetGroup:TargetGroup": (_one("targetType", value="lambda"), _one("healthCheck", "port", value=80)),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        _one("cidrIpv4", value="0.0.0.0/0"),
        _one("cidrIpv6", value="::/0"),
        _one("prefixListId", value="pl-0123456789abcdef0"),
    ),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": (
        _one("defaultCapacityProviderStrategies", value=[{"capacityProvider": "another", "weight": 1}]),
        _one("defaultCapacityProviderStrategies", 0, "weight", value=-1),
        _one("capacityProviders", value=["FARGATE"]),
    ),
}
"""What a program may wrongly say besides, by type."""
