"""Listener rules that get no request, for one that comes before them matches whatever they match.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from itertools import product
from typing import NamedTuple

from ecs_model.balancing import Attachment, Rule, rules
from ecs_model.problem import Problem
from ecs_model.routing import Routing
from ecs_model.rule_conditions import CONDITIONS

_ANY = "*"


class Conditions(NamedTuple):
    """What a rule matches: one of the values of each."""

    paths: tuple[str, ...]
    hosts: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]]
    """Values by names; all in small letters, for AWS compares them without regard to these. What else a rule asks for
    is here as well, by names that no header has."""

    def cover(self, other: "Conditions") -> bool:
        """Whether these match every request that `other` matches."""
        return (
            _all_within(other.paths, self.paths)
            and _all_within(other.hosts, self.hosts)
            and all(_all_within(other.headers.get(name, (_ANY,)), wanted) for name, wanted in self.headers.items())
        )


class Hidden(NamedTuple):
    """A rule that gets no request, and the one that gets them all."""

    rule: Rule
    before: Rule
    same: bool
    """Whether the two match the same requests, so that their order decides nothing but which of them it is."""


def same_rule_problems(attachments: list[Attachment]) -> Iterator[Problem]:
    """Two rules for the same requests, of which only the first gets any."""
    for rule, before, _ in (each for each in hidden_rules(attachments) if each.same):
        routing = rule.attachment.routing
        settings = {"pathPatterns": routing.path_patterns, "hostHeaders": routing.host_headers,
                    "httpHeaders": routing.http_headers, "queryStrings": routing.query_strings,
                    "sourceIps": routing.source_ips, "methods": routing.methods,
                    "testHeaders": rule.headers}  # fmt: skip
        yield Problem(
            (*rule.attachment.path, next(key for key, given in settings.items() if given)),
            f"with its other conditions matches the requests of service {before.attachment.service} on load balancer "
            f"{routing.name}, whose rule comes first ({before.priority}; this one is {rule.priority}), so that service "
            f"{rule.attachment.service} would get none of them: give one of the two other "
            f"{', '.join(CONDITIONS[:-1])} or {CONDITIONS[-1]}",
        )


def hidden_rule_warnings(attachments: list[Attachment]) -> Iterator[Problem]:
    """Rules behind a broader one."""
    for rule, before, _ in (each for each in hidden_rules(attachments) if not each.same):
        follows = ", which follows from its name and conditions," if rule.automatic else ""
        yield Problem(
            (*rule.attachment.path, rule.key),
            f"{rule.priority}{follows} comes after {before.priority}, that of service {before.attachment.service}, "
            f"whose rule matches every request of this one, so that none reaches service {rule.attachment.service} by "
            f"it: set it below {before.priority}, or that of {before.attachment.service} above {rule.priority}",
        )


def hidden_rules(attachments: list[Attachment]) -> Iterator[Hidden]:
    """Every rule that another one leaves no request, by load balancers in the order in which AWS goes through them."""
    by_balancer: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules(attachments):
        if conditions_of(rule) is not None:
            by_balancer[rule.attachment.routing.name].append(rule)
    for found in by_balancer.values():
        yield from _hidden(sorted(found, key=lambda rule: rule.priority))


def conditions_of(rule: Rule) -> Conditions | None:
    """A rule's conditions; None where it has none, which is refused for itself."""
    routing = rule.attachment.routing
    given = [*routing.http_headers.items(), *rule.headers.items(), *_further(routing)]
    if not (routing.path_patterns or routing.host_headers or given):
        return None
    headers = {name.lower(): tuple(map(str.lower, values)) for name, values in given}
    # A path begins with a slash.
    paths = [_ANY if pattern == "/*" else pattern for pattern in routing.path_patterns]
    hosts = map(str.lower, routing.host_headers or [_ANY])
    return Conditions(tuple(paths or [_ANY]), tuple(hosts), headers)


def _further(routing: Routing) -> Iterator[tuple[str, list[str]]]:
    """Further conditions as patterns; a range of addresses by the bits that all of them begin with."""
    if routing.query_strings:
        yield ":query", [f"{_ANY if each.key is None else each.key}\0{each.value}" for each in routing.query_strings]
    if routing.source_ips:
        yield ":source", list(map(_leading_bits, routing.source_ips))
    if routing.methods:
        yield ":method", routing.methods


def _leading_bits(source: str) -> str:
    """A range of addresses as a pattern of bits; what is none, and is refused for that, as it is."""
    try:
        found = ip_network(source)
    except ValueError:
        return source
    return f"{int(found[0]):0{found.max_prefixlen}b}"[: found.prefixlen] + _ANY


class _Before:
    """The rules that came before, found by how their patterns begin (paths) and end (hosts).

    A thousand rules are half a million pairs.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[tuple[int, Rule, Conditions]]] = defaultdict(list)
        self._heads: set[str] = set()
        self._tails: set[str] = set()
        self._count = 0

    def add(self, rule: Rule, conditions: Conditions) -> None:
        ends = product({_head(path) for path in conditions.paths}, {_tail(host) for host in conditions.hosts})
        for head, tail in ends:
            self._heads.add(head)
            self._tails.add(tail)
            self._found[head, tail].append((self._count, rule, conditions))
        self._count += 1

    def that_hides(self, rule: Rule, conditions: Conditions) -> Hidden | None:
        """The first rule that matches every request of this one; first of all one that matches no others."""
        path, host = conditions.paths[0], conditions.hosts[0]
        heads = self._heads.intersection(path[:end] for end in range(len(path) + 1))
        tails = self._tails.intersection(host[start:] for start in range(len(host) + 1))
        near = (each for ends in product(heads, tails) for each in self._found.get(ends, ()))
        covering = (each for each in near if each[2].cover(conditions))
        ranked = ((not conditions.cover(each[2]), *each[:2]) for each in covering)
        found = min(ranked, key=lambda each: each[:2], default=None)
        return Hidden(rule, found[2], same=not found[0]) if found else None


def _hidden(ordered: Sequence[Rule]) -> Iterator[Hidden]:
    before = _Before()
    for rule in ordered:
        own = conditions_of(rule)
        assert own is not None
        if hidden := before.that_hides(rule, own):
            yield hidden
        before.add(rule, own)


def _head(pattern: str) -> str:
    return pattern.replace("?", "*").partition("*")[0]


def _tail(pattern: str) -> str:
    return pattern.replace("?", "*").rpartition("*")[2]


def _all_within(narrow: Sequence[str], broad: Sequence[str]) -> bool:
    return all(any(within(each, pattern) for pattern in broad) for each in narrow)


def within(narrow: str, broad: str) -> bool:
    """Whether `broad` matches every text that `narrow` matches; `*` stands for any text, `?` for one letter.

    False as well in the rare case that only more than one look at each letter could tell (`*?` within `?*`).
    """
    at = position = back = 0
    star = -1
    while at < len(narrow):
        wanted = broad[position : position + 1]
        if wanted == "*":
            star, back = position, at
            position += 1
        elif wanted == narrow[at] or (wanted == "?" and narrow[at] != "*"):
            at, position = at + 1, position + 1
        elif star >= 0:
            back += 1
            at, position = back, star + 1
        else:
            return False
    return not broad[position:].strip("*")
