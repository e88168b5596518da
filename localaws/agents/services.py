"""ECS's service scheduler: as many tasks of the newest deployment as are wanted, and none of the others, step by step.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ecs_model.fleet import Status
from ecs_model.placement import refused
from ecs_model.scheduler import place_daemon, place_service
from ecs_model.strategy import FARGATE, StrategyItem, next_provider
from ecs_model.task_needs import Task
from localaws.agents import circuit, deployments, events, needs, shifts
from localaws.agents.board import Board
from localaws.agents.tasks import PlayedTask

SCALED = "ServiceSchedulerInitiated"


@dataclass
class Scheduling:
    """One service during one settlement."""

    board: Board
    service: Any
    unplaced: Task | None = None
    """A copy that found no instance and does not wait."""

    def __post_init__(self) -> None:
        self.started: list[PlayedTask] = []
        self.stopped: list[PlayedTask] = []

    @cached_property
    def need(self) -> Task:
        """One copy, without a capacity provider."""
        return needs.of_service(self.board.backend, self.service)

    @cached_property
    def strategies(self) -> Any:
        return needs.strategies(getattr(self.service, "placement_strategy", None))

    @cached_property
    def items(self) -> list[StrategyItem]:
        """Its capacity provider strategy."""
        return [
            StrategyItem(item["capacityProvider"], item.get("weight") or 0, item.get("base") or 0)
            for item in self.service.capacity_provider_strategy or []
        ]

    @property
    def on_fargate(self) -> bool:
        return self.service.launch_type == "FARGATE" or any(i.capacity_provider in FARGATE for i in self.items)

    @property
    def tasks(self) -> list[PlayedTask]:
        return self.board.of_group(f"service:{self.service.name}")

    def split(self) -> tuple[list[PlayedTask], list[PlayedTask]]:
        """The tasks that stay, and those of older deployments or on instances that drain."""
        newest = deployments.primary(self.service)["id"]
        draining = {arn for arn, instance in self.board.instances.items() if instance.status == Status.DRAINING.value}
        staying: list[PlayedTask] = []
        leaving: list[PlayedTask] = []
        for task in self.tasks:
            gone = task.started_by != newest or task.container_instance_arn in draining
            (leaving if gone else staying).append(task)
        # Those on a draining instance first.
        leaving.sort(key=lambda task: task.container_instance_arn not in draining)
        return staying, leaving

    def settle(self) -> None:
        """Start and stop tasks until nothing more can be done."""
        if self.service.status != "ACTIVE":
            self._stop(self.tasks, "The service was deleted.")
        elif self.need.daemon:
            while self._daemons():
                pass
        else:
            while self._start_missing() | self._stop_leaving():
                pass
            self._stop_surplus()
        self._tell()

    # Replicas

    def _limits(self) -> tuple[int, int]:
        """How many tasks must run during a deployment, and how many may be there."""
        wanted, settings = self.service.desired_count, self.service.deployment_configuration
        least = math.ceil(wanted * settings.get("minimumHealthyPercent", 100) / 100)
        return least, max(wanted, math.floor(wanted * settings.get("maximumPercent", 200) / 100))

    def _start_missing(self) -> bool:
        staying, leaving = self.split()
        changed = False
        for task in [task for task in staying if task.waits and not circuit.is_open(self.service)]:
            changed |= self._start(task)
        room = self._limits()[1] - len(staying) - len(leaving)
        missing = min(self.service.desired_count - len(staying), room)
        counts = Counter(task.capacity_provider_name or "" for task in staying)
        self.unplaced = None
        full: set[str] = set()
        deployment = deployments.primary(self.service)
        for _ in range(missing):
            if circuit.is_open(self.service) or deployments.primary(self.service) is not deployment:
                break
            provider = next_provider(self.items, counts) if self.items else ""
            # Also where there is no room: ECS gives a copy of one capacity provider to no other.
            counts[provider] += 1
            if provider in full:
                continue
            task = self.board.add(self._new(provider))
            if self._start(task):
                changed = True
            elif not self.board.scales(provider):
                self.board.forget(task)
                self.unplaced = task.need
                full.add(provider)
        return changed

    def _start(self, task: PlayedTask) -> bool:
        if self.on_fargate:
            self.board.run_on_fargate(task)
        elif not self.board.place(task, self.strategies):
            return False
        self._run(task)
        return True

    def _run(self, task: PlayedTask) -> bool:
        """A task has started; whether it runs on."""
        self.started.append(task)
        if not self.board.end(task):
            return True
        self._tell()
        circuit.count(self.service)
        return False

    def _new(self, provider: str) -> PlayedTask:
        service = self.service
        known = None if provider in FARGATE else provider or None
        return PlayedTask(
            self.board.backend,
            self.board.cluster,
            self.board.backend.describe_task_definition(service.task_definition),
            replace(self.need, capacity_provider=known),
            started_by=deployments.primary(service)["id"],
            launch_type="FARGATE" if self.on_fargate else "EC2",
            capacity_provider_name=provider or None,
            tags=list(service.tags) if getattr(service, "propagate_tags", "NONE") == "SERVICE" else [],
            network=service.network_configuration,
            balancers=shifts.balancers(service, deployments.primary(service)["id"]),
            execute_command=getattr(service, "enable_execute_command", False),
        )

    def _stop_leaving(self) -> bool:
        staying, leaving = self.split()
        if circuit.is_open(self.service):
            # The old tasks are all there is.
            leaving = [task for task in leaving if task.waits]
        if shifts.shifts(self.service) and sum(not task.waits for task in staying) < self.service.desired_count:
            # The old tasks have the traffic until all new ones run.
            leaving = [task for task in leaving if task.waits]
        least, _ = self._limits()
        running = sum(not task.waits for task in staying + leaving)
        gone = []
        for task in leaving:
            if task.waits:
                gone.append(task)
            elif running > least and not task.protected:
                gone.append(task)
                running -= 1
        self._stop(gone, f"Scaling activity initiated by (deployment {deployments.primary(self.service)['id']})")
        return bool(gone)

    def _stop_surplus(self) -> None:
        staying, leaving = self.split()
        surplus = len(staying) - self.service.desired_count
        if surplus <= 0:
            return
        gone = [task for task in reversed(staying) if task.waits or self.on_fargate][:surplus]
        if len(gone) < surplus:
            fleet = self.board.fleet
            for task in leaving:
                fleet = fleet.stopped(task.task_arn) if task.placed else fleet
            named = place_service(self.need, fleet, self.service.desired_count).stopped
            gone += [task for task in staying if task.task_arn in named and not task.protected]
        self._stop(gone, f"Scaling activity initiated by (service {self.service.name})")

    # Daemons

    def _daemons(self) -> bool:
        """One task of the newest deployment on each instance that is a place for it; it drains last.

        Whether one ended by itself, and is to be replaced.
        """
        staying, leaving = self.split()
        newest = deployments.primary(self.service)["id"]
        gone = [
            task for task in leaving if task.started_by != newest or not self.board.is_busy(task.container_instance_arn)
        ]
        self._stop(gone, f"Scaling activity initiated by (service {self.service.name})")
        found = place_daemon(self.need, self.board.fleet)
        ended = False
        for arn in found.placed.values():
            if circuit.is_open(self.service) or ended:
                break
            task = self.board.add(self._new(""))
            ended = self.board.place_on(task, arn) and not self._run(task)
        self.unplaced = self.need if found.waiting else None
        self.service.desired_count = len(staying) + len(found.placed) + found.waiting
        return ended

    def _is_stuck(self) -> bool:
        """Whether a deployment may neither stop nor start a task."""
        staying, leaving = self.split()
        return bool(leaving) and len(staying) < self.service.desired_count

    # What happened

    def _stop(self, tasks: list[PlayedTask], reason: str) -> None:
        for task in tasks:
            self.board.stop(task, SCALED, reason)
        self.stopped += [task for task in tasks if task.started_at]

    def _tell(self) -> None:
        events.tell_tasks(self.service, "has started {} tasks", self.started)
        events.tell_tasks(self.service, "has stopped {} running tasks", self.stopped)
        self.started, self.stopped = [], []

    def conclude(self) -> None:
        """Counts, deployments and the last events, once nothing changes any more."""
        if self.service.status != "ACTIVE":
            self.service.running_count = self.service.pending_count = 0
            return
        if self.unplaced is not None:
            provider = self.unplaced.capacity_provider
            events.tell(self.service, events.unplaced(refused(self.unplaced, self.board.fleet), provider))
        elif not self.need.daemon and not circuit.is_open(self.service) and self._is_stuck():
            events.tell(self.service, events.STUCK)
        deployments.conclude(self.service, self.tasks)
