"""Python, ECS Anywhere: machines outside AWS, launch type EXTERNAL, a daemon with a fixed port."""

from tests.policies.harness import Res
from tests.policies.programs import arn, containers

CLUSTER = arn("ecs", "cluster/edge")
TASK_ROLE, EXECUTION_ROLE = arn("iam", "role/edge-task"), arn("iam", "role/edge-execution")

PROGRAM = [
    Res("aws:ecs/cluster:Cluster", "edge", {"name": "edge", "arn": CLUSTER, "id": CLUSTER}),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "collector",
        {
            "family": "collector",
            "arn": arn("ecs", "task-definition/collector:3"),
            "networkMode": "bridge",
            "requiresCompatibilities": ["EXTERNAL"],
            "executionRoleArn": EXECUTION_ROLE,
            "taskRoleArn": TASK_ROLE,
            "containerDefinitions": containers(
                {
                    "name": "collector",
                    "image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.40.0",
                    "memory": 256,
                    "essential": True,
                    "portMappings": [{"containerPort": 4317, "hostPort": 4317}],
                }
            ),
        },
    ),
    Res(
        "aws:ecs/service:Service",
        "collector-service",
        {
            "cluster": CLUSTER,
            "launchType": "EXTERNAL",
            "schedulingStrategy": "DAEMON",
            "taskDefinition": arn("ecs", "task-definition/collector:3"),
        },
        {"cluster": ["edge"], "taskDefinition": ["collector"]},
    ),
]

EXPECTED: dict[tuple[str, str], str] = {}
