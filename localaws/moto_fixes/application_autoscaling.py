"""Application Auto Scaling: what needs a scalable target, what goes with it, and tags.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html,
API_DeregisterScalableTarget.html, API_PutScalingPolicy.html, API_PutScheduledAction.html.
Nothing is scaled here: no alarm fires and no schedule comes.
"""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.exceptions import JsonRESTError

from localaws.moto_fixes.patch import around, before, give

_ROLE = (
    "arn:aws:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)
_RUNNING = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def _not_found(what: str) -> JsonRESTError:
    return JsonRESTError("ObjectNotFoundException", f"No {what}")


def _target(backend: Any, namespace: str, resource: str, dimension: str) -> Any:
    found = backend.targets.get(dimension, {}).get(resource)
    if found is None:
        raise _not_found(
            f"scalable target registered for service namespace: {namespace}, resource ID: {resource}, scalable "
            f"dimension: {dimension}"
        )
    return found


@around(ApplicationAutoscalingBackend, "register_scalable_target")
def _register(original: Any, self: Any, namespace: str, r_id: str, dimension: str, **given: Any) -> Any:
    old = self.targets.get(dimension, {}).get(r_id)
    bounds = {key: given.get(key) for key in ("min_capacity", "max_capacity")}
    if old is not None:
        bounds = {key: getattr(old, key) if value is None else value for key, value in bounds.items()}
    least, most = bounds["min_capacity"], bounds["max_capacity"]
    if least is None or most is None or not 0 <= least <= most:
        raise JsonRESTError("ValidationException", f"Maximum capacity ({most}) cannot be less than minimum ({least})")
    if namespace == "ecs":
        _check_service(self, r_id)
    target = original(self, namespace, r_id, dimension, **given)
    target.role_arn = target.role_arn or _ROLE.format(account=self.account_id)
    target.suspended_state = {**_RUNNING, **(target.suspended_state or {})}
    return target


def _check_service(backend: Any, resource: str) -> None:
    """moto describes a deleted service for a while, and takes it for one that exists."""
    cluster, name = resource.split("/")[1:]
    services, _ = backend.ecs_backend.describe_services(cluster, [name])
    if not [service for service in services if service.status == "ACTIVE"]:
        raise JsonRESTError("ValidationException", f"ECS service doesn't exist: {resource}")


@before(ApplicationAutoscalingBackend, "put_scaling_policy")
def _put_policy(self: Any, **given: Any) -> None:
    namespace, resource, dimension = (given[k] for k in ("service_namespace", "resource_id", "scalable_dimension"))
    _target(self, namespace, resource, dimension)
    old = self.policies.get(f"{namespace}\t{resource}\t{dimension}\t{given['policy_name']}")
    if old is not None:
        old.delete_alarms(self.account_id, self.region_name)  # moto makes new ones, and forgets these


@before(ApplicationAutoscalingBackend, "put_scheduled_action")
def _put_action(self: Any, service_namespace: str, **given: Any) -> None:
    _target(self, service_namespace, given["resource_id"], given["scalable_dimension"])


@before(ApplicationAutoscalingBackend, "delete_scaling_policy")
def _delete_policy(
    self: Any, policy_name: str, service_namespace: str, resource_id: str, scalable_dimension: str
) -> None:
    if f"{service_namespace}\t{resource_id}\t{scalable_dimension}\t{policy_name}" not in self.policies:
        raise _not_found(f"scaling policy found for resource ID: {resource_id}, policy name: {policy_name}")


@before(ApplicationAutoscalingBackend, "delete_scheduled_action")
def _delete_action(self: Any, **given: Any) -> None:
    name = given.pop("scheduled_action_name")
    if not self.describe_scheduled_actions(scheduled_action_names=[name], **given):
        raise _not_found(f"scheduled action found for resource ID: {given['resource_id']}, name: {name}")


@before(ApplicationAutoscalingBackend, "deregister_scalable_target")
def _deregister(self: Any, namespace: str, r_id: str, dimension: str) -> None:
    """Its policies and scheduled actions go with it."""
    _target(self, namespace, r_id, dimension)
    for key, policy in list(self.policies.items()):
        if (policy.resource_id, policy.scalable_dimension) == (r_id, dimension):
            policy.delete_alarms(self.account_id, self.region_name)
            del self.policies[key]
    self.scheduled_actions = [
        action
        for action in self.scheduled_actions
        if (action.resource_id, action.scalable_dimension) != (r_id, dimension)
    ]


def _tagged(response: Any) -> Any:
    arn = json.loads(response.body)["ResourceARN"]
    targets = (
        target for found in response.applicationautoscaling_backend.targets.values() for target in found.values()
    )
    found = next((target for target in targets if target.arn == arn), None)
    if found is None:
        raise JsonRESTError("ResourceNotFoundException", f"No scalable target found for {arn}")
    found.tags = getattr(found, "tags", {})
    return found


def _tag(self: Any) -> str:
    _tagged(self).tags.update(json.loads(self.body)["Tags"])
    return "{}"


def _untag(self: Any) -> str:
    found = _tagged(self)
    found.tags = {key: value for key, value in found.tags.items() if key not in json.loads(self.body)["TagKeys"]}
    return "{}"


def _list_tags(self: Any) -> str:
    return json.dumps({"Tags": _tagged(self).tags})


@around(ApplicationAutoScalingResponse, "register_scalable_target")
def _register_with_tags(original: Any, self: Any) -> str:
    answer = str(original(self))
    arn = json.loads(answer)["ScalableTargetARN"]
    tags = json.loads(self.body).get("Tags", {})
    for found in self.applicationautoscaling_backend.targets.values():
        for target in found.values():
            if target.arn == arn:
                target.tags = {**getattr(target, "tags", {}), **tags}
    return answer


give(ApplicationAutoScalingResponse, "tag_resource", _tag)
give(ApplicationAutoScalingResponse, "untag_resource", _untag)
give(ApplicationAutoScalingResponse, "list_tags_for_resource", _list_tags)
