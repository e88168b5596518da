"""What every view has, and which view a resource type gets."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from policies.frozen import LATER
from policies.properties import Properties, Unknown

_SAME_MODULE = {
    "aws:alb/": "aws:lb/",
    "aws:elasticloadbalancingv2/": "aws:lb/",
    "aws:applicationloadbalancing/": "aws:lb/",
}
"""Pulumi's AWS package carries these modules' types twice or under their earlier names."""

_VIEWS: dict[str, type["Resource"]] = {}


class Surroundings(NamedTuple):
    """What a resource of a whole program is made from and stands after; a resource judged alone has none."""

    properties: Mapping[str, tuple[str, ...]]
    """URNs of the resources that each input was made from."""
    dependencies: tuple[str, ...] = ()
    """URNs of all resources that come before it, `depends_on` included."""
    ignored: tuple[str, ...] = ()
    """The inputs whose changes the program ignores (`ignore_changes`)."""


ALONE = Surroundings(MappingProxyType({}))
"""Those of a resource that is judged by itself."""


class Resource:
    """A resource of the program, of a type that no rule needs to look into."""

    type: ClassVar[str] = ""
    """The Pulumi type token."""
    label: ClassVar[str] = "resource"
    """What people call it."""
    computed: ClassVar[frozenset[str]] = frozenset()
    """Inputs that AWS fills in when the program leaves them out: a preview shows those as unknown outputs."""
    identity: ClassVar[tuple[str, ...]] = ("id", "arn")
    """Outputs by which other resources refer to it."""

    urn: str
    name: str
    whole: bool
    """Whether it is seen as a part of its program, by its outputs."""
    surroundings: Surroundings
    properties: Properties

    def __init_subclass__(cls) -> None:
        if cls.type:
            _VIEWS[cls.type] = cls

    def __init__(
        self,
        urn: str,
        name: str,
        raw: Mapping[str, object],
        surroundings: Surroundings | None = None,
        ignored: tuple[str, ...] = (),
    ) -> None:
        inputs = raw
        if surroundings is not None:
            inputs = _Given(raw, self.computed, surroundings.properties) if raw else _UNREAD
        # Rules share their views, so that these take no attributes but what they remember of themselves.
        vars(self).update(
            urn=urn,
            name=name,
            whole=surroundings is not None,
            surroundings=surroundings or (Surroundings({}, ignored=ignored) if ignored else ALONE),
            properties=Properties(inputs, self),
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self} cannot be changed")

    def __str__(self) -> str:
        return f"{self.label} {self.name}"

    def computes_within(self, key: str, token: str) -> bool:
        """Whether what is not known within the property `key` can only be what AWS fills in.

        So it is in a preview of a whole program where the property is made from no other resources than some of the
        type `token`, whose ids and ARNs it holds.
        """
        made_from = self.surroundings.properties.get(key, ())
        return bool(made_from) and all(f"{token}::" in urn for urn in made_from)

    def computes(self, key: str) -> bool:
        """Whether what is not known within the property `key` is what AWS fills in, as the program makes it of nothing.

        A resource that is judged by itself shows what it was given, and nothing that is computed.
        """
        return self.whole and key not in self.surroundings.properties

    def identities(self) -> Iterator[str]:
        """Every known text by which another resource may refer to this one."""
        for key in self.identity:
            try:
                value = self.properties.text(key)
            except Unknown:
                continue
            if value:
                yield value
                if value.startswith("arn:"):
                    yield value.split(":", 5)[-1].split("/", 1)[-1]
                    yield value.rsplit("/", 1)[-1]


class _Given(Mapping[str, object]):
    """Outputs seen as inputs: what is unknown although it was made from nothing was not given, but is computed."""

    def __init__(self, raw: Mapping[str, object], computed: frozenset[str], made_from: Mapping[str, object]) -> None:
        self._raw, self._computed, self._made_from = raw, computed, made_from

    def __getitem__(self, key: str) -> object:
        return self._given(key, self._raw[key])

    def get(self, key: str, default: object = None) -> object:
        """The value, or what to take for one that is not there."""
        return self._given(key, self._raw.get(key, default))

    def _given(self, key: str, value: object) -> object:
        return None if value is LATER and key in self._computed and key not in self._made_from else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class _Unread(Mapping[str, object]):
    """Stands for the outputs of a resource that the program refers to by an id which is not known yet.

    A preview cannot read such a resource, and hands it on without any output; one that is made has its id at least.
    """

    def __getitem__(self, key: str) -> object:
        return LATER

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_UNREAD = _Unread()


def canonical(token: str) -> str:
    """The type token under its module's present name."""
    module = token[: token.find("/") + 1]
    return _SAME_MODULE.get(module, module) + token[len(module) :]


def view(token: str) -> type[Resource] | None:
    """The view for a type token, if any rule needs one."""
    return _VIEWS.get(canonical(token))
