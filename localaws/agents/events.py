"""The events of a service, in ECS's own words.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from ecs_model.refusals import Reason, Refusal

MOST = 100
SEE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
STUCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the "
    "minimumHealthyPercent or maximumPercent value and try again."
)
_NOT_CONSIDERED = frozenset({Reason.STATUS, Reason.CAPACITY_PROVIDER, Reason.ZONE})
_CLOSEST = {
    Reason.CPU: "has insufficient CPU units available",
    Reason.MEMORY: "has insufficient memory available",
    Reason.PORT: "is already using a port required by your task",
    Reason.ATTRIBUTE: "is missing an attribute required by your task",
    Reason.ARCHITECTURE: "is missing an attribute required by your task",
}
_ERRORS = {
    Reason.AGENT: "AGENT",
    Reason.GPU: "RESOURCE:GPU",
    Reason.NETWORK_INTERFACE: "RESOURCE:ENI",
    Reason.PORT_QUOTA: "RESOURCE:PORTS",
    Reason.DYNAMIC_PORT: "RESOURCE:PORTS",
    Reason.DISTINCT_INSTANCE: "DistinctInstance placement constraint unsatisfied.",
    Reason.EXPRESSION: "MemberOf placement constraint unsatisfied.",
}
_FAILURES = {
    Reason.CPU: "RESOURCE:CPU",
    Reason.MEMORY: "RESOURCE:MEMORY",
    Reason.PORT: "RESOURCE:PORTS",
    Reason.ATTRIBUTE: "ATTRIBUTE",
    Reason.ARCHITECTURE: "ATTRIBUTE",
    **_ERRORS,
}


def tell(service: Any, message: str) -> None:
    """A new event, unless the last one says the same."""
    text = f"(service {service.name}) {message}"
    if service.events and service.events[0]["message"] == text:
        return
    event = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": text}
    service.events = [event, *service.events][:MOST]


def tell_tasks(service: Any, what: str, tasks: Sequence[Any]) -> None:
    """`has started 2 tasks: (task …) (task …).`, where there are any."""
    if tasks:
        tell(service, f"{what.format(len(tasks))}: {' '.join(f'(task {task.id})' for task in tasks)}.")


def unplaced(refusals: Mapping[str, list[Refusal]], provider: str | None) -> str:
    """Why a task was not placed: the one instance that comes closest, and the one reason that ECS names."""
    text = "was unable to place a task because no container instance met all of its requirements."
    found = closest(refusals)
    if found is None:
        where = "capacity provider" if provider else "cluster"
        return f"{text} Reason: No Container Instances were found in your {where}. {SEE}"
    arn, refusal = found
    problem = _CLOSEST.get(refusal.reason) or f'encountered error "{_ERRORS[refusal.reason]}"'
    return f"{text} The closest matching container-instance {arn.rpartition('/')[2]} {problem}. {SEE}"


def failures(refusals: Mapping[str, list[Refusal]]) -> list[dict[str, str]]:
    """The failures that RunTask answers with."""
    return [
        {"arn": arn, "reason": _FAILURES[found[0].reason]}
        for arn, found in refusals.items()
        if found and found[0].reason in _FAILURES
    ]


def closest(refusals: Mapping[str, list[Refusal]]) -> tuple[str, Refusal] | None:
    """The considered instance with the fewest refusals, and its first; None where none is considered."""
    considered = [
        (len(found), arn)
        for arn, found in refusals.items()
        if found and _NOT_CONSIDERED.isdisjoint(each.reason for each in found)
    ]
    if not considered:
        return None
    # The first of those that come equally close.
    arn = min(considered, key=lambda item: item[0])[1]
    return arn, refusals[arn][0]
