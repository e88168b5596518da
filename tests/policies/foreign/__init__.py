"""ECS programs as others write them, and by hand what the pack has to say of each.

Every module has PROGRAM, the resources as the engine describes them once deployed, and EXPECTED: the findings as
(rule, resource), each with the reason why it is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests.policies.harness import Res


@dataclass(frozen=True)
class Foreign:
    """A program that is not ours."""

    name: str
    about: str
    resources: list[Res]
    expected: Mapping[tuple[str, str], str]


def programs() -> list[Foreign]:
    """All of them."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
    modules = {name: import_module(f"{__name__}.{name}") for name in names}
    return [Foreign(name, module.__doc__ or "", module.PROGRAM, module.EXPECTED) for name, module in modules.items()]
