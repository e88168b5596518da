"""One environment: the names of its parts, and of what is called after them."""

import re
from collections.abc import Iterator

from ecs_model.balancing import Attachment
from ecs_model.problem import Path, Problem, cut, dotted, under
from ecs_model.stack_parts import StackParts
from ecs_model.strategy import name_problem

LONGEST_NAME = 24
"""Load balancers and target groups have names of at most 32 characters, of which Pulumi's suffix takes 8."""
LONGEST_OWN_NAME = LONGEST_NAME - len("-a")


def name_problems(stack: StackParts) -> Iterator[Problem]:
    """Names that AWS would refuse, that leave no room for a suffix, or that two parts would have."""
    own = list(_own_name_problems(stack.name))
    yield from own
    for key in stack.load_balancers:
        if f"{stack.name}-{stack.first_name('loadBalancers', key)}".lower().startswith("internal-"):
            yield Problem(("loadBalancers", key), "is called internal-…, which AWS reserves: set another name")
    for section, keys in stack.section_keys().items():
        for key in keys:
            yield from under(_key_problems(stack.first_name(section, key)), section, key)
    yield from _attached_name_problems(stack)
    if not own:
        # Else that half of every name is wrong says enough.
        yield from _length_problems(stack)
        yield from _alternate_name_problems(stack)


def _length_problems(stack: StackParts) -> Iterator[Problem]:
    """Names without room for a suffix: of one part with it, of several once."""
    room = LONGEST_NAME - len(f"{stack.name}-")
    names: dict[Path, str] = {
        (section, key): stack.first_name(section, key) for section, keys in stack.section_keys().items() for key in keys
    }
    long = {path: name for path, name in names.items() if len(name) > room}
    further = {each.path: each.name.removeprefix(f"{stack.name}-") for each in _further(stack)}
    long |= {path: name for path, name in further.items() if len(name) > room and path[:2] not in long}
    limit = f"at most {LONGEST_NAME} leave room for a suffix"
    enough = LONGEST_NAME - len("-") - max(map(len, long.values()), default=0)
    if len(long) > 1 and enough > 0:
        listed = ", ".join(map(dotted, long))
        yield Problem(
            ("name",),
            f"{stack.name!r} leaves {room} characters to keys, and {listed} have more; with it and a hyphen {limit}: "
            f"shorten it (set name) to {enough}, or these keys",
        )
        return
    for path, name in long.items():
        whole = f"{stack.name}-{name}"
        yield Problem(
            path,
            f"{whole!r} has {len(whole)} characters, {limit}: shorten the key to {room}, or the first half (set name)",
        )


def _own_name_problems(name: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        yield Problem(("name",), f"{name!r} is not a name: use letters, digits and hyphens, a letter first")
    elif name.lower().startswith("sg-"):
        yield Problem(("name",), f"{name!r} begins with 'sg-', which EC2 keeps for itself: change it")
    elif reason := name_problem(name):
        # Capacity providers are called after it.
        yield Problem(("name",), reason)
    elif len(name) > LONGEST_OWN_NAME:
        yield Problem(
            ("name",),
            f"{cut(name)} has {len(name)} characters, and with the keys after it names have at most {LONGEST_NAME}: "
            f"set name to at most {LONGEST_OWN_NAME}, the fewer the longer the keys may be",
        )


def _further(stack: StackParts) -> list[Attachment]:
    """The attachments whose target groups are called after a key of their own as well."""
    return [each for each in stack.attachments() if each.path[2] == "loadBalancers"]


def _attached_name_problems(stack: StackParts) -> Iterator[Problem]:
    """Target groups are called after their service and their own key: each differently."""
    taken = {f"{stack.name}-{stack.first_name('services', key)}": key for key in stack.services}
    called = {*taken}
    for each in _further(stack):
        yield from under(_key_problems(each.name.removeprefix(f"{stack.name}-")), *each.path)
        first = taken.setdefault(each.name, each.service)
        if first != each.service or each.name in called:
            yield Problem(each.path, f"is called {each.name}, as something of service {first} is: use another name")


def _alternate_name_problems(stack: StackParts) -> Iterator[Problem]:
    """Where traffic is moved a second target group has the name of the first and -2."""
    services = {f"{stack.name}-{stack.first_name('services', key)}" for key in stack.services}
    names = {each.name for each in stack.attachments()} | services
    for each in stack.attachments():
        chosen = stack.services[each.service].deployment
        other = f"{each.name}-2"
        if chosen is None or not chosen.strategy.shifts:
            continue
        if len(other) > LONGEST_NAME or other in names:
            yield Problem(
                each.path,
                f"needs a second target group called {other}, which has to be the only one of that name and within "
                f"{LONGEST_NAME} characters: use another name, or deployment.strategy rolling",
            )


def _key_problems(key: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", key):
        yield Problem((), f"{key!r} is not a name: use letters, digits and hyphens")


def family_problems(stack: StackParts) -> Iterator[Problem]:
    """Two tasks of one name."""
    first: dict[str, str] = {}
    for section, key, _ in stack.tasks():
        family = stack.first_name(section, key)
        if first.setdefault(family, section) != section:
            yield Problem(
                (section, key),
                f"is in {first[family]} as well, and a task definition's family is for one: rename it",
            )
