"""Amazon Route 53: the domain that the account has from the beginning, as it has a default VPC."""

from __future__ import annotations

from moto.route53.models import route53_backends

from localaws.aws import ACCOUNT

DOMAIN = "example.com"
"""A name that nobody can have (RFC 2606), so that no certificate or record here can be mistaken for a real one."""


def _own_domain() -> None:
    backend = route53_backends[ACCOUNT]["aws"]
    if not backend.zones:
        backend.create_hosted_zone(
            f"{DOMAIN}.", private_zone=False, caller_reference="from the beginning", comment="The domain"
        )


_own_domain()
