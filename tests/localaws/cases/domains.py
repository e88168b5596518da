"""Names and certificates: Cloud Map, Route 53, ACM."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.localaws.case import Case
from tests.localaws.making import namespace, vpc


def issued(lab: Any) -> str:
    """A certificate whose validation record exists."""
    arn = lab.boto("acm").request_certificate(DomainName=f"{lab.name()}.example.com", ValidationMethod="DNS")
    told = lab.boto("acm").describe_certificate(CertificateArn=arn["CertificateArn"])["Certificate"]
    assert told["Status"] == "PENDING_VALIDATION"
    record = told["DomainValidationOptions"][0]["ResourceRecord"]
    zone = lab.invoke("aws:route53/getZone:getZone", name="example.com")["zoneId"]
    created = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": created}]}
    lab.boto("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    return str(arn["CertificateArn"])


CASES = [
    Case(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        lambda lab: {"name": "dev.internal", "vpc": vpc(lab), "description": "d", "tags": {"a": "1"}},
        lambda lab, r: {"description": "e", "tags": {"b": "2"}},
        {"name": "other.internal"},
        lambda lab, r: lab.boto("servicediscovery").update_private_dns_namespace(
            Id=r.id, Namespace={"Description": "behind"}
        ),
        "description",
        imported=lambda r: f"{r.id}:{r.inputs['vpc']}",
    ),
    Case(
        "aws:servicediscovery/httpNamespace:HttpNamespace",
        lambda lab: {"name": f"shop-{uuid4().hex}", "description": "d", "tags": {"a": "1"}},
        lambda lab, r: {"description": "e", "tags": {"b": "2"}},
        {"name": "other"},
        lambda lab, r: lab.boto("servicediscovery").update_http_namespace(Id=r.id, Namespace={"Description": "behind"}),
        "description",
    ),
    Case(
        "aws:servicediscovery/service:Service",
        lambda lab: {
            "name": "api",
            "description": "d",
            "dnsConfig": {
                "namespaceId": namespace(lab),
                "routingPolicy": "MULTIVALUE",
                "dnsRecords": [{"ttl": 15, "type": "SRV"}],
            },
            "healthCheckCustomConfig": {"failureThreshold": 1},
            "forceDestroy": True,
            "tags": {"a": "1"},
        },
        lambda lab, r: {"dnsConfig": {**r.inputs["dnsConfig"], "dnsRecords": [{"ttl": 60, "type": "SRV"}]}},
        {"name": "other"},
        lambda lab, r: lab.boto("servicediscovery").update_service(
            Id=r.id, Service={"Description": "d", "DnsConfig": {"DnsRecords": [{"TTL": 5, "Type": "SRV"}]}}
        ),
        "dnsConfig",
    ),
    Case(
        "aws:acm/certificate:Certificate",
        lambda lab: {
            "domainName": "shop.example.com",
            "subjectAlternativeNames": ["api.example.com"],
            "validationMethod": "DNS",
            "tags": {"a": "1"},
        },
        lambda lab, r: {"tags": {"b": "2"}},
        {"domainName": "other.example.com"},
        lambda lab, r: lab.boto("acm").add_tags_to_certificate(CertificateArn=r.id, Tags=[{"Key": "a", "Value": "5"}]),
        "tags",
    ),
    Case(
        "aws:acm/certificateValidation:CertificateValidation",
        lambda lab: {"certificateArn": issued(lab)},
        replace={"certificateArn": "arn:other"},
        computed="",
    ),
    Case(
        "aws:route53/record:Record",
        lambda lab: {
            "zoneId": lab.invoke("aws:route53/getZone:getZone", name="example.com")["zoneId"],
            "name": f"{lab.name()}.example.com",
            "type": "CNAME",
            "ttl": 60,
            "records": ["elsewhere.example.com"],
        },
        lambda lab, r: {"records": ["nowhere.example.com"]},
        {"name": "other.example.com"},
        lambda lab, r: lab.boto("route53").change_resource_record_sets(
            HostedZoneId=r.inputs["zoneId"],
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": r.inputs["name"],
                            "Type": "CNAME",
                            "TTL": 300,
                            "ResourceRecords": [{"Value": "elsewhere.example.com"}],
                        },
                    }
                ]
            },
        ),
        "ttl",
        computed="fqdn",
    ),
]
