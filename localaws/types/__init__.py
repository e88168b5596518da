"""The declarations of the served types, by token."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from localaws.kind import Kind

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
KINDS: dict[str, Kind] = {kind.token: kind for module in _MODULES for kind in getattr(module, "KINDS", ())}
