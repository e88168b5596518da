"""The life of a resource, for all types alike: what the provider does for Diff, Create, Read, Update and Delete."""

from __future__ import annotations

import re
import time
import traceback
from dataclasses import replace
from typing import Any

import jmespath  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError

from localaws import aws, schema, tags
from localaws.check import DEFAULTED
from localaws.compare import EMPTY, agrees, same
from localaws.convert import NotServed, from_api
from localaws.kind import ApiObject, Call, Failed, Kind, Target
from localaws.wire import UNKNOWN, Properties

GONE = re.compile(r"NotFound|NoSuchEntity|^MissingEntity$")
RETRY_SECONDS = 10.0


class Refused(Exception):  # noqa: N818
    """AWS, or the provider, refused: the message is for the user."""


class HalfDone(Exception):  # noqa: N818
    """The resource exists (`target.id`, `state`), but something after its creation failed.

    `inputs` are those that it has by now, from which the next update goes on.
    """

    def __init__(self, target: Target, state: Properties, inputs: Properties, reason: str) -> None:
        super().__init__(reason)
        self.target, self.state, self.inputs, self.reason = target, state, inputs, reason


def _refused(doing: str, target: Target, error: Exception) -> Refused:
    return Refused(f"{doing} {target.kind.title} ({target.id or target.name}): {_text(error)}")


def _text(error: Exception) -> str:
    if isinstance(error, ClientError):
        return aws.text(error)
    if isinstance(error, NotServed):
        return f"the local AWS does not serve the property {error}"
    if isinstance(error, Failed | BotoCoreError | Refused):
        return str(error)
    traceback.print_exception(error)
    return f"a mistake of the local AWS, {type(error).__name__}: {error} (see its log)"


def create(target: Target) -> Properties:
    """The state of the new resource, whose id is then in the target. Raises Refused, HalfDone."""
    try:
        target.id = _created(target)
    except (ClientError, BotoCoreError, NotServed, Failed) as error:
        raise _refused("creating", target, error) from error
    left = set(target.inputs) - _set_by_creation(target) - target.kind.settings
    return _finish(target, left, "creating")


def _created(target: Target) -> str:
    kind = target.kind
    if not isinstance(kind.create, Call):
        return kind.create(target)
    parameters = kind.create.parameters(target) | tags.at_creation(kind.create, target)
    response = target.call(kind.create.operation, **parameters)
    found = kind.identity(target, response) if callable(kind.identity) else jmespath.search(kind.identity, response)
    return str(found)


def _set_by_creation(target: Target) -> set[str]:
    create_ = target.kind.create
    by_call = set(create_.taken(target.kind, target.region)) if isinstance(create_, Call) else set()
    return by_call | target.kind.also_created


def _finish(target: Target, changed: set[str], doing: str) -> Properties:
    try:
        target.state = target.state or read(target) or {}
        for update_ in target.kind.updates:
            if changed & set(update_.taken(target.kind, target.region)):
                update_.run(target)
        if target.kind.settle is not None:
            target.kind.settle(target)
        state = read(target)
    except Exception as error:  # it exists now: whatever happens, the engine has to know of it
        raise HalfDone(target, *_last_seen(target, changed), str(_refused(doing, target, error))) from error
    if state is None:
        raise Refused(f"{doing} {target.kind.title} ({target.id}): AWS does not find it afterwards")
    return state


def _last_seen(target: Target, changed: set[str]) -> tuple[Properties, Properties]:
    """State and inputs as AWS tells them; where it tells nothing now, what was known before `changed` was to be set."""
    try:
        if state := read(target):
            return state, found_inputs(target, state)
    except Refused:
        pass
    return target.state, target.old_inputs or {k: v for k, v in target.inputs.items() if k not in changed}


def update(target: Target) -> Properties:
    """The state after the update. Raises HalfDone."""
    changed = set(changes(target.kind, target.old_inputs, target.inputs))
    removed = changed - set(target.inputs)
    types = schema.bare(schema.inputs(target.kind.token))
    full = {prop: _empty(types[prop]) for prop in removed if isinstance(types.get(prop), list | dict)}
    target = replace(target, inputs={**full, **target.inputs}, changed=frozenset(changed), removed=frozenset(removed))
    if target.kind.tag is not None:
        try:
            _retag(target)
        except (ClientError, BotoCoreError) as error:
            raise _refused("tagging", target, error) from error
        changed.discard("tags")
    return _finish(target, changed, "updating")


def _empty(type_: Any) -> Any:
    return [] if isinstance(type_, list) else {}


def _retag(target: Target) -> None:
    assert target.kind.tag is not None
    before, after = target.state.get("tagsAll", {}), target.all_tags
    put = {key: value for key, value in after.items() if before.get(key) != value}
    drop = [key for key in before if key not in after]
    if put or drop:
        target.kind.tag(target, put, drop)


def read(target: Target) -> Properties | None:
    """The state as AWS tells it; None: the resource is gone. Raises Refused."""
    try:
        found = target.kind.read(target)
    except ClientError as error:
        if GONE.search(aws.code(error)):
            return None
        raise _refused("reading", target, error) from error
    except BotoCoreError as error:
        raise _refused("reading", target, error) from error
    return None if found is None else _state(target, found)


def _state(target: Target, found: ApiObject) -> Properties:
    kind, known = target.kind, schema.state(target.kind.token)
    by_hand = () if kind.tag is None else ("tags", "tagsAll")
    state = from_api({k: v for k, v in known.items() if k not in by_hand}, found, "", kind.names)
    for prop in kind.settings:
        if target.get(prop) is not None:
            state[prop] = target.get(prop)
    if "region" in known:
        state["region"] = target.region.name
    if "namePrefix" in target.inputs:
        state["namePrefix"] = target.inputs["namePrefix"]
    if kind.tag is not None:
        all_tags = tags.from_api(found) or {}
        own = target.inputs.get("tags", {})
        state["tagsAll"] = all_tags
        state["tags"] = {k: v for k, v in all_tags.items() if k in own or target.default_tags.get(k) != v}
    state["id"] = target.id
    return state


def found_inputs(target: Target, state: Properties) -> Properties:
    """A program's inputs as they would be had it wanted what AWS tells: what Read gives to a refresh or an import."""
    kind, types = target.kind, schema.bare(schema.inputs(target.kind.token))
    inputs: Properties = {}
    for prop, type_ in types.items():
        wanted, found = target.inputs.get(prop), state.get(prop)
        if prop in target.inputs:
            if prop in kind.settings or agrees(kind, prop, type_, wanted, found):
                inputs[prop] = wanted
            elif found is not None:
                inputs[prop] = found
        elif _told(target, prop, type_, found):
            inputs[prop] = found
    if DEFAULTED in target.inputs:
        inputs[DEFAULTED] = target.inputs[DEFAULTED]
    return inputs


def _told(target: Target, prop: str, type_: Any, found: Any) -> bool:
    """Whether a property that the program did not set has to be told: AWS does not choose it, and it has changed."""
    kind = target.kind
    if found in EMPTY or prop in kind.computed or prop in kind.settings or prop == "region":
        return False
    return not target.state or not same(kind, prop, type_, target.state.get(prop), found)


def changes(kind: Kind, old: Properties, new: Properties) -> list[str]:
    """The properties whose change means something to AWS."""
    types = schema.bare(schema.inputs(kind.token))
    props = [prop for prop in types if prop in old or prop in new]
    return [
        prop
        for prop in props
        if not (prop in kind.computed and prop not in new)
        and not same(kind, prop, types[prop], old.get(prop), new.get(prop))
    ]


def replacing(kind: Kind, old: Properties, new: Properties, changed: list[str]) -> set[str]:
    """Those of the changed properties that need a new resource."""
    parts = [path.split(".") for path in kind.replaces]
    stated = {path[0] for path in parts if path[0] in changed and _part(old, path) != _part(new, path)}
    return stated | (kind.replaces_too(old, new) & set(changed))


def _part(inputs: Properties, path: list[str]) -> Any:
    value: Any = inputs
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def deletes_first(kind: Kind, old: Properties, new: Properties) -> bool:
    """Whether a replacement has to be preceded by the deletion: a name that the program fixed is free only then."""
    if kind.name is None:
        return False
    prop = kind.name.prop
    fixed = prop not in new.get(DEFAULTED, []) and prop not in old.get(DEFAULTED, [])
    return fixed and old.get(prop) == new.get(prop)


def previewed(target: Target, *, creating: bool) -> Properties:
    """What is known beforehand of the state after a creation or an update."""
    kind, inputs = target.kind, {k: v for k, v in target.inputs.items() if k != DEFAULTED}
    if creating:
        unknown = [*schema.bare(schema.outputs(kind.token)), *kind.computed]
        state: Properties = dict.fromkeys(unknown, UNKNOWN)
    else:
        gone = set(target.old_inputs) - set(inputs) - kind.computed
        state = {key: value for key, value in target.state.items() if key not in gone}
        state |= dict.fromkeys(kind.recomputed, UNKNOWN)
    if kind.tag is not None:
        state["tagsAll"] = UNKNOWN if target.inputs.get("tags") is UNKNOWN else target.all_tags
    if "region" in schema.state(kind.token):
        state["region"] = target.region.name
    return state | inputs


def delete(target: Target) -> None:
    """Delete it; one that is gone already is no error. Raises Refused."""
    deadline = time.monotonic() + (target.timeout or RETRY_SECONDS)
    while True:
        try:
            target.kind.delete(target)
            return
        except ClientError as error:
            if GONE.search(aws.code(error)):
                return
            if aws.code(error) not in target.kind.retry or time.monotonic() > deadline:
                raise _refused("deleting", target, error) from error
        except (BotoCoreError, Failed) as error:
            raise _refused("deleting", target, error) from error
        if target.cancelled.wait(0.25):
            raise Refused(f"deleting {target.kind.title} ({target.id}): cancelled")
