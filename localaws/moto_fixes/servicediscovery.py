"""AWS Cloud Map: what is in use stays, and a name is there once.

Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html, API_DeleteService.html,
API_DeleteNamespace.html. No task is registered here: a service of Cloud Map has no instances.
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ecs.models import ecs_backends
from moto.servicediscovery.models import ServiceDiscoveryBackend

from localaws.moto_fixes.patch import around, before
from localaws.moto_fixes.service_connect import connected


@around(ServiceDiscoveryBackend, "create_service")
def _create(original: Any, self: Any, **given: Any) -> Any:
    id_ = given["namespace_id"] or (given["dns_config"] or {}).get("NamespaceId")
    self.get_namespace(id_)
    if [item for item in self.services.values() if (item.namespace_id, item.name) == (id_, given["name"])]:
        raise JsonRESTError("ServiceAlreadyExists", f"Service already exists: {given['name']}")
    given["service_type"] = given["service_type"] or "DNS_HTTP"
    return original(self, **{**given, "namespace_id": id_})


@before(ServiceDiscoveryBackend, "delete_service")
def _delete(self: Any, service_id: str) -> None:
    arn = self.get_service(service_id).arn
    services = ecs_backends[self.account_id][self.region_name].services.values()
    for service in services:
        used = [item.get("registryArn") for item in getattr(service, "service_registries", None) or []]
        if service.status == "ACTIVE" and arn in used:
            raise JsonRESTError("ResourceInUse", f"Service contains registered instances of {service.arn}")


@before(ServiceDiscoveryBackend, "delete_namespace")
def _delete_namespace(self: Any, namespace_id: str) -> None:
    if [item for item in self.services.values() if item.namespace_id == namespace_id]:
        raise JsonRESTError("ResourceInUse", f"Namespace has associated services: {namespace_id}")
    if connected(self, self.get_namespace(namespace_id)):
        raise JsonRESTError("ResourceInUse", f"Namespace has associated services of ECS: {namespace_id}")


@before(ServiceDiscoveryBackend, "create_http_namespace")
def _create_namespace(self: Any, name: str, **_: Any) -> None:
    """CreateHttpNamespace: a name is there once."""
    if [item for item in self.namespaces.values() if item.name == name]:
        raise JsonRESTError("NamespaceAlreadyExists", f"Namespace with name: {name} already exists.")
