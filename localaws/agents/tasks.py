"""A task's life: it waits, runs on a container instance with its ports or network interface, and stops.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ecs.models import Container, Task
from moto.moto_api._internal import mock_random

from ecs_model.fleet import PlacedTask
from ecs_model.network_modes import NetworkMode
from ecs_model.one_off_task import STARTED_BY
from ecs_model.task_needs import SERVICE
from ecs_model.task_needs import Task as Need
from localaws.agents import endings
from localaws.agents.endings import Ending, ending

_CONTAINER: Any = Container  # abstract by moto's annotations, not in fact
WAITING, RUNNING, STOPPED = "PROVISIONING", "RUNNING", "STOPPED"
Binding = dict[str, Any]


class PlayedTask(Task):
    """A task that waits in PROVISIONING until `run` or `run_on_fargate`, and ends with `stop`."""

    def __init__(self, backend: Any, cluster: Any, definition: Any, need: Need, **told: Any) -> None:
        # moto would make an awsvpc task's network interface now; it gets one where it is placed.
        plain = copy(definition)
        plain.network_mode = None
        network, balancers = told.pop("network", None), told.pop("balancers", [])
        self.enable_execute_command = bool(told.pop("execute_command", False))
        super().__init__(cluster, plain, None, {}, backend, need.group, **told)
        self._transitions = []  # of moto's own: each description of a task would bring it nearer to its end
        self.need, self.definition, self.network = need, definition, network
        self.balancers: list[dict[str, Any]] = balancers
        self.placed: PlacedTask | None = None
        self.machine_id = ""
        self.targets: list[tuple[str, dict[str, Any]]] = []
        self.containers: list[Any] = [_container(plain, one, self.task_arn) for one in definition.container_definitions]
        self.cpu, self.memory = str(need.cpu), str(need.memory)
        self.created_at, self.version = utcnow(), 1
        self.started_at: datetime | None = None
        self.protected_until: datetime | None = None
        self.connectivity = "DISCONNECTED"
        self.last_status = WAITING

    @property
    def live(self) -> bool:
        """Whether it has not stopped."""
        return bool(self.last_status != STOPPED)

    @property
    def waits(self) -> bool:
        """Whether it has not found an instance yet."""
        return bool(self.last_status == WAITING)

    @property
    def protected(self) -> bool:
        """Whether it is protected from whatever makes its service smaller or move."""
        return self.protected_until is not None and utcnow() < self.protected_until

    @property
    def of_service(self) -> bool:
        """Whether a service has it, and replaces it."""
        return self.need.group.startswith(SERVICE)

    def run(self, instance: Any, placed: PlacedTask) -> None:
        """On a container instance, with the ports that `placed` has there."""
        self.container_instance_arn, self.placed = instance.container_instance_arn, placed
        self.machine_id = instance.ec2_instance_id
        self.launch_type = "EC2"
        self._start(instance.base.zone)
        for container, bindings in zip(self.containers, _bindings(self.definition, placed), strict=True):
            container.network_bindings = bindings

    def run_on_fargate(self) -> None:
        """Without a container instance."""
        self.launch_type = "FARGATE"
        self._start("")

    def _start(self, zone: str) -> None:
        self.last_status, self.connectivity, self.health_status = RUNNING, "CONNECTED", "UNKNOWN"
        self.started_at = self.connectivity_at = self.pull_started_at = self.pull_stopped_at = utcnow()
        self.availability_zone = zone
        self._attach(zone)
        for container in self.containers:
            container.last_status = RUNNING
            if self.enable_execute_command:
                # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedAgent.html
                container.managed_agents = [
                    {"name": "ExecuteCommandAgent", "lastStatus": RUNNING, "lastStartedAt": self.started_at}
                ]
        self._end_containers()

    @property
    def ending(self) -> tuple[str, str] | None:
        """The stop code and the reason, where a container ends that the task is nothing without."""
        ended = [self._endings[one["name"]] for one in self.definition.container_definitions if _is_essential(one)]
        if any(each and each.exit_code is None for each in ended):
            return endings.FAILED_TO_START
        return endings.EXITED if any(ended) else None

    def end(self) -> None:
        """Its containers end by themselves, and the task with them."""
        code, reason = self.ending or ("", "")
        self.stop(code, reason)
        if (code, reason) == endings.FAILED_TO_START:
            self.started_at = None
            for container in self.containers:
                container.exitCode, container.network_bindings = None, []
        self._end_containers()

    @property
    def awaited(self) -> bool:
        """Whether a deployment waits for its end."""
        return bool(self.started_by == STARTED_BY and self.last_status == RUNNING)

    def stop(self, code: str, reason: str) -> None:
        """End it; `code` is of TaskStopCode."""
        self.last_status = self.desired_status = STOPPED
        self.stop_code, self.stopped_reason = code, reason
        self.stopping_at = self.execution_stopped_at = self.stopped_at = utcnow()
        self.connectivity = "DISCONNECTED"
        for container in self.containers:
            if container.last_status != STOPPED:
                container.last_status, container.exitCode = STOPPED, 0
        for attachment in self.attachments:
            attachment["status"] = "DELETED"
            self._ec2.delete_network_interface(_detail(attachment, "networkInterfaceId"))

    @cached_property
    def _endings(self) -> dict[str, Ending | None]:
        """How each container ends by itself."""
        told = {each.get("name"): each for each in (self.overrides or {}).get("containerOverrides") or []}
        found = self.definition.container_definitions
        return {one["name"]: ending(one, told.get(one["name"], {})) for one in found}

    def _end_containers(self) -> None:
        for container in self.containers:
            end = self._endings[container.name]
            if end is not None:
                container.last_status, container.exitCode = STOPPED, end.exit_code
                container.reason = end.reason or None

    @property
    def address(self) -> str:
        """The private address of its network interface; empty where it has none."""
        return _detail(self.attachments[0], "privateIPv4Address") if self.attachments else ""

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self._account_id][self.region_name]

    def _attach(self, zone: str) -> None:
        """The network interface of a task in awsvpc mode, in a subnet of its zone."""
        if self.need.network_mode is not NetworkMode.AWSVPC or not self.network:
            return
        settings = self.network["awsvpcConfiguration"]
        subnets = [self._ec2.get_subnet(id_) for id_ in settings["subnets"]]
        subnet = next((each for each in subnets if each.availability_zone == zone), subnets[0])
        self.availability_zone = subnet.availability_zone
        interface = self._ec2.create_network_interface(
            subnet=subnet.id,
            private_ip_address=None,
            group_ids=settings.get("securityGroups"),
            description=f"task {self.task_arn}",
        )
        interface.status, interface.device_index = "in-use", 1
        details = {
            "subnetId": subnet.id,
            "networkInterfaceId": interface.id,
            "macAddress": interface.mac_address,
            "privateIPv4Address": interface.private_ip_address,
        }
        self.attachments = [
            {
                "id": str(mock_random.uuid4()),
                "type": "ElasticNetworkInterface",
                "status": "ATTACHED",
                "details": [{"name": name, "value": value} for name, value in details.items()],
            }
        ]
        for container in self.containers:
            container.network_interfaces = [
                {"attachmentId": self.attachments[0]["id"], "privateIpv4Address": interface.private_ip_address}
            ]


def _detail(attachment: dict[str, Any], name: str) -> str:
    return str(next(item["value"] for item in attachment["details"] if item["name"] == name))


def _is_essential(container: dict[str, Any]) -> bool:
    return bool(container.get("essential", True))


def _container(definition: Any, one: dict[str, Any], task_arn: str) -> Any:
    alone = copy(definition)
    alone.container_definitions = [one]
    container = _CONTAINER(alone)
    container.task_arn = task_arn
    container.cpu = str(one.get("cpu", 0))
    container.memory, container.memory_reservation = (
        str(one[key]) if key in one else None for key in ("memory", "memoryReservation")
    )
    container.exitCode = None
    container.health_status = "UNKNOWN"
    return container


def _bindings(definition: Any, placed: PlacedTask) -> Iterator[list[Binding]]:
    """Each container's ports on the instance, in the order in which the core lists a task's ports."""
    dynamic = iter(placed.dynamic_ports)
    mode = placed.task.network_mode
    for container in definition.container_definitions:
        bindings: list[Binding] = []
        if mode in (NetworkMode.BRIDGE, NetworkMode.HOST):
            for mapping in container.get("portMappings", []):
                for port in _container_ports(mapping):
                    fixed = port if mode is NetworkMode.HOST else mapping.get("hostPort")
                    bindings.append(
                        {
                            "bindIP": "0.0.0.0",  # noqa: S104 - what the agent tells, not an address to listen on
                            "containerPort": port,
                            "hostPort": fixed or next(dynamic).number,
                            "protocol": mapping.get("protocol") or "tcp",
                        }
                    )
        yield bindings


def _container_ports(mapping: dict[str, Any]) -> range:
    first, _, last = str(mapping.get("containerPortRange") or mapping["containerPort"]).partition("-")
    return range(int(first), int(last or first) + 1)
