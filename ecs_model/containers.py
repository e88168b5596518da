"""The containers of a task, as a person describes them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ecs_model.container_options import LinuxParameters, RestartPolicy, Ulimit, VersionConsistency
from ecs_model.log_options import FirelensConfiguration, LogConfiguration
from ecs_model.memory import placed_memory
from ecs_model.network_modes import AppProtocol, Protocol
from ecs_model.ports import PortRange


class DependencyCondition(StrEnum):
    """What must be true of another container before one starts."""

    START = "START"
    COMPLETE = "COMPLETE"
    SUCCESS = "SUCCESS"
    HEALTHY = "HEALTHY"


@dataclass(frozen=True)
class PortMapping:
    """A port of the container and the port of the container instance it is reached at."""

    container_port: int | None = None
    """The port the container listens on, 1-65535; absent with a range of ports."""
    host_port: int | None = None
    """The instance's port. In bridge mode leave it out for a dynamic one (0); in awsvpc and host mode it is the
    container's port."""
    protocol: Protocol = Protocol.TCP
    """tcp or udp."""
    name: str | None = None
    """What Service Connect calls the port; once in a task."""
    app_protocol: AppProtocol | None = None
    """http, http2 or grpc, which Service Connect then balances and measures by request; by connection where absent."""
    container_port_range: str | None = None
    """Ports the container listens on, such as 5000-5100, in mode bridge or awsvpc, in place of containerPort and
    hostPort. In mode bridge the agent gives each a dynamic host port. Load balancers and Service Connect reach none."""

    @property
    def listens(self) -> range:
        """The container's ports; none where what is written is no port."""
        try:
            ports = PortRange.parse(self.container_port_range or f"{self.container_port}-{self.container_port}")
        except ValueError:
            return range(0)
        return range(ports.first, ports.last + 1)


@dataclass(frozen=True)
class Dependency:
    """Another container of the task that must reach a condition first."""

    container_name: str
    """The other container."""
    condition: DependencyCondition = DependencyCondition.START
    """START, COMPLETE, SUCCESS or HEALTHY: what it must have reached."""


@dataclass(frozen=True)
class ContainerHealthCheck:
    """A command that Docker runs inside the container; times are in seconds."""

    command: list[str]
    """`["CMD-SHELL", "curl -f http://localhost/ || exit 1"]`, or `["CMD", …]`."""
    interval: int = 30
    """Seconds between checks, 5-300."""
    timeout: int = 5
    """Seconds a check may take, 2-60."""
    retries: int = 3
    """Failures in a row that make it unhealthy, 1-10."""
    start_period: int = 0
    """Seconds at the start in which failures do not count, 0-300."""


@dataclass(frozen=True)
class MountPoint:
    """Where a container sees a volume of its task."""

    source_volume: str
    """The volume's name."""
    container_path: str
    """The absolute path in the container."""
    read_only: bool = False
    """Whether the container may only read it."""


@dataclass(frozen=True)
class VolumesFrom:
    """All volumes of another container, at the same paths."""

    source_container: str
    """The other container."""
    read_only: bool = False
    """Whether this one may only read them."""


@dataclass(frozen=True)
class Container:
    """One container of a task; memory in MiB, CPU in CPU units (1,024 a vCPU)."""

    image: str
    """Registry, repository and tag or digest."""
    memory: int | None = None
    """Hard limit in MiB: the container is killed beyond it. At least 6."""
    memory_reservation: int | None = None
    """Soft limit in MiB, which placement counts; at most `memory`."""
    cpu: int = 0
    """CPU units; a share, not a limit, on EC2."""
    essential: bool = True
    """Whether the task stops when this container stops."""
    port_mappings: list[PortMapping] = field(default_factory=list)
    """The ports it is reached at."""
    environment: dict[str, str] = field(default_factory=dict)
    """Environment variables; no secrets, for anyone who may describe the task definition reads them."""
    secrets: dict[str, str] = field(default_factory=dict)
    """Environment variables by the ARN of a Secrets Manager secret or an SSM parameter. One value of a secret in JSON:
    `arn:aws:secretsmanager:…:secret:db-AbCdEf:password::`, the key and, after a colon each, a version's stage or id."""
    environment_files: list[str] = field(default_factory=list)
    """Files of `NAME=value` lines in S3 by ARN (`arn:aws:s3:::settings/web.env`), at most 10; the first one that has a
    variable decides, and `environment` before all of them."""
    command: list[str] = field(default_factory=list)
    """In place of the image's command."""
    entry_point: list[str] = field(default_factory=list)
    """In place of the image's entry point."""
    links: list[str] = field(default_factory=list)
    """Bridge mode: names of containers of this task that this one reaches by name (`name` or `name:alias`)."""
    depends_on: list[Dependency] = field(default_factory=list)
    """Containers of this task that come first."""
    health_check: ContainerHealthCheck | None = None
    """Docker's health check; none where absent (the image's own is ignored by ECS)."""
    user: str | None = None
    """User in place of the image's: a name or number, or two of them as `user:group`."""
    working_directory: str | None = None
    """An absolute path in place of the image's working directory."""
    readonly_root_filesystem: bool = False
    """Whether the container's root filesystem is read-only, but for `writable_paths`. ECS Exec needs a writable one."""
    writable_paths: list[str] = field(default_factory=list)
    """Absolute paths of directories that stay writable beside a read-only root, such as `/tmp`. Each is a volume of the
    task on the instance's disk, deleted with it. Docker copies into it what the image has there, with its owner and
    permissions; a directory that the image lacks belongs to root
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html)."""
    log_configuration: LogConfiguration | None = None
    """How it logs; to the task's log group in CloudWatch Logs, non-blocking, where absent."""
    firelens_configuration: FirelensConfiguration | None = None
    """Makes it the log router of the task, for containers with the log driver awsfirelens."""
    mount_points: list[MountPoint] = field(default_factory=list)
    """Where it sees volumes of the task."""
    ulimits: list[Ulimit] = field(default_factory=list)
    """Limits of its processes in place of Docker's."""
    linux_parameters: LinuxParameters | None = None
    """Capabilities, memory file systems, devices, init process, swap; Docker's defaults where absent."""
    system_controls: dict[str, str] = field(default_factory=dict)
    """Kernel parameters of its own namespaces by name, such as `net.core.somaxconn: "1024"`."""
    docker_labels: dict[str, str] = field(default_factory=dict)
    """Labels of the Docker container."""
    start_timeout: int | None = None
    """Seconds in which it must reach what other containers wait for in `depends_on`; else the task stops."""
    stop_timeout: int | None = None
    """Seconds between SIGTERM and SIGKILL when it is stopped; the agent's setting, usually 30, where absent."""
    restart_policy: RestartPolicy | None = None
    """Restart it alone when it exits; where absent the end of an essential container ends the task."""
    gpus: int | None = None
    """GPUs of the instance that it has to itself; none where absent."""
    hostname: str | None = None
    """Its own host name, not in mode awsvpc; Docker's where absent."""
    extra_hosts: dict[str, str] = field(default_factory=dict)
    """Lines of its /etc/hosts, not in mode awsvpc: host names and their IP addresses."""

    volumes_from: list[VolumesFrom] = field(default_factory=list)
    """Containers of this task whose volumes it sees as well."""
    dns_servers: list[str] = field(default_factory=list)
    """IP addresses of its DNS servers, not in mode awsvpc; the instance's where empty."""
    dns_search_domains: list[str] = field(default_factory=list)
    """Domains that short host names are looked up in, not in mode awsvpc."""
    repository_credentials: str | None = None
    """The ARN of a secret with the name and password for the image's private registry; the execution role may read it
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html)."""

    privileged: bool = False
    """Whether it has root's whole power over the container instance; not on Fargate, and on Bottlerocket only with
    agent.allowPrivileged. Single capabilities in linuxParameters are less."""
    docker_security_options: list[str] = field(default_factory=list)
    """`no-new-privileges`; `label:…` for SELinux or `apparmor:…` with the name of a profile, where the instances' agent
    knows of it (agent.variables ECS_SELINUX_CAPABLE or ECS_APPARMOR_CAPABLE)."""
    version_consistency: VersionConsistency | None = None
    """enabled or disabled: whether all tasks of a deployment run the image that its tag named at first; enabled where
    absent."""
    interactive: bool = False
    """Keep its standard input open."""
    pseudo_terminal: bool = False
    """Give it a terminal."""
    disable_networking: bool = False
    """Leave it without a network beside containers that have one, in mode bridge."""

    @property
    def placed_memory(self) -> int:
        """MiB that placement counts."""
        return placed_memory(self.memory, self.memory_reservation)


def needed_memory(containers: Mapping[str, Container], task_memory: int | None) -> int:
    """MiB that placement looks for: the task's memory where it is set, else what its containers reserve."""
    return task_memory if task_memory else sum(container.placed_memory for container in containers.values())


def memory_parts(containers: Mapping[str, Container], task_memory: int | None) -> str:
    """` (8528 of app, 128 of cache)`: how the needed memory adds up; nothing where it is one number of the settings."""
    if task_memory or len(containers) == 1:
        return ""
    return f" ({', '.join(f'{container.placed_memory} of {name}' for name, container in containers.items())})"


def needed_cpu(containers: Mapping[str, Container], task_cpu: int | None) -> int:
    """CPU units that placement looks for: the task's where they are set, else those of its containers."""
    return task_cpu if task_cpu else sum(container.cpu for container in containers.values())
