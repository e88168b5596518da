"""The state of a resource, as the engine keeps it."""

from __future__ import annotations

from google.protobuf import struct_pb2

from localaws.kind import Kind
from localaws.wire import Properties, dump, hide, load, marks

HAD = "__had"
"""In the state of a resource that is half done: the inputs that it has, in place of those that were wanted."""


def as_state(state: Properties, *given: struct_pb2.Struct) -> struct_pb2.Struct:
    """A state for the engine, its secrets marked as they were given."""
    secret: Properties = {}
    for struct in given:
        secret |= marks(struct)
    return dump(hide(state, {"tagsAll": secret.get("tags"), **secret}))


def had_inputs(state: struct_pb2.Struct, inputs: struct_pb2.Struct) -> Properties:
    """The inputs that a resource has: those of its last deployment, unless that was half done."""
    known = load(state)
    return known[HAD] if HAD in known else load(inputs)


def told_inputs(kind: Kind, had: Properties, state: struct_pb2.Struct) -> Properties:
    """The inputs that a resource has, but for what AWS told otherwise."""
    known = load(state)
    return had | {prop: known[prop] for prop in kind.told if prop in known}
