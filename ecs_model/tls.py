"""TLS of a load balancer's listeners: AWS's security policies."""

import re

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2 only.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""
DEFAULT_TLS_POLICY = "ELBSecurityPolicy-2016-08"
"""What a listener gets from the API when it names none: TLS 1.0 and later."""


def is_modern_tls(policy: str) -> bool:
    """Whether a security policy of AWS's takes nothing older than TLS 1.2."""
    return re.fullmatch(r"ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-[A-Za-z0-9]+)+", policy) is not None
