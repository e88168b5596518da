"""A cluster's CloudWatch dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alarms import MonitoredServiceArgs
from components.arguments import typed
from components.cluster import Cluster
from components.service import Service
from components.tokens import token
from ecs_model.dashboard import Shown, body, problems
from ecs_model.problem import refuse, under


@dataclass
class DashboardArgs:
    """What is shown."""

    cluster_name: pulumi.Input[str]
    """The cluster's name, which the dashboard is called after."""
    capacity_providers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The capacity providers' names, by a name of yours."""
    services: Mapping[str, MonitoredServiceArgs] = field(default_factory=dict)
    """The services, by the name that the charts have for them."""
    container_insights: bool = True
    """Whether the cluster has Container Insights, which count tasks."""

    @classmethod
    def of(cls, cluster: Cluster, services: Mapping[str, Service], *, container_insights: bool) -> "DashboardArgs":
        """The dashboard of this package's other components."""
        monitored = {key: MonitoredServiceArgs.of(service) for key, service in services.items()}
        return cls(cluster.name, cluster.scaled_providers(), monitored, container_insights)


class Dashboard(pulumi.ComponentResource):
    """One dashboard a cluster: reservations, and each service's utilization, tasks, targets and requests."""

    name: pulumi.Output[str]
    """The dashboard's name, which is the cluster's."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(DashboardArgs, args)
        refuse(f"Dashboard {name}", under(problems(len(args.services)), "services"))
        super().__init__(token("Dashboard"), name, None, opts)
        shown = {
            key: pulumi.Output.all(name=service.name, request_label=service.request_label or "")
            for key, service in args.services.items()
        }
        known = pulumi.Output.all(
            cluster=args.cluster_name,
            region=aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region,
            providers=list(args.capacity_providers.values()),
            services=shown,
        )
        dashboard = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=args.cluster_name,
            dashboard_body=known.apply(lambda parts: _body(parts, insights=args.container_insights)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = dashboard.dashboard_name
        self.register_outputs({"name": self.name})


def _body(parts: Mapping[str, Any], *, insights: bool) -> str:
    services = {key: Shown(**service) for key, service in parts["services"].items()}
    return body(parts["cluster"], parts["region"], parts["providers"], services, insights=insights)
