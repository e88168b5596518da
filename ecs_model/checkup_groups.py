"""The checks of capacity providers and their Auto Scaling groups: attached, draining, protected, and nothing stuck.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ecs_model.checkup_finding import Found
from ecs_model.cluster_facts import IN_SERVICE, ClusterFacts, Machine
from ecs_model.fleet import Status

DRAINING_HOOK = "ecs-managed-draining-termination-hook"
"""The life cycle hook by which ECS drains what a group terminates."""
REFRESH_HOURS = 2
"""From when on a refresh that has not ended is called stuck."""
_FAILED = ("Failed", "RollbackFailed", "RollbackSuccessful")
_ENDED = ("Successful", "Cancelled", *_FAILED)


def attached(facts: ClusterFacts) -> Iterator[Found]:
    """Providers that are not active, whose update failed, whose attachments are not there, or without a group."""
    for group in facts.groups:
        if group.status != "ACTIVE":
            yield Found(
                group.provider, f"its status is {group.status}", "Take it out of all strategies, or add it anew."
            )
        if group.update.endswith("FAILED"):
            reason = f": {group.update_reason}" if group.update_reason else ""
            yield Found(group.provider, f"{group.update}{reason}", "Remove what the reason names, and update it again.")
        if not group.name:
            yield Found(group.provider, "its Auto Scaling group is gone", "Delete the capacity provider, and add one.")
        for type_, status in sorted(group.attachments.items()):
            if status not in ("CREATED", "ATTACHED"):
                yield Found(
                    group.provider,
                    f"its attachment {type_} is {status}",
                    "See that the role AWSServiceRoleForECS is there; then put the cluster's capacity providers again.",
                )


def drained(facts: ClusterFacts) -> Iterator[Found]:
    """Providers that let the group end instances with tasks on them."""
    for group in facts.groups:
        if not group.draining:
            yield Found(
                group.provider,
                "managed draining is off: a refresh or a scale-in ends tasks without replacing them first",
                "Set managedDraining of the capacity provider to ENABLED.",
            )


def protected(facts: ClusterFacts) -> Iterator[Found]:
    """Providers whose scale-in may end instances that have tasks; groups that do not do their part."""
    for group in facts.groups:
        if group.scaling and not group.protection:
            yield Found(
                group.provider,
                "managed termination protection is off: a scale-in may choose instances that have tasks",
                "Set managedTerminationProtection to ENABLED, and the group's protection of new instances before.",
            )
        elif group.protection and group.new_protected is False:
            yield Found(
                group.provider,
                f"managed termination protection needs group {group.name} to protect new instances from scale-in",
                "`aws autoscaling update-auto-scaling-group --new-instances-protected-from-scale-in "
                f"--auto-scaling-group-name {group.name}`.",
            )


def resumed(facts: ClusterFacts) -> Iterator[Found]:
    """Groups with suspended processes."""
    for group in facts.groups:
        if group.suspended:
            yield Found(
                group.name,
                f"{', '.join(group.suspended)} suspended",
                f"`aws autoscaling resume-processes --auto-scaling-group-name {group.name}`.",
            )


def refreshed(facts: ClusterFacts) -> Iterator[Found]:
    """Instance refreshes that failed, or go on for too long."""
    for group in facts.groups:
        refresh = group.refresh
        if refresh is None:
            continue
        reason = f": {refresh.reason}" if refresh.reason else ""
        if refresh.status in _FAILED:
            yield Found(
                group.name,
                f"its last instance refresh ended as {refresh.status} at {refresh.percent} %{reason}",
                "Remove the cause (scale-in protection, a launch that fails), and start another.",
            )
        elif refresh.status not in _ENDED and _older(facts, refresh.started_at, REFRESH_HOURS):
            since = f"for over {REFRESH_HOURS} hours"
            yield Found(
                group.name,
                f"its instance refresh is {refresh.status} at {refresh.percent} % {since}{reason}",
                "See what its instances wait for (protected or standalone tasks), or "
                f"`aws autoscaling cancel-instance-refresh --auto-scaling-group-name {group.name}`.",
            )


def _older(facts: ClusterFacts, moment: datetime | None, hours: int) -> bool:
    return moment is not None and facts.now - moment > timedelta(hours=hours)


def moving(facts: ClusterFacts) -> Iterator[Found]:
    """Instances that wait in a life cycle hook, or drain although nobody ends them."""
    for machine in facts.machines:
        if machine.lifecycle.endswith(":Wait"):
            yield Found(machine.id, *_waiting(machine))
        elif (
            machine.container and machine.container.status is Status.DRAINING and machine.lifecycle in ("", IN_SERVICE)
        ):
            left = f"{machine.tasks} tasks are left" if machine.tasks else "it is empty"
            yield Found(
                machine.id,
                f"is DRAINING, takes no tasks, and nobody ends it; {left}",
                "Terminate it once it is empty, or let it take tasks again: `aws ecs update-container-instances-state "
                f"--status ACTIVE --cluster {facts.name} --container-instances {machine.container.id}`.",
            )


def _waiting(machine: Machine) -> tuple[str, str]:
    place = f"waits in {machine.lifecycle} of group {machine.group}"
    if machine.lifecycle.startswith("Terminating") and machine.tasks:
        return (
            f"{place} for {machine.tasks} tasks",
            "Tasks of services leave once they fit elsewhere and protection ends; stop standalone ones yourself.",
        )
    return (
        f"{place}, and nothing is left to wait for",
        "Unless a hook of yours is at work, let it go on: `aws autoscaling complete-lifecycle-action "
        f"--lifecycle-action-result CONTINUE --auto-scaling-group-name {machine.group} --instance-id {machine.id} "
        f"--lifecycle-hook-name {DRAINING_HOOK}`, or the name of your hook.",
    )
