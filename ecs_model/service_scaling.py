"""Service auto scaling: how many copies of its task a service keeps.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ecs_model.problem import Problem, under
from ecs_model.scaling_policies import CustomTracking, ScheduledScaling, StepScaling, TargetTracking, negative


@dataclass(frozen=True, kw_only=True)
class ScalingSettings:
    """How a service's number of tasks follows its load; `desiredCount` is then only what it begins with."""

    min_count: int = 1
    """The fewest tasks."""
    max_count: int
    """The most tasks."""
    cpu: TargetTracking | None = None
    """Keep the tasks' average CPU, in percent of what they reserve."""
    memory: TargetTracking | None = None
    """Keep the tasks' average memory, in percent of what they reserve."""
    requests: TargetTracking | None = None
    """Keep the load balancer's requests a minute for each task."""
    metrics: dict[str, CustomTracking] = field(default_factory=dict)
    """Keep metrics of your own, by a name of yours."""
    steps: dict[str, StepScaling] = field(default_factory=dict)
    """Alarms with steps, by a name of yours."""
    schedules: dict[str, ScheduledScaling] = field(default_factory=dict)
    """Other bounds by the clock, by a name of yours."""

    @property
    def predefined(self) -> dict[str, TargetTracking]:
        """The metrics that ECS and the load balancer report by themselves, by the setting's name."""
        found = {"cpu": self.cpu, "memory": self.memory, "requests": self.requests}
        return {key: tracking for key, tracking in found.items() if tracking is not None}

    def problems(self, *, balanced: bool, desired_count: int = 0) -> Iterator[Problem]:
        """What cannot work for a service that begins with `desired_count` tasks, behind a load balancer or not."""
        yield from self._count_problems(desired_count)
        if not any((self.predefined, self.metrics, self.steps, self.schedules)):
            yield Problem((), "scales by nothing: give one of cpu, memory, requests, metrics, steps, schedules")
        if self.requests is not None and not balanced:
            yield Problem(("requests",), "counts the load balancer's requests, and there is no loadBalancer: add one")
        for key, tracking in self.predefined.items():
            yield from under(tracking.problems(), key)
        for section, chosen in self._named().items():
            for key, item in chosen.items():
                if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?", key):
                    yield Problem((section, key), f"{key!r} is not a name: use 1-32 letters, digits and hyphens")
                yield from under(item.problems(), section, key)
        yield from self._twice_problems()
        yield from self._schedule_problems()

    def _named(self) -> Mapping[str, Mapping[str, CustomTracking | StepScaling | ScheduledScaling]]:
        return {"metrics": self.metrics, "steps": self.steps, "schedules": self.schedules}

    def _count_problems(self, desired_count: int) -> Iterator[Problem]:
        yield from negative({"minCount": self.min_count})
        if self.max_count < 1:
            yield Problem(("maxCount",), f"{self.max_count} tasks could never do anything: give 1 or more")
        elif self.max_count < self.min_count:
            yield Problem(("maxCount",), f"{self.max_count} is below minCount ({self.min_count}): raise it")
        elif desired_count > self.max_count:
            yield Problem(
                ("maxCount",),
                f"{self.max_count} is below desiredCount ({desired_count}), with which it begins: raise it",
            )

    def _twice_problems(self) -> Iterator[Problem]:
        """Application Auto Scaling refuses two target tracking policies on one metric."""
        seen: dict[object, str] = {}
        for key, tracking in self.metrics.items():
            metric = tracking.metric
            same = (metric.namespace, metric.name, metric.statistic, *sorted(metric.dimensions.items()))
            first = seen.setdefault(same, key)
            if first != key:
                yield Problem(("metrics", key, "metric"), f"is that of {first} already: keep one of the two")

    def _schedule_problems(self) -> Iterator[Problem]:
        for key, chosen in self.schedules.items():
            least = self.min_count if chosen.min_count is None else chosen.min_count
            most = self.max_count if chosen.max_count is None else chosen.max_count
            if least > most:
                yield Problem(("schedules", key), f"keeps at least {least} and at most {most} tasks: lower minCount")
