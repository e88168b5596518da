"""A load balancer, of an application or a network, and who may connect to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum

from ecs_model.access_logs import AccessLogs
from ecs_model.domain import DomainSettings
from ecs_model.notation import is_certificate, range_problem
from ecs_model.problem import Problem, under
from ecs_model.tls import TLS_POLICY

IDLE_TIMEOUT = 60
_OF_EXISTING = {"type", "existing"}
_OF_EXISTING_NETWORK = {*_OF_EXISTING, "certificate_arn", "tls_policy", "ingress_cidrs"}
"""What is decided here even of a load balancer that exists: the listeners of a network one are its services'."""


class LoadBalancerType(StrEnum):
    """What a load balancer understands of its traffic."""

    APPLICATION = "application"
    """HTTP: services share a listener, by their paths and host names."""
    NETWORK = "network"
    """TCP, UDP and TLS: every service has a listener of its own."""


@dataclass(frozen=True)
class ExistingLoadBalancer:
    """A load balancer that something else made, and services of this stack share."""

    security_group_id: str
    """Its security group, which tasks and instances let in; a load balancer without one is not supported."""
    listener_arn: str | None = None
    """Of an application load balancer: the listener that gets a rule for each service."""
    arn: str | None = None
    """Of a network load balancer: the one that gets a listener for each service."""

    def problems(self, type_: LoadBalancerType) -> Iterator[Problem]:
        """What cannot be used."""
        if not re.fullmatch(r"sg-\w+", self.security_group_id):
            yield Problem(
                ("securityGroupId",), f"{self.security_group_id!r} is no security group's id, such as sg-0a1b"
            )
        network = type_ is LoadBalancerType.NETWORK
        wanted, kind = ("arn", ":loadbalancer/net/") if network else ("listenerArn", ":listener/app/")
        unwanted = "listenerArn" if network else "arn"
        values = {"arn": self.arn, "listenerArn": self.listener_arn}
        if kind not in (values[wanted] or ""):
            yield Problem(
                (wanted,), f"{values[wanted]!r} is not the ARN that type {type_.value} needs (arn:aws:…{kind}…): set it"
            )
        if values[unwanted] is not None:
            yield Problem((unwanted,), f"is not for type {type_.value}, which needs {wanted}: leave it out")


@dataclass(frozen=True)
class LoadBalancerSettings:
    """A load balancer, shared by any number of services."""

    type: LoadBalancerType = LoadBalancerType.APPLICATION
    """application or network."""
    existing: ExistingLoadBalancer | None = None
    """One that something else made, to be used in place of a new one."""
    internal: bool = False
    """Reachable from inside the VPC only."""
    certificate_arn: str | None = None
    """ACM certificate: serves HTTPS on 443 and redirects HTTP to it. Without one, plain HTTP on 80. Of a network load
    balancer: the certificate of its TLS listeners."""
    domain: DomainSettings | None = None
    """Names of its own with a certificate that is made for them, in place of `certificate_arn`; none where absent."""
    tls_policy: str = TLS_POLICY
    """The security policy of its HTTPS or TLS listeners."""
    ingress_cidrs: list[str] = field(default_factory=lambda: ["0.0.0.0/0"])
    """IPv4 ranges that may connect."""
    deletion_protection: bool = False
    """AWS refuses to delete the load balancer while this is on: switch it off and deploy before a destroy."""
    idle_timeout: int = IDLE_TIMEOUT
    """Seconds a connection may be silent, 1-4000; not of a network load balancer."""
    access_logs: AccessLogs | None = None
    """Where every request is logged (of a network load balancer: every TLS connection); nowhere where absent."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse."""
        if self.certificate_arn is not None and not is_certificate(self.certificate_arn):
            yield Problem(
                ("certificateArn",),
                f"{self.certificate_arn!r} is not a certificate's ARN, such as "
                "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666",
            )
        if self.domain is not None:
            yield from under(self.domain.problems(), "domain")
            if self.certificate_arn is not None:
                yield Problem(("certificateArn",), "is made by domain: leave out the one or the other")
        if not re.fullmatch(r"ELBSecurityPolicy-[A-Za-z0-9-]+", self.tls_policy):
            yield Problem(("tlsPolicy",), f"{self.tls_policy!r} is no TLS policy of AWS's, such as {TLS_POLICY}")
        if not 1 <= self.idle_timeout <= 4_000:
            yield Problem(("idleTimeout",), f"{self.idle_timeout} is out of range: give 1-4000 seconds")
        elif self.is_network and self.idle_timeout != IDLE_TIMEOUT:
            yield Problem(("idleTimeout",), "is not of a load balancer of type network: leave it out")
        if self.access_logs is not None:
            yield from under(self.access_logs.problems(), "accessLogs")
        yield from self._range_problems()
        if self.existing is not None:
            yield from under(self.existing.problems(self.type), "existing")
            yield from self._decided_problems()

    def _range_problems(self) -> Iterator[Problem]:
        if not self.ingress_cidrs:
            yield Problem(("ingressCidrs",), "is empty, so nobody could connect: name a range")
        if len(set(self.ingress_cidrs)) < len(self.ingress_cidrs):
            yield Problem(("ingressCidrs",), "names a range more than once, which AWS refuses: keep each once")
        for position, cidr in enumerate(self.ingress_cidrs):
            if reason := range_problem(cidr):
                yield Problem(("ingressCidrs", position), reason)

    def _decided_problems(self) -> Iterator[Problem]:
        """Settings that whoever made an existing load balancer has decided on."""
        free = _OF_EXISTING_NETWORK if self.is_network else _OF_EXISTING
        plain = LoadBalancerSettings()
        for each in fields(self):
            if each.name not in free and getattr(self, each.name) != getattr(plain, each.name):
                first, *rest = each.name.split("_")
                name = first + "".join(map(str.title, rest))
                yield Problem((name,), "is decided by whoever made the existing load balancer: leave it out")

    @property
    def is_network(self) -> bool:
        """Whether it is a network load balancer."""
        return self.type is LoadBalancerType.NETWORK

    @property
    def ports(self) -> list[int]:
        """The ports it listens on for all services; a network load balancer's are the services' own."""
        if self.is_network:
            return []
        return [80, 443] if self.has_certificate else [80]

    @property
    def has_certificate(self) -> bool:
        """Whether it may serve HTTPS or TLS."""
        return self.certificate_arn is not None or self.domain is not None


def balancer_arn(listener_arn: str) -> str:
    """The load balancer of a listener, by their ARNs."""
    return listener_arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
