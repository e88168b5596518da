"""A container's logs as they stand in its container definition."""

from dataclasses import dataclass
from typing import Any

from ecs_model.containers import Container
from ecs_model.log_options import FirelensConfiguration, LogConfiguration, LogDriver


@dataclass(frozen=True)
class Awslogs:
    """Where containers log to: CloudWatch Logs, non-blocking so that a slow CloudWatch does not stop the container."""

    group: str
    region: str
    stream_prefix: str


def written_logs(c: Container, logs: Awslogs) -> dict[str, Any]:
    """The keys of a container definition for its logs; `logs` is where they go unless the container says otherwise."""
    chosen = c.log_configuration or LogConfiguration()
    ours = _awslogs(logs) if chosen.log_driver is LogDriver.AWSLOGS else {}
    secrets = [{"name": key, "valueFrom": arn} for key, arn in sorted(chosen.secret_options.items())]
    configuration: dict[str, Any] = {"logDriver": chosen.log_driver.value, "options": ours | chosen.options}
    whole = {"logConfiguration": configuration | ({"secretOptions": secrets} if secrets else {})}
    router = c.firelens_configuration
    return whole | ({"firelensConfiguration": _router(router)} if router else {})


def _awslogs(logs: Awslogs) -> dict[str, str]:
    return {
        "awslogs-group": logs.group,
        "awslogs-region": logs.region,
        "awslogs-stream-prefix": logs.stream_prefix,
        "mode": "non-blocking",
        "max-buffer-size": "25m",
    }


def _router(router: FirelensConfiguration) -> dict[str, Any]:
    options = {"enable-ecs-log-metadata": str(router.enable_ecs_log_metadata).lower()}
    file = router.config_file
    if file is not None:
        options |= {"config-file-type": "file" if file.startswith("/") else "s3", "config-file-value": file}
    return {"type": router.type.value, "options": options}
