"""A cluster's CloudWatch dashboard as the JSON that CloudWatch keeps.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecs_model.problem import Problem
from ecs_model.target_label import split_label

WIDTH, HEIGHT = 12, 6
"""A widget's size, of 24 columns."""
MOST_SERVICES = 124
"""A dashboard holds 500 widgets: two of the cluster, and at most four of each service."""
INSIGHTS = "ECS/ContainerInsights"
DISK = "instance_filesystem_utilization"
"""Of container instances, as the CloudWatch agent publishes it to `INSIGHTS`."""
RESERVATION = ("AWS/ECS", ("CPUReservation", "MemoryReservation"))
PROVIDER_RESERVATION = ("AWS/ECS/ManagedScaling", "CapacityProviderReservation")
TARGETS = "AWS/ApplicationELB"
NETWORK_TARGETS = "AWS/NetworkELB"

Row = list[Any]


@dataclass(frozen=True)
class Shown:
    """A service on a dashboard."""

    name: str
    """The service's name."""
    request_label: str = ""
    """Load balancer and target group, as service auto scaling names them; empty without a load balancer."""


def problems(services: int) -> Iterator[Problem]:
    """What CloudWatch would refuse in a dashboard of so many services."""
    if services > MOST_SERVICES:
        yield Problem((), f"would show {services} services, and at most {MOST_SERVICES} fit: leave it out")


def body(cluster: str, region: str, providers: Sequence[str], services: Mapping[str, Shown], *, insights: bool) -> str:
    """The dashboard's body: the cluster's reservations, then each service by its key, in one order always."""
    charts = list(_charts(cluster, sorted(providers), services, insights=insights))
    widgets = [
        {
            "type": "metric",
            "x": WIDTH * (position % 2),
            "y": HEIGHT * (position // 2),
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {"title": title, "region": region, "view": "timeSeries", "period": 60, "metrics": metrics},
        }
        for position, (title, metrics) in enumerate(charts)
    ]
    return json.dumps({"widgets": widgets}, sort_keys=True, separators=(",", ":"))


def _charts(
    cluster: str, providers: Sequence[str], services: Mapping[str, Shown], *, insights: bool
) -> Iterator[tuple[str, list[Row]]]:
    namespace, names = RESERVATION
    yield "Reservation (%)", [_row(namespace, name, ClusterName=cluster) for name in names]
    namespace, name = PROVIDER_RESERVATION
    chart = [_row(namespace, name, ClusterName=cluster, CapacityProviderName=each) for each in providers]
    yield "Capacity provider reservation (%)", chart
    for key, service in sorted(services.items()):
        yield from _service_charts(cluster, key, service, insights=insights)


def _service_charts(cluster: str, key: str, service: Shown, *, insights: bool) -> Iterator[tuple[str, list[Row]]]:
    where = {"ClusterName": cluster, "ServiceName": service.name}
    used = ("CPUUtilization", "MemoryUtilization")
    yield f"{key}: utilization (%)", [_row("AWS/ECS", name, **where) for name in used]
    if insights:
        counts = ("DesiredTaskCount", "RunningTaskCount", "PendingTaskCount")
        yield f"{key}: tasks", [_row(INSIGHTS, name, **where) for name in counts]
    if service.request_label:
        balancer, group = split_label(service.request_label)
        targets = {"LoadBalancer": balancer, "TargetGroup": group}
        hosts = ("HealthyHostCount", "UnHealthyHostCount")
        yield f"{key}: targets", [[*_row(TARGETS, name, **targets), {"stat": "Maximum"}] for name in hosts]
        counted = _row(TARGETS, "RequestCountPerTarget", **targets)
        yield f"{key}: requests a minute for each target", [[*counted, {"stat": "Sum"}]]


def _row(namespace: str, name: str, **dimensions: str) -> Row:
    return [namespace, name, *(part for pair in dimensions.items() for part in pair)]
