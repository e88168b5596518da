"""The root filesystems of containers."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import container, containers, shop

RULE = "ecs-task-definition-readonly-root"
NEW, DONE = shop(deployed=False), shop(deployed=True)
WEB, SERVICE = NEW["web"], NEW["service"]
EXEC = SERVICE.but(enableExecuteCommand=True)
SECOND = Res(SERVICE.type, "second", SERVICE.properties, SERVICE.made_from)
WINDOWS = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "X86_64"}
SAYS = ("web", "container app can write to its root filesystem")


def task(read_only: bool | None, *, base: Res = WEB, **further: Any) -> Res:
    definition = {**container(), "readonlyRootFilesystem": read_only}
    if read_only is None:
        del definition["readonlyRootFilesystem"]
    return base.but(containerDefinitions=containers(definition), **further)


CASES = [
    good(RULE, "read-only", NEW.but(task(True))),
    good(RULE, "read-only, deployed", DONE.but(task(True, base=DONE["web"]))),
    good(RULE, "ECS Exec", NEW.but(task(None), EXEC)),
    good(RULE, "ECS Exec on a second service", NEW.but(task(None), SECOND.but(enableExecuteCommand=True))),
    good(RULE, "ECS Exec on one, not known of the other",
         NEW.but(task(None), SERVICE.but(enableExecuteCommand=UNKNOWN), SECOND.but(enableExecuteCommand=True))),
    good(RULE, "read-only, ECS Exec not known", NEW.but(task(True), SERVICE.but(enableExecuteCommand=UNKNOWN))),
    good(RULE, "ECS Exec, containers not known", NEW.but(WEB.but(containerDefinitions=UNKNOWN), EXEC)),
    good(RULE, "Fargate", [task(None, requiresCompatibilities=["FARGATE"])]),
    good(RULE, "Windows", NEW.but(task(None, runtimePlatform=WINDOWS))),
    good(RULE, "allowed", NEW.but(task(None)), **{"allowedContainers": ["app"]}),
    bad(RULE, "left out", NEW.but(task(None)), SAYS),
    bad(RULE, "false", NEW.but(task(False, runtimePlatform={"operatingSystemFamily": "LINUX"})), SAYS),
    bad(RULE, "deployed", DONE.but(task(False, base=DONE["web"])), SAYS),
    bad(RULE, "no service", [task(None)], SAYS),
    bad(RULE, "no ECS Exec", NEW.but(task(None), SERVICE.but(enableExecuteCommand=False)), SAYS),
    unknown(RULE, "containers", NEW.but(WEB.but(containerDefinitions=UNKNOWN)), "web: containerDefinitions"),
    unknown(RULE, "ECS Exec", NEW.but(task(None), SERVICE.but(enableExecuteCommand=UNKNOWN)),
            "service: enableExecuteCommand"),
]  # fmt: skip
