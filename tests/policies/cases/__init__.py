"""The cases of every rule, one module a subject, each with its CASES."""

from importlib import import_module
from pathlib import Path

from tests.policies.case import Case


def every() -> list[Case]:
    """All cases."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
    return [case for name in names for case in import_module(f"{__name__}.{name}").CASES]
