"""TypeScript, bridge mode: a web container with FireLens' log router and an X-Ray daemon beside it."""

from tests.policies.programs import container, containers, shop

_shop = shop(deployed=True)
_LOGS = {"awslogs-group": "/ecs/web", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "router"}


def _sidecar(name: str, image: str, **further: object) -> dict[str, object]:
    logs = {"logDriver": "awslogs", "options": _LOGS}
    return container(name) | {"image": image, "memory": 64, "portMappings": [], "logConfiguration": logs} | further


PROGRAM = [
    *_shop.but(
        _shop["web"].but(
            containerDefinitions=containers(
                container(hostPort=0)
                | {
                    "user": "1000",
                    "links": ["xray"],
                    "dependsOn": [{"containerName": "log_router", "condition": "START"}],
                    "environment": [{"name": "AWS_XRAY_DAEMON_ADDRESS", "value": "xray:2000"}],
                    "logConfiguration": {
                        "logDriver": "awsfirelens",
                        "options": {"Name": "cloudwatch_logs", "region": "eu-central-1", "log_group_name": "web"},
                    },
                },
                _sidecar(
                    "log_router",
                    "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.2",
                    firelensConfiguration={"type": "fluentbit"},
                    user="0",
                ),
                _sidecar(
                    "xray",
                    "public.ecr.aws/xray/aws-xray-daemon:3.3.12",
                    portMappings=[{"containerPort": 2000, "protocol": "udp"}],
                    user="xray",
                ),
            ),
        ),
    )
]

EXPECTED: dict[tuple[str, str], str] = {}
