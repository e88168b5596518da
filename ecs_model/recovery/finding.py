"""How a creation is looked for in AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

Inputs = Mapping[str, Any]
"""What a resource was to be created with, by pulumi_aws's names."""
Item = Mapping[str, Any]
"""One thing of an answer of AWS."""


class Ask(Protocol):
    """Asks AWS, such as `ask("ecs", "DescribeClusters", "clusters", clusters=["web"])`."""

    def __call__(self, service: str, operation: str, key: str, /, **arguments: Any) -> list[Any]:
        """What all pages of the answer have under `key`; nothing where AWS says that what was named does not exist."""


@dataclass(frozen=True)
class Found:
    """Something in AWS that is like the creation."""

    id: str
    """By which the provider imports it: https://www.pulumi.com/registry/packages/aws/api-docs/, under Import."""
    state_id: str = ""
    """The id that the state would have, or the ARN; empty: the same."""
    created: datetime | None = None
    """When it was created, where AWS tells that."""

    @property
    def ids(self) -> frozenset[str]:
        """By any of which a state knows it."""
        return frozenset({self.id, self.state_id} - {""})


@dataclass(frozen=True)
class Finder:
    """How the resources of one type are looked for."""

    find: Callable[[Ask, Inputs], Iterable[Found]]
    by: str
    """By what, as messages say it: `its name`."""
    needs: tuple[str, ...]
    """The inputs without which it cannot be looked for."""
    tagged: bool = False
    """Whether only the program's tags tell it from others like it."""
    importable: bool = True
    """Whether the provider can import the type; else its inputs stand in for what it was when it is first read."""


def text(inputs: Inputs, name: str) -> str:
    """An input that is a text; empty where it is something else, such as a secret."""
    value = inputs.get(name)
    return value if isinstance(value, str) else ""


def tags(inputs: Inputs) -> dict[str, str]:
    """The program's tags."""
    found = inputs.get("tags")
    found = found if isinstance(found, Mapping) else {}
    return {key: value for key, value in found.items() if isinstance(value, str) and not key.startswith("__")}


def has_tags(inputs: Inputs, told: Iterable[Item]) -> bool:
    """Whether AWS tells all of the program's tags, in a list of keys and values in either spelling."""
    found = {each.get("Key", each.get("key")): each.get("Value", each.get("value")) for each in told}
    return tags(inputs).items() <= found.items()


def filters(inputs: Inputs | None = None, /, **values: str) -> list[dict[str, Any]]:
    """EC2's filters: these values, an underscore for a hyphen, and the tags of the inputs."""
    named = {name.replace("_", "-"): value for name, value in values.items()}
    tagged = {f"tag:{key}": value for key, value in tags(inputs or {}).items()}
    return [{"Name": name, "Values": [value]} for name, value in {**named, **tagged}.items()]


def last(arn: str) -> str:
    """The name at the end of an ARN, or the name that it is."""
    return arn.rpartition("/")[2]


def time_of(value: object) -> datetime | None:
    """A time as AWS tells it: milliseconds since 1970, a text, or a time already."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC)
    if isinstance(value, str):
        try:
            return time_of(datetime.fromisoformat(value))
        except ValueError:
            return None
    return None


def covers(found: object, wanted: object) -> bool:
    """Whether an answer says what was wanted, and perhaps more: what AWS filled in, or wrote as another type."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(covers(found.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        told = found if isinstance(found, list) else []
        return len(told) == len(wanted) and all(map(covers, told, wanted))
    return (wanted in (None, "", False) and not found) or found == wanted or str(found) == str(wanted)


def parsed(document: object) -> Any:
    """The content of a JSON text; None where it is none."""
    try:
        return json.loads(document) if isinstance(document, str) else None
    except ValueError:
        return None
