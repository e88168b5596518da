"""Calls to ECS that moto answers otherwise than a cluster with agents would.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/, by the operation's name.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse, format_attributes

from localaws.agents import endings, machines, needs, providers, runs
from localaws.agents.board import Board
from localaws.moto_fixes.patch import around, before


@around(EC2ContainerServiceResponse, "run_task")
def _run(original: Any, self: Any) -> Any:
    tasks, failures = runs.run(self.ecs_backend, self._get_params())
    return ActionResult({"tasks": tasks, "failures": failures})


@around(EC2ContainerServiceResponse, "start_task")
def _start(original: Any, self: Any) -> Any:
    tasks, failures = runs.start(self.ecs_backend, self._get_params())
    return ActionResult({"tasks": tasks, "failures": failures})


@around(EC2ContainerServiceBackend, "stop_task")
def _stop(original: Any, self: Any, cluster_str: str, task_str: str, reason: str | None) -> Any:
    """StopTask; a service replaces its task."""
    id_ = task_str.rpartition("/")[2]
    board = Board(self, self._get_cluster(cluster_str))
    task = next((each for each in self.tasks.get(board.cluster.name, {}).values() if each.id == id_), None)
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    if task.live:
        board.stop(task, "UserInitiated", reason or "Task stopped by user")
    return task


def _end_awaited(backend: Any, cluster: Any) -> None:
    """What a deployment waits for ends well when it looks, unless it has ended otherwise: no container works here."""
    board = Board(backend, cluster)
    for task in [each for each in board.tasks if each.awaited]:
        board.stop(task, *endings.EXITED)


@around(EC2ContainerServiceBackend, "list_tasks")
def _list(
    original: Any,
    self: Any,
    cluster_str: str | None = None,
    container_instance: str | None = None,
    family: str | None = None,
    started_by: str | None = None,
    service_name: str | None = None,
    desired_status: str | None = None,
) -> list[Any]:
    """ListTasks: those that are to run, unless stopped ones are asked for; the filter PENDING returns nothing."""
    wanted = {
        "desired_status": desired_status or "RUNNING",
        **({"group": f"service:{service_name.rpartition('/')[2]}"} if service_name else {}),
        **({"started_by": started_by} if started_by else {}),
    }
    return [
        task
        for task in self.tasks.get(self._get_cluster(cluster_str or "default").name, {}).values()
        if all(getattr(task, name) == value for name, value in wanted.items())
        and (not family or task.definition.family == family)
        and (not container_instance or _same(task.container_instance_arn, container_instance))
    ]


@around(EC2ContainerServiceBackend, "describe_tasks")
def _find(original: Any, self: Any, cluster_str: str, tasks: list[str]) -> list[Any]:
    """DescribeTasks: those of the cluster; moto compares every task it has with every one that is named."""
    if not tasks:
        raise InvalidParameterException("Tasks cannot be empty.")
    _end_awaited(self, self._get_cluster(cluster_str))
    known = {task.id: task for task in self.tasks.get(self._get_cluster(cluster_str).name, {}).values()}
    return [known[id_] for id_ in (named.rpartition("/")[2] for named in tasks) if id_ in known]


@around(EC2ContainerServiceResponse, "describe_tasks")
def _missing(original: Any, self: Any) -> Any:
    """DescribeTasks: those that are not there any more are failures."""
    answer = original(self)
    found = {task.id for task in answer.result["tasks"]}
    named = self._get_params()["tasks"]
    answer.result["failures"] = [
        {"arn": each, "reason": "MISSING"} for each in named if each.rpartition("/")[2] not in found
    ]
    return answer


@around(EC2ContainerServiceResponse, "describe_clusters")
def _attachments(original: Any, self: Any) -> Any:
    """DescribeClusters: what ECS has set up for the capacity providers, where it is asked for."""
    wanted = "ATTACHMENTS" in self._get_param("include", [])
    answer = original(self)
    for cluster in answer.result["clusters"]:
        cluster.attachments = providers.attachments(self.ecs_backend, cluster) if wanted else None
        cluster.attachments_status = "UPDATE_COMPLETE" if cluster.attachments else None
    return answer


def _same(arn: str | None, named: str) -> bool:
    return (arn or "").rpartition("/")[2] == named.rpartition("/")[2]


@around(EC2ContainerServiceBackend, "register_container_instance")
def _register(original: Any, self: Any, cluster_str: str, ec2_instance_id: str) -> Any:
    machine = machines.all_of(self).get(ec2_instance_id)
    if machine is None:
        raise EcsClientException(f"The EC2 instance {ec2_instance_id} does not exist.")
    instance = original(self, cluster_str, ec2_instance_id)
    machines.equip(instance, machine)
    return instance


@before(EC2ContainerServiceResponse, "create_service")
@before(EC2ContainerServiceResponse, "update_service")
def _check(self: Any) -> None:
    """CreateService, UpdateService: placement that ECS takes."""
    parameters = self._get_params()
    self.ecs_backend._get_cluster(parameters.get("cluster") or "default")
    if parameters.get("taskDefinition"):
        definition = self.ecs_backend.describe_task_definition(parameters["taskDefinition"])
        needs.read(self.ecs_backend, definition, {**parameters, "networkConfiguration": None})
    needs.strategies(parameters.get("placementStrategy"))


for _action in ("UpdateContainerInstancesState", "DeregisterContainerInstance"):
    _kind = "containerInstances.ContainerInstance" if _action.startswith("Update") else "containerInstance"
    EC2ContainerServiceResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER[f"{_action}Response.{_kind}.attributes"] = (
        format_attributes
    )
