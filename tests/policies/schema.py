"""The property names of pulumi-aws, so that fixtures speak as real programs do."""

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
    _, module, name = token.split(":")
    resource = getattr(import_module(f"pulumi_aws.{module.split('/')[0]}"), name)
    return frozenset(["id", *_names(resource, set())])


def _names(cls: Any, seen: set[Any]) -> Iterator[str]:
    """The names of a resource or nested type and of everything within it."""
    seen.add(cls)
    for python_name, member in vars(cls).items():
        if not isinstance(member, property):
            continue
        yield getattr(member.fget, "_pulumi_name", python_name)
        for inner in _types(typing.get_type_hints(member.fget).get("return")):
            if inner not in seen:
                yield from _names(inner, seen)


def _types(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and annotation.__module__.startswith("pulumi_aws"):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _types(argument)
