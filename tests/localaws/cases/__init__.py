"""The cases of every served type, one module a subject, each with its CASES."""

from importlib import import_module
from pkgutil import iter_modules

from tests.localaws.case import Case


def every() -> list[Case]:
    """All cases."""
    return [case for module in iter_modules(__path__) for case in import_module(f"{__name__}.{module.name}").CASES]
