"""The rules, one module a subject."""

from importlib import import_module
from pkgutil import iter_modules


def load() -> None:
    """Imports every module of this package, so that its rules are declared."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
