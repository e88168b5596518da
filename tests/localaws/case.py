"""A type's example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.localaws.making import Properties


@dataclass
class Case:
    """A type's example: inputs, what changes in place, what replaces, and what somebody changes by hand."""

    token: str
    inputs: Callable[[Any], Properties]
    update: Callable[[Any, Any], Properties] | None = None
    replace: Properties = field(default_factory=dict)
    behind: Callable[[Any, Any], object] | None = None
    seen: str = ""
    computed: str = "arn"
    """An output that a preview cannot know."""
    imported: Callable[[Any], str] = lambda made: str(made.id)
    """The id that a person imports it by, where it is not the resource's."""
