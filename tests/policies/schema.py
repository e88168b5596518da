"""The property names of pulumi-aws, so that fixtures speak as real programs do."""

import inspect
import typing
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

NOT_AWS = ("pulumi:", "awsx:", "docker:", "random:", "tls:")


@cache
def names_of(token: str) -> frozenset[str] | None:
    """Every property name of an AWS resource type, nested ones included, as they travel to a policy (camelCase).

    None for what is not a resource of pulumi-aws.
    """
    if token.startswith(NOT_AWS) or token.count(":") != 2 or not token.startswith("aws:"):
        return None
    return frozenset(["id", *_names(_resource(token), set())])


def is_required(token: str, steps: tuple[str | int, ...]) -> bool:
    """Whether pulumi-aws refuses a resource without the input at a path."""
    *outer, last = [step for step in steps if isinstance(step, str)]
    if not outer:
        return last in _required(
            getattr(import_module(_resource(token).__module__), f"{_resource(token).__name__}Args")
        )
    holders = [_resource(token)]
    for step in outer:
        members = [(member, name) for holder in holders for name, member in _members(holder) if name == step]
        holders = [inner for member, _ in members for inner in _types(typing.get_type_hints(member.fget).get("return"))]
    return any(last in _required(holder) for holder in holders)


@cache
def _required(args: Any) -> frozenset[str]:
    parameters = list(inspect.signature(args.__init__).parameters.values())[1:]
    needed = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
    return frozenset(f"{name.split('_')[0]}{''.join(word.title() for word in name.split('_')[1:])}" for name in needed)


def _resource(token: str) -> Any:
    _, module, name = token.split(":")
    return getattr(import_module(f"pulumi_aws.{module.split('/')[0]}"), name)


def _members(cls: Any) -> Iterator[tuple[str, Any]]:
    for python_name, member in vars(cls).items():
        if isinstance(member, property):
            yield getattr(member.fget, "_pulumi_name", python_name), member


def _names(cls: Any, seen: set[Any]) -> Iterator[str]:
    """The names of a resource or nested type and of everything within it."""
    seen.add(cls)
    for name, member in _members(cls):
        yield name
        for inner in _types(typing.get_type_hints(member.fget).get("return")):
            if inner not in seen:
                yield from _names(inner, seen)


def _types(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and annotation.__module__.startswith("pulumi_aws"):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _types(argument)
