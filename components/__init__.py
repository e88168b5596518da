"""Pulumi ComponentResources for Amazon ECS on EC2."""

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
from components.network import Network, NetworkArgs
from components.one_off_task import OneOffTask, OneOffTaskArgs
from components.platform_contract import Platform, export_platform
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
    "left_with_services",
    "settle",
]
