"""Pulumi ComponentResources for Amazon ECS on EC2."""

from components.cluster import Cluster, ClusterArgs
from components.container_args import ContainerArgs
from components.container_instances import ContainerInstances, ContainerInstancesArgs
from components.load_balancer import LoadBalancer, LoadBalancerArgs
from components.network import Network, NetworkArgs
from components.service import CapacityProviderStrategyItemArgs, Service, ServiceArgs, ServiceLoadBalancerArgs
from components.task_definition import TaskDefinition, TaskDefinitionArgs
from components.volumes import EfsVolumeArgs, VolumeArgs

__all__ = [
    "CapacityProviderStrategyItemArgs",
    "Cluster",
    "ClusterArgs",
    "ContainerArgs",
    "ContainerInstances",
    "ContainerInstancesArgs",
    "EfsVolumeArgs",
    "LoadBalancer",
    "LoadBalancerArgs",
    "Network",
    "NetworkArgs",
    "Service",
    "ServiceArgs",
    "ServiceLoadBalancerArgs",
    "TaskDefinition",
    "TaskDefinitionArgs",
    "VolumeArgs",
]
