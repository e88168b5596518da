"""The order in which the containers of a task can start."""

from collections.abc import Mapping


def waiting_forever(waits: Mapping[str, set[str]]) -> list[str]:
    """The containers, sorted, that wait in a circle, or for one that does, by the names they wait for."""
    stuck = {name: {other for other in others if other in waits} - {name} for name, others in waits.items()}
    while ready := {name for name, others in stuck.items() if not others}:
        stuck = {name: others - ready for name, others in stuck.items() if name not in ready}
    return sorted(stuck)
