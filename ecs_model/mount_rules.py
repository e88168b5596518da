"""What cannot work in the paths that a container has volumes at."""

import posixpath
from collections.abc import Collection, Iterator

from ecs_model.containers import Container
from ecs_model.problem import Path, Problem
from ecs_model.volumes import writable_volume

LONGEST_NAME = 255
_KERNELS = ("/dev", "/proc", "/sys")


def mount_problems(name: str, container: Container, volumes: Collection[str]) -> Iterator[Problem]:
    """Everything wrong with the paths of one container; `volumes` are the names of the task's."""
    yield from _writable_problems(name, container)
    for position, mount in enumerate(container.mount_points):
        if mount.source_volume not in volumes:
            known = ", ".join(sorted(volumes)) or "none"
            yield Problem(
                ("mountPoints", position, "sourceVolume"),
                f"{mount.source_volume!r} is not in this task's volumes (there is: {known}): add it",
            )
    seen: set[str] = set()
    for setting, path in _mounted(container):
        reason = path_problem(path)
        if reason:
            yield Problem(setting, f"{path!r} {reason}")
        elif path in seen:
            yield Problem(setting, f"{path} is mounted twice in this container: keep it once")
        seen.add(path)


def path_problem(path: str) -> str | None:
    """Why nothing can be mounted at a path of a container, or None."""
    if not path.startswith("/"):
        return "is not an absolute path: begin it with a slash"
    if path == "/":
        return "is the whole root filesystem: name a directory in it"
    if path.startswith("//") or path != posixpath.normpath(path) or ":" in path or not path.isprintable():
        return "is not a plain path: leave out colons, . and .., double slashes and a slash at the end"
    return None


def _mounted(container: Container) -> Iterator[tuple[Path, str]]:
    """Each setting of the container that mounts something, and the path."""
    for position, mount in enumerate(container.mount_points):
        yield ("mountPoints", position, "containerPath"), mount.container_path
    for position, path in enumerate(container.writable_paths):
        yield ("writablePaths", position), path
    tmpfs = container.linux_parameters.tmpfs if container.linux_parameters else []
    for position, each in enumerate(tmpfs):
        yield ("linuxParameters", "tmpfs", position, "containerPath"), each.container_path


def _writable_problems(name: str, container: Container) -> Iterator[Problem]:
    if container.writable_paths and not container.readonly_root_filesystem:
        yield Problem(
            ("writablePaths",),
            "is for a read-only root filesystem, and this one is writable: set readonlyRootFilesystem, or leave it out",
        )
    for position, path in enumerate(container.writable_paths):
        if path.startswith(tuple(f"{top}/" for top in _KERNELS)) or path in _KERNELS:
            yield Problem(("writablePaths", position), f"{path} belongs to the kernel, whatever the root: leave it out")
        elif len(writable_volume(name, path)) > LONGEST_NAME:
            yield Problem(("writablePaths", position), "is too long for a volume's name: use a directory further up")
