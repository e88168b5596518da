"""Why no instance of ECS Managed Instances comes for a task, as far as that shows from outside.

ECS starts an instance when a task waits, so that not the instances that run decide but what may start. ECS says nothing
of an attempt that came to nothing:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ecs_model.fitting import Demand, shortages_of_largest
from ecs_model.fleet import started
from ecs_model.images import AmiFamily, Architecture
from ecs_model.instance_attributes import CPU_ARCHITECTURE, INSTANCE_TYPE, is_custom
from ecs_model.instance_requirements import Bounds, Choice, InstanceRequirements, Manufacturer
from ecs_model.instance_types import known
from ecs_model.network_modes import NetworkMode
from ecs_model.query_expression import Decisive
from ecs_model.refusals import Reason, Refusal, refusals
from ecs_model.task_needs import Task

KIND = "MANAGED_INSTANCES"
"""What a task definition is registered for, to run on them."""
MODES = (NetworkMode.AWSVPC, NetworkMode.HOST)
_MODELLED = frozenset({
    "acceleratorCount", "allowedInstanceTypes", "bareMetal", "burstablePerformance", "cpuManufacturers",
    "excludedInstanceTypes", "instanceGenerations", "memoryMiB", "vCpuCount",
})  # fmt: skip


@dataclass(frozen=True)
class ManagedCapacity:
    """A capacity provider of ECS Managed Instances, as far as it decides whether an instance comes."""

    name: str
    status: str = "ACTIVE"
    update: str = ""
    """The state of its last update, such as UPDATE_COMPLETE; empty where there was none."""
    update_reason: str = ""
    listed: bool = True
    """Whether the cluster lists it."""
    requirements: Mapping[str, Any] | None = None
    """`instanceRequirements` as the API tells them; None where ECS chooses by itself."""

    @classmethod
    def of(cls, answer: Mapping[str, Any], listed: Collection[str]) -> "ManagedCapacity":
        """Of an answer of DescribeCapacityProviders; `listed` are the cluster's capacity providers."""
        template = answer["managedInstancesProvider"].get("instanceLaunchTemplate", {})
        return cls(
            name=answer["name"],
            status=answer.get("status", ""),
            update=answer.get("updateStatus", ""),
            update_reason=answer.get("updateStatusReason", ""),
            listed=answer["name"] in listed,
            requirements=template.get("instanceRequirements"),
        )

    @property
    def not_judged(self) -> list[str]:
        """The requirements by which further types may fall out."""
        names = sorted(set(self.requirements or ()) - _MODELLED)
        # A limit of the price leaves the cheapest type that has the rest.
        return [name for name in names if "Percentage" not in name]

    def types(self, architecture: Architecture) -> list[str] | None:
        """The types of this version's table that may start for a task, or more; None where ECS chooses by itself."""
        if self.requirements is None:
            return None
        found: set[str] = set()
        for wanted in _read(self.requirements):
            found.update(wanted.matching(AmiFamily.AL2023, architecture))
        return sorted(found)


def _read(told: Mapping[str, Any]) -> Iterator[InstanceRequirements]:
    """Requirements one of which a type has to meet: types without accelerators and such with are asked for apart."""
    makers = [Manufacturer(each) for each in told.get("cpuManufacturers", []) if each in list(Manufacturer)]
    generations = told.get("instanceGenerations") or ["current", "previous"]
    common = InstanceRequirements(
        vcpus=_bounds(told.get("vCpuCount")),
        memory=_bounds(told.get("memoryMiB")),
        cpu_manufacturers=makers if len(makers) == len(told.get("cpuManufacturers", [])) else [],
        previous_generations="previous" in generations,
        burstable=Choice(told.get("burstablePerformance", "excluded")),
        bare_metal=Choice(told.get("bareMetal", "excluded")),
        allowed_types=list(told.get("allowedInstanceTypes", [])),
        excluded_types=list(told.get("excludedInstanceTypes", [])),
    )
    accelerators = _bounds(told.get("acceleratorCount"))
    if accelerators.min == 0:
        yield common
    if accelerators.max != 0:
        yield replace(common, accelerators=Bounds(max(1, accelerators.min), accelerators.max))


def _bounds(told: Mapping[str, int] | None) -> Bounds:
    return Bounds((told or {}).get("min", 0), (told or {}).get("max"))


def obstacles(task: Task, capacity: ManagedCapacity, compatibilities: Collection[str]) -> list[str]:
    """What keeps an instance from coming for a task, a sentence without full stop each; none where nothing is seen.

    `compatibilities` are the task definition's, as DescribeTaskDefinition tells them; not judged where there are none.
    """
    return [*_of_provider(capacity), *_of_definition(task, compatibilities), *_of_types(task, capacity)]


def _of_provider(capacity: ManagedCapacity) -> Iterator[str]:
    if capacity.status == "PROVISIONING":
        yield "its status is PROVISIONING: ECS still sets it up, and starts nothing before it is ACTIVE"
    elif capacity.status != "ACTIVE":
        yield f"its status is {capacity.status}, so that it gives no capacity"
    if capacity.update.endswith("FAILED"):
        yield f"its last update failed ({capacity.update}): {capacity.update_reason}"
    if not capacity.listed:
        yield "it is not among the cluster's capacity providers: put it on the cluster"


def _of_definition(task: Task, compatibilities: Collection[str]) -> Iterator[str]:
    if compatibilities and KIND not in compatibilities:
        kinds = ", ".join(sorted(compatibilities))
        yield f"the task definition is for {kinds}: register it with requiresCompatibilities {KIND}"
    if task.network_mode not in MODES:
        yield f"the network mode is {task.network_mode.value}, and Managed Instances take awsvpc or host"
    custom = sorted(each.name for each in task.attributes if is_custom(each.name))
    for name in custom:
        yield f"the task requires the attribute {name}, which nobody gives a Managed Instance"


def _of_types(task: Task, capacity: ManagedCapacity) -> Iterator[str]:
    architecture = task.architecture or Architecture.X86_64
    names = capacity.types(architecture)
    if names is None:
        return
    if not names:
        yield (
            f"no instance type of {architecture.value} meets its instanceRequirements: change them, or the "
            "definition's runtimePlatform"
        )
        return
    short = list(_shortages(task, names))
    yield from short
    if not short:
        yield from _unmet(task, names)


def _shortages(task: Task, names: Sequence[str]) -> Iterator[str]:
    of = f"the {len(names)} types that meet its instanceRequirements"
    yield from map(str, shortages_of_largest(Demand(task.memory, task.cpu), names, of))
    most = max(type_.gpus for type_ in known(names))
    if task.gpus > most:
        needed = f"{task.gpus} GPU{'' if task.gpus == 1 else 's'}"
        yield f"the task needs {needed}, and {of} have at most {most}: ask for more by acceleratorCount"


def _unmet(task: Task, names: Sequence[str]) -> Iterator[str]:
    """The constraints that no type meets which has the size."""
    free = replace(task, capacity_provider=None, zones=frozenset(), attributes=frozenset())
    found = [refusals(free, started(type_.name, type_, "")) for type_ in known(names)]
    roomy = [each for each in found if not any(one.reason in _SIZES for one in each)]
    judged = [[one for one in each if _is_judged(one)] for each in roomy]
    if judged and all(judged):
        yield from dict.fromkeys(
            f"none of the {len(roomy)} types that are large enough meets {one.subject}: change the constraint"
            for one in judged[0]
        )
    elif not roomy:
        yield f"none of the {len(names)} types that meet its instanceRequirements has CPU, memory and GPUs at once"


_SIZES = (Reason.CPU, Reason.MEMORY, Reason.GPU)


def _is_judged(refusal: Refusal) -> bool:
    return refusal.reason is Reason.EXPRESSION and all(map(_is_known, refusal.decisive))


def _is_known(decisive: Decisive) -> bool:
    """Whether a new instance's value is known beforehand: its type's, or none, for nobody gives it attributes."""
    kind, _, name = decisive.comparison.subject.partition(":")
    return kind == "attribute" and (name in (INSTANCE_TYPE, CPU_ARCHITECTURE) or is_custom(name))
