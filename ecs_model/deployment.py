"""How a deployment of a service is watched, given up, and kept even over the zones.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
"""

from collections.abc import Iterator, Sequence

from ecs_model.placement_rules import SPREAD_ZONES, PlacementStrategy, chosen_strategies, may_rebalance
from ecs_model.problem import Problem

LONGEST_ALARM_NAME = 255
_BAD = ("FAILED", "ROLLBACK", "STOPPED")


def went_wrong(status: str) -> bool:
    """Whether a service deployment of this status, such as ROLLBACK_SUCCESSFUL, did not bring what it should.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
    """
    return status.startswith(_BAD)


def rebalances(
    zone_rebalancing: bool | None, maximum_percent: int, placement: Sequence[PlacementStrategy] | None = None
) -> bool:
    """Whether ECS moves tasks to other zones: as it was said, else where it can.

    That is where it may start a task before it ends another, and where `placement`, as the settings have it, spreads
    over zones first.
    """
    if zone_rebalancing is not None:
        return zone_rebalancing
    return maximum_percent > 100 and may_rebalance(chosen_strategies(placement))


def can_replace(copies: int | None, minimum_percent: int, maximum_percent: int) -> bool:
    """Whether a rolling deployment of some copies may end one before it starts another, or the other way round.

    ECS rounds the minimum up and the maximum down. Without a number of copies, that of as many as one likes is told.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    if copies is None:
        return minimum_percent < 100 or maximum_percent > 100
    return copies == 0 or -(-copies * minimum_percent // 100) < copies or copies * maximum_percent // 100 > copies


def problems(
    alarms: Sequence[str],
    zone_rebalancing: bool | None,
    maximum_percent: int,
    *,
    sigint_rollback: bool,
    wait_for_steady_state: bool,
    placement: Sequence[PlacementStrategy] | None = None,
) -> Iterator[Problem]:
    """What ECS or the provider would refuse, or not do; `placement` are the placement strategies of the settings."""
    yield from _alarm_problems(alarms)
    if sigint_rollback and not wait_for_steady_state:
        yield Problem(
            ("sigintRollback",),
            "rolls back what `pulumi up` waits for, and waitForSteadyState is false: set both, or neither",
        )
    if zone_rebalancing and maximum_percent <= 100:
        yield Problem(
            ("zoneRebalancing",),
            f"starts a task before it ends another, and maximumPercent ({maximum_percent}) leaves no room: raise that, "
            "or leave this out",
        )
    first, *_ = chosen_strategies(placement) or (SPREAD_ZONES,)
    if zone_rebalancing and not may_rebalance([first]):
        seen = f"{first.type} {first.field}".strip()
        yield Problem(
            ("zoneRebalancing",),
            f"true needs a spread over {SPREAD_ZONES.field} as the first of placementStrategies, which is {seen}: put "
            "that first, or set zoneRebalancing to false",
        )


def _alarm_problems(alarms: Sequence[str]) -> Iterator[Problem]:
    if len(set(alarms)) < len(alarms):
        yield Problem(("deploymentAlarms",), "names an alarm more than once: keep each once")
    for position, name in enumerate(alarms):
        if not 1 <= len(name) <= LONGEST_ALARM_NAME or "," in name:
            yield Problem(
                ("deploymentAlarms", position),
                f"{name!r} is not an alarm's name: give 1-{LONGEST_ALARM_NAME} characters without a comma",
            )
