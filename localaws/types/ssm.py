"""AWS Systems Manager: parameters."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties


def _parameter(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_parameter", "Parameter", Name=target.id)
    only = [{"Key": "Name", "Values": [target.id]}]
    told: Properties = target.call("describe_parameters", "Parameters[0]", ParameterFilters=only)
    named = {"ResourceType": "Parameter", "ResourceId": target.id}
    return {**told, **found, "tags": target.call("list_tags_for_resource", "TagList", **named)}


def _put(target: Target) -> None:
    target.call(
        "put_parameter",
        Name=target.id,
        Value=target.inputs["value"],
        Type=target.inputs["type"],
        Description=target.inputs.get("description", ""),
        Overwrite=True,
    )


PARAMETER = Kind(
    "aws:ssm/parameter:Parameter",
    service="ssm",
    source=REGISTRY + "ssm/parameter/",
    create=Call("put_parameter", only=frozenset({"name", "type", "value", "description"})),
    identity=lambda r, _: str(r.inputs["name"]),
    read=_parameter,
    updates=(Step(frozenset({"value", "description"}), _put),),
    delete=lambda r: r.call("delete_parameter", Name=r.id),
    tag=tags.ssm,
    name=AutoName(),
    replaces=frozenset({"name", "type"}),
    computed=frozenset({"dataType", "keyId", "tier"}),
    names={"arn": "ARN"},
)

KINDS = (PARAMETER,)
