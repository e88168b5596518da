"""AWS IAM: instance profiles."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties


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

KINDS = (INSTANCE_PROFILE,)
