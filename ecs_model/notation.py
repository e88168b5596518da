"""How AWS writes address ranges, ids, ARNs and host names: what it would refuse by its shape alone."""

import ipaddress
import re

_CERTIFICATE = re.compile(
    r"arn:aws[\w-]*:(acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+|iam::\d{12}:server-certificate/[\w+=,.@/-]+)"
)


def range_problem(cidr: str) -> str | None:
    """Why AWS refuses an IPv4 range, or None."""
    wanted = "give one such as 10.0.0.0/16"
    try:
        whole = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        return f"{cidr!r} is not an IPv4 range: {wanted}"
    # Python reads a mask, or none at all, as well.
    if not re.fullmatch(r"[0-9.]+/[0-9]{1,2}", cidr):
        return f"{cidr!r} is not an IPv4 range, for it ends in no length: give {whole}, if that is meant"
    if cidr.partition("/")[0] != str(whole.network_address):
        return f"{cidr!r} is not an IPv4 range, for it has host bits set: give {whole}, if that is meant"
    return None


def is_id(text: str, kind: str) -> bool:
    """Whether `text` is an id of EC2's, `kind` and hexadecimal digits: `vpc-0a1b…`."""
    return re.fullmatch(rf"{kind}-[0-9a-f]{{1,17}}", text) is not None


def is_certificate(arn: str) -> bool:
    """Whether an ARN is that of a certificate, in ACM or IAM, that a listener takes."""
    return _CERTIFICATE.fullmatch(arn) is not None


def resource_group_problem(arn: str) -> str | None:
    """Why an ARN is not that of a resource group, as one of capacity reservations, or None."""
    if re.fullmatch(r"arn:aws[\w-]*:resource-groups:[a-z0-9-]+:\d{12}:group/.+", arn):
        return None
    return f"{arn!r} is no resource group's ARN, such as arn:aws:resource-groups:REGION:ACCOUNT:group/NAME"


def is_host_header(pattern: str) -> bool:
    """Whether a listener rule takes a host name, in which `*` and `?` stand for others.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
    """
    return re.fullmatch(r"[A-Za-z0-9.*?-]{1,128}", pattern) is not None and "." in pattern
