"""AWS IAM: roles and what is attached to them."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.types.iam_policy import document_text
from localaws.wire import Properties


def _role(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_role", "Role", RoleName=target.id)
    attached = target.call("list_attached_role_policies", "AttachedPolicies[].PolicyArn", RoleName=target.id)
    names = target.call("list_role_policies", "PolicyNames", RoleName=target.id)
    inline = [
        {
            "name": name,
            "policy": document_text(
                target.call("get_role_policy", "PolicyDocument", RoleName=target.id, PolicyName=name)
            ),
        }
        for name in (names if target.get("inlinePolicies") else [])
    ]
    return {
        **found,
        "AssumeRolePolicyDocument": document_text(found["AssumeRolePolicyDocument"]),
        "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "managedPolicyArns": attached,
        "inlinePolicies": inline,
    }


def _trust(target: Target) -> None:
    document = target.inputs["assumeRolePolicy"]
    target.call("update_assume_role_policy", RoleName=target.id, PolicyDocument=document)


def _boundary(target: Target) -> None:
    arn = target.inputs.get("permissionsBoundary")
    if arn:
        target.call("put_role_permissions_boundary", RoleName=target.id, PermissionsBoundary=arn)
    else:
        target.call("delete_role_permissions_boundary", RoleName=target.id)


def _attach(target: Target) -> None:
    now = set(target.call("list_attached_role_policies", "AttachedPolicies[].PolicyArn", RoleName=target.id))
    wanted = set(target.inputs.get("managedPolicyArns", []))
    for arn in sorted(wanted - now):
        target.call("attach_role_policy", RoleName=target.id, PolicyArn=arn)
    for arn in sorted(now - wanted):
        target.call("detach_role_policy", RoleName=target.id, PolicyArn=arn)


def _inline(target: Target) -> None:
    now = set(target.call("list_role_policies", "PolicyNames", RoleName=target.id))
    wanted = {item["name"]: item["policy"] for item in target.inputs.get("inlinePolicies", []) if "name" in item}
    for name, document in wanted.items():
        target.call("put_role_policy", RoleName=target.id, PolicyName=name, PolicyDocument=document)
    for name in sorted(now - set(wanted)):
        target.call("delete_role_policy", RoleName=target.id, PolicyName=name)


def _describe_role(target: Target) -> None:
    target.call(
        "update_role",
        RoleName=target.id,
        Description=target.inputs.get("description", ""),
        MaxSessionDuration=int(target.inputs["maxSessionDuration"]),
    )


def _delete_role(target: Target) -> None:
    """As the provider does: out of its instance profiles; its policies only where the role owns or forces them."""
    role, force = target.id, bool(target.state.get("forceDetachPolicies"))
    profiles = target.call("list_instance_profiles_for_role", "InstanceProfiles[].InstanceProfileName", RoleName=role)
    for profile in profiles:
        target.call("remove_role_from_instance_profile", InstanceProfileName=profile, RoleName=role)
    if force or target.inputs.get("managedPolicyArns"):
        for arn in target.call("list_attached_role_policies", "AttachedPolicies[].PolicyArn", RoleName=role):
            target.call("detach_role_policy", RoleName=role, PolicyArn=arn)
    if force or target.inputs.get("inlinePolicies"):
        for name in target.call("list_role_policies", "PolicyNames", RoleName=role):
            target.call("delete_role_policy", RoleName=role, PolicyName=name)
    target.call("delete_role", RoleName=role)


ROLE = Kind(
    "aws:iam/role:Role",
    service="iam",
    source=REGISTRY + "iam/role/",
    create=Call("create_role"),
    identity="Role.RoleName",
    read=_role,
    updates=(
        Step(frozenset({"assumeRolePolicy"}), _trust),
        Step(frozenset({"permissionsBoundary"}), _boundary),
        Step(frozenset({"managedPolicyArns"}), _attach),
        Step(frozenset({"inlinePolicies"}), _inline),
        Step(frozenset({"description", "maxSessionDuration"}), _describe_role),
    ),
    delete=_delete_role,
    retry=frozenset({"DeleteConflict"}),
    tag=tags.iam("role", "RoleName"),
    name=AutoName(64),
    replaces=frozenset({"name", "namePrefix", "path"}),
    computed=frozenset({"managedPolicyArns", "inlinePolicies"}),
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    settings=frozenset({"forceDetachPolicies"}),
    documents=frozenset({"assumeRolePolicy"}),
    names={
        "name": "RoleName",
        "assumeRolePolicy": "AssumeRolePolicyDocument",
        "uniqueId": "RoleId",
        "permissionsBoundary": ("permissionsBoundary", "PermissionsBoundary"),
    },
)


def _role_policy(target: Target) -> ApiObject | None:
    role, _, name = target.id.partition(":")
    found: Properties = target.call("get_role_policy", RoleName=role, PolicyName=name)
    return {"role": role, "name": name, "policy": document_text(found["PolicyDocument"])}


def _delete_role_policy(target: Target) -> None:
    role, _, name = target.id.partition(":")
    target.call("delete_role_policy", RoleName=role, PolicyName=name)


_PUT_ROLE_POLICY = Call("put_role_policy")
ROLE_POLICY = Kind(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    source=REGISTRY + "iam/rolepolicy/",
    create=_PUT_ROLE_POLICY,
    identity=lambda r, _: f"{r.inputs['role']}:{r.inputs['name']}",
    read=_role_policy,
    updates=(_PUT_ROLE_POLICY,),
    delete=_delete_role_policy,
    name=AutoName(128),
    replaces=frozenset({"name", "namePrefix", "role"}),
    documents=frozenset({"policy"}),
    names={
        "role": ("RoleName", "role"),
        "name": ("PolicyName", "name"),
        "policy": ("PolicyDocument", "policy"),
    },
)


def _attached(target: Target) -> ApiObject | None:
    role, _, arn = target.id.partition("/")
    found = target.call("list_attached_role_policies", "AttachedPolicies[].PolicyArn", RoleName=role)
    return {"role": role, "policyArn": arn} if arn in found else None


ROLE_POLICY_ATTACHMENT = Kind(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    source=REGISTRY + "iam/rolepolicyattachment/",
    create=Call("attach_role_policy"),
    identity=lambda r, _: f"{r.inputs['role']}/{r.inputs['policyArn']}",
    read=_attached,
    delete=lambda r: r.call("detach_role_policy", RoleName=r.id.partition("/")[0], PolicyArn=r.id.partition("/")[2]),
    replaces=frozenset({"role", "policyArn"}),
    names={"role": ("RoleName", "role")},
)

KINDS = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT)
