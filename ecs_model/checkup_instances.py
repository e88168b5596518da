"""The checks of container instances: joined, connected, current, and reached by Session Manager alone."""

from collections.abc import Iterator
from datetime import timedelta

from ecs_model.checkup_finding import Found
from ecs_model.cluster_facts import IN_SERVICE, ClusterFacts, Machine, Recommended
from ecs_model.fleet import Status
from ecs_model.images import recommended_parameter, updated_until
from ecs_model.policy_document import AGENT_POLICY, SESSION_POLICY

JOIN_MINUTES = 10
"""How long after its launch an instance has at most until it is missed in the cluster."""
OLD_DAYS = 90
"""From how many days on an AMI is old, where AWS recommends none of its kind."""
_ROLL_OUT = (
    "Roll the recommended AMI out: `pulumi up` where the launch template follows the SSM parameter, else a new version "
    "of the template; then an instance refresh of the group."
)


def joined(facts: ClusterFacts) -> Iterator[Found]:
    """Instances that are in service for long enough, and never registered here; registrations that failed."""
    latest = facts.now - timedelta(minutes=JOIN_MINUTES)
    for machine in facts.machines:
        if machine.container is not None:
            if machine.container.status is Status.REGISTRATION_FAILED:
                yield Found(machine.id, "its registration failed", "Read /var/log/ecs/ecs-agent.log on it.")
        elif machine.lifecycle == IN_SERVICE and not (machine.launched_at and machine.launched_at > latest):
            yield Found(machine.id, *_why_not_joined(machine, facts.name))


def _why_not_joined(machine: Machine, cluster: str) -> tuple[str, str]:
    template = f"the launch template of group {machine.group}"
    if machine.cluster == "":
        return (
            "is in service and never registered: its user data names no cluster, so that it looks for `default`",
            f"Write `ECS_CLUSTER={cluster}` to /etc/ecs/ecs.config in {template}, and replace the instance.",
        )
    if machine.cluster is not None and machine.cluster != cluster:
        return (
            f"is in service and joined another cluster: its user data says ECS_CLUSTER={machine.cluster}",
            f"Write `ECS_CLUSTER={cluster}` in {template}, and replace the instance.",
        )
    return (
        "is in service and never registered",
        f"See that its role has {AGENT_POLICY}, that it reaches ECS (NAT or the endpoints ecs, ecs-agent and "
        "ecs-telemetry), and that its AMI has an agent; /var/log/ecs/ecs-agent.log says more.",
    )


def connected(facts: ClusterFacts) -> Iterator[Found]:
    """Agents that are disconnected."""
    for machine in facts.machines:
        if machine.container and not machine.container.agent_connected:
            yield Found(
                machine.id,
                "its agent is disconnected, so that it takes no tasks",
                "`sudo systemctl restart ecs` on it (`session` gets you there); if that does not help, replace it.",
            )


def current(facts: ClusterFacts) -> Iterator[Found]:
    """Agents that are older than the recommended AMI's, on that or on one that is behind it for long enough."""
    for machine in facts.machines:
        recommended = _recommended(machine, facts)
        version = machine.container.agent_version if machine.container else ""
        own, newest = _number(version), _number(recommended.agent if recommended else "")
        older = own and newest and own < newest
        if recommended and older and (machine.image == recommended.image or _is_behind(machine, recommended, facts)):
            yield Found(
                machine.id,
                f"its agent {version} is older than {recommended.agent}, which the recommended AMI has",
                _ROLL_OUT,
            )


def imaged(facts: ClusterFacts) -> Iterator[Found]:
    """AMIs that are behind the recommended ones for long enough, without further updates, or old."""
    for machine in facts.machines:
        if not machine.image:
            continue
        days = (facts.now - machine.image_made).days if machine.image_made else None
        age = f", {days} days old" if days is not None else ""
        end = updated_until(recommended_parameter(machine.image_name) or "")
        recommended = _recommended(machine, facts)
        if end and end < facts.now.date():
            what, fix = f"its kind of AMI has had no updates since {end}", "Move the capacity to Amazon Linux 2023."
            yield Found(machine.id, f"{what} ({machine.image}{age})", fix)
        elif recommended and recommended.image != machine.image:
            if _is_behind(machine, recommended, facts):
                newer = f"{recommended.image} is newer{_by_days(machine, recommended)}"
                yield Found(machine.id, f"runs {machine.image}{age}; {newer}", _ROLL_OUT)
        elif not recommended and days is not None and days > OLD_DAYS:
            yield Found(
                machine.id,
                f"runs {machine.image}{age}",
                "Build or choose a newer AMI with the operating system's updates, and replace the instance.",
            )


def _is_behind(machine: Machine, recommended: Recommended, facts: ClusterFacts) -> bool:
    """Whether an AMI is too far behind the recommended one; until now, where it is not known since when that is."""
    if machine.image_made is None:
        return True
    return ((recommended.made or facts.now) - machine.image_made).days >= facts.image_days


def _by_days(machine: Machine, recommended: Recommended) -> str:
    if machine.image_made is None or recommended.made is None:
        return ""
    return f" by {(recommended.made - machine.image_made).days} days"


def metadata(facts: ClusterFacts) -> Iterator[Found]:
    """Instances whose metadata service still answers without a token."""
    for machine in facts.machines:
        if machine.tokens_required is False:
            yield Found(
                machine.id,
                "its metadata service answers without a token (IMDSv1)",
                "Set httpTokens to required in the launch template and replace the instance, or at once: "
                "`aws ec2 modify-instance-metadata-options --http-tokens required --instance-id …`.",
            )


def answering(facts: ClusterFacts) -> Iterator[Found]:
    """Instances that Session Manager does not reach."""
    for machine in facts.machines:
        if machine.ping is None or machine.ping == "Online" or machine.lifecycle.startswith("Terminat"):
            continue
        if machine.ping:
            what = f"its SSM agent is {machine.ping}"
            fix = "Restart it, or reboot the instance: `sudo systemctl restart amazon-ssm-agent`."
        else:
            what = "Systems Manager has never heard of it"
            fix = (
                f"Give its role the policy {SESSION_POLICY}, a way to Systems Manager (NAT, or the endpoints ssm and "
                "ssmmessages), and an AMI with the SSM agent."
            )
        yield Found(machine.id, what, fix)


def _recommended(machine: Machine, facts: ClusterFacts) -> Recommended | None:
    parameter = recommended_parameter(machine.image_name)
    return facts.recommended.get(parameter) if parameter else None


def _number(version: str) -> tuple[int, ...]:
    """`1.102.1` as numbers; empty where it is none."""
    parts = version.removeprefix("v").split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()
