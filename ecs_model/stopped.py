"""Why tasks stopped: grouped by what ECS says of them, each container's exit code with what it means.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_MEANINGS = {
    1: "the program reported an error",
    2: "the program was called wrongly",
    125: "the container could not be run",
    126: "the command cannot be executed",
    127: "the command was not found in the image",
    134: "the program aborted (SIGABRT)",
    139: "the program accessed memory that is not its own (SIGSEGV)",
    143: "ended by SIGTERM, as asked",
}
_FAILED = ("TaskFailedToStart", "EssentialContainerExited", "InfrastructureHealth")
_UNHEALTHY = re.compile(r"health ?checks?", re.IGNORECASE)
_IDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b(?:i|eni)-[0-9a-f]{8,17}\b")
_OUT_OF_MEMORY = ("OutOfMemory", "out of memory", "OOM")


@dataclass(frozen=True)
class ContainerEnd:
    """How a container of a task ended."""

    name: str
    exit_code: int | None
    """None where it never ran, or nobody knows."""
    reason: str = ""

    @property
    def out_of_memory(self) -> bool:
        """Whether the agent says that it was killed for its memory."""
        return any(word in self.reason for word in _OUT_OF_MEMORY)

    @property
    def meaning(self) -> str:
        """What the exit code means; empty for 0 and where nothing is known."""
        if self.out_of_memory:
            return "out of memory: the container reached its memory limit"
        if self.exit_code == 137:
            return "killed (SIGKILL): out of memory, or it did not end within its stop timeout"
        if self.exit_code is None or self.exit_code == 0:
            return ""
        return _MEANINGS.get(self.exit_code) or _signalled(self.exit_code)


@dataclass(frozen=True)
class StoppedTask:
    """A task that has stopped, or is stopping."""

    id: str
    stop_code: str
    reason: str
    definition: str = ""
    """FAMILY:REVISION."""
    stopped_at: datetime | None = None
    containers: tuple[ContainerEnd, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it stopped because something was wrong, and not because it should."""
        if any(container.out_of_memory for container in self.containers):
            return True
        return self.stop_code in _FAILED or _UNHEALTHY.search(self.reason) is not None

    @property
    def bad_ends(self) -> list[ContainerEnd]:
        """The containers that did not end well, with `…` for ids in what is said of them."""
        return [
            ContainerEnd(each.name, each.exit_code, without_ids(each.reason))
            for each in self.containers
            if each.exit_code or each.reason
        ]


@dataclass(frozen=True)
class StoppedGroup:
    """Tasks that stopped for the same reason, in the same way where they failed."""

    stop_code: str
    reason: str
    """With `…` for ids, in which they may differ."""
    tasks: tuple[StoppedTask, ...]
    """The last one to stop first."""

    @property
    def failed(self) -> bool:
        """Whether one of them failed."""
        return any(task.failed for task in self.tasks)

    @property
    def ends(self) -> list[tuple[ContainerEnd, int]]:
        """How their containers ended, and how many so, the most frequent first; those that ended well left out."""
        counts = Counter(each for task in self.tasks for each in task.bad_ends)
        return sorted(counts.items(), key=lambda item: (-item[1], item[0].name, item[0].exit_code or 0))


def without_ids(reason: str) -> str:
    """A reason with `…` in place of the ids of tasks, instances, network interfaces and requests."""
    return _IDS.sub("…", reason).strip()


def grouped(tasks: Iterable[StoppedTask]) -> list[StoppedGroup]:
    """The tasks by stop code and reason, those that failed also by how their containers ended.

    What failed comes before what did not, then the largest group.
    """
    found: dict[tuple[str, str, frozenset[ContainerEnd]], list[StoppedTask]] = defaultdict(list)
    for task in tasks:
        ends = frozenset(filter(_of_itself, task.bad_ends)) if task.failed else frozenset()
        found[task.stop_code, without_ids(task.reason), ends].append(task)
    groups = [StoppedGroup(code, why, tuple(sorted(each, key=_age))) for (code, why, _), each in found.items()]
    return sorted(groups, key=lambda group: (not group.failed, -len(group.tasks), group.stop_code, group.reason))


def _of_itself(end: ContainerEnd) -> bool:
    """Whether a container was not just told to end because another one had ended."""
    return end.out_of_memory or end.exit_code not in (137, 143)


def _age(task: StoppedTask) -> tuple[float, str]:
    return -task.stopped_at.timestamp() if task.stopped_at else 0.0, task.id


def _signalled(code: int) -> str:
    return f"ended by signal {code - 128}" if 128 < code < 160 else "an exit code of the program's own"
