"""TypeScript with awsx: an EC2Service and its TaskDefinition, as awsx's children look, on an existing cluster."""

from tests.policies.harness import Res
from tests.policies.programs import arn, containers

EXECUTION, TASK = arn("iam", "role/api-execution-5c1d2e3"), arn("iam", "role/api-task-9a8b7c6")
TRUST = (
    '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},'
    '"Sid":""}],"Version":"2012-10-17"}'
)

PROGRAM = [
    Res("awsx:ecs:EC2TaskDefinition", "api", {}),
    Res("awsx:ecs:EC2Service", "apiService", {}),
    Res(
        "aws:iam/role:Role",
        "api-execution",
        {"name": "api-execution-5c1d2e3", "arn": EXECUTION, "assumeRolePolicy": TRUST},
    ),
    Res("aws:iam/role:Role", "api-task", {"name": "api-task-9a8b7c6", "arn": TASK, "assumeRolePolicy": TRUST}),
    Res(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "api-execution-9a42f520",
        {
            "role": "api-execution-5c1d2e3",
            "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        },
        {"role": ["api-execution"]},
    ),
    Res("aws:cloudwatch/logGroup:LogGroup", "api-log", {"name": "api-1f2e3d4", "retentionInDays": 1}),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "api-definition",
        {
            "family": "api-4d3c2b1a",
            "arn": arn("ecs", "task-definition/api-4d3c2b1a:1"),
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["EC2"],
            "executionRoleArn": EXECUTION,
            "taskRoleArn": TASK,
            "containerDefinitions": containers(
                {
                    "name": "api",
                    "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api@sha256:"
                    "9b2c6e1f5a0d4c3b8e7f6a5d4c3b2a1908f7e6d5c4b3a29180f7e6d5c4b3a291",
                    "cpu": 128,
                    "memory": 256,
                    "essential": True,
                    "portMappings": [{"containerPort": 3000}],
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {
                            "awslogs-group": "api-1f2e3d4",
                            "awslogs-region": "eu-central-1",
                            "awslogs-stream-prefix": "api",
                        },
                    },
                }
            ),
        },
        {
            "executionRoleArn": ["api-execution"],
            "taskRoleArn": ["api-task"],
            "containerDefinitions": ["api-log"],
        },
    ),
    Res(
        "aws:ecs/service:Service",
        "apiService-service",
        {
            "cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/platform",
            "desiredCount": 2,
            "launchType": "EC2",
            "taskDefinition": arn("ecs", "task-definition/api-4d3c2b1a:1"),
            "networkConfiguration": {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-0c0c0c0c0c0c0c0c0"]},
        },
        {"taskDefinition": ["api-definition"]},
    ),
]

EXPECTED = {
    (
        "ecs-task-definition-root-user",
        "api-definition",
    ): "Neither the definition nor, for all it shows, anybody else names a user.",
    ("ecs-task-definition-readonly-root", "api-definition"): "Its container may write to its root filesystem.",
    ("ecs-service-circuit-breaker", "apiService-service"): "The service rolls, and has no circuit breaker.",
    ("ecs-task-definition-role-trust-condition", "api-task"): "The trust of awsx names no source account.",
}
