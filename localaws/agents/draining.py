"""Managed draining: an instance that its group terminates waits, drained, until its tasks have moved.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html. The heartbeat of
ECS's hook takes no time here: an instance whose capacity provider is gone ends at once.
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.ecs.models import ecs_backends

from ecs_model.checkup_groups import DRAINING_HOOK
from ecs_model.fleet import Status
from localaws.agents import warm_pools
from localaws.agents.providers import Provider, of_cluster
from localaws.agents.tasks import PlayedTask

WAIT = "Terminating:Wait"
HEARTBEAT_SECONDS = 3600


def would(state: Any) -> bool:
    """Whether somebody drains an instance of a group before it ends."""
    group = state.auto_scaling_group
    backend = ecs_backends[group.account_id][group.region]
    known = _registered(backend, state.instance.id)
    return known is not None and _drainer(backend, group) is not None and state.lifecycle_state != WAIT


def begin(state: Any) -> bool:
    """Let an instance of a group wait for its end; False where nobody drains it, and it may end at once."""
    if not would(state):
        return False
    group = state.auto_scaling_group
    instance = _registered(ecs_backends[group.account_id][group.region], state.instance.id)
    state.lifecycle_state, instance.status = WAIT, Status.DRAINING.value
    # Or a group that goes on shrinking would take it for the one to end.
    state.protected_from_scale_in = True
    return True


def ending(group: Any) -> set[str]:
    """The EC2 instances of a group that wait for their end: no capacity of it any more."""
    return {state.instance.id for state in group.instance_states if state.lifecycle_state == WAIT}


def finish(backend: Any) -> bool:
    """End those that wait and hold no task but daemons; whether there were any."""
    groups = autoscaling_backends[backend.account_id][backend.region_name]
    waiting = [
        (group, state)
        for group in groups.autoscaling_groups.values()
        for state in group.instance_states
        if state.lifecycle_state == WAIT
    ]
    gone = [
        (group, state)
        for group, state in waiting
        if _drainer(backend, group) is None or not _busy(backend, state.instance.id)
    ]
    for group, state in gone:
        if not warm_pools.give_back(group, state):
            group.instance_states.remove(state)
            groups.ec2_backend.terminate_instances([state.instance.id])
    return bool(gone)


def forget(group: Any) -> None:
    """No instance of a group waits any more."""
    for state in group.instance_states:
        if state.lifecycle_state == WAIT:
            state.lifecycle_state = "InService"
    group.ended = True


def show(backend: Any, provider: Provider) -> None:
    """The hook that ECS gives a group whose instances it drains."""
    groups = autoscaling_backends[backend.account_id][backend.region_name]
    if provider.drains and not groups.describe_lifecycle_hooks(provider.group.name, [DRAINING_HOOK]):
        groups.create_lifecycle_hook(
            DRAINING_HOOK, provider.group.name, "autoscaling:EC2_INSTANCE_TERMINATING", HEARTBEAT_SECONDS, "CONTINUE"
        )


def _drainer(backend: Any, group: Any) -> Provider | None:
    """The capacity provider that drains a group's instances."""
    if getattr(group, "ended", False):
        return None
    for cluster in backend.clusters.values():
        for provider in of_cluster(backend, cluster).values():
            if provider.group is group and provider.drains:
                return provider
    return None


def _registered(backend: Any, machine_id: str) -> Any:
    for instances in backend.container_instances.values():
        for instance in instances.values():
            if instance.ec2_instance_id == machine_id:
                return instance
    return None


def _busy(backend: Any, machine_id: str) -> bool:
    return any(
        isinstance(task, PlayedTask) and task.live and task.machine_id == machine_id and not task.need.daemon
        for tasks in backend.tasks.values()
        for task in tasks.values()
    )
