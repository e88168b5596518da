"""AWS IAM: roles, policies, instance profiles."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties


def _document(value: Any) -> str:
    """A policy document as text; botocore has parsed it already."""
    return unquote(value) if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _role(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_role", "Role", RoleName=target.id)
    attached = target.call("list_attached_role_policies", "AttachedPolicies[].PolicyArn", RoleName=target.id)
    names = target.call("list_role_policies", "PolicyNames", RoleName=target.id)
    inline = [
        {
            "name": name,
            "policy": _document(target.call("get_role_policy", "PolicyDocument", RoleName=target.id, PolicyName=name)),
        }
        for name in (names if target.get("inlinePolicies") else [])
    ]
    return {
        **found,
        "AssumeRolePolicyDocument": _document(found["AssumeRolePolicyDocument"]),
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
    return {"role": role, "name": name, "policy": _document(found["PolicyDocument"])}


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


def _policy(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_policy", "Policy", PolicyArn=target.id)
    document = target.call(
        "get_policy_version", "PolicyVersion.Document", PolicyArn=target.id, VersionId=found["DefaultVersionId"]
    )
    return {**found, "PolicyDocument": _document(document)}


def _old_versions(target: Target) -> list[str]:
    versions = target.call("list_policy_versions", "Versions", PolicyArn=target.id)
    return [item["VersionId"] for item in versions if not item["IsDefaultVersion"]]


def _new_version(target: Target) -> None:
    """As the provider does, make room first: a policy has at most five versions."""
    old = sorted(_old_versions(target), key=lambda version: int(version.removeprefix("v")))
    if len(old) >= 4:
        target.call("delete_policy_version", PolicyArn=target.id, VersionId=old[0])
    document = target.inputs["policy"]
    target.call("create_policy_version", PolicyArn=target.id, PolicyDocument=document, SetAsDefault=True)


def _delete_policy(target: Target) -> None:
    for version in _old_versions(target):
        target.call("delete_policy_version", PolicyArn=target.id, VersionId=version)
    target.call("delete_policy", PolicyArn=target.id)


POLICY = Kind(
    "aws:iam/policy:Policy",
    service="iam",
    source=REGISTRY + "iam/policy/",
    create=Call("create_policy"),
    identity="Policy.Arn",
    read=_policy,
    updates=(Step(frozenset({"policy"}), _new_version),),
    delete=_delete_policy,
    retry=frozenset({"DeleteConflict"}),
    tag=tags.iam("policy", "PolicyArn"),
    name=AutoName(128),
    replaces=frozenset({"name", "namePrefix", "path", "description"}),
    recomputed=frozenset({"attachmentCount"}),
    defaults={"path": "/"},
    documents=frozenset({"policy"}),
    names={"name": "PolicyName", "policy": "PolicyDocument"},
)


def _profile(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_instance_profile", "InstanceProfile", InstanceProfileName=target.id)
    roles = found.get("Roles", [])
    return {**found, "role": roles[0]["RoleName"] if roles else None}


def _take_roles(target: Target) -> None:
    for name in target.call("get_instance_profile", "InstanceProfile.Roles[].RoleName", InstanceProfileName=target.id):
        target.call("remove_role_from_instance_profile", InstanceProfileName=target.id, RoleName=name)


def _put_role(target: Target) -> None:
    _take_roles(target)
    if target.inputs.get("role"):
        target.call("add_role_to_instance_profile", InstanceProfileName=target.id, RoleName=target.inputs["role"])


def _delete_profile(target: Target) -> None:
    _take_roles(target)
    target.call("delete_instance_profile", InstanceProfileName=target.id)


INSTANCE_PROFILE = Kind(
    "aws:iam/instanceProfile:InstanceProfile",
    service="iam",
    source=REGISTRY + "iam/instanceprofile/",
    create=Call("create_instance_profile"),
    identity="InstanceProfile.InstanceProfileName",
    read=_profile,
    updates=(Step(frozenset({"role"}), _put_role),),
    delete=_delete_profile,
    tag=tags.iam("instance_profile", "InstanceProfileName"),
    name=AutoName(128),
    replaces=frozenset({"name", "namePrefix", "path"}),
    defaults={"path": "/"},
    names={"name": "InstanceProfileName", "uniqueId": "InstanceProfileId"},
)

KINDS = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, POLICY, INSTANCE_PROFILE)
