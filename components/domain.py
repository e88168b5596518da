"""A load balancer's names: the certificate for them, and the records that lead to it.

pulumi_aws loads a service's classes when one of them is first named: annotations in quotes leave that to programs that
have a domain.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from ecs_model.domain import DomainSettings

_PROOF_SECONDS = 300
"""For how long a resolver may keep a validation record."""


def zone_id(name: str, domain: DomainSettings, parent: pulumi.Resource) -> str:
    """The hosted zone's id. Raises pulumi.RunError where the account has no such zone."""
    try:
        found = aws.route53.get_zone(name=domain.zone, private_zone=False, opts=pulumi.InvokeOptions(parent=parent))
    except Exception as error:
        raise pulumi.RunError(
            f"LoadBalancer {name}: domain.zone: AWS finds no public hosted zone {domain.zone} ({error}): name a zone "
            "of this account's Route 53, or give a certificate by certificateArn instead of a domain"
        ) from error
    return found.zone_id


def certificate(name: str, domain: DomainSettings, zone: str, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The ARN of a certificate for the names, known once it is issued."""
    options = pulumi.ResourceOptions(parent=parent)
    first, *others = domain.names
    requested = aws.acm.Certificate(
        name,
        domain_name=first,
        subject_alternative_names=others or None,
        validation_method="DNS",
        # By which one is found of whose request nobody heard the answer.
        tags={"Name": name},
        opts=options,
    )
    records = [_proof(name, proved, domain.names, requested, zone, options) for proved in domain.proofs]
    issued = aws.acm.CertificateValidation(
        name,
        certificate_arn=requested.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        opts=options,
    )
    return issued.certificate_arn


def _proof(
    name: str,
    proved: str,
    names: Sequence[str],
    requested: "aws.acm.Certificate",
    zone: str,
    options: pulumi.ResourceOptions,
) -> "aws.route53.Record":
    meant = [each for each in names if each.removeprefix("*.") == proved]
    part = partial(_part, requested.domain_validation_options, meant)
    return aws.route53.Record(
        f"{name}-proof-{proved}",
        zone_id=zone,
        name=part("resource_record_name"),
        type=part("resource_record_type"),
        records=[part("resource_record_value")],
        ttl=_PROOF_SECONDS,
        # A certificate that takes over from another one has the same record, and comes before that one goes.
        allow_overwrite=True,
        opts=options,
    )


def _part(options: pulumi.Output[Any], meant: Sequence[str], key: str) -> pulumi.Output[str]:
    """A part of the validation record of the first of some names that share one."""
    return options.apply(lambda known: next(str(getattr(o, key)) for o in known if o.domain_name in meant))


def records_to(
    name: str, domain: DomainSettings, zone: str, balancer: aws.lb.LoadBalancer, parent: pulumi.Resource
) -> None:
    """The names lead to the load balancer, whatever addresses it has."""
    for called in domain.names:
        aws.route53.Record(
            f"{name}-{called.replace('*', 'all')}",
            zone_id=zone,
            name=called,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=False
                )
            ],
            opts=pulumi.ResourceOptions(parent=parent),
        )
