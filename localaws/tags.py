"""How each service tags what exists, and how tags are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.kind import Call, Tagger, Target


def from_api(found: Mapping[str, Any]) -> dict[str, str] | None:
    """The tags in an API object in any of AWS's shapes, AWS's own left out; None where there are none told."""
    for key in ("tags", "Tags", "TagList"):
        if key in found:
            tags = found[key]
            if not isinstance(tags, dict):
                tags = {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in tags}
            return {key: value for key, value in tags.items() if not key.startswith("aws:")}
    return None


def at_creation(call: Call, target: Target) -> dict[str, Any]:
    """The parameter that tags what an operation creates."""
    shape = target.region.model(target.kind.service, call.operation).input_shape
    tags = target.all_tags
    if shape is None or not tags:
        return {}
    if "TagSpecifications" in shape.members and target.kind.tag_specification:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        return {"TagSpecifications": [{"ResourceType": target.kind.tag_specification, "Tags": pairs}]}
    for name in ("tags", "Tags"):
        if name in shape.members:
            member = shape.members[name]
            if member.type_name == "map":
                return {name: tags}
            key, value = ("key", "value") if "key" in member.member.members else ("Key", "Value")
            return {name: [{key: k, value: v} for k, v in tags.items()]}
    return {}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def ec2(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """CreateTags, DeleteTags."""
    if put:
        target.call("ec2.create_tags", Resources=[target.id], Tags=_pairs(put))
    if drop:
        target.call("ec2.delete_tags", Resources=[target.id], Tags=[{"Key": key} for key in drop])


def ecs(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """TagResource, UntagResource."""
    arn = target.state["arn"]
    if put:
        target.call("ecs.tag_resource", resourceArn=arn, tags=[{"key": k, "value": v} for k, v in put.items()])
    if drop:
        target.call("ecs.untag_resource", resourceArn=arn, tagKeys=drop)


def elbv2(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """AddTags, RemoveTags."""
    if put:
        target.call("elbv2.add_tags", ResourceArns=[target.id], Tags=_pairs(put))
    if drop:
        target.call("elbv2.remove_tags", ResourceArns=[target.id], TagKeys=drop)


def logs(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """TagResource, UntagResource."""
    arn = target.state["arn"]
    if put:
        target.call("logs.tag_resource", resourceArn=arn, tags=put)
    if drop:
        target.call("logs.untag_resource", resourceArn=arn, tagKeys=drop)


def cloudwatch(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """TagResource, UntagResource."""
    arn = target.state["arn"]
    if put:
        target.call("cloudwatch.tag_resource", ResourceARN=arn, Tags=_pairs(put))
    if drop:
        target.call("cloudwatch.untag_resource", ResourceARN=arn, TagKeys=drop)


def application_autoscaling(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """TagResource, UntagResource."""
    arn = target.state["arn"]
    if put:
        target.call("application-autoscaling.tag_resource", ResourceARN=arn, Tags=put)
    if drop:
        target.call("application-autoscaling.untag_resource", ResourceARN=arn, TagKeys=drop)


def servicediscovery(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """TagResource, UntagResource."""
    arn = target.state["arn"]
    if put:
        target.call("servicediscovery.tag_resource", ResourceARN=arn, Tags=_pairs(put))
    if drop:
        target.call("servicediscovery.untag_resource", ResourceARN=arn, TagKeys=drop)


def iam(thing: str, parameter: str) -> Tagger:
    """TagRole and UntagRole, and so on."""

    def tag(target: Target, put: dict[str, str], drop: list[str]) -> None:
        if put:
            target.call(f"iam.tag_{thing}", **{parameter: target.id}, Tags=_pairs(put))
        if drop:
            target.call(f"iam.untag_{thing}", **{parameter: target.id}, TagKeys=drop)

    return tag


def acm(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """AddTagsToCertificate, RemoveTagsFromCertificate."""
    if put:
        target.call("acm.add_tags_to_certificate", CertificateArn=target.id, Tags=_pairs(put))
    if drop:
        gone = [{"Key": key} for key in drop]
        target.call("acm.remove_tags_from_certificate", CertificateArn=target.id, Tags=gone)


def s3(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """PutBucketTagging takes all of them, and DeleteBucketTagging none."""
    if target.all_tags:
        target.call("s3.put_bucket_tagging", Bucket=target.id, Tagging={"TagSet": _pairs(target.all_tags)})
    elif drop:
        target.call("s3.delete_bucket_tagging", Bucket=target.id)


def ssm(target: Target, put: dict[str, str], drop: list[str]) -> None:
    """AddTagsToResource, RemoveTagsFromResource."""
    named = {"ResourceType": "Parameter", "ResourceId": target.id}
    if put:
        target.call("ssm.add_tags_to_resource", **named, Tags=_pairs(put))
    if drop:
        target.call("ssm.remove_tags_from_resource", **named, TagKeys=drop)
