"""Parts of an environment that were renamed: what they are called in the settings, and what their resources are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ecs_model.one_off_task import OneOffTaskSettings
from ecs_model.problem import Problem, of_these
from ecs_model.routing import ServiceRouting
from ecs_model.service import ServiceSettings
from ecs_model.strategy import StrategyItem
from ecs_model.task import TaskSettings

T = TypeVar("T")
Task = TypeVar("Task", bound=TaskSettings)


@dataclass(frozen=True)
class FormerNames:
    """What parts were called when they were first deployed, each by the key that it has in the settings now.

    Its resources, its outputs and its name in the namespace stay called so: a task definition's family, a security
    group's description and what others know a service by cannot change without a replacement.
    """

    capacity: dict[str, str] = field(default_factory=dict)
    """Of `capacity`: for instance `standard: general`."""
    managed_instances: dict[str, str] = field(default_factory=dict)
    """Of `managed_instances`."""
    load_balancers: dict[str, str] = field(default_factory=dict)
    """Of `load_balancers`."""
    services: dict[str, str] = field(default_factory=dict)
    """Of `services`."""
    scheduled_tasks: dict[str, str] = field(default_factory=dict)
    """Of `scheduled_tasks`."""
    run: dict[str, str] = field(default_factory=dict)
    """Of `run`."""

    @property
    def sections(self) -> dict[str, dict[str, str]]:
        """The former names by the section's name in the configuration."""
        return {
            "capacity": self.capacity,
            "managedInstances": self.managed_instances,
            "loadBalancers": self.load_balancers,
            "services": self.services,
            "scheduledTasks": self.scheduled_tasks,
            "run": self.run,
        }

    def problems(self, keys: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
        """What cannot be meant; `keys` are those that each section has now."""
        for section, names in self.sections.items():
            taken = {key: key for key in keys[section] if key not in names}
            for key, former in names.items():
                if key not in keys[section]:
                    yield Problem((section, key), f"is no key of {section}{of_these(key, keys[section])}")
                elif former == key:
                    yield Problem((section, key), "is called so already: leave it out")
                elif former in taken:
                    yield Problem((section, key), f"{former} is what {taken[former]} is called: give each its own name")
                taken.setdefault(former, key)


def keyed(parts: Mapping[str, T], names: Mapping[str, str]) -> dict[str, T]:
    """Parts by what they were called first."""
    return {names.get(key, key): part for key, part in parts.items()}


def strategy(items: Sequence[StrategyItem], former: FormerNames) -> list[StrategyItem]:
    """A strategy that names capacity by what it was called first."""
    names = former.capacity | former.managed_instances
    return [replace(i, capacity_provider=names.get(i.capacity_provider, i.capacity_provider)) for i in items]


def tasks(parts: Mapping[str, Task], names: Mapping[str, str], former: FormerNames) -> dict[str, Task]:
    """Tasks by what they were called first, with everything that they name."""
    return {
        key: replace(task, capacity_provider_strategy=strategy(task.capacity_provider_strategy, former))
        for key, task in keyed(parts, names).items()
    }


def services(parts: Mapping[str, ServiceSettings], former: FormerNames) -> dict[str, ServiceSettings]:
    """Services by what they were called first, with everything that they name."""
    return {key: _service(each, former) for key, each in tasks(parts, former.services, former).items()}


def _service(service: ServiceSettings, former: FormerNames) -> ServiceSettings:
    found = service.discovery
    return replace(
        service,
        load_balancer=_routing(service.load_balancer, former) if service.load_balancer else None,
        load_balancers={key: _routing(routing, former) for key, routing in service.load_balancers.items()},
        discovery=replace(found, clients=[former.services.get(key, key) for key in found.clients]) if found else None,
    )


def one_off_tasks(parts: Mapping[str, OneOffTaskSettings], former: FormerNames) -> dict[str, OneOffTaskSettings]:
    """One-off tasks by what they were called first, with everything that they name."""
    return {key: _one_off(each, former) for key, each in tasks(parts, former.run, former).items()}


def _one_off(task: OneOffTaskSettings, former: FormerNames) -> OneOffTaskSettings:
    chosen = task.on_deploy
    if chosen is None:
        return task
    return replace(task, on_deploy=replace(chosen, before=[former.services.get(key, key) for key in chosen.before]))


def _routing(routing: ServiceRouting, former: FormerNames) -> ServiceRouting:
    return replace(routing, name=former.load_balancers.get(routing.name, routing.name))
