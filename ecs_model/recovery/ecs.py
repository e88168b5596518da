"""Amazon ECS, and what scales and starts its tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecs_model.recovery.finding import Ask, Finder, Found, Inputs, Item, covers, last, parsed, text, time_of


def _cluster(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("ecs", "DescribeClusters", "clusters", clusters=[text(inputs, "name")]):
        if each["status"] != "INACTIVE":
            yield Found(each["clusterName"], each["clusterArn"])


def _attached(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    """What is attached to a cluster is a part of it, and there where it is as was wanted."""
    wanted = {str(name) for name in inputs.get("capacityProviders") or []}
    for each in ask("ecs", "DescribeClusters", "clusters", clusters=[text(inputs, "clusterName")]):
        if each["status"] != "INACTIVE" and wanted and wanted == set(each.get("capacityProviders", [])):
            yield Found(each["clusterName"])


def _capacity_provider(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    names = [text(inputs, "name")]
    for each in ask("ecs", "DescribeCapacityProviders", "capacityProviders", capacityProviders=names):
        if each["status"] != "INACTIVE":
            yield Found(each["capacityProviderArn"])


def _service(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    cluster, name = last(text(inputs, "cluster")), text(inputs, "name")
    for each in ask("ecs", "DescribeServices", "services", cluster=cluster, services=[name]):
        if each["status"] == "ACTIVE":
            yield Found(f"{cluster}/{name}", each["serviceArn"], time_of(each.get("createdAt")))


def _task_definition(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    """Another revision of the family may be anyone's: this one says what was wanted."""
    family = text(inputs, "family")
    arns = ask("ecs", "ListTaskDefinitions", "taskDefinitionArns", familyPrefix=family, status="ACTIVE", sort="DESC")
    for arn in arns[:REVISIONS]:
        for each in ask("ecs", "DescribeTaskDefinition", "taskDefinition", taskDefinition=arn):
            if each["family"] == family and _same_task(inputs, each):
                yield Found(arn, created=time_of(each.get("registeredAt")))


REVISIONS = 5
"""How many of a family's last revisions are looked at: one call each."""


def _same_task(inputs: Inputs, told: Item) -> bool:
    roles = all(covers(told.get(name), inputs.get(name)) for name in ("executionRoleArn", "taskRoleArn"))
    return roles and covers(told.get("containerDefinitions"), _stated(parsed(inputs.get("containerDefinitions"))))


def _stated(value: Any) -> Any:
    """A document without what says nothing in it, such as a host port 0, which AWS leaves out."""
    if isinstance(value, dict):
        parts = {key: _stated(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part not in (None, 0, "", [], {})}
    return [_stated(part) for part in value] if isinstance(value, list) else value


_SCALED = ("serviceNamespace", "resourceId", "scalableDimension")


def _key(inputs: Inputs) -> dict[str, Any]:
    return {name[0].upper() + name[1:]: text(inputs, name) for name in _SCALED}


def _scaled_id(inputs: Inputs) -> str:
    return "/".join(text(inputs, name) for name in _SCALED)


def _target(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    key = _key(inputs)
    where = {**key, "ResourceIds": [key["ResourceId"]]}
    del where["ResourceId"]
    for each in ask("application-autoscaling", "DescribeScalableTargets", "ScalableTargets", **where):
        yield Found(_scaled_id(inputs), text(inputs, "resourceId"), time_of(each.get("CreationTime")))


def _policy(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    name = text(inputs, "name")
    where = {**_key(inputs), "PolicyNames": [name]}
    for each in ask("application-autoscaling", "DescribeScalingPolicies", "ScalingPolicies", **where):
        if each["PolicyName"] == name:
            yield Found(f"{_scaled_id(inputs)}/{name}", name, time_of(each.get("CreationTime")))


def _action(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    """Its id is what the provider makes it of; there is no import."""
    name = text(inputs, "name")
    where = {**_key(inputs), "ScheduledActionNames": [name]}
    for each in ask("application-autoscaling", "DescribeScheduledActions", "ScheduledActions", **where):
        if each["ScheduledActionName"] == name:
            id_ = f"{name}-{text(inputs, 'serviceNamespace')}-{text(inputs, 'resourceId')}"
            yield Found(id_, created=time_of(each.get("CreationTime")))


def _schedule(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    group, name = text(inputs, "groupName") or "default", text(inputs, "name")
    for created in ask("scheduler", "GetSchedule", "CreationDate", GroupName=group, Name=name):
        yield Found(f"{group}/{name}", created=time_of(created))


_NAME = ("name",)
FINDERS: Mapping[str, Finder] = {
    "appautoscaling.Policy": Finder(_policy, "its name", (*_NAME, *_SCALED)),
    "appautoscaling.ScheduledAction": Finder(_action, "its name", (*_NAME, *_SCALED), importable=False),
    "appautoscaling.Target": Finder(_target, "what it scales", _SCALED),
    "ecs.CapacityProvider": Finder(_capacity_provider, "its name", _NAME),
    "ecs.Cluster": Finder(_cluster, "its name", _NAME),
    "ecs.ClusterCapacityProviders": Finder(_attached, "its cluster", ("clusterName",)),
    "ecs.Service": Finder(_service, "its name", (*_NAME, "cluster")),
    "ecs.TaskDefinition": Finder(_task_definition, "its family and content", ("family", "containerDefinitions")),
    "scheduler.Schedule": Finder(_schedule, "its name", _NAME),
}
