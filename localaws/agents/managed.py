"""ECS Managed Instances: ECS starts an instance of the smallest type that holds what waits, and ends those that idle.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html, and
https://aws.amazon.com/blogs/containers/deep-dive-amazon-ecs-managed-instances-provisioning-and-optimization. How AWS
weighs cost against packing it does not say; the smallest type stands for the cheapest, as in `localaws.requirements`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.ec2.models import ec2_backends

from ecs_model.fleet import ContainerInstance, started
from ecs_model.images import AmiFamily, Architecture, ssm_parameter
from ecs_model.instance_source import TRUNK
from ecs_model.instance_types import InstanceType
from ecs_model.refusals import fits
from ecs_model.strategy import MANAGED_TAG
from ecs_model.task_needs import Task
from localaws.agents import machines
from localaws.agents.managed_provider import ManagedProvider
from localaws.moto_fixes import ssm
from localaws.moto_fixes.managed_instances import may_launch


def scale(board: Any, provider: ManagedProvider, *, inwards: bool) -> bool:
    """Start what waiting tasks need, and end what idles; whether anything changed."""
    waiting = [task.need for task in board.tasks if task.waits and task.need.capacity_provider == provider.name]
    changed = False
    if waiting and may_launch(board.backend, provider.moto):
        for type_, subnet in _wanted(board, provider, waiting):
            _launch(board, provider, type_, subnet)
            changed = True
    if inwards and not waiting:
        changed |= _end_idle(board, provider)
    return changed


def _wanted(board: Any, provider: ManagedProvider, waiting: Sequence[Task]) -> list[tuple[InstanceType, Any]]:
    """The instances to start, each in the zone that has the fewest, for tasks that nothing that runs takes."""
    ec2 = ec2_backends[board.backend.account_id][board.backend.region_name]
    subnets = [ec2.get_subnet(id_) for id_ in provider.moto.template["networkConfiguration"]["subnets"]]
    there = [each.attributes["ecs.availability-zone"] for each in _own(board, provider)]
    new: list[ContainerInstance] = []
    made: list[tuple[InstanceType, Any]] = []
    for task in waiting:
        place = next((position for position, each in enumerate(new) if fits(task, each)), None)
        if place is None:
            found = _smallest(provider, task, sorted(subnets, key=lambda one: there.count(one.availability_zone)))
            if found is None:
                continue
            type_, subnet, instance = found
            made.append((type_, subnet))
            there.append(subnet.availability_zone)
            new.append(instance)
            place = len(new) - 1
        new[place] = new[place].with_task(f"{place}/{len(new[place].tasks)}", task)
    return made


def _smallest(
    provider: ManagedProvider, task: Task, subnets: Sequence[Any]
) -> tuple[InstanceType, Any, ContainerInstance] | None:
    for type_ in provider.types(task.architecture or Architecture.X86_64):
        for subnet in subnets:
            zone = subnet.availability_zone
            # Each has a trunk network interface.
            attributes = {TRUNK: "trunk"}
            empty = machines.trunked(started(zone, type_, zone, attributes=attributes, capacity_provider=provider.name))
            if fits(task, empty):
                return type_, subnet, empty
    return None


def _launch(board: Any, provider: ManagedProvider, type_: InstanceType, subnet: Any) -> None:
    backend, template = board.backend, provider.moto.template
    ec2: Any = ec2_backends[backend.account_id][backend.region_name]
    propagates = provider.moto.managed_instances_provider.get("propagateTags") == "CAPACITY_PROVIDER"
    told = {tag["key"]: tag["value"] for tag in provider.moto.tags or []} if propagates else {}
    parameter = ssm_parameter(AmiFamily.BOTTLEROCKET, type_.architectures[0], gpus=bool(type_.gpus))
    reservation = ec2.run_instances(
        ssm.value(backend.account_id, backend.region_name, parameter),
        1,
        None,
        [],
        instance_type=type_.name,
        is_instance_type_default=False,
        subnet_id=subnet.id,
        security_group_ids=list(template["networkConfiguration"].get("securityGroups") or []),
        region_name=backend.region_name,
        tags={"instance": {MANAGED_TAG: "true", **told}},
        lifecycle="spot" if template.get("capacityOptionType") == "SPOT" else None,
    )
    machine: Any = reservation.instances[0]
    ec2.associate_iam_instance_profile(machine.id, iam_instance_profile_arn=template["ec2InstanceProfileArn"])
    machine.managed = True
    machine.operator = {"Managed": True, "Principal": "ecs.amazonaws.com"}
    provider.moto.machine_ids.append(machine.id)
    backend.register_container_instance(board.cluster.name, machine.id)


def _own(board: Any, provider: ManagedProvider) -> list[ContainerInstance]:
    return [each for each in board.fleet.instances.values() if each.capacity_provider == provider.name]


def _end_idle(board: Any, provider: ManagedProvider) -> bool:
    """ECS ends what holds no task but daemons, unless it is told never to."""
    optimization = provider.moto.managed_instances_provider.get("infrastructureOptimization") or {}
    if optimization.get("scaleInAfter") == -1:
        return False
    idle = [each.ec2_instance_id for each in _own(board, provider) if all(one.task.daemon for one in each.tasks)]
    if idle:
        ec2_backends[board.backend.account_id][board.backend.region_name].terminate_instances(idle)
        provider.moto.machine_ids = [id_ for id_ in provider.moto.machine_ids if id_ not in idle]
    return bool(idle)
