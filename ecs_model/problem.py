"""How the core reports what is wrong: as values, all of them, each with its place."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """Something that must not be deployed.

    `path` leads to the setting from whatever was judged, in the settings' own spelling (camelCase names, list
    positions); `message` says the value seen, what is allowed and what to do.
    """

    path: Path
    message: str

    def under(self, *prefix: str | int) -> "Problem":
        """The same problem, seen from further out."""
        return Problem((*prefix, *self.path), self.message)

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.message}" if self.path else self.message


def under(problems: Iterable["Problem"], *prefix: str | int) -> Iterator["Problem"]:
    """Every problem with `prefix` in front of its path."""
    return (problem.under(*prefix) for problem in problems)


def out_of_range(limits: Mapping[str, tuple[int, int, int]]) -> Iterator[Problem]:
    """A problem for each setting whose value (first) lies outside its least and most (second and third)."""
    for key, (value, least, most) in limits.items():
        if not least <= value <= most:
            between = f"{least}-{most}" if least >= 0 else f"{least} to {most}"
            yield Problem((key,), f"{value} is out of range: give {between}")


def of_these(name: str, known: Collection[str], otherwise: str = "name one of them") -> str:
    """` (there is: public): did you mean public?`, after a name that is not among those known.

    `otherwise` is what to do where none of them is close, or there is none.
    """
    # Only here, for most programs have nothing that is misspelt.
    import difflib

    close = difflib.get_close_matches(name, known, 1)
    advice = f"did you mean {close[0]}?" if close else otherwise
    return f" (there is: {', '.join(sorted(known)) or 'none'}): {advice}"


def cut(text: str) -> str:
    """A value as a message quotes it: the first 37 characters of what has more than 40."""
    return repr(text) if len(text) <= 40 else f"{text[:37]!r}..."


def dotted(path: Path) -> str:
    """`("services", "api", "ports", 0)` -> `services.api.ports[0]`, as Pulumi's `--path` writes it."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.search(r'[.\["\]]', step):
            text += f"[{json.dumps(step)}]"
        else:
            text += f".{step}" if text else step
    return text


class InvalidSettings(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Raised by a component whose arguments cannot work; its message lists every problem."""

    def __init__(self, where: str, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{where}: {problem}" for problem in self.problems))


def refuse(where: str, problems: Iterable[Problem]) -> None:
    """Raises InvalidSettings if there is any problem at all."""
    found = list(problems)
    if found:
        raise InvalidSettings(where, found)
