"""A good program as pulumi-aws 7.51 describes it, before its first deployment and after it.

Property names are those of the AWS schema; what AWS computes is unknown in a first preview, as it is there.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res

ACCOUNT = "arn:aws:{service}:{region}:123456789012:{rest}"


def arn(service: str, rest: str) -> str:
    return ACCOUNT.format(service=service, region="" if service == "iam" else "eu-central-1", rest=rest)


def user_data(*lines: str) -> str:
    script = "\n".join(["#!/bin/bash", "cat >> /etc/ecs/ecs.config <<'EOF'", *lines, "EOF", ""])
    return base64.b64encode(script.encode()).decode()


JOINED = user_data("ECS_CLUSTER=shop", "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535")


OUT = [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]
INSIGHTS = [{"name": "containerInsights", "value": "enhanced"}]


def containers(*definitions: dict[str, Any]) -> str:
    return json.dumps(list(definitions))


def container(name: str = "app", **mapping: Any) -> dict[str, Any]:
    return {
        "name": name,
        "image": "nginx:1.27",
        "memory": 256,
        "readonlyRootFilesystem": True,
        "portMappings": [{"containerPort": 80, **mapping}],
    }


class Program:
    """Resources by name, to be changed one at a time."""

    def __init__(self, *resources: Res) -> None:
        self.resources = {resource.name: resource for resource in resources}

    def __iter__(self) -> Iterator[Res]:
        return iter(self.resources.values())

    def __getitem__(self, name: str) -> Res:
        return self.resources[name]

    def but(self, *changed: Res) -> "Program":
        """The same with some resources changed or added."""
        return Program(*{**self.resources, **{resource.name: resource for resource in changed}}.values())

    def without(self, *names: str) -> "Program":
        assert set(names) <= set(self.resources)
        return Program(*(resource for resource in self if resource.name not in names))


def shop(deployed: bool) -> Program:
    """A load-balanced service in bridge mode on EC2 capacity, all as it should be."""

    def later(value: str) -> str:
        return value if deployed else UNKNOWN

    group, balancer = later("sg-0aaaaaaaaaaaaaaaa"), later("sg-0bbbbbbbbbbbbbbbb")
    target = later(arn("elasticloadbalancing", "targetgroup/web/73e2d6bc24d8a067"))
    alb = later(arn("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188"))
    fleet = later(arn("autoscaling", "autoScalingGroup:1f2e:autoScalingGroupName/fleet"))
    roles = {name: later(arn("iam", f"role/{name}-1234567")) for name in ("execution", "task")}
    cluster = later(arn("ecs", "cluster/shop"))
    return Program(
        Res(
            "aws:ecs/cluster:Cluster", "cluster", {"name": "shop", "arn": cluster, "id": cluster, "settings": INSIGHTS}
        ),
        Res(
            "aws:ec2/securityGroup:SecurityGroup",
            "instances",
            {
                "name": "instances",
                "id": group,
                "ingress": [] if deployed else UNKNOWN_LIST,
                "egress": OUT,
                "vpcId": "vpc-1",
            },
        ),
        Res(
            "aws:ec2/securityGroup:SecurityGroup",
            "public",
            {
                "id": balancer,
                "vpcId": "vpc-1",
                "egress": OUT,
                "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}],
            },
        ),
        Res(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "tasks",
            {
                "securityGroupId": group,
                "referencedSecurityGroupId": balancer,
                "ipProtocol": "tcp",
                "fromPort": 49153,
                "toPort": 65535,
                "description": "Dynamic host ports, from the load balancer",
            },
            {"securityGroupId": ["instances"], "referencedSecurityGroupId": ["public"]},
        ),
        Res(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "template",
            {
                "name": "template-1",
                "id": later("lt-0cccccccccccccccc"),
                "userData": JOINED,
                "vpcSecurityGroupIds": [group],
                "iamInstanceProfile": {"name": "ecsInstanceRole"},
                "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            },
            {"userData": ["cluster"], "vpcSecurityGroupIds": ["instances"]},
        ),
        Res(
            "aws:autoscaling/group:Group",
            "fleet",
            {
                "name": "fleet",
                "arn": fleet,
                "launchTemplate": {"id": later("lt-0cccccccccccccccc"), "name": later("template-1"), "version": "1"},
                "vpcZoneIdentifiers": ["subnet-0a1a", "subnet-0b1b"],
                "tags": [{"key": "AmazonECSManaged", "value": "true", "propagateAtLaunch": True}],
            },
            {"launchTemplate": ["template"]},
        ),
        Res(
            "aws:ecs/capacityProvider:CapacityProvider",
            "capacity",
            {
                "name": "capacity",
                "autoScalingGroupProvider": {
                    "autoScalingGroupArn": fleet,
                    "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
                    "managedDraining": "ENABLED",
                    "managedTerminationProtection": "DISABLED" if deployed else UNKNOWN,
                },
            },
            {"autoScalingGroupProvider": ["fleet"]},
        ),
        Res(
            "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
            "association",
            {
                "clusterName": "shop",
                "capacityProviders": ["capacity"],
                "defaultCapacityProviderStrategies": [{"capacityProvider": "capacity", "weight": 1, "base": 0}],
            },
            {"clusterName": ["cluster"], "capacityProviders": ["capacity"]},
        ),
        *(Res("aws:iam/role:Role", name, {"name": f"{name}-1234567", "arn": role}) for name, role in roles.items()),
        Res(
            "aws:ecs/taskDefinition:TaskDefinition",
            "web",
            {
                "family": "web",
                "arn": later(arn("ecs", "task-definition/web:1")),
                "networkMode": "bridge",
                "containerDefinitions": containers(container(hostPort=0)),
                "executionRoleArn": roles["execution"],
                "taskRoleArn": roles["task"],
            },
            {"executionRoleArn": ["execution"], "taskRoleArn": ["task"]},
        ),
        Res(
            "aws:lb/loadBalancer:LoadBalancer",
            "alb",
            {
                "arn": alb,
                "loadBalancerType": "application",
                "internal": False if deployed else UNKNOWN,
                "securityGroups": [balancer],
                "dropInvalidHeaderFields": True,
                "enableDeletionProtection": True,
                "accessLogs": {"bucket": "logs", "enabled": True},
            },
            {"securityGroups": ["public"]},
        ),
        Res(
            "aws:lb/targetGroup:TargetGroup",
            "targets",
            {"arn": target, "protocol": "HTTP", "targetType": "instance"},
        ),
        Res(
            "aws:lb/listener:Listener",
            "listener",
            {
                "loadBalancerArn": alb,
                "port": 443,
                "protocol": "HTTPS",
                "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                "certificateArn": arn("acm", "certificate/12345678-1234-1234-1234-123456789012"),
                "defaultActions": [{"type": "forward", "targetGroupArn": target}],
            },
            {"loadBalancerArn": ["alb"], "defaultActions": ["targets"]},
        ),
        Res(
            "aws:ecs/service:Service",
            "service",
            {
                "cluster": cluster,
                "taskDefinition": later(arn("ecs", "task-definition/web:1")),
                "loadBalancers": [{"targetGroupArn": target, "containerName": "app", "containerPort": 80}],
                "launchType": "" if deployed else UNKNOWN,
                "desiredCount": 2,
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                "capacityProviderStrategies": [{"capacityProvider": "capacity", "weight": 1}],
            },
            {
                "cluster": ["cluster"],
                "taskDefinition": ["web"],
                "loadBalancers": ["targets"],
                "capacityProviderStrategies": ["capacity"],
            },
            after=["association", "listener"],
        ),
    )
