"""Stopped tasks, grouped and explained."""

from datetime import UTC, datetime

import pytest

from ecs_model.stopped import ContainerEnd, StoppedTask, grouped, without_ids

OOM = "OutOfMemoryError: Container killed due to memory usage"


@pytest.mark.parametrize(
    ("code", "reason", "meaning"),
    [
        (0, "", ""),
        (None, "CannotPullContainerError", ""),
        (1, "", "the program reported an error"),
        (137, OOM, "out of memory: the container reached its memory limit"),
        (None, OOM, "out of memory: the container reached its memory limit"),
        (137, "", "killed (SIGKILL): out of memory, or it did not end within its stop timeout"),
        (143, "", "ended by SIGTERM, as asked"),
        (130, "", "ended by signal 2"),
        (255, "", "an exit code of the program's own"),
        (42, "", "an exit code of the program's own"),
    ],
)
def test_what_an_exit_code_means(code: int | None, reason: str, meaning: str) -> None:
    assert ContainerEnd("app", code, reason).meaning == meaning


@pytest.mark.parametrize(
    ("stop_code", "reason", "containers", "failed"),
    [
        ("EssentialContainerExited", "Essential container in task exited", (), True),
        ("TaskFailedToStart", "CannotPullContainerError", (), True),
        ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", (), False),
        ("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group x)", (), True),
        ("UserInitiated", "enough", (ContainerEnd("app", 137, OOM),), True),
        ("UserInitiated", "enough", (ContainerEnd("app", 137),), False),
        ("SpotInterruption", "Your Spot Task was interrupted.", (), False),
    ],
)
def test_what_is_a_failure(stop_code: str, reason: str, containers: tuple[ContainerEnd, ...], failed: bool) -> None:
    assert StoppedTask("1", stop_code, reason, containers=containers).failed is failed


def test_ids_do_not_make_a_reason_another() -> None:
    task, instance = "0123456789abcdef0123456789abcdef", "i-0123456789abcdef0"
    text = f"(task {task}) (instance {instance}) request 01234567-89ab-cdef-0123-456789abcdef port 8080"
    assert without_ids(text) == "(task …) (instance …) request … port 8080"


def test_failures_come_first_then_the_largest_group_with_its_last_task_first() -> None:
    def stopped(id_: str, code: str, reason: str, minute: int, *ends: ContainerEnd) -> StoppedTask:
        at = datetime(2026, 1, 1, 0, minute, tzinfo=UTC)
        return StoppedTask(id_, code, reason, stopped_at=at, containers=ends)

    groups = grouped(
        [
            stopped("1", "ServiceSchedulerInitiated", "Scaling", 1),
            stopped("2", "ServiceSchedulerInitiated", "Scaling", 2),
            stopped("3", "ServiceSchedulerInitiated", "Scaling", 3),
            stopped("4", "TaskFailedToStart", f"task {'a' * 32} failed", 1),
            stopped("5", "EssentialContainerExited", "exited", 1, ContainerEnd("app", 1), ContainerEnd("side", 0)),
            stopped("6", "EssentialContainerExited", "exited", 9, ContainerEnd("app", 1), ContainerEnd("side", 143)),
            stopped("7", "EssentialContainerExited", "exited", 9, ContainerEnd("app", 137, "OutOfMemoryError")),
        ]
    )
    assert [(group.stop_code, [task.id for task in group.tasks]) for group in groups] == [
        ("EssentialContainerExited", ["6", "5"]),
        ("EssentialContainerExited", ["7"]),
        ("TaskFailedToStart", ["4"]),
        ("ServiceSchedulerInitiated", ["3", "2", "1"]),
    ]
    assert groups[0].ends == [(ContainerEnd("app", 1), 2), (ContainerEnd("side", 143), 1)]
    assert groups[2].reason == "task … failed"
