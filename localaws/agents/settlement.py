"""Bringing a region's clusters to where AWS would have them in the end."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import ecs_backends

from localaws.agents import draining, runs, scaling, warm_pools
from localaws.agents.board import Board
from localaws.agents.machines import muster
from localaws.agents.services import Scheduling


def settle(account: str, region: str, *, inwards: bool = False) -> None:
    """Instances join and leave, tasks start, stop and move, groups grow; `inwards`: they may also shrink.

    A step follows from the one before, until none changes anything: a group grows only up to its maximum, so it ends.
    """
    backend = ecs_backends[account][region]
    warm_pools.settle(account, region)
    if not backend.clusters:
        return
    changed = True
    while changed:
        muster(backend)
        boards = [_step(backend, cluster) for cluster in backend.clusters.values()]
        scaled = [scaling.scale(board, inwards=inwards) for board, _ in boards]
        changed = draining.finish(backend) or any(scaled)
        warm_pools.settle(account, region)
    for board, scheduled in boards:
        for scheduling in scheduled:
            scheduling.conclude()
        board.show()
        scaling.tell(board)
        for provider in board.providers.values():
            draining.show(backend, provider)


def _step(backend: Any, cluster: Any) -> tuple[Board, list[Scheduling]]:
    board = Board(backend, cluster)
    for task in board.without_hosts():
        board.stop(task, "TerminationNotice", f"Host EC2 (instance {task.machine_id}) terminated.")
    scheduled = [
        Scheduling(board, service)
        for service in backend.services.values()
        # One that others deploy (by task sets) has no task definition of its own.
        if service.cluster_name == cluster.name and service.task_definition
    ]
    for scheduling in scheduled:
        scheduling.settle()
    runs.place_waiting(board)
    runs.end(board)
    return board, scheduled
