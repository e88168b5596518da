"""What a role of the program may do, however its policies were written."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from ecs_model.policy_document import (
    EXECUTION_POLICY,
    Statement,
    denied_actions,
    missing_actions,
    possibly_denied_actions,
)
from policies.properties import Malformed, References, Unknown
from policies.rule import Finding, Verdict
from policies.stack import Stack, remembered
from policies.views.iam import ManagedPolicies, ManagedPolicy, PolicyAttachment, Role, RolePolicy, RolePolicyAttachment
from policies.views.resource import Resource

_Attached = RolePolicy | RolePolicyAttachment | PolicyAttachment | ManagedPolicies


@dataclass
class Permissions:
    """The policies of a role."""

    statements: list[Statement] = field(default_factory=list)
    managed: set[str] = field(default_factory=set)
    """Names of the policies among them that AWS manages, such as AdministratorAccess."""
    foreign: bool = False
    """Whether some of them are customer managed policies of another program."""
    unread: list[Exception] = field(default_factory=list)
    """Why some documents could not be read."""
    unnamed: list[Exception] = field(default_factory=list)
    """Where managed policies are named that are not known yet."""

    def add_managed(self, stack: Stack, source: Resource, key: str, arns: References) -> None:
        """Adds the managed policies that a property names. Raises Unknown and Malformed."""
        by_aws = [arn for arn in arns.known if ":aws:policy/" in arn]
        self.managed |= {arn.rsplit("/", 1)[-1] for arn in by_aws}
        own = stack.find(ManagedPolicy, source, key, arns)
        self.foreign = self.foreign or len(own) < len(arns.known) - len(by_aws)
        for policy in own:
            document = policy.document()
            self.statements += document.statements if document else ()
        if arns.unknown and not own:
            self.unnamed.append(source.properties.unknown(key))


@remembered
def permissions(stack: Stack, role: Role) -> Permissions:
    """Everything that the program lets a role do."""
    found = Permissions()
    for source in (role, *_attached(stack).get(role, ())):
        try:
            _read(stack, source, found)
        except (Unknown, Malformed) as reason:
            found.unread.append(reason)
    return found


@remembered
def bounds(stack: Stack, role: Role) -> Permissions | None:
    """All that a role may ever do, whatever its own policies allow; None without a permissions boundary."""
    if not role.boundary:
        return None
    found = Permissions()
    try:
        found.add_managed(stack, role, "permissionsBoundary", role.boundary)
    except (Unknown, Malformed) as reason:
        found.unread.append(reason)
    return found


def trusts(role: Role, services: Sequence[str]) -> Iterator[Verdict]:
    """Findings where a role does not let in a service, by one of its names, or lets in everybody."""
    trust = role.trust
    if trust and not any(trust.trusts(service) for service in services):
        yield Finding(f"does not trust {services[0]}", role)
    if trust and trust.trusts_everybody:
        yield Finding("lets everybody assume it, from any account", role)


def executes(stack: Stack, role: Role) -> Iterator[Verdict]:
    """A finding where a role that is no execution role has the managed policy of one."""
    found = permissions(stack, role)
    if EXECUTION_POLICY in found.managed:
        yield Finding(f"has the managed policy {EXECUTION_POLICY}", role)
    yield from found.unnamed


def allows(stack: Stack, role: Role, actions: Collection[str], granting: Collection[str]) -> Iterator[Verdict]:
    """A finding where a role does not allow some actions, which each AWS managed policy of `granting` does allow.

    Nothing is missing for certain where the role has policies of another program, or some that are not known yet; what
    a statement denies is.
    """
    found = permissions(stack, role)
    missing = denied_actions(found.statements, actions)
    if not missing and found.managed.isdisjoint(granting):
        missing = missing_actions(found.statements, actions)
        unknown = [*found.unread, *found.unnamed]
        if missing and (unknown or found.foreign):
            yield from unknown
            return
    beyond = [] if missing else _beyond(stack, role, actions)
    if missing:
        yield Finding(f"does not allow {', '.join(missing)}", role)
    elif beyond:
        yield Finding(f"does not allow {', '.join(beyond)}, which its permissions boundary leaves out", role)
    else:
        yield from unsure(found, role, actions)


def _beyond(stack: Stack, role: Role, actions: Collection[str]) -> list[str]:
    """Which of some actions a role's boundary, as far as it is a policy of the program's own, leaves out."""
    found = bounds(stack, role)
    if found is None or found.managed or found.foreign or found.unread or found.unnamed:
        return []
    return missing_actions(found.statements, actions)


def unsure(found: Permissions, role: Role, actions: Collection[str]) -> Iterator[Verdict]:
    """What cannot be judged where a role denies some actions in some cases, which only AWS tells apart."""
    denied = possibly_denied_actions(found.statements, actions)
    if denied:
        yield Unknown(f"{role}: when it denies {', '.join(denied)}", ())


def _read(stack: Stack, source: Role | _Attached, found: Permissions) -> None:
    if isinstance(source, RolePolicy):
        document = source.document()
        found.statements += document.statements if document else ()
        return
    if isinstance(source, Role):
        for document in source.inline:
            found.statements += document.statements
    key = "managedPolicyArns" if isinstance(source, Role) else source.policy_key
    found.add_managed(stack, source, key, source.managed)


@remembered
def _attached(stack: Stack) -> dict[Role, list[_Attached]]:
    """What gives each role its policies from outside the role."""
    index: dict[Role, list[_Attached]] = {}
    sources: list[_Attached] = [
        *stack.all(RolePolicy),
        *stack.all(RolePolicyAttachment),
        *stack.all(PolicyAttachment),
        *stack.all(ManagedPolicies),
    ]
    for source in sources:
        for role in stack.find(Role, source, source.role_key, source.roles):
            index.setdefault(role, []).append(source)
    return index
