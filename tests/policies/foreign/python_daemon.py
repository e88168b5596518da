"""Python, EC2 through a capacity provider: a monitoring agent as a daemon on every instance, with a fixed port."""

from tests.policies.harness import Res
from tests.policies.programs import arn, containers, shop

ROLES = {name: arn("iam", f"role/{name}-1234567") for name in ("execution", "task")}

PROGRAM = [
    *shop(deployed=True),
    Res(
        "aws:iam/rolePolicy:RolePolicy",
        "reads-key",
        {
            "role": "execution-1234567",
            "policy": '{"Statement": {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}',
        },
        {"role": ["execution"]},
    ),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "agent",
        {
            "family": "agent",
            "arn": arn("ecs", "task-definition/agent:7"),
            "networkMode": "bridge",
            "requiresCompatibilities": ["EC2"],
            "executionRoleArn": ROLES["execution"],
            "taskRoleArn": ROLES["task"],
            "volumes": [
                {"name": "docker_sock", "hostPath": "/var/run/docker.sock"},
                {"name": "proc", "hostPath": "/proc/"},
            ],
            "containerDefinitions": containers(
                {
                    "name": "agent",
                    "image": "public.ecr.aws/datadog/agent:7.60.0",
                    "cpu": 100,
                    "memory": 512,
                    "essential": True,
                    "user": "agent",
                    "readonlyRootFilesystem": True,
                    "portMappings": [{"containerPort": 8126, "hostPort": 8126, "protocol": "tcp"}],
                    "mountPoints": [
                        {"sourceVolume": "docker_sock", "containerPath": "/var/run/docker.sock", "readOnly": True},
                        {"sourceVolume": "proc", "containerPath": "/host/proc", "readOnly": True},
                    ],
                    "secrets": [{"name": "DD_API_KEY", "valueFrom": arn("secretsmanager", "secret:dd-api-key-AbCdEf")}],
                    "logConfiguration": {
                        "logDriver": "awslogs",
                        "options": {
                            "awslogs-group": "/ecs/agent",
                            "awslogs-region": "eu-central-1",
                            "awslogs-stream-prefix": "agent",
                        },
                    },
                }
            ),
        },
        {"executionRoleArn": ["execution"], "taskRoleArn": ["task"]},
    ),
    Res(
        "aws:ecs/service:Service",
        "agent-service",
        {
            "cluster": arn("ecs", "cluster/shop"),
            "taskDefinition": arn("ecs", "task-definition/agent:7"),
            "schedulingStrategy": "DAEMON",
            "launchType": "EC2",
        },
        {"cluster": ["cluster"], "taskDefinition": ["agent"]},
        after=["association"],
    ),
]

EXPECTED = {
    ("ecs-task-definition-logging", "web"): "The shop's container logs nowhere.",
    ("ecs-task-definition-root-user", "web"): "The shop's container names no user.",
    (
        "ecs-task-definition-docker-socket",
        "agent",
    ): "It mounts the socket, as monitoring agents do: worth knowing, no error.",
    (
        "ecs-task-definition-static-host-port",
        "agent",
    ): "A daemon may have a fixed port, one copy an instance: advice alone.",
}
