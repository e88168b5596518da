"""A whole program: its resources as views, and which of them refer to which."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple, cast

from policies.properties import References
from policies.views.resource import Resource, Surroundings, view

Kind = TypeVar("Kind", bound=Resource)
Given = TypeVarTuple("Given")
Found = TypeVar("Found")
Owner = TypeVar("Owner")
Owned = TypeVar("Owned")


class Stack:
    """The resources of one program.

    A reference is followed by its value where that is known (id, ARN or name), else by what it was made from: a value
    that is known cannot be one that is not, so the two never mix.
    """

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_urn = {resource.urn: resource for resource in resources}
        self._identities: dict[type[Resource], dict[str, list[Resource]]] = {}
        self._kinds: dict[type[Resource], list[Resource]] = {}
        self._places: dict[str, int] = {}
        self.memory: dict[Hashable, Any] = {}
        """What `remembered` functions found out about this program."""

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Every resource of a kind, in the program's order."""
        if kind not in self._kinds:
            self._kinds[kind] = [resource for resource in self._by_urn.values() if isinstance(resource, kind)]
        return cast(list[Kind], self._kinds[kind].copy())

    def find(self, kind: type[Kind], source: Resource, key: str, references: References) -> list[Kind]:
        """The resources of a kind that `references`, found in the property `key` of `source`, mean.

        Empty where they lie outside the program. Several unknown references of one property cannot be told apart:
        each means all of them.
        """
        found: dict[str, Kind] = {}
        for text in references.known:
            found |= {resource.urn: resource for resource in self._named(kind, text)}
        if references.unknown:
            found |= {resource.urn: resource for resource in self._made_from(kind, source, key)}
        return list(found.values())

    def in_order(self, resources: Collection[Kind]) -> list[Kind]:
        """Some resources, each once and in the program's order."""
        if not self._places:
            self._places = {urn: place for place, urn in enumerate(self._by_urn)}
        return sorted(set(resources), key=lambda resource: self._places[resource.urn])

    def comes_after(self, resource: Resource, earlier: Collection[Resource]) -> bool:
        """Whether a resource comes after one of some others, directly or through others still."""
        wanted = {other.urn for other in earlier}
        seen: set[str] = set()
        # The nearest first: mostly it is one of those.
        urns = resource.surroundings.dependencies
        while urns:
            if not wanted.isdisjoint(urns):
                return True
            seen.update(urns)
            known = (self._by_urn[urn] for urn in urns if urn in self._by_urn)
            further = dict.fromkeys(urn for other in known for urn in other.surroundings.dependencies)
            urns = tuple(urn for urn in further if urn not in seen)
        return False

    def reaches_out(self, kind: type[Resource], source: Resource, key: str, references: References) -> bool:
        """Whether some of `references` are not known yet, and nothing in the program can be meant by those."""
        meant = self.find(kind, source, key, References(unknown=references.unknown))
        return references.unknown and set(meant) <= set(self.find(kind, source, key, References(references.known)))

    def _named(self, kind: type[Kind], text: str) -> list[Kind]:
        if kind not in self._identities:
            index: dict[str, list[Resource]] = {}
            for resource in self.all(kind):
                for identity in set(resource.identities()):
                    index.setdefault(identity, []).append(resource)
            self._identities[kind] = index
        index = self._identities[kind]
        tail = text.rsplit("/", 1)[-1] if text.startswith("arn:") else text
        named = index.get(text) or index.get(tail) or index.get(tail.split(":")[0]) or []
        return [resource for resource in named if isinstance(resource, kind)]

    def _made_from(self, kind: type[Kind], source: Resource, key: str) -> list[Kind]:
        """The nearest resources of a kind that a property was made from, through others where need be."""
        seen: set[str] = set()
        urns = list(source.surroundings.properties.get(key, ()))
        while urns:
            nearest = [self._by_urn[urn] for urn in urns if urn in self._by_urn]
            found = [resource for resource in nearest if isinstance(resource, kind)]
            if found:
                return found
            seen.update(urns)
            further = [
                urn for resource in nearest for made in resource.surroundings.properties.values() for urn in made
            ]
            urns = [urn for urn in dict.fromkeys(further) if urn not in seen]
        return []


def by_owner(items: Iterable[Owned], owners: Callable[[Owned], Iterable[Owner]]) -> dict[Owner, list[Owned]]:
    """The items by whom they belong to."""
    found: dict[Owner, list[Owned]] = {}
    for item in items:
        for owner in dict.fromkeys(owners(item)):
            found.setdefault(owner, []).append(item)
    return found


def remembered(function: Callable[[Stack, *Given], Found]) -> Callable[[Stack, *Given], Found]:
    """Makes a function of a stack answer each question about one stack once, for relations are asked many times."""

    @wraps(function)
    def once(stack: Stack, /, *args: *Given) -> Found:
        key = (function, args)
        if key not in stack.memory:
            stack.memory[key] = function(stack, *args)
        found = stack.memory[key]
        # A list is the asker's to change.
        return cast(Found, found.copy() if isinstance(found, list) else found)

    return once


def resource_of(
    token: str,
    urn: str,
    name: str,
    read: Callable[[], Mapping[str, object]],
    surroundings: Surroundings | None = None,
    ignored: tuple[str, ...] = (),
) -> Resource:
    """The view of a resource, its properties read; one that no rule looks into is still a step between others.

    A resource that is judged by itself has no surroundings, but may have inputs whose changes are `ignored`.
    """
    kind = view(token)
    return kind(urn, name, read(), surroundings, ignored) if kind else Resource(urn, name, {}, surroundings)
