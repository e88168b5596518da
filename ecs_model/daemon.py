"""Services with one task on every container instance.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-options.html
"""

from collections.abc import Iterator, Mapping

from ecs_model.problem import Problem

DAEMON_MINIMUM, DAEMON_MAXIMUM = 0, 100
"""Percent of a daemon's tasks in a deployment: an instance's old one ends before its new one starts."""


def daemon_problems(chosen: Mapping[str, bool]) -> Iterator[Problem]:
    """What a daemon does not take, of settings by their names; `chosen` says of each whether it is set."""
    for key, given in chosen.items():
        if given:
            yield Problem((key,), "is not for a daemon, of which every container instance runs one: leave it out")
