"""Amazon ECS: services, whose settings moto drops for the most part.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html, API_UpdateService.html.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import elbv2_backends
from moto.servicediscovery.models import servicediscovery_backends

from localaws.agents import deployments
from localaws.moto_fixes import managed_tasks
from localaws.moto_fixes.deployments import check_strategy_of_deployment
from localaws.moto_fixes.ecs import active_services, check_strategy
from localaws.moto_fixes.patch import around, before
from localaws.moto_fixes.service_connect import check_connect

_KEPT = {
    "placementStrategy": "placement_strategy",
    "placementConstraints": "placement_constraints",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "propagateTags": "propagate_tags",
    "enableExecuteCommand": "enable_execute_command",
    "loadBalancers": "load_balancers",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "serviceRegistries": "service_registries",
    "networkConfiguration": "network_configuration",
    "platformVersion": "platform_version",
    "volumeConfigurations": "volume_configurations",
    "serviceConnectConfiguration": "service_connect_configuration",
}
"""Parameter -> moto's attribute, which its serializer shows by the API's name."""
_EVEN = ("spread", "attribute:ecs.availability-zone")
Parameters = dict[str, Any]


def _defaults(parameters: Parameters) -> Parameters:
    """CreateService: what AWS fills in."""
    deployment = {"maximumPercent": 200, "minimumHealthyPercent": 100, **parameters.get("deploymentConfiguration", {})}
    deployment.setdefault("strategy", "ROLLING")
    deployment.setdefault("deploymentCircuitBreaker", {"enable": False, "rollback": False})
    deployment.setdefault("alarms", {"alarmNames": [], "enable": False, "rollback": False})
    rebalanced = _can_rebalance(parameters.get("placementStrategy") or [], deployment["maximumPercent"])
    return {
        "placementStrategy": [],
        "placementConstraints": [],
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "ENABLED" if rebalanced else "DISABLED",
        **parameters,
        "deploymentConfiguration": deployment,
    }


def _can_rebalance(placement: list[Parameters], maximum_percent: int) -> bool:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html."""
    spread = not placement or (placement[0].get("type"), placement[0].get("field")) == _EVEN
    return spread and maximum_percent > 100


def _check_rebalancing(parameters: Parameters) -> None:
    placement = parameters.get("placementStrategy") or []
    maximum = parameters.get("deploymentConfiguration", {}).get("maximumPercent", 200)
    if parameters.get("availabilityZoneRebalancing") == "ENABLED" and not _can_rebalance(placement, maximum):
        raise InvalidParameterException(
            "Availability Zone rebalancing needs a maximumPercent above 100, and a spread over "
            "attribute:ecs.availability-zone as the first placement strategy where there is any."
        )


def _check(backend: Any, parameters: Parameters) -> None:
    strategy = parameters.get("capacityProviderStrategy") or []
    if strategy and parameters.get("launchType"):
        raise InvalidParameterException(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    cluster = backend._get_cluster(parameters.get("cluster", "default"))
    check_strategy(backend, strategy, cluster.capacity_providers or [])
    _check_rebalancing(parameters)
    check_strategy_of_deployment(parameters)
    _check_task(backend, parameters)


def _check_task(backend: Any, parameters: Parameters) -> None:
    """The network and the load balancers suit the task definition."""
    if not parameters.get("taskDefinition"):
        return
    task = backend.describe_task_definition(parameters["taskDefinition"])
    managed_tasks.check(backend, task, parameters.get("capacityProviderStrategy") or [])
    awsvpc = task.network_mode == "awsvpc"
    if awsvpc and not parameters.get("networkConfiguration"):
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    if not awsvpc and parameters.get("networkConfiguration"):
        raise InvalidParameterException(
            "Network Configuration is not valid for the given networkMode of this task definition."
        )
    _check_volumes(task, parameters)
    for registry in parameters.get("serviceRegistries") or []:
        _check_registry(backend, task, registry, awsvpc=awsvpc)
    check_connect(backend, task, parameters.get("serviceConnectConfiguration") or {})
    for balancer in parameters.get("loadBalancers") or []:
        _check_container(task, balancer)
        _check_targets(backend, balancer, awsvpc=awsvpc)


def _check_volumes(task: Any, parameters: Parameters) -> None:
    """ServiceVolumeConfiguration: one for the volume that the task definition leaves to the launch, none for others."""
    left = {volume["name"] for volume in task.volumes if volume.get("configuredAtLaunch")}
    given = {volume["name"] for volume in parameters.get("volumeConfigurations") or []}
    if left != given:
        raise InvalidParameterException(
            f"The volume configurations ({', '.join(sorted(given)) or 'none'}) do not match the volumes that the task "
            f"definition configures at launch ({', '.join(sorted(left)) or 'none'})."
        )


def _check_registry(backend: Any, task: Any, registry: Parameters, *, awsvpc: bool) -> None:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html."""
    arn = registry.get("registryArn")
    known = servicediscovery_backends[backend.account_id][backend.region_name].services.values()
    if arn not in [service.arn for service in known]:
        raise InvalidParameterException(f"The service registry {arn} does not exist.")
    if not awsvpc:
        if not registry.get("containerName") or not registry.get("containerPort"):
            raise InvalidParameterException("Service registry without containerName and containerPort needs awsvpc.")
        _check_container(task, registry)


def _check_active(backend: Any, parameters: Parameters) -> None:
    """Of the task definition that the request names; a service keeps one that became inactive since.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html.
    """
    named = parameters.get("taskDefinition")
    if named and backend.describe_task_definition(named).status != "ACTIVE":
        raise EcsClientException("TaskDefinition is inactive")


def _check_container(task: Any, balancer: Parameters) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    container = next((item for item in task.container_definitions if item["name"] == name), None)
    if container is None:
        raise InvalidParameterException(f"The container {name} does not exist in the task definition.")
    if port not in [item.get("containerPort") for item in container.get("portMappings", [])]:
        raise InvalidParameterException(f"The container {name} did not have a container port {port} defined.")


def _check_targets(backend: Any, balancer: Parameters, *, awsvpc: bool) -> None:
    arn = balancer.get("targetGroupArn")
    if not arn:
        return
    group = elbv2_backends[backend.account_id][backend.region_name].target_groups.get(arn)
    if group is None:
        raise InvalidParameterException(f"The target group {arn} does not exist.")
    if not group.load_balancer_arns:
        raise InvalidParameterException(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )
    type_ = group.target_type or "instance"
    if awsvpc != (type_ == "ip"):
        mode = "the awsvpc" if awsvpc else "this"
        raise InvalidParameterException(
            f"The provided target group {arn} has target type {type_}, which is incompatible with {mode} network mode "
            "specified in the task definition."
        )


@around(EC2ContainerServiceResponse, "create_service")
def _create(original: Any, self: Any) -> Any:
    parameters = _defaults(self._get_params())
    backend = self.ecs_backend
    _check(backend, parameters)
    _check_active(backend, parameters)
    cluster = backend._get_cluster(parameters.get("cluster", "default"))
    if cluster.status != "ACTIVE":
        raise ECSException("ClusterNotFoundException", "Cluster not found.")
    name = parameters["serviceName"]
    if name in [service.name for service in active_services(backend, cluster)]:
        raise InvalidParameterException("Creation of service was not idempotent.")
    answer = original(self)
    service = answer.result["service"]
    service.capacity_provider_strategy = parameters.get("capacityProviderStrategy") or []
    if not service.capacity_provider_strategy and not parameters.get("launchType"):
        service.capacity_provider_strategy = list(cluster.default_capacity_provider_strategy or [])
    if service.capacity_provider_strategy:
        service.launch_type = None
    service.created_at = utcnow()
    for parameter, attribute in _KEPT.items():
        if parameter in parameters:
            setattr(service, attribute, parameters[parameter])
    service.deployments = []
    deployments.begin(service)
    return answer


@around(EC2ContainerServiceResponse, "update_service")
def _update(original: Any, self: Any) -> Any:
    parameters = self._get_params()
    backend = self.ecs_backend
    service = backend._get_service(parameters.get("cluster", "default"), parameters["service"].split("/")[-1])
    if service.status != "ACTIVE":
        raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
    kept = (
        "networkConfiguration",
        "placementStrategy",
        "availabilityZoneRebalancing",
        "volumeConfigurations",
        "serviceConnectConfiguration",
        "loadBalancers",
    )
    now = {parameter: getattr(service, _KEPT[parameter], None) for parameter in kept}
    deployment = {**service.deployment_configuration, **parameters.get("deploymentConfiguration", {})}
    wanted = {**now, "taskDefinition": service.task_definition, **parameters, "deploymentConfiguration": deployment}
    _check(backend, wanted)
    _check_active(backend, parameters)
    strategy = parameters.get("capacityProviderStrategy", service.capacity_provider_strategy)
    forced = parameters.get("forceNewDeployment", False)
    if strategy != service.capacity_provider_strategy and not forced:
        raise InvalidParameterException(
            "forceNewDeployment should be true when the capacity provider strategy of a service changes."
        )
    if "taskDefinition" in parameters:
        service.task_definition = backend.describe_task_definition(parameters["taskDefinition"]).arn
    service.capacity_provider_strategy = strategy
    service.desired_count = parameters.get("desiredCount", service.desired_count)
    for parameter, attribute in _KEPT.items():
        if parameter in parameters:
            setattr(service, attribute, _merged(parameter, parameters[parameter], getattr(service, attribute, None)))
    if forced or deployments.STARTING & set(parameters):
        deployments.begin(service)
    return ActionResult({"service": service})


def _merged(parameter: str, new: Any, old: Any) -> Any:
    return {**(old or {}), **new} if parameter == "deploymentConfiguration" else new


@around(EC2ContainerServiceBackend, "list_services")
def _list(original: Any, self: Any, *args: Any, **kwargs: Any) -> list[str]:
    """ListServices: a deleted service is described for a while, and not listed."""
    active = {service.arn for service in self.services.values() if service.status == "ACTIVE"}
    return [arn for arn in original(self, *args, **kwargs) if arn in active]


@before(EC2ContainerServiceBackend, "delete_service")
def _delete_daemon(self: Any, cluster_name: str, service_name: str, force: bool) -> None:
    """A daemon has as many tasks as there are instances, and nobody can scale it down before it is deleted."""
    service = self._get_service(cluster_name, service_name)
    if service.scheduling_strategy == "DAEMON":
        service.desired_count = 0
