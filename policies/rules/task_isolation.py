"""Rules on what separates a task's containers from the container instance."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from ecs_model.network_modes import NetworkMode
from policies.properties import Properties
from policies.rule import ADVISORY, HIGH, LOW, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.views.container import ContainerDefinition
from policies.views.task_definition import TaskDefinition

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html"
_SOCKETS = tuple(
    PurePosixPath(path)
    for path in (
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/var/run/containerd/containerd.sock",
        "/run/containerd/containerd.sock",
    )
)


@rule(
    id="ecs-task-definition-privileged",
    title="Containers are not privileged",
    severity=HIGH,
    level=ADVISORY,
    why="A privileged container is root on its container instance, and so over every task and role on it.",
    fix="Leave privileged out, and add single capabilities where they are needed.",
    source=_SOURCE,
    options={"allowedContainers": Option("string", "Names of containers that may be privileged.")},
)
def privileged(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """No container is privileged, or adds the capability ALL or SYS_ADMIN, which come to the same."""

    def judged(container: ContainerDefinition) -> Iterator[Verdict]:
        if container.name in options["allowedContainers"]:
            return
        if container.properties.flag("privileged"):
            yield Finding(f"container {container.name} is privileged")
        for capability in ("ALL", "SYS_ADMIN"):
            if capability in container.capabilities:
                yield Finding(f"container {container.name} adds the capability {capability}")

    if not task.elsewhere:
        yield from each(task.containers, judged)


@rule(
    id="ecs-task-definition-host-namespaces",
    title="Tasks do not share the processes of the container instance",
    severity=MEDIUM,
    level=ADVISORY,
    why="With pidMode or ipcMode host the containers see, and may stop or read, what else runs on the instance.",
    fix="Leave pidMode and ipcMode out.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html",
)
def host_namespaces(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Neither pidMode nor ipcMode is host."""

    def judged(key: str) -> Iterator[Verdict]:
        if task.properties.text(key) == "host":
            yield Finding(f"{key} is host")

    if not task.elsewhere:
        yield from each(("pidMode", "ipcMode"), judged)


@rule(
    id="ecs-task-definition-host-network",
    title="Tasks do not use the network of the container instance",
    severity=LOW,
    level=ADVISORY,
    why="In network mode host the containers reach what listens on the instance alone, its metadata service and agent "
    "included. Monitoring daemons may need it.",
    fix="Use network mode awsvpc or bridge.",
    source="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html",
)
def host_network(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """The network mode is not host."""
    if not task.elsewhere and task.network_mode is NetworkMode.HOST:
        yield Finding("networkMode is host")


@rule(
    id="ecs-task-definition-root-user",
    title="Containers do not run as root",
    severity=LOW,
    level=ADVISORY,
    why="Root within a container is root on the instance for whoever finds a way out of it. Where no user is named the "
    "image decides, and most images run as root.",
    fix="Set user to one that is not root.",
    source=_SOURCE,
)
def root_user(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Every container names a user, other than root and 0.

    Windows containers have none that a definition may name, and FireLens' log router is root where ECS decides.
    """

    def judged(container: ContainerDefinition) -> Iterator[Verdict]:
        if container.properties.given("firelensConfiguration"):
            return
        user = container.properties.text("user")
        if user is None:
            yield Finding(f"container {container.name} names no user")
        elif user.split(":")[0] in ("root", "0"):
            yield Finding(f"container {container.name} has the user root")

    if not task.elsewhere and not task.for_windows:
        yield from each(task.containers, judged)


@rule(
    id="ecs-task-definition-docker-socket",
    title="Tasks do not mount Docker's socket",
    severity=HIGH,
    level=ADVISORY,
    why="Whoever reaches Docker's socket starts privileged containers, and so is root on the container instance. "
    "Monitoring daemons may need it.",
    fix="Take the volume away, or mount a narrower directory.",
    source="https://docs.aws.amazon.com/guardduty/latest/ug/findings-runtime-monitoring.html",
)
def docker_socket(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """No volume's host path, or device of a Docker volume, is the socket of Docker or containerd, or lies above one."""

    def judged(volume: Properties) -> Iterator[Verdict]:
        docker = volume.child("dockerVolumeConfiguration")
        driver = docker.child("driverOpts") if docker else None
        path = volume.text("hostPath") or (driver.text("device") if driver else None)
        if path and any(
            PurePosixPath(normpath(f"/{path.strip('/')}")) in (socket, *socket.parents) for socket in _SOCKETS
        ):
            yield Finding(f"volumes[{volume.path[-1]}] holds the socket of Docker or containerd")

    if not task.elsewhere:
        yield from each(task.properties.children("volumes"), judged)
