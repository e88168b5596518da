"""For every setting a change of it that alters a resource: `python -m tests.generated.acting` finds and writes them.

Each is a change of working settings to other working ones, so that nothing but that setting can be the reason. Where it
needs company the table has it: `given` stands in the settings before and after, `also` changes with it. `whole`
settings are not made smaller, for the setting acts on what is elsewhere; what is `told` alone changes no resource but
the stack's outputs, as the command of a one-off task.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import settings
from ecs_model.problem import dotted
from tests.components.component_harness import Graph
from tests.generated.bases import Raw, bases
from tests.generated.kinds import NOTHING, WHOLE, Kind, bounds, donors, settings_of_all_classes, walk
from tests.generated.kinds import Path as Place
from tests.generated.outcome import STACK, previewed

TABLE = Path(__file__).with_name("acting.json")
LATER = {"OnDeploy.timeout"}
"""What acts on the deployment alone: tests/components/test_deploy_step.py."""
TRIES = 40
"""How many places and values to try for a setting."""


def at(raw: Raw, path: Place) -> Any:
    """What stands there; NOTHING where nothing does."""
    value: Any = raw
    for step in path:
        if isinstance(value, dict) and step not in value:
            return NOTHING
        value = value[step]
    return value


def put(raw: Raw, path: Place, value: Any) -> Raw:
    """The same with another value there, or none (NOTHING)."""
    made = deepcopy(raw)
    holder = at(made, path[:-1])
    if value is NOTHING:
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return made


def works(raw: Raw) -> bool:
    """Whether nothing is wrong with these settings."""
    return settings.read(raw, STACK)[1] == []


def trimmed(raw: Raw, path: Place) -> Raw:
    """The same without what the setting there does not need, for a small program is soon previewed."""
    for section in ("services", "scheduledTasks", "run", "loadBalancers", "capacity"):
        for key in [*raw.get(section, {})]:
            smaller = put(raw, (section, key), NOTHING)
            if path[:2] != (section, key) and works(smaller):
                raw = smaller
    return raw


def told(graph: Graph) -> dict[str, tuple[bytes, tuple[str, ...], str]]:
    """What the engine is told of each resource."""
    return {
        each.urn: (
            each.request.object.SerializeToString(deterministic=True),
            tuple(sorted(each.request.ignoreChanges)),
            f"{each.request.customTimeouts} {each.request.deleteBeforeReplace} {each.request.retainOnDelete}"
            f" {each.import_id} {sorted(each.request.dependencies)}",
        )
        for each in graph.resources
    }


def alters(raw: Raw, path: Place, value: Any) -> bool:
    """Whether the change alters a resource in the preview."""
    return differ(*_smallest(raw, path, lambda whole: put(whole, path, value)))


def differ(before: Raw, after: Raw) -> bool:
    """Whether two programs differ in what the engine is told in the preview."""
    return _told(json.dumps(before)) != told(previewed(after))


@cache
def _told(raw: str) -> dict[str, tuple[bytes, tuple[str, ...], str]]:
    """Of what many changes begin with."""
    return told(previewed(json.loads(raw)))


def exported(raw: Raw) -> Mapping[str, Any]:
    """What a deployed program tells as the stack's outputs."""
    return previewed(raw, preview=False).exports


def pair(change: Mapping[str, Any]) -> tuple[Raw, Raw]:
    """The settings before and after a change of the table, as small as they can be."""
    raw, path = bases()[change["base"]], tuple(change["path"])
    for place, given in change.get("given", []):
        raw = put(raw, tuple(place), given)

    def changed(whole: Raw) -> Raw:
        for place, also in change.get("also", []):
            whole = put(whole, tuple(place), also)
        return put(whole, path, change.get("value", NOTHING))

    return (raw, changed(raw)) if change.get("whole") else _smallest(raw, path, changed)


def _smallest(raw: Raw, path: Place, changed: Callable[[Raw], Raw]) -> tuple[Raw, Raw]:
    small = trimmed(raw, path)
    return (small, changed(small)) if works(changed(small)) else (raw, changed(raw))


def found(owner: str, key: str) -> dict[str, Any] | None:
    """A change of a setting that alters a resource; None where none was found."""
    tried = 0
    for name, path, kind in _places(owner, key):
        before = at(bases()[name], path)
        for value in _others(kind, before):
            if not works(put(bases()[name], path, value)):
                continue
            tried += 1
            if alters(bases()[name], path, value):
                return {"base": name, "path": list(path)} | ({} if value is NOTHING else {"value": value})
            if tried == TRIES:
                return None
    return None


def _places(owner: str, key: str) -> Iterator[tuple[str, Place, Kind]]:
    """Where the setting is given, or else could be: the base, the path, the kind."""
    for given in (True, False):
        for name, base in bases().items():
            for path, kind, value in walk(WHOLE, base):
                if kind.fields and kind.type.__name__ == owner and (key in value) is given:
                    yield name, (*path, key), kind.fields[key]


def _others(kind: Kind, before: Any) -> Iterator[Any]:
    """Other values, the likely ones first."""
    inner = kind.inner if kind.optional else kind
    values: list[Any] = [not before] if inner.type is bool and before is not NOTHING else []
    values += [True, False] if inner.type is bool else inner.choices
    if inner.type in (int, float) and isinstance(before, int | float):
        values += [before + 1, before - 1, before * 2, before // 2]
    values += donors().get((inner.owner, inner.key, inner.type), [])
    if inner.type in (int, float):
        values += bounds().get((inner.owner, inner.key), [])
    values += [NOTHING]
    yield from (value for value in values if value != before)


@cache
def table() -> dict[str, dict[str, Any]]:
    """The changes by setting, such as `Container.memory`."""
    found_: dict[str, dict[str, Any]] = json.loads(TABLE.read_text())
    return found_


def main() -> int:
    """Keeps what is in the table and still holds, finds the rest; returns 1 where a setting seems to do nothing."""
    known = table() if TABLE.exists() else {}
    written, without = {}, []
    for owner, key in sorted(settings_of_all_classes()):
        name = f"{owner}.{key}"
        if name in LATER:
            continue
        change = known[name] if name in known and all(map(works, pair(known[name]))) else found(owner, key)
        if change is None:
            without.append(name)
            print(f"{name}: no change of it was found to alter a resource")
        else:
            written[name] = change
            print(f"{name}: {change['base']}, {dotted(tuple(change['path']))}")
        TABLE.write_text(json.dumps(written, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
