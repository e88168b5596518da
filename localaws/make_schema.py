"""Write `schema.json`: the properties of the served types, as pulumi_aws declares them.

    python -m localaws.make_schema

Run it after a change of the pulumi_aws version or of the served types; a test holds that the file is current.
A property is `"name": type`, with `!` after the name of a required one; a type is `"string"`, `"boolean"`,
`"integer"`, `"number"`, `"any"`, `[type]` for a list, `{"*": type}` for a map, `{name: type}` for an object.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from localaws.schema import PATH
from localaws.tokens import FUNCTIONS, TYPES

SCALARS = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}


def _package() -> Path:
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise SystemExit("pulumi_aws is not installed: pip install -r requirements-dev.txt")
    return Path(spec.origin).parent


class _Module:
    """The classes of one pulumi_aws package that can describe a property."""

    def __init__(self, folder: Path, file: str) -> None:
        self.own = _classes(folder / file)
        self.nested = {**_classes(folder / "_inputs.py"), **self.own}

    def properties(self, name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
        """Property name (with `!` where required) -> type, of a class of getters."""
        result = {}
        for prop, annotation in _getters(self.nested[name]):
            type_, required = self._type(annotation, (*seen, name))
            result[prop + "!" * required] = type_
        return result

    def _type(self, node: ast.expr, seen: tuple[str, ...]) -> tuple[Any, bool]:  # noqa: PLR0911
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._named(node.value, seen), True
        if isinstance(node, ast.Attribute):
            return SCALARS.get(node.attr, "any"), True
        if not isinstance(node, ast.Subscript):
            return "any", True
        kind = ast.unparse(node.value).rpartition(".")[2]
        if kind == "Optional":
            return self._type(node.slice, seen)[0], False
        if kind == "Sequence":
            return [self._type(node.slice, seen)[0]], True
        if kind == "Mapping" and isinstance(node.slice, ast.Tuple):
            return {"*": self._type(node.slice.elts[1], seen)[0]}, True
        if kind == "Union":
            return "string", True
        return self._type(node.slice, seen)

    def _named(self, name: str, seen: tuple[str, ...]) -> Any:
        if name in seen or name.startswith("outputs.") or name not in self.nested:
            return "string" if name not in self.nested and not name.startswith("outputs.") else "any"
        return self.properties(name, seen)


@cache
def _classes(path: Path) -> dict[str, ast.ClassDef]:
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module(body=[], type_ignores=[])
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _getters(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.returns is None:
            continue
        for decorator in map(ast.unparse, item.decorator_list):
            if decorator == "pulumi.getter":
                yield item.name, item.returns
            elif match := re.fullmatch(r"pulumi\.getter\(name='(.*)'\)", decorator):
                yield match[1], item.returns


def _file(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() + ".py"


def _resource(token: str) -> dict[str, Any]:
    _, module, name = re.split("[:/]", token)[:3]
    module_ = _Module(_package() / module, _file(name))
    class_ = token.rpartition(":")[2]
    inputs = module_.properties(f"{class_}Args")
    names = {prop.rstrip("!") for prop in inputs}
    state = module_.properties(f"_{class_}State")
    return {"inputs": inputs, "outputs": {k: v for k, v in state.items() if k not in names}}


def _function(token: str) -> dict[str, Any]:
    _, module, name = re.split("[:/]", token)[:3]
    folder = _package() if module == "index" else _package() / module
    source = (folder / _file(name)).read_text()
    result = _Module(folder, _file(name)).properties(f"{name[0].upper()}{name[1:]}Result")
    arguments = dict.fromkeys(re.findall(r"__args__\['(\w+)'\] = ", source), "any")
    return {"inputs": arguments, "outputs": {prop.rstrip("!"): type_ for prop, type_ in result.items()}}


def schema() -> dict[str, Any]:
    """Token -> {"inputs": properties, "outputs": further properties of the state or the result}."""
    return {token: _resource(token) for token in TYPES} | {token: _function(token) for token in FUNCTIONS}


def text() -> str:
    """The file's text: one line a type."""
    lines = (f"{json.dumps(token)}: {json.dumps(value, sort_keys=True)}" for token, value in sorted(schema().items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    PATH.write_text(text())
