"""Times by the clock, as Application Auto Scaling and EventBridge Scheduler both write them.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from collections.abc import Iterator
from datetime import datetime
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


def schedule_warnings(schedule: str, timezone: str, now: datetime) -> Iterator[Problem]:
    """A single time that has passed; `now` is of any time zone."""
    once = _once(schedule)
    if once is None or timezone not in _zones():
        return
    from zoneinfo import ZoneInfo

    if once.replace(tzinfo=ZoneInfo(timezone)) <= now:
        yield Problem(
            ("schedule",),
            f"{schedule} has passed in {timezone}, so that nothing happens by it any more: take it out, or give "
            "another",
        )


def _once(schedule: str) -> datetime | None:
    """The time of a schedule that is for a single one."""
    at = re.fullmatch(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)", schedule)
    try:
        return datetime.fromisoformat(at[1]) if at else None
    except ValueError:
        return None


def _is_schedule(schedule: str) -> bool:
    if _once(schedule) is not None:
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
