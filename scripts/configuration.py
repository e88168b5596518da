"""Writes docs/configuration.md and the JSON Schemas beside it from the settings' own declarations.

Run it after a change of a setting: `.venv/bin/python -m scripts.configuration`; a test holds that all are current.
"""

import ast
import dataclasses
import inspect
import json
import re
import typing
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from ecs_model.stack import StackSettings
from settings import NAMESPACE

ROOT = Path(__file__).parent.parent
DOCUMENT, SCHEMA = ROOT / "docs" / "configuration.md", ROOT / "docs" / "configuration.schema.json"
SERVICE_FILE = ROOT / "docs" / "service-file.schema.json"
REQUIRED = ("network", "cluster")
"""The sections that no environment can do without."""
ONE_OF = ("capacity", "managedInstances")
"""The sections of which it has at least one."""
SOURCE = "Written by `.venv/bin/python -m scripts.configuration` from the settings' own declarations in `ecs_model/`"
Schema = dict[str, Any]


class _Documented(BaseModel):
    """The settings as `settings.py` reads them, with their docstrings."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, use_attribute_docstrings=True)
    stack: StackSettings


def schema() -> Schema:
    """The JSON Schema of a `Pulumi.<stack>.yaml`."""
    made: Schema = _Documented.model_json_schema()
    definitions: dict[str, Schema] = made["$defs"]
    for class_ in classes(StackSettings):
        _complete(class_, definitions[class_.__name__])
    sections = definitions.pop("StackSettings")["properties"]
    sections["name"]["default"] = "the stack's name"
    ours = {f"{NAMESPACE}:{key}": section for key, section in sections.items()}
    config = {
        "type": "object",
        "description": f"{NAMESPACE}:… are this program's settings, aws:… those of the AWS provider.",
        "properties": ours,
        "required": [f"{NAMESPACE}:{key}" for key in REQUIRED],
        "anyOf": [{"required": [f"{NAMESPACE}:{key}"]} for key in ONE_OF],
        "propertyNames": {"anyOf": [{"enum": [*ours]}, {"not": {"pattern": f"^{NAMESPACE}:"}}]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": SOURCE,
        "title": f"The configuration of a stack of {NAMESPACE}",
        "type": "object",
        "properties": {"config": _clean(config)},
        "required": ["config"],
        "$defs": {name: _clean(definition) for name, definition in sorted(definitions.items())},
    }


def service_file(made: Schema) -> Schema:
    """The JSON Schema of a file of `serviceFiles`, of that of a stack's file: what stands in its section `services`."""
    services: Schema = made["properties"]["config"]["properties"][f"{NAMESPACE}:services"]
    return {
        "$schema": made["$schema"],
        "$comment": SOURCE,
        "title": f"Services of {NAMESPACE} in a file of their own",
        "description": "ECS services by their keys, as in the section services of a Pulumi.<stack>.yaml, whose "
        "serviceFiles name this file.",
        "type": "object",
        "additionalProperties": services["additionalProperties"],
        "$defs": {name: made["$defs"][name] for name in sorted(_used(made, services))},
    }


def _used(made: Schema, part: Any) -> set[str]:
    """The definitions that a part of the schema refers to, and those that they refer to in turn."""
    found: set[str] = set()
    open_ = [part]
    while open_:
        value = open_.pop()
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                open_.append(made["$defs"][name])
            open_ += value.values()
        elif isinstance(value, list):
            open_ += value
    return found


def classes(type_: Any) -> dict[type, None]:
    """Every class of settings that a type is made of, itself first."""
    if not dataclasses.is_dataclass(type_):
        return {class_: None for part in typing.get_args(type_) for class_ in classes(part)}
    found: dict[type, None] = {typing.cast(type, type_): None}
    for hint in typing.get_type_hints(type_).values():
        found |= classes(hint)
    return found


def _complete(class_: type, definition: Schema) -> None:
    """What pydantic leaves out: the description of an inherited setting, and a default that a function makes."""
    for field in dataclasses.fields(typing.cast(Any, class_)):
        property_ = definition["properties"][to_camel(field.name)]
        property_["description"] = _described(class_, field.name)
        if field.default_factory is not dataclasses.MISSING:
            property_["default"] = _written(field.default_factory())
    definition["description"] = _one_line(definition["description"])


def _described(class_: type, name: str) -> str:
    """A setting's docstring, of the class that declares it."""
    for owner in class_.__mro__:
        if text := _docstrings(owner).get(name):
            return _one_line(inspect.cleandoc(text))
    raise SystemExit(f"{class_.__name__}.{name} has no docstring: say what it means, its unit and what is allowed")


@cache
def _docstrings(class_: type) -> dict[str, str]:
    """What stands below each attribute that a class declares itself."""
    if not dataclasses.is_dataclass(class_):
        return {}
    (tree,) = ast.parse(inspect.getsource(class_)).body
    assert isinstance(tree, ast.ClassDef)
    return {
        above.target.id: below.value.value
        for above, below in pairwise(tree.body)
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


def _one_line(text: str) -> str:
    """Without line breaks, and with settings in the configuration's spelling."""
    return re.sub(r"(?<=`)[a-z]+(?:_[a-z]+)+(?=`)", lambda match: to_camel(match[0]), " ".join(text.split()))


def _written(value: Any) -> Any:
    """A default as a person would write it; of settings only what differs from their own defaults."""
    if not dataclasses.is_dataclass(value):
        return value
    pairs = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
    return {to_camel(field.name): _written(inner) for field, inner in pairs if inner not in _defaults(field)}


def _defaults(field: dataclasses.Field[Any]) -> Iterator[Any]:
    yield field.default
    if field.default_factory is not dataclasses.MISSING:
        yield field.default_factory()


def _clean(value: Any, *, names: bool = False) -> Any:
    """Without pydantic's titles, which repeat the keys; `names` says that the keys are settings."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if names or key != "title"}
        return {key: _clean(inner, names=key == "properties" and not names) for key, inner in kept.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def document(made: Schema) -> str:
    """The settings as a document: one table for each kind of settings, in the order in which one meets them."""
    sections = made["properties"]["config"]["properties"]
    places: dict[str, str] = {}
    for name, path in _places(made, sections, ""):
        places.setdefault(name, path)
    lines = [
        "# Configuration",
        "",
        f"Every setting of a `Pulumi.<stack>.yaml`, each under `config`. {SOURCE}. The same as a JSON Schema is "
        f"[{SCHEMA.name}]({SCHEMA.name}): with the first line `# yaml-language-server: $schema=docs/{SCHEMA.name}` "
        f"an editor completes and checks the file while you write; for a file of services there is "
        f"[{SERVICE_FILE.name}]({SERVICE_FILE.name}). `<name>` is a name of yours. What must be true "
        "between settings is said by `pulumi preview`, with the place, the value seen, and what to do.",
        "",
        *_table(made, places, sections, required=made["properties"]["config"]["required"]),
    ]
    for name, path in places.items():
        definition = made["$defs"][name]
        lines += ["", f"## `{path}`", "", definition["description"], ""]
        lines += _table(made, places, definition["properties"], required=definition.get("required", []))
    return "\n".join(lines) + "\n"


def _places(made: Schema, properties: Schema, prefix: str) -> Iterator[tuple[str, str]]:
    """Each kind of settings with the first path that leads to it, the outer ones first."""
    for key, property_ in properties.items():
        for name, path in _within(property_, f"{prefix}{key}"):
            if made["$defs"][name].get("type") == "object":
                yield name, path
                inner = _places(made, made["$defs"][name]["properties"], f"{path}.")
                yield from ((each, place) for each, place in inner if each != name)


def _within(property_: Schema, path: str) -> Iterator[tuple[str, str]]:
    """The kinds of settings that a property holds, and their path."""
    if "$ref" in property_:
        yield property_["$ref"].rpartition("/")[2], path
    for option in property_.get("anyOf", []):
        yield from _within(option, path)
    if "items" in property_:
        yield from _within(property_["items"], f"{path}[]")
    if isinstance(property_.get("additionalProperties"), dict):
        yield from _within(property_["additionalProperties"], f"{path}.<name>")


def _table(made: Schema, places: dict[str, str], properties: Schema, *, required: list[str]) -> Iterator[str]:
    yield "| setting | value | default | meaning |"
    yield "|---|---|---|---|"
    for key, property_ in properties.items():
        default = "**required**" if key in required else _default(property_)
        cells = (f"`{key}`", _type(made, places, property_), default, property_["description"])
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _default(property_: Schema) -> str:
    value = property_["default"]
    if value is None:
        return "none"
    if isinstance(value, bool | int | float):
        return f"`{json.dumps(value)}`"
    if isinstance(value, str):
        return value if " " in value else f"`{value}`"
    return "its own defaults" if value == {} and "$ref" in property_ else f"`{json.dumps(value)}`".replace('"', "")


def _type(made: Schema, places: dict[str, str], property_: Schema) -> str:
    if "$ref" in property_:
        name = property_["$ref"].rpartition("/")[2]
        definition = made["$defs"][name]
        if "enum" in definition:
            return _choices(definition["enum"])
        return f"[settings](#{anchor(places[name])})"
    options = [option for option in property_.get("anyOf", []) if option.get("type") != "null"]
    if options:
        return " or ".join(_type(made, places, option) for option in options)
    if property_["type"] == "array":
        return f"list of {_type(made, places, property_['items'])}"
    if property_["type"] == "object":
        return f"`<name>:` {_type(made, places, property_['additionalProperties'])}"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words[property_["type"]]


def _choices(values: list[Any]) -> str:
    few = [f"`{value}`" for value in values[:8]]
    return ", ".join(few) + (f" and {len(values) - 8} more, as AWS names them" if len(values) > 8 else "")


def anchor(heading: str) -> str:
    """Where GitHub puts a heading."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def text(made: Schema) -> str:
    """A schema's file."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    made = schema()
    DOCUMENT.write_text(document(made))
    SCHEMA.write_text(text(made))
    SERVICE_FILE.write_text(text(service_file(made)))
