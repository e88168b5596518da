"""AWS IAM: managed policies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties


def document_text(value: Any) -> str:
    """A policy document as text; botocore has parsed it already."""
    return unquote(value) if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _policy(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_policy", "Policy", PolicyArn=target.id)
    document = target.call(
        "get_policy_version", "PolicyVersion.Document", PolicyArn=target.id, VersionId=found["DefaultVersionId"]
    )
    return {**found, "PolicyDocument": document_text(document)}


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

KINDS = (POLICY,)
