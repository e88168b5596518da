"""What a cluster's operators are told of: too little capacity, missing tasks, unhealthy targets.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ecs_model.problem import Problem, out_of_range, under

LONGEST = 1_440
"""Minutes; CloudWatch looks back a day at most."""
MOST_PROVIDER_RESERVATION = 200
"""Percent; ECS reports no more, however much is missing."""
MOST_TOPICS = 5
"""Actions that an alarm may have."""


@dataclass(frozen=True)
class Limit:
    """A value that is too much, and how long it may last."""

    above: float
    """The greatest value that is still well, in the unit of its alarm: percent, tasks or targets."""
    minutes: int = 15
    """Minutes in a row above it until somebody is told, 1-1440."""

    def problems(self, least: float, below: float | None = None) -> Iterator[Problem]:
        """What CloudWatch would refuse, and a limit that is never or always exceeded."""
        if not self.above >= least:
            yield Problem(("above",), f"{self.above:g} is exceeded always: give {least:g} or more")
        elif below is not None and self.above >= below:
            yield Problem(("above",), f"{self.above:g} is never exceeded: give less than {below:g}")
        yield from out_of_range({"minutes": (self.minutes, 1, LONGEST)})


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """The alarms of a cluster and its services, and who is told; null in place of a limit leaves its alarm out."""

    topic_arns: list[str]
    """SNS topics, 1-5, that are told when an alarm begins and when it is over; each lets CloudWatch publish to it."""
    cpu_reservation: Limit | None = field(default_factory=lambda: Limit(95))
    """Percent of the container instances' CPU that tasks reserve; above 95 for 15 minutes."""
    memory_reservation: Limit | None = field(default_factory=lambda: Limit(95))
    """Percent of the container instances' memory that tasks reserve; above 95 for 15 minutes."""
    capacity_provider_reservation: Limit | None = field(default_factory=lambda: Limit(100))
    """Percent of a capacity provider's instances that its tasks need; above 100 for 15 minutes: the instances that ECS
    asked for do not come, for want of Spot capacity, a quota, or because maxSize is reached."""
    missing_tasks: Limit | None = field(default_factory=lambda: Limit(0))
    """How many tasks of a service should run and do not; above 0 for 15 minutes. Needs Container Insights."""
    unhealthy_targets: Limit | None = field(default_factory=lambda: Limit(0, 5))
    """How many targets of a service its load balancer takes for unhealthy; above 0 for 5 minutes."""

    disk_utilization: Limit | None = None
    """Percent of the fullest file system of any container instance, where images and containers' layers lie. Needs the
    CloudWatch agent on the instances, as a daemon service of yours, which publishes `instance_filesystem_utilization`
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-instancelevel.html)."""

    def problems(self, *, container_insights: bool) -> Iterator[Problem]:
        """What cannot work; `container_insights` says whether the cluster has them."""
        yield from self._topic_problems()
        bounds = {
            "cpuReservation": (self.cpu_reservation, 0, 100),
            "memoryReservation": (self.memory_reservation, 0, 100),
            "capacityProviderReservation": (self.capacity_provider_reservation, 1, MOST_PROVIDER_RESERVATION),
            "missingTasks": (self.missing_tasks, 0, None),
            "unhealthyTargets": (self.unhealthy_targets, 0, None),
            "diskUtilization": (self.disk_utilization, 0, 100),
        }
        if all(limit is None for limit, _, _ in bounds.values()):
            yield Problem((), f"leaves every alarm out: give a limit for one of {', '.join(bounds)}")
        for key, (limit, least, below) in bounds.items():
            if limit is not None:
                yield from under(limit.problems(least, below), key)
        if self.missing_tasks is not None and not container_insights:
            yield Problem(
                ("missingTasks",),
                "is counted by Container Insights, which cluster.containerInsights disables: enable them, or set null",
            )

    def _topic_problems(self) -> Iterator[Problem]:
        if not 1 <= len(self.topic_arns) <= MOST_TOPICS:
            yield Problem(("topicArns",), f"names {len(self.topic_arns)} topics: give 1-{MOST_TOPICS}")
        if len(set(self.topic_arns)) < len(self.topic_arns):
            yield Problem(("topicArns",), "names a topic more than once: keep each once")
        for position, arn in enumerate(self.topic_arns):
            if not re.fullmatch(r"arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}", arn):
                yield Problem(
                    ("topicArns", position),
                    f"{arn!r} is not a standard topic's ARN, such as arn:aws:sns:eu-central-1:123456789012:operations",
                )
