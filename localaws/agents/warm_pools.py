"""Warm pools: instances that have started once and wait beside their group, and go to work before new ones start.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html,
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html (its size),
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-warm-pool.html (the agent). Starting, waiting and
starting again take no time here. That an instance leaves its cluster when it goes back to its pool, which ECS does not
support, is taken from the agent's part: it waits for InService before it registers.
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.ecs.models import ecs_backends

from localaws.agents import machines


def pool(group: Any) -> list[Any]:
    """The instances in a group's warm pool, as Auto Scaling knows them, in the order of their start."""
    if not hasattr(group, "warm_states"):
        group.warm_states = []
    group.warm_states = [state for state in group.warm_states if state.instance.state not in machines.ENDED]
    return list(group.warm_states)


def size(group: Any) -> int:
    """How many instances its pool should hold: what its most prepared capacity leaves, and its own minimum at least."""
    chosen = group.warm_pool
    if chosen is None:
        return 0
    most = chosen.max_group_prepared_capacity
    prepared = group.max_size if most in (None, -1) else most
    return max(0, chosen.min_size or 0, int(prepared or 0) - int(group.desired_capacity or 0))


def settle(account: str, region: str) -> None:
    """Bring every pool to its size and state."""
    for group in list(autoscaling_backends[account][region].autoscaling_groups.values()):
        there, wanted = pool(group), size(group)
        for state in there[wanted:]:
            _end(group, state)
        for state in pool(group):
            _wait(group, state)
        for _ in range(wanted - len(pool(group))):
            _start(group)


def take(group: Any, count: int) -> int:
    """Let up to `count` instances of the pool go to work; how many there were."""
    if getattr(group, "fills_pool", False):
        return 0
    taken = _evenly(group, count)
    for state in taken:
        group.warm_states.remove(state)
        state.instance.warm = False
        if state.instance.state != "running":
            group.ec2_backend.start_instances([state.instance.id])
        state.lifecycle_state = "InService"
        state.protected_from_scale_in = group.new_instances_protected_from_scale_in
        group.instance_states.append(state)
    return len(taken)


def _evenly(group: Any, count: int) -> list[Any]:
    """Those of the pool that come first, each from the zone that has the fewest instances at work."""
    left, chosen = pool(group), list[Any]()
    zones = [state.availability_zone for state in group.instance_states]
    while left and len(chosen) < count:
        state = min(left, key=lambda each: zones.count(each.availability_zone))
        left.remove(state)
        chosen.append(state)
        zones.append(state.availability_zone)
    return chosen


def give_back(group: Any, state: Any) -> bool:
    """Let an instance that its group does not need any more wait in the pool, where that is to be reused."""
    reuses = group.warm_pool is not None and (group.warm_pool.instance_reuse_policy or {}).get("ReuseOnScaleIn")
    if reuses not in (True, "true") or len(pool(group)) >= size(group) or getattr(state, "outdated", False):
        return False
    if state in group.instance_states:
        group.instance_states.remove(state)
    group.warm_states.append(state)
    state.protected_from_scale_in = False
    state.instance.warm = True
    if machines.looks_for_warm_pools(state.instance):
        _leave(group, state.instance)
    _wait(group, state)
    return True


def empty(group: Any) -> None:
    """End all that wait."""
    for state in pool(group):
        _end(group, state)


def _start(group: Any) -> None:
    """One more instance for the pool: it starts, its agent with it, and then waits as it is told."""
    at_work = group.instance_states
    # Both count, so that the zones stay even.
    group.instance_states, group.fills_pool = [*at_work, *pool(group)], True
    try:
        group.replace_autoscaling_group_instances(1, group.get_propagated_tags())
        new = group.instance_states[len(at_work) + len(group.warm_states) :]
    finally:
        group.instance_states, group.fills_pool = at_work, False
    for state in new:
        group.warm_states.append(state)
        state.protected_from_scale_in = False
        state.instance.warm = True
        if machines.may_join(state.instance):
            machines.join(ecs_backends[group.account_id][group.region], state.instance)
        _wait(group, state)


def _wait(group: Any, state: Any) -> None:
    """As the pool's state has it; a hibernated instance is a stopped one to EC2."""
    kind = group.warm_pool.pool_state
    state.lifecycle_state = f"Warmed:{kind}"
    running = state.instance.state == "running"
    if kind == "Running" and not running:
        group.ec2_backend.start_instances([state.instance.id])
    elif kind != "Running" and running:
        group.ec2_backend.stop_instances([state.instance.id])


def _end(group: Any, state: Any) -> None:
    group.warm_states.remove(state)
    group.ec2_backend.terminate_instances([state.instance.id])


def _leave(group: Any, machine: Any) -> None:
    """Its agent is no longer of its cluster, until it starts anew."""
    for instances in ecs_backends[group.account_id][group.region].container_instances.values():
        for id_ in [id_ for id_, each in instances.items() if each.ec2_instance_id == machine.id]:
            del instances[id_]
    if hasattr(machine, "joined"):
        del machine.joined
