"""A cluster's alarms: what its operators are told of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.cluster import Cluster
from components.service import Service
from components.tokens import token
from ecs_model.alarms import AlarmSettings, Limit
from ecs_model.dashboard import DISK, INSIGHTS, NETWORK_TARGETS, PROVIDER_RESERVATION, RESERVATION, TARGETS
from ecs_model.problem import Problem, refuse, under
from ecs_model.target_label import split_label

_PERIOD = 60


@dataclass
class MonitoredTargetsArgs:
    """A target group that is looked at."""

    label: pulumi.Input[str]
    """Its load balancer and itself, as a Service's `request_label` has them."""
    network: bool = False
    """Whether the load balancer is a network one."""


@dataclass
class MonitoredServiceArgs:
    """A service that is looked at."""

    name: pulumi.Input[str]
    """The service's name."""
    request_label: pulumi.Input[str] | None = None
    """Its load balancer and target group, a Service's `request_label`; absent without a load balancer."""
    further_targets: Mapping[str, MonitoredTargetsArgs] = field(default_factory=dict)
    """Its other target groups, by names of yours: of further load balancers, and those that traffic moves to."""

    @classmethod
    def of(cls, service: Service) -> "MonitoredServiceArgs":
        """One of this package's services."""
        further = {key: MonitoredTargetsArgs(*each) for key, each in service.further_targets.items()}
        return cls(service.name, service.request_label if service.balanced else None, further)

    @property
    def targets(self) -> dict[str, MonitoredTargetsArgs]:
        """All its target groups, that of `request_label` by an empty name."""
        main = {} if self.request_label is None else {"": MonitoredTargetsArgs(self.request_label)}
        return main | dict(self.further_targets)


@dataclass
class AlarmsArgs:
    """What is looked at, what is too much, and who is told."""

    cluster_name: pulumi.Input[str]
    """The cluster's name."""
    settings: AlarmSettings
    """The limits, and the topics that are told."""
    capacity_providers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The capacity providers' names, by a name of yours."""
    services: Mapping[str, MonitoredServiceArgs] = field(default_factory=dict)
    """The services, by a name of yours."""
    container_insights: bool = True
    """Whether the cluster has Container Insights, which count missing tasks."""

    @classmethod
    def of(
        cls, settings: AlarmSettings, cluster: Cluster, services: Mapping[str, Service], *, container_insights: bool
    ) -> "AlarmsArgs":
        """The alarms of this package's other components."""
        monitored = {key: MonitoredServiceArgs.of(service) for key, service in services.items()}
        return cls(cluster.name, settings, cluster.scaled_providers(), monitored, container_insights)

    def problems(self) -> Iterator[Problem]:
        """What cannot work."""
        yield from under(self.settings.problems(container_insights=self.container_insights), "settings")


class Alarms(pulumi.ComponentResource):
    """CloudWatch alarms on a cluster's capacity, its services' tasks and their targets."""

    names: pulumi.Output[Sequence[str]]
    """The alarms' names."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(AlarmsArgs, args)
        refuse(f"Alarms {name}", args.problems())
        super().__init__(token("Alarms"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._topics = args.settings.topic_arns
        made = [*self._of_cluster(name, args), *self._of_tasks(name, args), *self._of_targets(name, args)]
        self.names = pulumi.Output.all(*(alarm.name for alarm in made))
        self.register_outputs({"names": self.names})

    def _of_cluster(self, name: str, args: AlarmsArgs) -> Iterator[aws.cloudwatch.MetricAlarm]:
        settings, where = args.settings, {"ClusterName": args.cluster_name}
        namespace, metrics = RESERVATION
        limits = {"cpu": settings.cpu_reservation, "memory": settings.memory_reservation}
        for (key, limit), metric in zip(limits.items(), metrics, strict=True):
            if limit is not None:
                told = f"Tasks reserve more than {limit.above:g} % of the container instances' {key}"
                yield self._simple(f"{name}-{key}-reservation", told, limit, namespace, metric, where)
        if (limit := settings.disk_utilization) is not None:
            told = f"Images and containers fill more than {limit.above:g} % of a container instance's disk"
            yield self._simple(f"{name}-disk-utilization", told, limit, INSIGHTS, DISK, where, "Maximum")
        limit = settings.capacity_provider_reservation
        if limit is None:
            return
        for key, provider in args.capacity_providers.items():
            told = f"Tasks need more than {limit.above:g} % of the instances of {key}, and no others come"
            of_provider = {**where, "CapacityProviderName": provider}
            yield self._simple(f"{name}-provider-{key}-reservation", told, limit, *PROVIDER_RESERVATION, of_provider)

    def _of_tasks(self, name: str, args: AlarmsArgs) -> Iterator[aws.cloudwatch.MetricAlarm]:
        limit = args.settings.missing_tasks
        for key, service in args.services.items():
            if limit is not None:
                where = {"ClusterName": args.cluster_name, "ServiceName": service.name}
                yield self._alarm(
                    f"{name}-{key}-missing-tasks",
                    f"More than {limit.above:g} tasks of {key} should run and do not",
                    limit,
                    metric_queries=[
                        aws.cloudwatch.MetricAlarmMetricQueryArgs(
                            id="missing", expression="desired - running", label="Missing tasks", return_data=True
                        ),
                        _counted("desired", "DesiredTaskCount", where),
                        _counted("running", "RunningTaskCount", where),
                    ],
                )

    def _of_targets(self, name: str, args: AlarmsArgs) -> Iterator[aws.cloudwatch.MetricAlarm]:
        limit = args.settings.unhealthy_targets
        if limit is None:
            return
        every = [(key, more, each) for key, service in args.services.items() for more, each in service.targets.items()]
        for key, more, targets in every:
            parts = pulumi.Output.from_input(targets.label).apply(split_label)
            which = f"{key} ({more})" if more else key
            yield self._simple(
                f"{name}-{key}-unhealthy-targets" + (f"-{more}" if more else ""),
                f"More than {limit.above:g} targets of {which} are unhealthy",
                limit,
                NETWORK_TARGETS if targets.network else TARGETS,
                "UnHealthyHostCount",
                {"LoadBalancer": parts[0], "TargetGroup": parts[1]},
                statistic="Maximum",
            )

    def _simple(
        self,
        name: str,
        told: str,
        limit: Limit,
        namespace: str,
        metric: str,
        dimensions: Mapping[str, pulumi.Input[str]],
        statistic: str = "Average",
    ) -> aws.cloudwatch.MetricAlarm:
        """An alarm on one metric."""
        return self._alarm(
            name,
            told,
            limit,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic=statistic,
            period=_PERIOD,
        )

    def _alarm(self, name: str, told: str, limit: Limit, **measured: Any) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            name,
            alarm_description=f"{told}, for {limit.minutes} minutes.",
            comparison_operator="GreaterThanThreshold",
            threshold=limit.above,
            evaluation_periods=limit.minutes,
            # A cluster without instances and a target group without targets report nothing.
            treat_missing_data="notBreaching",
            alarm_actions=self._topics,
            ok_actions=self._topics,
            opts=self._child,
            **measured,
        )


def _counted(
    id_: str, metric: str, where: Mapping[str, pulumi.Input[str]]
) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=id_,
        return_data=False,
        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=INSIGHTS, metric_name=metric, dimensions=where, period=_PERIOD, stat="Average"
        ),
    )
