"""Amazon S3: buckets, their policies, and how long they keep what is in them."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localaws import aws, tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Kind, Step, Target
from localaws.wire import Properties


def _told(target: Target, operation: str, pick: str) -> Any:
    """What an operation tells of the bucket; None where it says that there is none of it."""
    try:
        return target.call(operation, pick, Bucket=target.id)
    except ClientError as error:
        if aws.code(error).startswith("NoSuch"):
            return None
        raise


def _gone(target: Target, operation: str) -> None:
    """Take something away, where it is there."""
    _told(target, operation, "")


def _create(target: Target) -> str:
    where = target.region.name
    # S3 refuses its oldest region as a constraint.
    place = {} if where == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": where}}
    target.call("create_bucket", Bucket=target.inputs["bucket"], **place)
    return str(target.inputs["bucket"])


def _bucket(target: Target) -> ApiObject | None:
    listed = target.call("list_buckets", "Buckets[].Name")
    if target.id not in listed:
        return None
    where = target.region.name
    return {
        "bucket": target.id,
        "arn": f"arn:aws:s3:::{target.id}",
        "bucketDomainName": f"{target.id}.s3.amazonaws.com",
        "bucketRegion": where,
        "bucketRegionalDomainName": f"{target.id}.s3.{where}.amazonaws.com",
        "tags": _told(target, "get_bucket_tagging", "TagSet") or [],
    }


def _delete_bucket(target: Target) -> None:
    for kind in ("Versions", "DeleteMarkers") if target.get("forceDestroy") else ():
        for item in _told(target, "list_object_versions", kind) or []:
            target.call("delete_object", Bucket=target.id, Key=item["Key"], VersionId=item["VersionId"])
    _gone(target, "delete_bucket")


BUCKET = Kind(
    "aws:s3/bucket:Bucket",
    service="s3",
    source=REGISTRY + "s3/bucket/",
    create=_create,
    also_created=frozenset({"bucket"}),
    read=_bucket,
    updates=(Step(frozenset({"tags"}), lambda r: tags.s3(r, {}, [])),),
    delete=_delete_bucket,
    tag=tags.s3,
    name=AutoName(63, "bucket"),
    replaces=frozenset({"bucket", "bucketPrefix"}),
    defaults={"forceDestroy": False},
    settings=frozenset({"forceDestroy"}),
)


def _put_policy(target: Target) -> str:
    target.call("put_bucket_policy", Bucket=target.inputs["bucket"], Policy=target.inputs["policy"])
    return str(target.inputs["bucket"])


def _policy(target: Target) -> ApiObject | None:
    found = _told(target, "get_bucket_policy", "Policy")
    return None if found is None else {"bucket": target.id, "policy": found}


BUCKET_POLICY = Kind(
    "aws:s3/bucketPolicy:BucketPolicy",
    service="s3",
    source=REGISTRY + "s3/bucketpolicy/",
    create=_put_policy,
    also_created=frozenset({"bucket", "policy"}),
    read=_policy,
    updates=(Step(frozenset({"policy"}), _put_policy),),
    delete=lambda r: _gone(r, "delete_bucket_policy"),
    replaces=frozenset({"bucket"}),
    documents=frozenset({"policy"}),
)


def _rule(wanted: Properties) -> Properties:
    """Of the provider's rules those that let everything expire."""
    days = {"Days": int(wanted["expiration"]["days"])}
    return {"ID": wanted["id"], "Status": wanted["status"], "Filter": {"Prefix": ""}, "Expiration": days}


def _put_lifecycle(target: Target) -> str:
    rules = {"Rules": [_rule(item) for item in target.inputs["rules"]]}
    target.call("put_bucket_lifecycle_configuration", Bucket=target.inputs["bucket"], LifecycleConfiguration=rules)
    return str(target.inputs["bucket"])


def _lifecycle(target: Target) -> ApiObject | None:
    found = _told(target, "get_bucket_lifecycle_configuration", "Rules")
    if not isinstance(found, list):
        return None
    rules = [
        {"id": item["ID"], "status": item["Status"], "expiration": {"days": item["Expiration"]["Days"]}}
        for item in found
    ]
    return {"bucket": target.id, "rules": rules}


def _only_expiration(inputs: Properties) -> list[tuple[str, str]]:
    rules = inputs.get("rules")
    known = {"id", "status", "expiration"}
    return [
        (
            "rules",
            f"the local AWS serves rules of {', '.join(sorted(known))}, and expiration of days; seen: {sorted(rule)}",
        )
        for rule in (rules if isinstance(rules, list) else [])
        if isinstance(rule, dict) and (set(rule) != known or set(rule["expiration"]) != {"days"})
    ]


LIFECYCLE = Kind(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    service="s3",
    source=REGISTRY + "s3/bucketlifecycleconfiguration/",
    create=_put_lifecycle,
    also_created=frozenset({"bucket", "rules"}),
    read=_lifecycle,
    updates=(Step(frozenset({"rules"}), _put_lifecycle),),
    delete=lambda r: _gone(r, "delete_bucket_lifecycle"),
    check=_only_expiration,
    replaces=frozenset({"bucket"}),
    computed=frozenset({"transitionDefaultMinimumObjectSize"}),
)

KINDS = (BUCKET, BUCKET_POLICY, LIFECYCLE)
