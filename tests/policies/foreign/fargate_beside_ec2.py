"""TypeScript, one cluster of both kinds: the shop on container instances, an API for arm64 on Fargate beside it."""

from tests.policies.harness import Res
from tests.policies.programs import arn, container, containers, shop

_shop = shop(deployed=True)
_PROVIDERS = ["capacity", "FARGATE", "FARGATE_SPOT"]

PROGRAM = [
    *_shop.but(
        _shop["association"].but(capacityProviders=_PROVIDERS),
    ),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "api",
        {
            "family": "api",
            "arn": arn("ecs", "task-definition/api:9"),
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "executionRoleArn": arn("iam", "role/execution-1234567"),
            "containerDefinitions": containers(
                {**container(), "image": "nginx", "readonlyRootFilesystem": False, "memory": None}
            ),
        },
        {"executionRoleArn": ["execution"]},
    ),
    Res(
        "aws:ec2/securityGroup:SecurityGroup",
        "api-tasks",
        {"id": "sg-0eeeeeeeeeeeeeeee", "vpcId": "vpc-1", "ingress": [], "egress": []},
    ),
    Res(
        "aws:ecs/service:Service",
        "api-service",
        {
            "cluster": arn("ecs", "cluster/shop"),
            "taskDefinition": arn("ecs", "task-definition/api:9"),
            "desiredCount": 1,
            "capacityProviderStrategies": [
                {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
                {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
            ],
            "networkConfiguration": {"subnets": ["subnet-0a1a"], "securityGroups": ["sg-0eeeeeeeeeeeeeeee"]},
        },
        {"cluster": ["cluster"], "taskDefinition": ["api"], "networkConfiguration": ["api-tasks"]},
        after=["association"],
    ),
]

EXPECTED = {
    ("ecs-task-definition-logging", "web"): "The shop's container logs nowhere.",
    ("ecs-task-definition-root-user", "web"): "The shop's container names no user.",
}
