"""Pulumi ComponentResources for Amazon ECS on EC2."""

from components.alarms import Alarms, AlarmsArgs, MonitoredServiceArgs
from components.cluster import Cluster, ClusterArgs
from components.container_instances import ContainerInstances, ContainerInstancesArgs
from components.dashboard import Dashboard, DashboardArgs
from components.load_balancer import LoadBalancer, LoadBalancerArgs
from components.network import Network, NetworkArgs
from components.service import CapacityProviderStrategyItemArgs, Service, ServiceArgs, ServiceLoadBalancerArgs
from components.service_scaling import ServiceScaling, ServiceScalingArgs
from components.task_definition import ContainerArgs, TaskDefinition, TaskDefinitionArgs

__all__ = [
    "Alarms",
    "AlarmsArgs",
    "CapacityProviderStrategyItemArgs",
    "Cluster",
    "ClusterArgs",
    "ContainerArgs",
    "ContainerInstances",
    "ContainerInstancesArgs",
    "Dashboard",
    "DashboardArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "MonitoredServiceArgs",
    "Network",
    "NetworkArgs",
    "Service",
    "ServiceArgs",
    "ServiceLoadBalancerArgs",
    "ServiceScaling",
    "ServiceScalingArgs",
    "TaskDefinition",
    "TaskDefinitionArgs",
]
