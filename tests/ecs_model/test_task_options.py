"""What a task as a whole may ask for."""

from typing import Any

import pytest

from ecs_model.capacity import CapacitySettings
from ecs_model.container_options import LinuxParameters
from ecs_model.containers import Container
from ecs_model.images import Architecture
from ecs_model.problem import dotted
from ecs_model.task_options import IpcMode, architecture_problems, task_option_problems

ON_M7I = "attribute:ecs.instance-type =~ m7i.*"


def c(**more: Any) -> Container:
    return Container("i", 64, **more)


SHARED_MEMORY = c(linux_parameters=LinuxParameters(shared_memory_size=32))
SEMAPHORES = c(system_controls={"kernel.sem": "1 2 3 4"})


@pytest.mark.parametrize(
    ("container", "mode", "constraints"),
    [
        (c(), None, []),
        (c(), IpcMode.HOST, [ON_M7I] * 10),
        (SHARED_MEMORY, None, []),
        (SHARED_MEMORY, IpcMode.TASK, [ON_M7I.ljust(2000)]),
        (SEMAPHORES, IpcMode.TASK, []),
        (SEMAPHORES, IpcMode.NONE, []),
        (c(system_controls={"net.core.somaxconn": "1"}), IpcMode.HOST, []),
    ],
)
def test_what_works(container: Container, mode: IpcMode | None, constraints: list[str]) -> None:
    assert list(task_option_problems({"a": container}, mode, constraints)) == []


@pytest.mark.parametrize(
    ("container", "mode", "constraints", "path", "says"),
    [
        (c(), None, [ON_M7I] * 11, "placementConstraints", "has 11 entries, at most 10 are allowed: leave some out"),
        (c(), None, [ON_M7I, " "], "placementConstraints[1]", "is missing: say which instances are meant, such as"),
        (c(), None, ["x" * 2001], "placementConstraints[0]", "has 2001 characters, at most 2000 are allowed: shorten"),
        (
            c(), None, ["ecs.instance-type == t3.micro"], "placementConstraints[0]",
            "'ecs.instance-type': give a subject (agentConnected, agentVersion, ec2InstanceId, registeredAt, "
            "runningTasksCount, task:group, attribute:NAME): did you mean attribute:ecs.instance-type?",
        ),
        (
            c(), None, [ON_M7I, "attribute:rack = r1"], "placementConstraints[1]",
            "at position 16 of 'attribute:rack = r1' there is '=': give an operator that attribute:rack has (==, !=,",
        ),
        (c(), None, ["attribute:rack == r1 or"], "placementConstraints[0]", "there is the end: give a subject"),
        (SEMAPHORES, IpcMode.HOST, [], 'containers.a.systemControls["kernel.sem"]', "cannot be set with ipcMode host"),
        (SHARED_MEMORY, IpcMode.HOST, [], "containers.a.linuxParameters.sharedMemorySize", "nothing with ipcMode host"),
        (SHARED_MEMORY, IpcMode.NONE, [], "containers.a.linuxParameters.sharedMemorySize", "nothing with ipcMode none"),
    ],
)  # fmt: skip
def test_what_cannot_work(
    container: Container, mode: IpcMode | None, constraints: list[str], path: str, says: str
) -> None:
    (problem,) = task_option_problems({"a": container}, mode, constraints)
    assert dotted(problem.path) == path
    assert says in problem.message


def test_the_architecture_is_that_of_all_capacity() -> None:
    capacity = {"intel": CapacitySettings(["m7i.large"], 1), "arm": CapacitySettings(["m7g.large"], 1)}
    (problem,) = architecture_problems(Architecture.ARM64, capacity)
    assert dotted(problem.path) == "cpuArchitecture"
    assert problem.message.startswith("arm64 is not that of capacity intel (x86_64): correct it, or use")
    assert list(architecture_problems(None, capacity)) == []
    assert list(architecture_problems(Architecture.ARM64, {"arm": capacity["arm"]})) == []
