"""AWS Certificate Manager: a certificate is issued once its validation records exist, and not with time.

Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.acm.models import CertBundle
from moto.route53.models import route53_backends

from localaws.moto_fixes.patch import around


@around(CertBundle, "check")
def _check(original: Callable[..., None], self: Any) -> None:
    """moto issues a certificate that was requested after a minute, whatever the DNS says."""
    if self.type != "AMAZON_ISSUED" or self.status != "PENDING_VALIDATION":
        original(self)
        return
    wanted = {
        (option["ResourceRecord"]["Name"].rstrip("."), option["ResourceRecord"]["Value"].rstrip("."))
        for option in self.describe()["Certificate"]["DomainValidationOptions"]
    }
    if wanted <= _records():
        self.status = "ISSUED"


def _records() -> set[tuple[str, str]]:
    """Name and value of every CNAME record of every zone."""
    return {
        (record.name.rstrip("."), str(value).rstrip("."))
        for backends in route53_backends.values()
        for zone in backends["aws"].zones.values()
        for record in zone.rrsets
        if record.type == "CNAME"
        for value in record.records
    }
