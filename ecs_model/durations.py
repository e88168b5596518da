"""Durations as the ECS agent reads them, which is as Go writes them: `30s`, `1h30m`."""

import re

_PART = r"\d+(?:\.\d+)?(?:ms|h|m|s)"
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds(text: str) -> float | None:
    """A duration in seconds, None where the agent could not read it."""
    if not re.fullmatch(f"(?:{_PART})+", text, re.ASCII):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([\d.]+)(ms|h|m|s)", text))


def duration_problem(text: str, least: str) -> str | None:
    """Why the agent would ignore a duration, of which it takes `least` and more; None where it does not."""
    found, shortest = seconds(text), seconds(least)
    assert shortest is not None
    if found is None:
        return f"{text!r} is no duration, such as 90s, 30m or 1h30m"
    return f"{text} is too short, and the agent would ignore it: give at least {least}" if found < shortest else None
