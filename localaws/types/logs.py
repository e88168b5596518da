"""Amazon CloudWatch Logs: log groups."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties


def _read(target: Target) -> ApiObject | None:
    found: Properties | None = next(
        (
            group
            for group in target.call("describe_log_groups", "logGroups", logGroupNamePrefix=target.id)
            if group["logGroupName"] == target.id
        ),
        None,
    )
    if found is None:
        return None
    arn = found["arn"].removesuffix(":*")
    told = target.call("list_tags_for_resource", "tags", resourceArn=arn)
    return {**found, "arn": arn, "tags": told, "retentionInDays": found.get("retentionInDays", 0)}


def _retain(target: Target) -> None:
    days = target.inputs.get("retentionInDays", 0)
    if days:
        target.call("put_retention_policy", logGroupName=target.id, retentionInDays=int(days))
    elif target.state.get("retentionInDays"):
        target.call("delete_retention_policy", logGroupName=target.id)


def _delete(target: Target) -> None:
    if not target.state.get("skipDestroy"):
        target.call("delete_log_group", logGroupName=target.id)


LOG_GROUP = Kind(
    "aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    source=REGISTRY + "cloudwatch/loggroup/",
    create=Call("create_log_group", only=frozenset({"name", "kmsKeyId", "logGroupClass"})),
    identity=lambda r, _: str(r.inputs["name"]),
    read=_read,
    updates=(Step(frozenset({"retentionInDays"}), _retain),),
    delete=_delete,
    tag=tags.logs,
    name=AutoName(512),
    replaces=frozenset({"name", "namePrefix", "kmsKeyId", "logGroupClass"}),
    computed=frozenset({"logGroupClass"}),
    defaults={"retentionInDays": 0, "skipDestroy": False},
    settings=frozenset({"skipDestroy"}),
    names={"name": "logGroupName"},
)

KINDS = (LOG_GROUP,)
