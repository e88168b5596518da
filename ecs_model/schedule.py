"""Times by the clock, as Application Auto Scaling and EventBridge Scheduler both write them.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from collections.abc import Iterator
from functools import cache

from ecs_model.problem import Problem


def schedule_problems(schedule: str, timezone: str) -> Iterator[Problem]:
    """Why AWS refuses the settings `schedule` and `timezone`."""
    if not _is_schedule(schedule):
        yield Problem(
            ("schedule",),
            f"{schedule!r} is no schedule: give cron(minute hour day month weekday year) with ? for exactly one of day "
            "and weekday, rate(5 minutes), or at(2026-12-24T18:00:00)",
        )
    if _zones() and timezone not in _zones():
        yield Problem(("timezone",), f"{timezone!r} is not a time zone, such as UTC or Europe/Berlin")


def _is_schedule(schedule: str) -> bool:
    if re.fullmatch(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)", schedule):
        return True
    if re.fullmatch(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)", schedule):
        return True
    cron = re.fullmatch(r"cron\(([^()]*)\)", schedule)
    fields = cron[1].split() if cron else []
    return len(fields) == 6 and (fields[2] == "?") != (fields[4] == "?")


@cache
def _zones() -> set[str]:
    """The time zones that this machine knows; none where it has no time zone data."""
    # Only here, for it is slow to load, and most programs have no schedule.
    from zoneinfo import available_timezones

    return available_timezones()
