"""TypeScript, Fargate only, by the cluster's default strategy alone: awsvpc tasks, an application load balancer."""

from tests.policies.harness import Res
from tests.policies.programs import arn, containers

ROLE = arn("iam", "role/taskExecutionRole-3b1f")
TARGET = arn("elasticloadbalancing", "targetgroup/web-tg/6d0ecf831eec9f09")
ALB = arn("elasticloadbalancing", "loadbalancer/app/web-lb/50dc6c495c0c9188")
CLUSTER = arn("ecs", "cluster/app-cluster-1f2e3d4")

PROGRAM = [
    Res("aws:ecs/cluster:Cluster", "appCluster", {"name": "app-cluster-1f2e3d4", "arn": CLUSTER, "id": CLUSTER}),
    Res(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "appClusterProviders",
        {
            "clusterName": "app-cluster-1f2e3d4",
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
        },
        {"clusterName": ["appCluster"]},
    ),
    Res(
        "aws:iam/role:Role",
        "taskExecRole",
        {
            "name": "taskExecutionRole-3b1f",
            "arn": ROLE,
            "assumeRolePolicy": '{"Version":"2008-10-17","Statement":[{"Action":"sts:AssumeRole","Principal":'
            '{"Service":"ecs-tasks.amazonaws.com"},"Effect":"Allow","Sid":""}]}',
        },
    ),
    Res(
        "aws:ec2/securityGroup:SecurityGroup",
        "webSecgrp",
        {
            "id": "sg-0f0f0f0f0f0f0f0f0",
            "vpcId": "vpc-1",
            "ingress": [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0"]}],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
    ),
    Res(
        "aws:lb/loadBalancer:LoadBalancer",
        "webLb",
        {"arn": ALB, "loadBalancerType": "application", "securityGroups": ["sg-0f0f0f0f0f0f0f0f0"], "internal": False},
        {"securityGroups": ["webSecgrp"]},
    ),
    Res(
        "aws:lb/targetGroup:TargetGroup",
        "webTg",
        {"arn": TARGET, "port": 80, "protocol": "HTTP", "targetType": "ip", "vpcId": "vpc-1"},
    ),
    Res(
        "aws:lb/listener:Listener",
        "webListener",
        {
            "loadBalancerArn": ALB,
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [{"type": "forward", "targetGroupArn": TARGET}],
        },
        {"loadBalancerArn": ["webLb"], "defaultActions": ["webTg"]},
    ),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "appTask",
        {
            "family": "fargate-task-definition",
            "arn": arn("ecs", "task-definition/fargate-task-definition:1"),
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "executionRoleArn": ROLE,
            "containerDefinitions": containers(
                {
                    "name": "my-app",
                    "image": "nginx",
                    "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
                }
            ),
        },
        {"executionRoleArn": ["taskExecRole"]},
    ),
    Res(
        "aws:ecs/service:Service",
        "appService",
        {
            "cluster": CLUSTER,
            "desiredCount": 1,
            "taskDefinition": arn("ecs", "task-definition/fargate-task-definition:1"),
            "networkConfiguration": {
                "assignPublicIp": True,
                "subnets": ["subnet-1"],
                "securityGroups": ["sg-0f0f0f0f0f0f0f0f0"],
            },
            "loadBalancers": [{"targetGroupArn": TARGET, "containerName": "my-app", "containerPort": 80}],
        },
        {
            "cluster": ["appCluster"],
            "taskDefinition": ["appTask"],
            "loadBalancers": ["webTg"],
            "networkConfiguration": ["webSecgrp"],
        },
        after=["webListener"],
    ),
]

EXPECTED: dict[tuple[str, str], str] = {}
