"""YAML as Pulumi's engine reads it."""

import json
import re
from collections.abc import Hashable
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_TRUTH, _MERGE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge"


class Unreadable(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A text that is no YAML, or holds what no setting is; its message is one line without a value in it."""


# The same in C is ten times as fast, where PyYAML was built with it.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Only true and false are truth values, a date is text, and no key is there twice."""

    def construct_document(self, node: Node) -> Any:
        _refuse_twins(node, set())
        return super().construct_document(node)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if tag not in (_TRUTH, "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read(text: str) -> Any:
    """What a text holds, by way of JSON, as the engine hands it over: every key is text. Raises Unreadable."""
    try:
        return json.loads(json.dumps(yaml.load(text, _Loader), allow_nan=False))  # noqa: S506 - it is a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Unreadable(f"{error.problem or error.context}{where}") from None
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable(str(error).partition("\n")[0]) from None


def _refuse_twins(node: Node, seen: set[int]) -> None:
    """Raises ConstructorError where a mapping has a key twice, of which YAML's loader would take the last."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        for item in node.value:
            _refuse_twins(item, seen)
    if not isinstance(node, MappingNode):
        return
    keys: set[Hashable] = set()
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.tag != _MERGE:
            if key.value in keys:
                raise ConstructorError(None, None, f"the key {key.value} is there twice", key.start_mark)
            keys.add(key.value)
        _refuse_twins(value, seen)
