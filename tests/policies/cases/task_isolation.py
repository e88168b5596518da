"""What separates a task's containers from the container instance."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import container, containers, shop

PRIVILEGED, NAMESPACES = "ecs-task-definition-privileged", "ecs-task-definition-host-namespaces"
NETWORK, USER = "ecs-task-definition-host-network", "ecs-task-definition-root-user"
SOCKET = "ecs-task-definition-docker-socket"
WEB = shop(deployed=True)["web"]


def task(**settings: Any) -> list[Res]:
    return [WEB.but(containerDefinitions=containers(container() | settings))]


def adds(capability: str) -> dict[str, Any]:
    return {"linuxParameters": {"capabilities": {"add": [capability]}}}


BOUND = {"name": "v", "dockerVolumeConfiguration": {"driverOpts": {"o": "bind", "device": "/var/run/docker.sock"}}}
OPEN = task(privileged=True, user="0")[0].but(
    networkMode="host", pidMode="host", ipcMode="host", volumes=[{"name": "v", "hostPath": "/var/run/docker.sock"}]
)
SAFE = [task(user="1000")[0].but(volumes=[{"name": "v", "hostPath": "/var/lib/app"}, {"name": "w"}])]
ALL = (PRIVILEGED, NAMESPACES, NETWORK, USER, SOCKET)

CASES = [
    *(good(rule, "safe", SAFE) for rule in ALL),
    *(good(rule, "Fargate", [OPEN.but(requiresCompatibilities=["FARGATE"])]) for rule in ALL),
    good(PRIVILEGED, "allowed", task(privileged=True), **{"allowedContainers": ["app"]}),
    bad(PRIVILEGED, "privileged", [OPEN], ("web", "container app is privileged")),
    good(PRIVILEGED, "another capability", task(**adds("NET_ADMIN"))),
    good(PRIVILEGED, "a capability, allowed", task(**adds("ALL")), **{"allowedContainers": ["app"]}),
    *(
        bad(PRIVILEGED, name, task(**adds(name)), ("web", f"container app adds the capability {name}"))
        for name in ("ALL", "SYS_ADMIN")
    ),
    bad(SOCKET, "of a Docker volume", [WEB.but(volumes=[BOUND])], ("web", "volumes[0] holds the socket")),
    bad(NAMESPACES, "both", [OPEN], ("web", "pidMode is host"), ("web", "ipcMode is host")),
    bad(NETWORK, "host", [OPEN], ("web", "networkMode is host")),
    *(
        bad(USER, user, task(user=user), ("web", "container app has the user root"))
        for user in ("root", "0", "0:0", "root:app")
    ),
    good(USER, "Windows", [task()[0].but(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"})]),
    good(USER, "FireLens' log router", task(user="0", firelensConfiguration={"type": "fluentbit"})),
    bad(USER, "none", task(), ("web", "container app names no user")),
    *(
        bad(SOCKET, path, [WEB.but(volumes=[{"name": "v", "hostPath": path}])], ("web", "volumes[0] holds the socket"))
        for path in (
            "/var/run/docker.sock",
            "/run/docker.sock",
            "/var/run/",
            "/",
            "/run/containerd/containerd.sock",
            "/a/../run",
        )
    ),
    *(
        unknown(rule, "containers", [WEB.but(containerDefinitions=UNKNOWN)], "web: containerDefinitions")
        for rule in (PRIVILEGED, USER)
    ),
    unknown(NAMESPACES, "mode", [WEB.but(pidMode=UNKNOWN)], "web: pidMode"),
    unknown(NETWORK, "launch types", [WEB.but(requiresCompatibilities=[UNKNOWN])], "web: requiresCompatibilities"),
    unknown(SOCKET, "volumes", [WEB.but(volumes=UNKNOWN_LIST)], "web: volumes"),
]
