"""AWS Certificate Manager: certificates that AWS issues, and the wait for one to be issued."""

from __future__ import annotations

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, Call, Failed, Kind, Target
from localaws.wire import Properties

ISSUED_SECONDS = 75 * 60.0
"""The provider's default time-out for a validation."""


def _certificate(target: Target) -> ApiObject | None:
    """The provider leaves the domain's own name out of the alternative ones, unless a program has it there."""
    found: Properties = target.call("describe_certificate", "Certificate", CertificateArn=target.id)
    wanted = target.inputs.get("subjectAlternativeNames", [])
    others = [name for name in found["SubjectAlternativeNames"] if name != found["DomainName"] or name in wanted]
    options = [
        {"domainName": item["DomainName"], **{f"resourceRecord{k}": v for k, v in item["ResourceRecord"].items()}}
        for item in sorted(found.get("DomainValidationOptions", []), key=lambda item: str(item["DomainName"]))
        if "ResourceRecord" in item
    ]
    return {
        **found,
        "SubjectAlternativeNames": sorted(others),
        "DomainValidationOptions": options,
        "validationMethod": "DNS" if options else "NONE",
        "tags": target.call("list_tags_for_certificate", "Tags", CertificateArn=target.id),
    }


CERTIFICATE = Kind(
    "aws:acm/certificate:Certificate",
    service="acm",
    source=REGISTRY + "acm/certificate/",
    create=Call(
        "request_certificate",
        only=frozenset({"domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"}),
    ),
    identity="CertificateArn",
    read=_certificate,
    delete=lambda r: r.call("delete_certificate", CertificateArn=r.id),
    tag=tags.acm,
    retry=frozenset({"ResourceInUseException"}),
    replaces=frozenset({"domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"}),
    computed=frozenset({"domainName", "keyAlgorithm", "options", "subjectAlternativeNames", "validationMethod"}),
    names={"arn": "CertificateArn"},
)


def _status(target: Target) -> str:
    arn = target.get("certificateArn") or target.id
    return str(target.call("describe_certificate", "Certificate.Status", CertificateArn=arn))


def _until_issued(target: Target) -> str:
    """The id is the certificate's ARN: the provider takes the time of the issue, which says less."""
    for over in target.polls(ISSUED_SECONDS):
        if (status := _status(target)) != "PENDING_VALIDATION" or over:
            break
    if status != "ISSUED":
        raise Failed(f"the certificate is {status}, not ISSUED")
    return str(target.inputs["certificateArn"])


def _validation(target: Target) -> ApiObject | None:
    return {"certificateArn": target.id} if _status(target) == "ISSUED" else None


VALIDATION = Kind(
    "aws:acm/certificateValidation:CertificateValidation",
    service="acm",
    source=REGISTRY + "acm/certificatevalidation/",
    create=_until_issued,
    also_created=frozenset({"certificateArn"}),
    read=_validation,
    delete=lambda _: None,
    replaces=frozenset({"certificateArn", "validationRecordFqdns"}),
    settings=frozenset({"validationRecordFqdns"}),
)

KINDS = (CERTIFICATE, VALIDATION)
