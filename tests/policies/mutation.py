"""Mutants: a recorded preview of ours with one change, as a careless hand would make it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.policies.mutation_mistakes import ADDED, EACH_BY_NAME, SWAPS, Mistake, Steps
from tests.policies.recording import STACKS, Recording, recorded
from tests.policies.schema import is_required

JSON_TEXTS = ("containerDefinitions", "policy", "assumeRolePolicy")
"""Properties that hold JSON, which is changed within."""
SECRET = "4dabf18193072939515e22adb298388d"
EACH_STACK = {"configuration", "executionRoleArn", "taskRoleArn"}
"""Properties whose change means something else in each stack, by what its services need them for."""


@dataclass(frozen=True)
class Mutant:
    """One change of one recorded stack."""

    stack: str
    type: str
    name: str
    steps: Steps
    change: str
    """`dropped`, `emptied`, or the value it was changed to, as JSON."""
    recording: Recording

    @property
    def id(self) -> str:
        """`local aws:ecs/service:Service local-web: desiredCount 1`."""
        return f"{self.stack} {self.type} {self.name}: {dotted(self.steps)} {self.change}"


def dotted(steps: Steps) -> str:
    """A path in one word, list positions as they are."""
    return ".".join(map(str, steps))


def mutants() -> Iterator[Mutant]:
    """Every mutant of every recorded stack; of resources that are alike, those of the first.

    Left as they are: names (Pulumi gives one, and all that refers to it by name follows), the provider's own
    settings, and what pulumi-aws refuses to be without.
    """
    seen: set[tuple[str, ...]] = set()
    for stack in STACKS:
        recording = recorded(stack)
        inputs = {one["urn"]: one.get("properties", {}) for one in recording.alone}
        # A recording has them in the order of their making, which changes.
        for resource in sorted(recording.resources, key=lambda one: str(one["urn"])):
            if not resource["type"].startswith("aws:"):
                continue
            for made in _of_properties(stack, recording, resource, inputs.get(resource["urn"], {})):
                key = _alike(stack, resource, made)
                if key not in seen:
                    seen.add(key)
                    yield made
            yield from _of_surroundings(stack, recording, resource)


def _alike(stack: str, resource: dict[str, Any], made: Mutant) -> tuple[str, ...]:
    """What mutants of which one is enough have in common."""
    before = json.dumps(_at(_opened(resource["properties"]), made.steps), sort_keys=True)
    name = made.name.removeprefix(stack) if made.type in EACH_BY_NAME else ""
    return made.type, name, dotted(made.steps), made.change, before, stack if made.steps[-1] in EACH_STACK else ""


def _of_properties(
    stack: str, recording: Recording, resource: dict[str, Any], inputs: dict[str, Any]
) -> Iterator[Mutant]:
    """The mutants of a resource's properties; only what the program wrote is changed."""
    outputs, given = _opened(resource.get("properties", {})), _opened(inputs)
    changes: list[tuple[str, Mistake]] = [
        (change, ((steps, value),)) for steps in _paths(given) for change, value in _values(steps, _at(given, steps))
    ]
    changes += [(_said(mistake), mistake) for mistake in ADDED.get(resource["type"], ())]
    for change, mistake in changes:
        steps = mistake[0][0]
        after, asked = outputs, given
        for path, value in mistake:
            after, asked = _with(after, path, value), _with(asked, path, value)
        if (after, asked) == (outputs, given) or (change == "dropped" and is_required(resource["type"], steps)):
            continue
        made = recording.but(resource["urn"], _closed(after), _closed(asked))
        yield Mutant(stack, resource["type"], resource["name"], steps, change, made)


def _said(mistake: Mistake) -> str:
    """A mistake in words: the value, and what is set with it."""
    first, *further = [(dotted(steps), json.dumps(value)) for steps, value in mistake]
    return " ".join([first[1], *(f"with {path} {value}" for path, value in further)])


def _of_surroundings(stack: str, recording: Recording, resource: dict[str, Any]) -> Iterator[Mutant]:
    """The mutants of what a resource stands after, is made from, and ignores."""

    def mutant(step: str, change: str, **members: Any) -> Mutant:
        changed = recording.with_members(resource["urn"], **members)
        return Mutant(stack, resource["type"], resource["name"], (step,), change, changed)

    made_from = resource.get("propertyDependencies", {})
    needed = {urn for sources in made_from.values() for urn in sources.get("urns", ())}
    for urn in resource.get("dependencies", ()):
        if urn not in needed:
            left = [other for other in resource["dependencies"] if other != urn]
            yield mutant("dependsOn", f"without {urn.split('$')[-1]}", dependencies=left)
    options = resource.get("options", {})
    if options.get("ignoreChanges"):
        yield mutant("ignoreChanges", "emptied", options={**options, "ignoreChanges": []})
    if {"executionRoleArn", "taskRoleArn"} <= set(made_from):
        one = {**made_from, "taskRoleArn": made_from["executionRoleArn"]}
        yield mutant("taskRoleArn", "the execution role", propertyDependencies=one)


_GONE = object()


def _values(steps: Steps, value: Any) -> Iterator[tuple[str, Any]]:
    yield "dropped", _GONE
    if isinstance(value, list) and value:
        yield "emptied", []
    key = next((step for step in reversed(steps) if isinstance(step, str)), "")
    opposite = {"true": "false", "false": "true", "ENABLED": "DISABLED", "DISABLED": "ENABLED"}
    if isinstance(value, bool):
        yield json.dumps(not value), not value
    elif isinstance(value, str) and value in opposite:
        yield opposite[value], opposite[value]
    for other in SWAPS.get(key, ()):
        if other != value and isinstance(other, list) == isinstance(value, list):
            yield json.dumps(other), other


def _paths(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        if (*steps, step) != ("name",) and step not in (SECRET, "__defaults"):
            yield (*steps, step)
            yield from _paths(inner, (*steps, step))


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step] if _has(value, step) else None
    return value


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(value)
    return isinstance(value, dict) and step in value


def _with(value: Any, steps: Steps, new: Any) -> Any:
    """A copy with something else at a path; where there is no such path, as it was."""
    changed = deepcopy(value)
    holder = _at(changed, steps[:-1])
    if holder is not None and (_has(holder, steps[-1]) or isinstance(holder, dict)):
        if new is not _GONE:
            holder[steps[-1]] = new
        elif _has(holder, steps[-1]):
            del holder[steps[-1]]
    return changed


def _opened(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties with the JSON within them parsed."""
    return {key: _parsed(value) if key in JSON_TEXTS else value for key, value in properties.items()}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        key: json.dumps(value) if key in JSON_TEXTS and isinstance(value, dict | list) else value
        for key, value in properties.items()
    }
