"""ECS Service Connect: what CreateService and UpdateService refuse of it, and the namespaces that services are in.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html. The proxies are not
played, nor the services of Cloud Map that ECS makes for the ports.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.models import ecs_backends
from moto.servicediscovery.models import servicediscovery_backends

Parameters = dict[str, Any]


def check_connect(backend: Any, task: Any, wanted: Parameters) -> None:
    """A service's configuration suits its task definition, and its namespace exists."""
    if not wanted.get("enabled"):
        return
    if task.network_mode == "host":
        raise InvalidParameterException("Service Connect is not supported with the host network mode.")
    namespaces = servicediscovery_backends[backend.account_id][backend.region_name].namespaces.values()
    if not [each for each in namespaces if wanted.get("namespace") in (each.arn, each.name)]:
        raise ECSException("NamespaceNotFoundException", f"The namespace {wanted.get('namespace')} does not exist.")
    mapped = {
        port["name"]: port
        for container in task.container_definitions
        for port in container.get("portMappings", [])
        if port.get("name")
    }
    for service in wanted.get("services") or []:
        if service["portName"] not in mapped:
            raise InvalidParameterException(
                f"The port name {service['portName']} is not in the task definition's port mappings."
            )
        if len(service.get("clientAliases") or []) != 1:
            raise InvalidParameterException(f"The service {service['portName']} needs one client alias.")


def connected(discovery: Any, namespace: Any) -> bool:
    """Whether an active service is in a namespace of Cloud Map."""
    services = ecs_backends[discovery.account_id][discovery.region_name].services.values()
    used = [getattr(each, "service_connect_configuration", None) or {} for each in services if each.status == "ACTIVE"]
    return any(each.get("enabled") and each.get("namespace") in (namespace.arn, namespace.name) for each in used)
