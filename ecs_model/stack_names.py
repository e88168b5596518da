"""One environment: the names of its parts, and of what is called after them."""

import re
from collections.abc import Iterator

from ecs_model.problem import Problem, under
from ecs_model.stack_parts import StackParts
from ecs_model.strategy import name_problem

LONGEST_NAME = 24
"""Load balancers and target groups have names of at most 32 characters, of which Pulumi's suffix takes 8."""


def name_problems(stack: StackParts) -> Iterator[Problem]:
    """Names that AWS would refuse, that leave no room for a suffix, or that two parts would have."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", stack.name):
        yield Problem(("name",), f"{stack.name!r} is not a name: use letters, digits and hyphens, a letter first")
    elif stack.name.lower().startswith("sg-"):
        yield Problem(("name",), f"{stack.name!r} begins with 'sg-', which EC2 keeps for itself: change it")
    elif reason := name_problem(stack.name):
        # Capacity providers are called after it.
        yield Problem(("name",), reason)
    for key in stack.load_balancers:
        if f"{stack.name}-{stack.first_name('loadBalancers', key)}".lower().startswith("internal-"):
            yield Problem(("loadBalancers", key), "is called internal-…, which AWS reserves: set another name")
    for section, keys in stack.section_keys().items():
        for key in keys:
            yield from under(_key_problems(stack, stack.first_name(section, key)), section, key)
    yield from _attached_name_problems(stack)


def _attached_name_problems(stack: StackParts) -> Iterator[Problem]:
    """Target groups are called after their service and their own key: each differently."""
    taken = {f"{stack.name}-{stack.first_name('services', key)}": key for key in stack.services}
    called = {*taken}
    yield from _alternate_name_problems(stack)
    for each in stack.attachments():
        if each.path[2] != "loadBalancers":
            continue
        yield from under(_key_problems(stack, each.name.removeprefix(f"{stack.name}-")), *each.path)
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


def _key_problems(stack: StackParts, key: str) -> Iterator[Problem]:
    whole = f"{stack.name}-{key}"
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", key):
        yield Problem((), f"{key!r} is not a name: use letters, digits and hyphens")
    elif len(whole) > LONGEST_NAME:
        yield Problem((), f"{whole!r} has {len(whole)} characters, at most {LONGEST_NAME} leave room for a suffix")


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
