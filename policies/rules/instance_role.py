"""Rules on the role of container instances."""

from collections.abc import Iterator
from functools import partial

from ecs_model.iam_actions import EC2_SERVICE, EC2_SERVICES, HOST_MANAGEMENT, SESSION_ACTIONS, SESSION_POLICIES
from ecs_model.policy_document import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    AGENT_ACTIONS,
    AGENT_POLICY,
    EXECUTION_POLICY,
    POWER_USER,
    SESSION_POLICY,
)
from policies.properties import Unknown
from policies.relations import fleet
from policies.role_policies import Permissions, allows, bounds, executes, permissions, trusts
from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.iam import InstanceProfile, Role
from policies.views.launches import Launches
from policies.views.systems_manager import ServiceSetting

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html"
_AGENT_POLICIES = (AGENT_POLICY, ADMINISTRATOR, POWER_USER, "AmazonECS_FullAccess")


@rule(
    id="ecs-instances-role-trust",
    title="The role of container instances trusts EC2",
    severity=HIGH,
    level=MANDATORY,
    why=f"Instances take their role as {EC2_SERVICE}. Where the role does not trust it, the agent has no credentials, "
    "and the instance never registers with its cluster; one that trusts everybody is everybody's.",
    fix=f"Allow sts:AssumeRole to the service {EC2_SERVICE} alone in the role's assumeRolePolicy.",
    source=_SOURCE,
)
def role_trust(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The service by either of its names, the global one or China's; a role outside the program is not judged."""

    yield from each(instance_roles(stack), lambda role: trusts(role, EC2_SERVICES))


@rule(
    id="ecs-instances-role-policies",
    title="The role of container instances allows what the agent does",
    severity=HIGH,
    level=MANDATORY,
    why="Without these permissions the agent cannot register its instance with the cluster, or report its tasks.",
    fix=f"Attach the managed policy service-role/{AGENT_POLICY} to the role.",
    source=_SOURCE,
)
def role_policies(stack: Stack, options: Options) -> Iterator[Verdict]:
    """AWS's managed policy, or statements that allow the same; a role outside the program is not judged."""

    yield from each(instance_roles(stack), lambda role: allows(stack, role, AGENT_ACTIONS, _AGENT_POLICIES))


@rule(
    id="ecs-instances-role-no-administrator",
    title="The role of container instances does not administrate the account",
    severity=HIGH,
    level=MANDATORY,
    why="Whoever breaks out of a container, or reaches the metadata service from one, acts with the instance's role.",
    fix=f"Give the role {AGENT_POLICY} alone, and what containers need to their task roles.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-bestpractices.html",
)
def role_no_administrator(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No managed policy of an administrator, nor a statement that allows every action, all but some, or all of IAM's on
    every resource, unless a permissions boundary leaves that out."""

    def administrates(role: Role) -> Iterator[Verdict]:
        found, limit = permissions(stack, role), bounds(stack, role)
        powers = _powers(found)
        if limit is None or not powers or _powers(limit):
            yield from (Finding(power, role) for power in powers)
            yield from [*found.unread, *found.unnamed]
        elif limit.foreign:
            yield Unknown(f"{role}: what its permissions boundary leaves out", ())
        else:
            yield from [*limit.unread, *limit.unnamed]

    yield from each(instance_roles(stack), administrates)


@rule(
    id="ecs-instances-role-no-execution-policy",
    title="The role of container instances is no execution role",
    severity=MEDIUM,
    level=ADVISORY,
    why="The agent pulls images and writes logs for a task with the task's execution role. On the instance's role the "
    "same permissions are there for every container of the instance.",
    fix=f"Take {EXECUTION_POLICY} from it, and give it to the execution role of the task definitions.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
)
def role_no_execution_policy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The managed policy of execution roles is not on the instances' role."""

    yield from each(instance_roles(stack), partial(executes, stack))


@rule(
    id="ecs-instances-session-manager",
    title="People reach container instances by Session Manager",
    severity=LOW,
    level=ADVISORY,
    why="Where Session Manager cannot reach an instance that has to be looked into, people open port 22 and hand out "
    "keys. An account may allow it for all instances instead (Default Host Management Configuration).",
    fix=f"Attach the managed policy {SESSION_POLICY} to the role.",
    source="https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-getting-started-instance-profile.html",
)
def session_manager(stack: Stack, options: Options) -> Iterator[Verdict]:
    """AWS's managed policies, or statements that allow the same; a role outside the program is not judged, nor is one
    of a program that lets Systems Manager reach all instances of the account."""
    settings = [path for setting in stack.all(ServiceSetting) for path in setting.setting.known]
    if any(path.endswith(HOST_MANAGEMENT) for path in settings):
        return
    yield from each(instance_roles(stack), lambda role: allows(stack, role, SESSION_ACTIONS, SESSION_POLICIES))


def _powers(found: Permissions) -> list[str]:
    """What of these permissions makes an administrator."""
    powers = [f"has the managed policy {name}" for name in ADMINISTRATORS if name in found.managed]
    stated = dict.fromkeys(statement.administrates for statement in found.statements)
    return powers + [f"allows {power} on every resource" for power in stated if power]


def instance_roles(stack: Stack) -> list[Role]:
    """The roles of the program's container instances, as far as they are in the program."""
    found: dict[Role, None] = {}
    for launches in stack.all(Launches):
        if not fleet(stack, launches):
            continue
        for profile in stack.find(InstanceProfile, launches, "iamInstanceProfile", launches.profile):
            found |= dict.fromkeys(stack.find(Role, profile, "role", profile.role))
    return list(found)
