"""Amazon ECS: task definitions and their containers."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ecs_model.fitting import Demand
from ecs_model.images import Architecture
from ecs_model.network_modes import NetworkMode
from ecs_model.placement_rules import PlacementConstraint
from policies.properties import Malformed, Properties, References, Unknown
from policies.views.container import ContainerDefinition, port_mapping
from policies.views.container_keys import spelled
from policies.views.resource import Resource


class Launch(StrEnum):
    """Where tasks run. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch-type.html"""

    EC2 = "EC2"
    FARGATE = "FARGATE"
    EXTERNAL = "EXTERNAL"
    """ECS Anywhere: machines outside AWS."""
    MANAGED_INSTANCES = "MANAGED_INSTANCES"
    """EC2 instances that ECS itself owns."""


def placement_constraints(properties: Properties) -> list[PlacementConstraint]:
    """The placement constraints of a task definition or a service. Raises Unknown."""
    written = properties.children("placementConstraints")
    return [PlacementConstraint(item.text("type"), item.text("expression") or "") for item in written]


@dataclass(frozen=True)
class EfsVolume:
    """A volume of a task that may be one of Amazon EFS."""

    written: Properties

    def __str__(self) -> str:
        return f"volumes[{self.written.path[-1]}]"

    @property
    def configuration(self) -> Properties | None:
        """What it says of EFS; None where it is another volume. Raises Unknown."""
        return self.written.child("efsVolumeConfiguration")

    @property
    def encrypted(self) -> bool:
        """Whether what is read and written is encrypted on its way; AWS's default is no. Raises Unknown."""
        efs = self.configuration
        return efs is not None and efs.text("transitEncryption") == "ENABLED"

    @property
    def root(self) -> str:
        """The directory of the file system that is mounted. Raises Unknown."""
        efs = self.configuration
        return (efs.text("rootDirectory") if efs else None) or "/"

    @property
    def has_access_point(self) -> bool:
        """Whether it is mounted by an access point. Raises Unknown."""
        authorization = self._authorization
        return authorization is not None and authorization.given("accessPointId")

    @property
    def authorizes_by_role(self) -> bool:
        """Whether EFS asks what the task role may do; AWS's default is no. Raises Unknown."""
        authorization = self._authorization
        return authorization is not None and authorization.text("iam") == "ENABLED"

    @property
    def _authorization(self) -> Properties | None:
        efs = self.configuration
        return efs.child("authorizationConfig") if efs else None


class TaskDefinition(Resource):
    """A task definition."""

    type = "aws:ecs/taskDefinition:TaskDefinition"
    label = "task definition"
    computed = frozenset({"networkMode"})
    identity = ("arn", "arnWithoutRevision", "family")

    @property
    def family(self) -> str | None:
        """The name that its revisions share."""
        return self.properties.text("family")

    @property
    def network_mode(self) -> NetworkMode:
        """Bridge where nothing is said; Windows' `default` (NAT) maps ports in the same way."""
        mode = self.properties.text("networkMode") or "bridge"
        try:
            return NetworkMode("bridge" if mode == "default" else mode)
        except ValueError:
            raise Malformed(self, ("networkMode",), f"is none of {', '.join(NetworkMode)}") from None

    @property
    def compatibilities(self) -> frozenset[str]:
        """The launch types it was written for; empty where it does not say. Raises Unknown."""
        written = self.properties.texts("requiresCompatibilities")
        if written.unknown:
            raise self.properties.unknown("requiresCompatibilities")
        return frozenset(launch.upper() for launch in written.known)

    @property
    def elsewhere(self) -> bool:
        """Whether it is written for Fargate or ECS Anywhere alone, where no container instance is involved."""
        return bool(self.compatibilities) and self.compatibilities <= {Launch.FARGATE, Launch.EXTERNAL}

    @property
    def for_windows(self) -> bool:
        """Whether its containers are Windows ones. Raises Unknown."""
        platform = self.properties.child("runtimePlatform")
        system = platform.text("operatingSystemFamily") if platform else None
        return (system or "LINUX").upper().startswith("WINDOWS")

    @property
    def takes_dynamic_ports(self) -> bool:
        """Whether a container of it takes a dynamic host port; so presumed where its containers are not known yet."""
        if self.network_mode is not NetworkMode.BRIDGE:
            return False
        try:
            mappings = [mapping for container in self.containers for mapping in container.port_mappings]
            return any(port_mapping(mapping).host_port == 0 for mapping in mappings)
        except (Unknown, Malformed):
            return True

    @property
    def architecture(self) -> Architecture | None:
        """The architecture it asks for; None where it does not say, or says one that is not ECS's. Raises Unknown."""
        platform = self.properties.child("runtimePlatform")
        written = (platform.text("cpuArchitecture") or "").lower() if platform else ""
        return next((one for one in Architecture if one.value == written), None)

    @property
    def execution_role(self) -> References:
        """The role that the agent uses for the task."""
        return self.properties.reference("executionRoleArn")

    @property
    def task_role(self) -> References:
        """The role that the containers use."""
        return self.properties.reference("taskRoleArn")

    @property
    def memory(self) -> int | None:
        """The task's own limit in MiB, also where it is written in GB (`0.5 GB`)."""
        return self._amount("memory", "GB")

    @property
    def cpu(self) -> int | None:
        """The task's own CPU units, also where they are written in vCPUs (`0.5 vCPU`)."""
        return self._amount("cpu", "vCPU")

    @property
    def demand(self) -> Demand:
        """What placement looks for: the task's own memory and CPU where it has them, else those of its containers.

        Raises Unknown.
        """
        memory, cpu = self.memory, self.cpu
        return Demand(
            memory or sum(container.placed_memory for container in self.containers),
            cpu or sum(container.cpu for container in self.containers),
        )

    def _amount(self, key: str, thousand: str) -> int | None:
        """A whole number, also where it is written in units of 1,024 (`0.5 GB`)."""
        written = self.properties.value(key)
        pattern = rf"(\d{{1,5}}(?:\.\d{{1,3}})?) *{thousand}"
        amount = re.fullmatch(pattern, written, re.IGNORECASE) if isinstance(written, str) else None
        return int(float(amount[1]) * 1024) if amount else self.properties.integer(key)

    @property
    def efs_volumes(self) -> list[EfsVolume]:
        """Its volumes, each to be asked for what it says of EFS. Raises Unknown."""
        return [EfsVolume(written) for written in self.properties.children("volumes")]

    @property
    def volume_names(self) -> frozenset[str]:
        """The names of its volumes."""
        return frozenset(name for volume in self.properties.children("volumes") if (name := volume.text("name")))

    @property
    def placement_constraints(self) -> list[PlacementConstraint]:
        """What an instance must meet to take a task of it. Raises Unknown."""
        return placement_constraints(self.properties)

    @cached_property
    def containers(self) -> tuple[ContainerDefinition, ...]:
        """The container definitions. Raises Malformed where they are not a JSON list."""
        key = "containerDefinitions"
        written = self.properties.value(key)
        if not isinstance(written, str):
            raise Malformed(self, (key,), "is missing" if written is None else "is not a text: write the list as JSON")
        # The text itself is never quoted: it may hold secrets, and so may a part of it.
        try:
            definitions = json.loads(written, object_hook=spelled)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise Malformed(self, (key,), f"is not valid JSON ({place}: {error.msg})") from None
        except RecursionError:
            raise Malformed(self, (key,), "is not JSON that can be read: it is nested too deeply") from None
        except ValueError:
            # What Python refuses beyond the syntax is a whole number of thousands of digits.
            raise Malformed(self, (key,), "is not JSON that can be read: a number in it is too long") from None
        if not isinstance(definitions, list):
            raise Malformed(self, (key,), "is not a JSON list: put the container definitions into [ ]")
        listed = Properties({key: definitions}, self).children(key)
        return tuple(ContainerDefinition(properties, position) for position, properties in enumerate(listed))
