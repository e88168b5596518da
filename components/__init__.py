"""Pulumi ComponentResources for Amazon ECS on EC2.

Each is loaded when it is first named: no program waits for components that it does not have.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.adoption import Adoption
    from components.alarms import Alarms, AlarmsArgs, MonitoredServiceArgs, MonitoredTargetsArgs
    from components.capacity_settlement import (
        CapacitySettlement,
        CapacitySettlementArgs,
        change_of,
        left_with_services,
        settle,
    )
    from components.cluster import Cluster, ClusterArgs
    from components.container_args import ContainerArgs
    from components.container_instances import ContainerInstances, ContainerInstancesArgs
    from components.dashboard import Dashboard, DashboardArgs
    from components.discovery import AccessRuleArgs, Namespace, NamespaceArgs, ServiceAccess, ServiceAccessArgs
    from components.load_balancer import LoadBalancer, LoadBalancerArgs
    from components.managed_instances import ManagedInstances, ManagedInstancesArgs
    from components.mode_change import leaving_awsvpc
    from components.network import Network, NetworkArgs
    from components.one_off_task import OneOffTask, OneOffTaskArgs
    from components.platform_contract import Platform
    from components.platform_export import export_platform
    from components.role_args import RoleArgs
    from components.scheduled_task import ScheduledTask, ScheduledTaskArgs
    from components.service import Service
    from components.service_args import (
        CapacityProviderStrategyItemArgs,
        NetworkBalancerArgs,
        ServiceArgs,
        ServiceDiscoveryArgs,
        ServiceLoadBalancerArgs,
    )
    from components.service_connect import (
        ConnectNamespace,
        ConnectNamespaceArgs,
        ServiceConnectArgs,
        ServiceConnectPortArgs,
    )
    from components.service_scaling import ServiceScaling, ServiceScalingArgs
    from components.task_definition import TaskDefinition, TaskDefinitionArgs
    from components.volumes import EfsVolumeArgs, VolumeArgs

__all__ = [
    "AccessRuleArgs",
    "Adoption",
    "Alarms",
    "AlarmsArgs",
    "CapacityProviderStrategyItemArgs",
    "CapacitySettlement",
    "CapacitySettlementArgs",
    "Cluster",
    "ClusterArgs",
    "ConnectNamespace",
    "ConnectNamespaceArgs",
    "ContainerArgs",
    "ContainerInstances",
    "ContainerInstancesArgs",
    "Dashboard",
    "DashboardArgs",
    "EfsVolumeArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "ManagedInstances",
    "ManagedInstancesArgs",
    "MonitoredServiceArgs",
    "MonitoredTargetsArgs",
    "Namespace",
    "NamespaceArgs",
    "Network",
    "NetworkArgs",
    "NetworkBalancerArgs",
    "OneOffTask",
    "OneOffTaskArgs",
    "Platform",
    "RoleArgs",
    "ScheduledTask",
    "ScheduledTaskArgs",
    "Service",
    "ServiceAccess",
    "ServiceAccessArgs",
    "ServiceArgs",
    "ServiceConnectArgs",
    "ServiceConnectPortArgs",
    "ServiceDiscoveryArgs",
    "ServiceLoadBalancerArgs",
    "ServiceScaling",
    "ServiceScalingArgs",
    "TaskDefinition",
    "TaskDefinitionArgs",
    "VolumeArgs",
    "change_of",
    "export_platform",
    "leaving_awsvpc",
    "left_with_services",
    "settle",
]

_MODULES = {
    "adoption": ("Adoption",),
    "alarms": ("Alarms", "AlarmsArgs", "MonitoredServiceArgs", "MonitoredTargetsArgs"),
    "capacity_settlement": (
        "CapacitySettlement",
        "CapacitySettlementArgs",
        "change_of",
        "left_with_services",
        "settle",
    ),
    "cluster": ("Cluster", "ClusterArgs"),
    "container_args": ("ContainerArgs",),
    "container_instances": ("ContainerInstances", "ContainerInstancesArgs"),
    "dashboard": ("Dashboard", "DashboardArgs"),
    "discovery": ("AccessRuleArgs", "Namespace", "NamespaceArgs", "ServiceAccess", "ServiceAccessArgs"),
    "load_balancer": ("LoadBalancer", "LoadBalancerArgs"),
    "managed_instances": ("ManagedInstances", "ManagedInstancesArgs"),
    "mode_change": ("leaving_awsvpc",),
    "network": ("Network", "NetworkArgs"),
    "one_off_task": ("OneOffTask", "OneOffTaskArgs"),
    "platform_contract": ("Platform",),
    "platform_export": ("export_platform",),
    "role_args": ("RoleArgs",),
    "scheduled_task": ("ScheduledTask", "ScheduledTaskArgs"),
    "service": ("Service",),
    "service_args": (
        "CapacityProviderStrategyItemArgs",
        "NetworkBalancerArgs",
        "ServiceArgs",
        "ServiceDiscoveryArgs",
        "ServiceLoadBalancerArgs",
    ),
    "service_connect": ("ConnectNamespace", "ConnectNamespaceArgs", "ServiceConnectArgs", "ServiceConnectPortArgs"),
    "service_scaling": ("ServiceScaling", "ServiceScalingArgs"),
    "task_definition": ("TaskDefinition", "TaskDefinitionArgs"),
    "volumes": ("EfsVolumeArgs", "VolumeArgs"),
}
"""What each module of this package gives to it."""
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
