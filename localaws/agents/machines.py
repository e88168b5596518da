"""Container instances: EC2 instances join the cluster that their user data names, with what their type registers.

Source: https://github.com/aws/amazon-ecs-agent, `agent/api/ecsclient`;
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html (the attributes).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from moto.core.types import Base64EncodedString
from moto.ec2.models import ec2_backends
from moto.ssm.models import ssm_backends

from ecs_model import agent, agent_config, fleet
from ecs_model.agent_variables import CLUSTER, Variable
from ecs_model.instance_source import MOST_INTERFACES, TRUNK
from ecs_model.instance_types import catalogue
from ecs_model.network_modes import Protocol
from ecs_model.user_data import NotUnderstood, agent_variables

ENDED = ("terminated", "shutting-down")
VERSION = "1.102.1"
"""Of the agent, where AWS does not recommend its image, and so says no version."""
_OPTIMIZED = "/aws/service/ecs/optimized-ami/"
_PROTOCOLS = {"PORTS": Protocol.TCP, "PORTS_UDP": Protocol.UDP}


def all_of(backend: Any) -> dict[str, Any]:
    """The EC2 instances of an ECS backend's account and region, ended ones among them."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    return {machine.id: machine for found in ec2.reservations.values() for machine in found.instances}


def muster(backend: Any) -> None:
    """Who has ended leaves its cluster; who runs and has not joined yet joins."""
    machines = all_of(backend)
    for cluster in backend.clusters.values():
        joined = backend.container_instances.get(cluster.name, {})
        for id_, instance in list(joined.items()):
            machine = machines.get(instance.ec2_instance_id)
            if machine is None or machine.state in ENDED:
                del joined[id_]
            else:
                instance.agent_connected = machine.state == "running"
    for machine in machines.values():
        if machine.state == "running" and may_join(machine):
            join(backend, machine)


def join(backend: Any, machine: Any) -> None:
    """Let an instance's agent register it with the cluster that its user data names.

    Once: an instance that was deregistered by hand stays away until its agent is started anew.
    """
    name = variables(machine.user_data).get(CLUSTER, "").rpartition("/")[2]
    known = backend.clusters.get(name)
    if known is not None and known.status == "ACTIVE" and not hasattr(machine, "joined"):
        backend.register_container_instance(name, machine.id)


def may_join(machine: Any) -> bool:
    """Whether an instance's agent registers it; in a warm pool not, where it is told to look whether it is in one."""
    return not (getattr(machine, "warm", False) and looks_for_warm_pools(machine))


def looks_for_warm_pools(machine: Any) -> bool:
    """Whether an instance's agent waits until it is InService."""
    return variables(machine.user_data).get(Variable.WARM_POOLS_CHECK, "").lower() == "true"


def variables(user_data: Any) -> Mapping[str, str]:
    """The agent's variables that moto's user data writes; none where only a shell could tell."""
    return _variables(user_data.decode() if isinstance(user_data, Base64EncodedString) else str(user_data or ""))


@lru_cache(maxsize=256)
def _variables(text: str) -> Mapping[str, str]:
    try:
        return agent_variables(text)
    except (NotUnderstood, UnicodeDecodeError):
        return {}


def settings(told: Mapping[str, str]) -> agent.AgentSettings:
    """What an agent's variables say of ports and memory."""
    return agent.AgentSettings(
        dynamic_host_port_range=str(agent_config.dynamic_ports(told)),
        reserved_memory=agent_config.reserved_memory(told) or 0,
        reserved_ports=[int(port) for port in _parsed(told, "ECS_RESERVED_PORTS", list)],
    )


def of_image(backend: Any, image_id: str) -> dict[str, str]:
    """The attributes that an instance has by its image."""
    found = ec2_backends[backend.account_id][backend.region_name].describe_images(filters={"image-id": image_id})
    windows = any(image.platform == "windows" for image in found)
    return {"ecs.ami-id": image_id, "ecs.os-type": "windows" if windows else "linux"}


def agent_version(backend: Any, image_id: str) -> str:
    """The version of the agent that an image has."""
    parameters = ssm_backends[backend.account_id][backend.region_name]._parameters
    for name in parameters.get_keys_beginning_with(_OPTIMIZED, recursive=True):
        value = parameters[name][-1].value
        if name.endswith("/recommended") and f'"{image_id}"' in value:
            return str(json.loads(value)["ecs_agent_version"])
    return VERSION


def own_attributes(told: Mapping[str, str]) -> dict[str, str]:
    """The attributes that its agent's variables give an instance."""
    return {str(key): str(value) for key, value in _parsed(told, "ECS_INSTANCE_ATTRIBUTES", dict).items()}


def equip(instance: Any, machine: Any) -> None:
    """Give a container instance that moto has registered what its type, its agent and its machine say."""
    told = variables(machine.user_data)
    machine.joined = instance.cluster_name
    trunking = instance._backend.account_settings.get("awsvpcTrunking")
    wanted = (trunking and trunking.value == "enabled") or getattr(machine, "managed", False)
    trunk = {TRUNK: machine.id.replace("i-", "eni-")} if wanted else {}
    network = {"ecs.subnet-id": machine.subnet_id or "", "ecs.vpc-id": machine.vpc_id or ""}
    instance.base = trunked(
        fleet.started(
            instance.container_instance_arn,
            catalogue()[machine.instance_type],
            machine.placement.zone,
            agent=settings(told),
            attributes={
                **of_image(instance._backend, machine.image_id),
                **{key: value for key, value in network.items() if value},
                **own_attributes(told),
                **trunk,
            },
        )
    )
    instance.attributes = dict(sorted(instance.base.attributes.items()))
    instance.version_info = {
        "agentVersion": agent_version(instance._backend, machine.image_id),
        "agentHash": "local",
        "dockerVersion": "DockerVersion: 25.0.16",
    }
    instance.version = 1
    show(instance, instance.base)


def trunked(instance: fleet.ContainerInstance) -> fleet.ContainerInstance:
    """An empty instance, with the network interfaces for tasks that a trunk gives it where it has one."""
    if TRUNK not in instance.attributes:
        return instance
    all_ = replace(instance.registered, network_interfaces=MOST_INTERFACES)
    return replace(instance, registered=all_, remaining=all_)


def _parsed(told: Mapping[str, str], name: str, kind: type) -> Any:
    """A variable in JSON; empty where the agent could not read it."""
    try:
        found = json.loads(told.get(name, ""))
    except ValueError:
        return kind()
    return found if isinstance(found, kind) else kind()


def show(instance: Any, now: fleet.ContainerInstance) -> None:
    """What DescribeContainerInstances tells of its resources, with the tasks of `now` on it.

    PORTS lists the ports that are taken, dynamic ones aside.
    """
    instance.registered_resources = list(_resources(now.registered, instance.base, instance.base))
    instance.remaining_resources = list(_resources(now.remaining, now, instance.base))


def _resources(amounts: Any, now: fleet.ContainerInstance, base: fleet.ContainerInstance) -> Iterator[dict[str, Any]]:
    numbers = {"doubleValue": 0.0, "longValue": 0}
    for name, value in (("CPU", amounts.cpu), ("MEMORY", amounts.memory)):
        yield {**numbers, "name": name, "type": "INTEGER", "integerValue": value}
    dynamic = frozenset(port for placed in now.tasks for port in placed.dynamic_ports)
    for name, protocol in _PROTOCOLS.items():
        taken = sorted(port.number for port in now.ports - dynamic if port.protocol is protocol)
        yield _strings(name, map(str, taken))
    if base.registered.gpus:
        yield _strings("GPU", (f"GPU-{number}" for number in range(amounts.gpus)))


def _strings(name: str, values: Iterator[str]) -> dict[str, Any]:
    return {
        "name": name, "type": "STRINGSET", "doubleValue": 0.0, "longValue": 0, "integerValue": 0,
        "stringSetValue": list(values),
    }  # fmt: skip
