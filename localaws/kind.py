"""The declaration of a resource type, and one resource seen through it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any

from localaws import schema
from localaws.aws import Region
from localaws.convert import Names, find, to_api
from localaws.wire import Properties

REGISTRY = "https://www.pulumi.com/registry/packages/aws/api-docs/"
ApiObject = Mapping[str, Any]


@dataclass(frozen=True)
class AutoName:
    """A name made of the resource's own, a hyphen and seven random hexadecimal digits, unless a program gives one."""

    length: int = 255
    prop: str = "name"


@dataclass
class Target:
    """One resource during one request of the engine."""

    kind: Kind
    region: Region
    name: str
    default_tags: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    old_inputs: Properties = field(default_factory=dict)
    state: Properties = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    """The properties that an update changes."""
    removed: frozenset[str] = frozenset()
    """Those of them that the program has no more."""
    timeout: float = 0.0
    """Seconds that the program gave the operation (customTimeouts); 0: it did not say."""

    cancelled: threading.Event = field(default_factory=threading.Event)

    def pause(self, seconds: float) -> None:
        """Wait. Raises Failed when the engine cancels meanwhile."""
        if self.cancelled.wait(seconds):
            raise Failed("cancelled")

    def polls(self, seconds: float) -> Iterator[bool]:
        """Four times a second, whether the time is over: the operation's own time-out, else the given one."""
        waited = 0.0
        while True:
            yield waited > (self.timeout or seconds)
            self.pause(0.25)
            waited += 0.25

    def call(self, operation: str, pick: str = "", /, **parameters: Any) -> Any:
        """Call AWS: `describe_vpcs`, or `ec2.describe_vpcs` where it is another service than the type's own."""
        service, _, name = operation.rpartition(".")
        return self.region.call(service or self.kind.service, name, pick, **parameters)

    def get(self, prop: str) -> Any:
        """A property as the program wants it, else as it was found."""
        return self.inputs.get(prop, self.state.get(prop))

    @property
    def all_tags(self) -> dict[str, str]:
        """The resource's tags, those of the provider's defaultTags included."""
        if self.kind.tag is None:
            return {}
        return {**self.default_tags, **self.inputs.get("tags", {})}


Given = Callable[[Target], Properties]
NOTHING: Given = lambda _: {}  # noqa: E731


@dataclass(frozen=True)
class Call:
    """An operation whose parameters are the properties that it knows by name, and what `given` adds."""

    operation: str
    given: Given = NOTHING
    only: frozenset[str] | None = None
    """The properties that it may take by name; None: all that it knows."""
    also: frozenset[str] = frozenset()
    """The properties that `given` turns into parameters."""
    when_changed: frozenset[str] = frozenset()
    """The properties that it is told only where the program changes them, for others change them as well."""

    def taken(self, kind: Kind, region: Region) -> dict[str, str]:
        """Property -> the operation's parameter, "" where `given` makes it."""
        key = kind.token, self
        if key not in _TAKEN:
            _TAKEN[key] = self._by_name(kind, region) | dict.fromkeys(self.also, "")
        return _TAKEN[key]

    def _by_name(self, kind: Kind, region: Region) -> dict[str, str]:
        shape = region.model(kind.service, self.operation).input_shape
        members = {} if shape is None else shape.members
        found = {
            prop: find(prop, prop, kind.names, members)
            for prop in schema.bare(schema.inputs(kind.token))
            if prop not in self.also
            and (self.only is None or prop in self.only)
            and prop not in kind.settings
            and prop not in ("region", "tags")
        }
        return {prop: member for prop, member in found.items() if member}

    def parameters(self, target: Target) -> Properties:
        """What the operation is called with."""
        shape = target.region.model(target.kind.service, self.operation).input_shape
        members = {} if shape is None else shape.members
        taken = self.taken(target.kind, target.region)
        result = {
            member: to_api(target.inputs[prop], members[member], prop, target.kind.names)
            for prop, member in taken.items()
            if member and prop in target.inputs and prop not in self.when_changed - target.changed
        }
        return result | self._emptied(target, taken) | self.given(target)

    def _emptied(self, target: Target, taken: Mapping[str, str]) -> Properties:
        """What takes back a property that the program has no more, unless AWS chooses then."""
        types = schema.bare(schema.inputs(target.kind.token))
        empty = {"string": "", "integer": 0, "number": 0, "boolean": False}
        return {
            taken[prop]: target.kind.empties.get(prop, empty[types[prop]])
            for prop in target.removed - target.kind.computed
            if taken.get(prop) and isinstance(types[prop], str) and types[prop] in empty
        }

    def run(self, target: Target) -> Any:
        """The operation's response."""
        return target.call(self.operation, **self.parameters(target))

    def again(self, target: Target) -> Any:
        """The response to all that the program wants, by an operation that takes back what it does not name."""
        inputs = {prop: value for prop, value in target.inputs.items() if prop not in target.removed}
        return self.run(replace(target, inputs=inputs, removed=frozenset()))


_TAKEN: dict[tuple[str, Call], dict[str, str]] = {}


@dataclass(frozen=True)
class Step:
    """What one operation by name cannot say; it runs where one of its properties changed or must still be set."""

    props: frozenset[str]
    do: Callable[[Target], object]

    def taken(self, kind: Kind, region: Region) -> dict[str, str]:
        """The properties that it sets."""
        return dict.fromkeys(self.props, "")

    def run(self, target: Target) -> object:
        """Do it."""
        return self.do(target)


Tagger = Callable[[Target, dict[str, str], list[str]], object]


@dataclass(frozen=True)
class Kind:
    """All that the engine has to know of a resource type.

    Properties have pulumi_aws's names. What forces replacement, what AWS chooses where the program says nothing, and
    the defaults are those of the page in `source` (the underlying schema's ForceNew, Computed, Default).
    """

    token: str
    _: KW_ONLY
    service: str
    source: str
    create: Call | Callable[[Target], str]
    also_created: frozenset[str] = frozenset()
    """The properties that a function in `create` sets."""
    identity: str | Callable[[Target, Any], str] = ""
    """The resource's id: a JMESPath in the response of `create`, or a function of it."""
    read: Callable[[Target], ApiObject | None]
    """What AWS says of the resource; None, or an error that it is not found: it is gone."""
    updates: tuple[Call | Step, ...] = ()
    """Run in this order where they take a changed property, and after `create` for what that could not take."""
    delete: Callable[[Target], object]
    replaces: frozenset[str] = frozenset()
    """Properties, or parts of one (`launchTemplate.name`), whose change needs a new resource."""
    replaces_too: Callable[[Properties, Properties], set[str]] = lambda _, __: set()
    """Further such properties, of old and new inputs."""
    computed: frozenset[str] = frozenset()
    recomputed: frozenset[str] = frozenset()
    """Outputs that an update changes."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    settings: frozenset[str] = frozenset()
    """Properties that steer the provider or are never told again by AWS: kept as the program gave them."""
    documents: frozenset[str] = frozenset()
    """Properties that hold JSON."""
    empties: Mapping[str, Any] = field(default_factory=dict)
    """What takes a property back, where that is not an empty text, 0 or false."""
    told: frozenset[str] = frozenset()
    """Properties whose change is seen against what AWS told last, as the plugin sees all of them, and not what the
    program said last: AWS may keep more than it is told."""
    ordered: frozenset[str] = frozenset()
    """Lists whose order means something."""
    name: AutoName | None = None
    tag: Tagger | None = None
    tag_specification: str = ""
    """EC2's name of the type, where tags are given as TagSpecifications."""
    settle: Callable[[Target], None] | None = None
    """Waits after a creation and an update; raises Failed."""
    check: Callable[[Properties], list[tuple[str, str]]] = lambda _: []
    """Failures (property, reason) of the provider's own validation."""
    retry: frozenset[str] = frozenset({"DependencyViolation"})
    """AWS's errors on deletion that may pass when what depends on the resource has gone."""

    @property
    def title(self) -> str:
        """`ECS Service`, as messages call the type."""
        module, _, class_ = self.token.partition(":")[2].partition("/")
        words = "".join(f" {letter}" if letter.isupper() else letter for letter in class_.rpartition(":")[2])
        return f"{module.upper() if len(module) < 4 else module.title()}{words}"


class Failed(Exception):  # noqa: N818
    """The resource exists, but did not become what the program wants."""
