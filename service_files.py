"""Services in files of their own: what a stack's `serviceFiles` lead to, joined to its section `services`.

Pulumi hands a program its configuration in one environment variable, whose length is limited; that of files is not.
"""

import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from ecs_model.problem import Path, Problem, dotted

SETTING, SECTION = "serviceFiles", "services"
_WRAPPERS = ("services", "ecs-on-ec2:services", "config")
"""What stands around services in a stack's own file."""
_MARKED = (
    "is written as a secret, which Pulumi decrypts in a stack's own configuration alone, and settings end up readable "
    "in task definitions: keep the value in Secrets Manager and give its ARN under the container's secrets"
)
_EXAMPLE = "give services, each by its key, such as web: { containers: … }"


class Unusable(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A pattern or a file cannot be used; the text says why, and what to do."""


@dataclass(frozen=True)
class Located:
    """A problem and the file that it is in; `namespace` stands before its path in there. Its text is a line to read."""

    file: str
    problem: Problem
    namespace: str = ""

    def __str__(self) -> str:
        place = f"{self.namespace}{dotted(self.problem.path)}"
        return f"{self.file}{f', {place}' if place else ''}: {self.problem.message}"


@dataclass
class Joined:
    """A stack's services, of its own section and of files."""

    services: dict[str, Any]
    """The raw settings, those of the section first, then by the order of the patterns and the files' names."""
    files: dict[str, str] = field(default_factory=dict)
    """The file of each service that a file holds."""
    patterns: list[Problem] = field(default_factory=list)
    """What is wrong with the patterns themselves."""
    problems: list[Located] = field(default_factory=list)
    """What is wrong in the files."""
    complete: bool = True
    """Whether every service could be read."""


def join(own: Mapping[str, Any], patterns: Sequence[object], directory: FilePath, stack_file: str) -> Joined:
    """The services of the section of a stack's own file and of all files that the patterns match, below the directory.

    A pattern that is no text is left out, for it is told of as any value of a wrong type.
    """
    joined, files = Joined(dict(own)), dict[str, None]()
    for position, pattern in enumerate(patterns):
        if isinstance(pattern, str):
            try:
                files |= dict.fromkeys(matches(pattern, directory))
            except Unusable as error:
                joined.patterns.append(Problem((SETTING, position), str(error)))
        else:
            joined.complete = False
    for file in files:
        try:
            add(joined, file, read(directory / file), stack_file)
        except Unusable as error:
            joined.problems.append(Located(file, Problem((), str(error))))
            joined.complete = False
    joined.complete &= not joined.patterns
    return joined


def add(joined: Joined, file: str, found: Mapping[str, Any], stack_file: str) -> None:
    """Adds a file's services; of two with the same key the first stays, and of one with a secret nothing."""
    for key, service in found.items():
        secrets = [Located(file, Problem(path, _MARKED)) for path in secret_paths(service, (key,))]
        if secrets:
            joined.problems += secrets
            joined.complete = False
        elif key in joined.services:
            other = joined.files.get(key) or f"{stack_file}, under {SECTION},"
            problem = Problem((key,), f"is in {other} as well: take it out of one, or give it a key of its own")
            joined.problems.append(Located(file, problem))
        else:
            joined.services[key] = service
            joined.files[key] = file


def secret_paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something is written as Pulumi writes secrets: `{secure: text}`."""
    if isinstance(value, Mapping):
        if list(value) == ["secure"] and isinstance(value["secure"], str):
            yield path
        for key, inner in value.items():
            yield from secret_paths(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from secret_paths(inner, (*path, position))


def matches(pattern: str, directory: FilePath) -> list[str]:
    """The files that a pattern leads to, by name, relative to the directory. Raises Unusable."""
    if FilePath(pattern).is_absolute():
        raise Unusable(
            f"{pattern!r} is an absolute path, which leads elsewhere on the next machine: give it relative to the "
            f"project's directory ({directory})"
        )
    try:
        names = glob.glob(pattern, root_dir=directory, recursive=True)  # noqa: PTH207 - leaves out what is hidden
    except ValueError:  # of a NUL
        names = []
    found = {FilePath(os.path.normpath(name)).as_posix() for name in names if not (directory / name).is_dir()}
    if not found:
        raise Unusable(
            f"{pattern!r} matches no file in the project's directory ({directory}): give a path relative to it, such "
            "as services/*.yaml, or take it out"
        )
    return sorted(found)


def read(file: FilePath) -> dict[str, Any]:
    """The services of a file, by their keys. Raises Unusable."""
    import engine_yaml  # here, for most stacks have no such files

    try:
        found = engine_yaml.read(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable("cannot be read: it is no text in UTF-8") from None
    except engine_yaml.Unreadable as error:
        raise Unusable(f"cannot be read as YAML: {error}") from None
    if not isinstance(found, dict):
        kind = "nothing" if found is None else "a list" if isinstance(found, list) else "a single value"
        raise Unusable(f"holds {kind}: {_EXAMPLE}")
    for wrapper in _WRAPPERS:
        if isinstance(found.get(wrapper), dict) and "containers" not in found[wrapper]:
            raise Unusable(f"has the key {wrapper} around its services: {_EXAMPLE}, without it")
    return found
