"""IAM: roles, what they are allowed to do, and who may take them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ecs_model.policy_document import MalformedPolicy, PolicyDocument
from policies.frozen import Hidden
from policies.properties import Malformed, References
from policies.views.resource import Resource


class _Holder(Resource):
    """Something that holds policy documents as JSON text."""

    def document(self, key: str = "policy") -> PolicyDocument | None:
        """The document at `key`: JSON, or an object that the provider makes JSON.

        Raises Unknown; Malformed where it is no policy.
        """
        written = self.properties.value(key)
        return _read(self, key, written) if written else None


def _read(owner: Resource, key: str, written: object) -> PolicyDocument:
    try:
        if isinstance(written, str):
            return PolicyDocument.parse(written)
        return PolicyDocument.of(_thawed(owner, key, written))
    except MalformedPolicy as error:
        raise Malformed(owner, (key,), f"is no IAM policy document: {error}") from None


def _thawed(owner: Resource, key: str, written: object) -> object:
    if isinstance(written, Hidden):
        raise owner.properties.unknown(key)
    if isinstance(written, Mapping):
        return {name: _thawed(owner, key, value) for name, value in written.items()}
    if isinstance(written, Sequence) and not isinstance(written, str):
        return [_thawed(owner, key, value) for value in written]
    return written


class Role(_Holder):
    """An IAM role."""

    type = "aws:iam/role:Role"
    label = "role"
    identity = ("arn", "name", "id")
    computed = frozenset({"inlinePolicies", "managedPolicyArns"})

    @property
    def trust(self) -> PolicyDocument | None:
        """Who may assume it. Raises Unknown and Malformed."""
        return self.document("assumeRolePolicy")

    @property
    def inline(self) -> Iterator[PolicyDocument]:
        """The policies written on the role itself. Raises Unknown and Malformed."""
        for written in self.properties.children("inlinePolicies"):
            text = written.value("policy")
            if text:
                yield _read(self, "inlinePolicies", text)

    @property
    def managed(self) -> References:
        """ARNs of the managed policies that are named on the role itself."""
        return self.properties.texts("managedPolicyArns")

    @property
    def boundary(self) -> References:
        """ARN of the managed policy beyond which it may do nothing."""
        return self.properties.reference("permissionsBoundary")


class RolePolicy(_Holder):
    """An inline policy of a role as a resource of its own."""

    type = "aws:iam/rolePolicy:RolePolicy"
    label = "role policy"
    role_key = "role"

    @property
    def roles(self) -> References:
        """The role, by its name."""
        return self.properties.reference("role")


class RolePolicyAttachment(Resource):
    """The attachment of a managed policy to a role."""

    type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    label = "role policy attachment"
    role_key, policy_key = "role", "policyArn"

    @property
    def roles(self) -> References:
        """The role, by its name."""
        return self.properties.reference("role")

    @property
    def managed(self) -> References:
        """The policy's ARN."""
        return self.properties.reference("policyArn")


class PolicyAttachment(Resource):
    """The attachment of a managed policy to several roles, users and groups."""

    type = "aws:iam/policyAttachment:PolicyAttachment"
    label = "policy attachment"
    role_key, policy_key = "roles", "policyArn"

    @property
    def roles(self) -> References:
        """The roles, by their names."""
        return self.properties.texts("roles")

    @property
    def managed(self) -> References:
        """The policy's ARN."""
        return self.properties.reference("policyArn")


class ManagedPolicies(Resource):
    """All managed policies of a role: what else is attached to it is taken away."""

    type = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
    label = "role policy attachments"
    role_key, policy_key = "roleName", "policyArns"

    @property
    def roles(self) -> References:
        """The role, by its name."""
        return self.properties.reference("roleName")

    @property
    def managed(self) -> References:
        """The policies' ARNs."""
        return self.properties.texts("policyArns")


class ManagedPolicy(_Holder):
    """A managed policy of the program's own."""

    type = "aws:iam/policy:Policy"
    label = "policy"
    identity = ("arn", "id", "name")


class InstanceProfile(Resource):
    """What hands a role to instances."""

    type = "aws:iam/instanceProfile:InstanceProfile"
    label = "instance profile"
    identity = ("arn", "name", "id")

    @property
    def role(self) -> References:
        """The role, by its name."""
        return self.properties.reference("role")


_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:[\x21-\x7e]*/)?([\w+=,.@-]{1,64})")


def role_name(text: str) -> tuple[str | None, str]:
    """(account, name) of a role given as an ARN; (None, the text) of one given by its name."""
    match = _ROLE_ARN.fullmatch(text)
    return (match[1], match[2]) if match else (None, text)
