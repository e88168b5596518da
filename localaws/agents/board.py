"""A cluster as the pure core sees it, read from moto's objects; what the core places is put back into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ecs_model.fleet import ContainerInstance, Fleet, PlacedTask, Status
from ecs_model.placement import Placer
from ecs_model.placement_rules import PlacementStrategy
from ecs_model.task_needs import Resources
from localaws.agents import machines, targets
from localaws.agents.managed_provider import ManagedProvider
from localaws.agents.providers import Provider, of_cluster
from localaws.agents.tasks import PlayedTask
from localaws.moto_fixes.managed_model import of_cluster as of_managed


class Board:
    """One cluster during one settlement."""

    def __init__(self, backend: Any, cluster: Any) -> None:
        self.backend, self.cluster = backend, cluster
        self.providers: dict[str, Provider] = of_cluster(backend, cluster)
        self.managed = {each.name: ManagedProvider(each.name, each) for each in of_managed(backend, cluster)}
        self._placer: Placer | None = None

    @cached_property
    def instances(self) -> dict[str, Any]:
        """moto's container instances by ARN, in the order of their registration."""
        joined = self.backend.container_instances.get(self.cluster.name, {})
        return {instance.container_instance_arn: instance for instance in joined.values()}

    @cached_property
    def tasks(self) -> list[PlayedTask]:
        """The tasks that have not stopped, in the order of their creation; new ones are added by whoever makes one."""
        known = self.backend.tasks.setdefault(self.cluster.name, {}).values()
        return [task for task in known if isinstance(task, PlayedTask) and task.live]

    def scales(self, provider: str) -> bool:
        """Whether a task that finds no instance of a capacity provider waits for a new one."""
        found = self.providers.get(provider)
        return provider in self.managed or (found is not None and found.scales)

    def is_busy(self, arn: str | None) -> bool:
        """Whether an instance holds a task that is no daemon."""
        return any(task.container_instance_arn == arn and not task.need.daemon for task in self.tasks)

    def of_group(self, group: str) -> list[PlayedTask]:
        """The live tasks of a group."""
        return [task for task in self.tasks if task.need.group == group]

    @property
    def fleet(self) -> Fleet:
        """The container instances with their tasks, as they are now."""
        return self._current().fleet

    def add(self, task: PlayedTask) -> PlayedTask:
        """A new task, which waits."""
        self.backend.tasks[self.cluster.name][task.task_arn] = task
        self.tasks.append(task)
        return task

    def forget(self, task: PlayedTask) -> None:
        """A task that was never placed and does not wait: ECS makes none then."""
        del self.backend.tasks[self.cluster.name][task.task_arn]
        self.tasks.remove(task)

    def place(self, task: PlayedTask, strategies: Sequence[PlacementStrategy]) -> bool:
        """Run a waiting task where the strategies choose; whether there is such an instance."""
        found = self._current().place(task.need, strategies, task_id=task.task_arn)
        return self._run(task, found)

    def place_on(self, task: PlayedTask, arn: str) -> bool:
        """Run a waiting task on that instance; whether it can take it."""
        found = self._current().place_on(arn, task.need)
        return self._run(task, found)

    def run_on_fargate(self, task: PlayedTask) -> None:
        """Run a waiting task without a container instance."""
        task.run_on_fargate()
        targets.register(task, self.backend)

    def _run(self, task: PlayedTask, found: ContainerInstance | None) -> bool:
        if found is None:
            return False
        task.run(self.instances[found.id], found.tasks[-1])
        targets.register(task, self.backend)
        return True

    def end(self, task: PlayedTask) -> bool:
        """End a task whose containers end by themselves, as they do at once; whether it is one."""
        if task.ending is None:
            return False
        targets.deregister(task, self.backend)
        task.end()
        self._gone(task)
        return True

    def stop(self, task: PlayedTask, code: str, reason: str) -> None:
        """End a task; its resources, ports and targets are free."""
        targets.deregister(task, self.backend)
        task.stop(code, reason)
        self._gone(task)

    def _gone(self, task: PlayedTask) -> None:
        self.tasks.remove(task)
        self._placer = None

    def without_hosts(self) -> list[PlayedTask]:
        """The tasks that end with their host.

        Where an instance was deregistered and runs on, so do its tasks, but a service replaces its own.
        """
        known = self.instances
        alive = {id_ for id_, machine in machines.all_of(self.backend).items() if machine.state == "running"}
        return [
            task
            for task in self.tasks
            if task.placed
            and (task.machine_id not in alive or (task.of_service and task.container_instance_arn not in known))
        ]

    def show(self) -> None:
        """Write back to moto's objects what follows from the tasks."""
        known = self.fleet.instances
        for arn, instance in self.instances.items():
            now = known[arn]
            machines.show(instance, now)
            instance.running_tasks_count, instance.pending_tasks_count = len(now.tasks), 0
            instance.capacity_provider_name = now.capacity_provider
        waiting = sum(task.waits for task in self.tasks)
        self.cluster.running_tasks_count = len(self.tasks) - waiting
        self.cluster.pending_tasks_count = waiting
        self.cluster.registered_container_instances_count = len(self.instances)
        self.cluster.active_services_count = sum(
            service.cluster_name == self.cluster.name and service.status == "ACTIVE"
            for service in self.backend.services.values()
        )

    def _current(self) -> Placer:
        if self._placer is None:
            self._placer = Placer(self._read())
        return self._placer

    def _read(self) -> Fleet:
        by_instance: dict[str, list[PlacedTask]] = defaultdict(list)
        for task in self.tasks:
            if task.placed is not None and task.container_instance_arn:
                by_instance[task.container_instance_arn].append(replace(task.placed, id=task.task_arn))
        all_: list[Provider | ManagedProvider] = [*self.providers.values(), *self.managed.values()]
        provider_of = {id_: provider.name for provider in all_ for id_ in provider.machine_ids}
        return Fleet.of(
            _instance(moto, by_instance[arn], provider_of.get(moto.ec2_instance_id))
            for arn, moto in self.instances.items()
        )


def _instance(moto: Any, tasks: list[PlacedTask], provider: str | None) -> ContainerInstance:
    base: ContainerInstance = moto.base
    used = sum((placed.task.needs for placed in tasks), Resources())
    return replace(
        base,
        remaining=base.registered - used,
        attributes={name: value or "" for name, value in moto.attributes.items()},
        ec2_instance_id=moto.ec2_instance_id,
        ports=base.ports.union(*(placed.ports for placed in tasks)),
        status=Status(moto.status),
        agent_connected=moto.agent_connected,
        registered_at=moto.registered_at,
        capacity_provider=provider,
        tasks=tuple(tasks),
    )
