"""How a fix replaces a method of moto's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def around(owner: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The decorated function replaces a method, which it gets as its first argument."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        original = getattr(owner, name)

        @wraps(original)
        def replaced(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        setattr(owner, name, replaced)
        return function

    return decorate


def before(owner: Any, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The decorated function runs before a method, with its arguments; it refuses by raising."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        original = getattr(owner, name)

        @wraps(original)
        def replaced(*args: Any, **kwargs: Any) -> Any:
            function(*args, **kwargs)
            return original(*args, **kwargs)

        setattr(owner, name, replaced)
        return function

    return decorate


def give(owner: Any, name: str, value: Any) -> None:
    """Give a class of moto's what it lacks, or another value for what it has."""
    setattr(owner, name, value)
