"""The declarations of the served types, by token."""

from __future__ import annotations

from localaws.kind import Kind
from localaws.types import ecs, security_groups

MODULES = (ecs, security_groups)
KINDS: dict[str, Kind] = {kind.token: kind for module in MODULES for kind in module.KINDS}
