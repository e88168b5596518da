"""AWS Cloud Map: private DNS namespaces and the services in them."""

from __future__ import annotations

from botocore.exceptions import ClientError

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, Call, Kind, Step, Target
from localaws.wire import Properties


def _made(target: Target, response: Properties) -> str:
    """The operation is asked for again where AWS is busy, for nobody else would know of the namespace."""
    for patient in (True, True, False):
        try:
            targets = target.call("get_operation", "Operation.Targets", OperationId=response["OperationId"])
        except ClientError:
            if not patient:
                raise
        else:
            break
    return str(targets["NAMESPACE"])


def _namespace(target: Target) -> ApiObject | None:
    """Which VPC it is of Cloud Map does not tell: an import's id does."""
    target.id, _, vpc = target.id.partition(":")
    found: Properties = target.call("get_namespace", "Namespace", Id=target.id)
    return {
        **found,
        **({"vpc": vpc} if vpc else {}),
        "hostedZone": found["Properties"]["DnsProperties"]["HostedZoneId"],
        "tags": target.call("list_tags_for_resource", "Tags", ResourceARN=found["Arn"]),
    }


def _describe(target: Target) -> None:
    namespace = {"Description": target.inputs.get("description", "")}
    target.call("update_private_dns_namespace", Id=target.id, Namespace=namespace)


NAMESPACE = Kind(
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    service="servicediscovery",
    source=REGISTRY + "servicediscovery/privatednsnamespace/",
    create=Call(
        "create_private_dns_namespace",
        lambda r: {"Vpc": r.inputs["vpc"]},
        only=frozenset({"name", "description"}),
        also=frozenset({"vpc"}),
    ),
    identity=_made,
    read=_namespace,
    updates=(Step(frozenset({"description"}), _describe),),
    delete=lambda r: r.call("delete_namespace", Id=r.id),
    tag=tags.servicediscovery,
    retry=frozenset({"ResourceInUse"}),
    replaces=frozenset({"name", "vpc"}),
    settings=frozenset({"vpc"}),
)


def _http_namespace(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_namespace", "Namespace", Id=target.id)
    return {
        **found,
        "httpName": found["Properties"].get("HttpProperties", {}).get("HttpName"),
        "tags": target.call("list_tags_for_resource", "Tags", ResourceARN=found["Arn"]),
    }


def _describe_http(target: Target) -> None:
    namespace = {"Description": target.inputs.get("description", "")}
    target.call("update_http_namespace", Id=target.id, Namespace=namespace)


HTTP_NAMESPACE = Kind(
    "aws:servicediscovery/httpNamespace:HttpNamespace",
    service="servicediscovery",
    source=REGISTRY + "servicediscovery/httpnamespace/",
    create=Call("create_http_namespace", only=frozenset({"name", "description"})),
    identity=_made,
    read=_http_namespace,
    updates=(Step(frozenset({"description"}), _describe_http),),
    delete=lambda r: r.call("delete_namespace", Id=r.id),
    tag=tags.servicediscovery,
    retry=frozenset({"ResourceInUse"}),
    replaces=frozenset({"name"}),
)


def _service(target: Target) -> ApiObject | None:
    found: Properties = target.call("get_service", "Service", Id=target.id)
    return {**found, "tags": target.call("list_tags_for_resource", "Tags", ResourceARN=found["Arn"])}


def _change(target: Target) -> None:
    """UpdateService takes back what it does not name."""
    records = [{"TTL": int(item["ttl"]), "Type": item["type"]} for item in target.inputs["dnsConfig"]["dnsRecords"]]
    change = {"Description": target.inputs.get("description", ""), "DnsConfig": {"DnsRecords": records}}
    target.call("update_service", Id=target.id, Service=change)


SERVICE = Kind(
    "aws:servicediscovery/service:Service",
    service="servicediscovery",
    source=REGISTRY + "servicediscovery/service/",
    create=Call(
        "create_service", only=frozenset({"name", "description", "dnsConfig", "healthCheckCustomConfig", "namespaceId"})
    ),
    identity="Service.Id",
    read=_service,
    updates=(Step(frozenset({"description", "dnsConfig"}), _change),),
    delete=lambda r: r.call("delete_service", Id=r.id),
    tag=tags.servicediscovery,
    retry=frozenset({"ResourceInUse"}),
    replaces=frozenset(
        {"name", "namespaceId", "dnsConfig.namespaceId", "dnsConfig.routingPolicy", "healthCheckCustomConfig"}
    ),
    computed=frozenset({"namespaceId", "type"}),
    defaults={"forceDestroy": False},
    settings=frozenset({"forceDestroy"}),
)

KINDS = (NAMESPACE, HTTP_NAMESPACE, SERVICE)
