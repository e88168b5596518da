"""Amazon EventBridge Scheduler: schedules that start tasks of ECS."""

from __future__ import annotations

from localaws.convert import from_api, to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Target
from localaws.schema import bare, inputs
from localaws.wire import Properties

TOKEN = "aws:scheduler/schedule:Schedule"  # noqa: S105 - a type's token
DEFAULT_GROUP = "default"
_NAMES = {"target.arn": "Arn", "target.roleArn": "RoleArn"}
_NETWORK = "networkConfiguration"


def _target(target: Target) -> Properties:
    """The target as the API has it: the network's settings one level deeper, and every list in the singular."""
    wanted = dict(target.inputs["target"])
    parameters = dict(wanted.pop("ecsParameters", {}))
    network = parameters.pop(_NETWORK, None)
    shape = target.region.model("scheduler", "create_schedule").input_shape.members["Target"]
    if "sqsParameters" in wanted or not parameters:
        return {"Target": to_api(wanted, shape, "target", _NAMES)}
    made = to_api({**wanted, "ecsParameters": parameters}, shape, "target", _NAMES)
    if network:
        public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        made["EcsParameters"]["NetworkConfiguration"] = {
            "awsvpcConfiguration": {
                "Subnets": network["subnets"],
                "SecurityGroups": network.get("securityGroups", []),
                "AssignPublicIp": public,
            }
        }
    return {"Target": made}


def _place(target: Target) -> Properties:
    group, _, name = target.id.rpartition("/")
    return {"GroupName": group or DEFAULT_GROUP, "Name": name}


def _read(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_schedule", **_place(target))
    told = from_api(bare(inputs(TOKEN))["target"], found["Target"], "target", _NAMES)
    parameters = found["Target"].get("EcsParameters", {})
    network = parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration")
    if network:
        told["ecsParameters"][_NETWORK] = {
            "subnets": network["Subnets"],
            "securityGroups": network.get("SecurityGroups", []),
            "assignPublicIp": network.get("AssignPublicIp") == "ENABLED",
        }
    return {**found, "target": told}


SCHEDULE = Kind(
    TOKEN,
    service="scheduler",
    source=REGISTRY + "scheduler/schedule/",
    create=Call("create_schedule", _target, also=frozenset({"target"})),
    identity=lambda r, _: f"{r.inputs['groupName']}/{r.inputs['name']}",
    read=_read,
    updates=(Call("update_schedule", lambda r: {**_target(r), **_place(r)}, also=frozenset({"target"})),),
    delete=lambda r: r.call("delete_schedule", **_place(r)),
    name=AutoName(64),
    replaces=frozenset({"name", "namePrefix", "groupName"}),
    computed=frozenset({"actionAfterCompletion"}),
    defaults={"groupName": DEFAULT_GROUP, "scheduleExpressionTimezone": "UTC", "state": "ENABLED"},
)

KINDS = (SCHEDULE,)
