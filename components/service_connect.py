"""ECS Service Connect: the namespace that services meet in, and a service's part in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.tokens import token
from ecs_model.containers import Container
from ecs_model.problem import Problem, refuse
from ecs_model.service_connect import ConnectPort, ConnectTls, ServiceConnect, connect_namespace_problem, named_ports


@dataclass
class ConnectNamespaceArgs:
    """An HTTP namespace."""

    namespace: str
    """Its name, once in an account and region."""


class ConnectNamespace(pulumi.ComponentResource):
    """An HTTP namespace of AWS Cloud Map, in which services find each other by Service Connect."""

    arn: pulumi.Output[str]
    """The namespace's ARN."""

    def __init__(self, name: str, args: ConnectNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ConnectNamespaceArgs, args)
        reason = connect_namespace_problem(args.namespace)
        refuse(f"ConnectNamespace {name}", [Problem(("namespace",), reason)] if reason else [])
        super().__init__(token("ConnectNamespace"), name, None, opts)
        made = aws.servicediscovery.HttpNamespace(
            name,
            name=args.namespace,
            description=f"Services of {name}",
            # Two of one name cannot be in an account and region.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.arn = made.arn
        self.register_outputs({"arn": self.arn})


@dataclass
class ServiceConnectPortArgs:
    """A port that a service offers to others."""

    offer: ConnectPort
    """How clients reach it."""
    port: int
    """The port that clients connect to where `offer` names none: the container's."""


@dataclass
class ServiceConnectArgs:
    """A service's part in Service Connect."""

    namespace_arn: pulumi.Input[str] | None
    """The namespace it meets others in; needed while `enabled`."""
    ports: Mapping[str, ServiceConnectPortArgs] = field(default_factory=dict)
    """What it offers, by the names of its port mappings; it is a client alone where empty."""
    log_group_name: pulumi.Input[str] | None = None
    """Where its proxies log; nowhere where absent. The execution role must be allowed to write there."""
    enabled: bool = True
    """Off, it leaves Service Connect."""

    @property
    def encrypts(self) -> bool:
        """Whether ECS has to get certificates for it."""
        return self.enabled and any(port.offer.tls for port in self.ports.values())

    @classmethod
    def of(
        cls,
        connect: ServiceConnect | None,
        containers: Mapping[str, Container],
        namespace: ConnectNamespace | None,
        log_group_name: pulumi.Input[str],
    ) -> "ServiceConnectArgs | None":
        """Those of a stack's settings, where the service takes part."""
        if connect is None:
            return None
        named = named_ports(containers)
        ports = {key: ServiceConnectPortArgs(offer, named[key].listens.start) for key, offer in connect.ports.items()}
        return cls(namespace.arn if namespace else None, ports, log_group_name, connect.enabled)


def connect_configuration(
    name: str, chosen: ServiceConnectArgs, region: pulumi.Output[str], role: aws.iam.Role | None
) -> aws.ecs.ServiceServiceConnectConfigurationArgs:
    """What the service is told; `role` is the one with which ECS gets certificates."""
    if not chosen.enabled:
        return aws.ecs.ServiceServiceConnectConfigurationArgs(enabled=False)
    return aws.ecs.ServiceServiceConnectConfigurationArgs(
        enabled=True,
        namespace=chosen.namespace_arn,
        services=[_offer(key, port, role) for key, port in sorted(chosen.ports.items())] or None,
        log_configuration=None
        if chosen.log_group_name is None
        else aws.ecs.ServiceServiceConnectConfigurationLogConfigurationArgs(
            log_driver="awslogs",
            options={
                "awslogs-group": chosen.log_group_name,
                "awslogs-region": region,
                "awslogs-stream-prefix": f"{name}-connect",
                "mode": "non-blocking",
            },
        ),
    )


def _offer(
    name: str, args: ServiceConnectPortArgs, role: aws.iam.Role | None
) -> aws.ecs.ServiceServiceConnectConfigurationServiceArgs:
    offer = args.offer
    waits = offer.idle_timeout is not None or offer.request_timeout is not None
    return aws.ecs.ServiceServiceConnectConfigurationServiceArgs(
        port_name=name,
        discovery_name=name,
        client_alias=[
            aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs(
                port=offer.port or args.port, dns_name=offer.dns_name
            )
        ],
        ingress_port_override=offer.ingress_port,
        tls=_tls(offer.tls, role) if offer.tls and role else None,
        timeout=aws.ecs.ServiceServiceConnectConfigurationServiceTimeoutArgs(
            idle_timeout_seconds=offer.idle_timeout, per_request_timeout_seconds=offer.request_timeout
        )
        if waits
        else None,
    )


def _tls(chosen: ConnectTls, role: aws.iam.Role) -> aws.ecs.ServiceServiceConnectConfigurationServiceTlsArgs:
    return aws.ecs.ServiceServiceConnectConfigurationServiceTlsArgs(
        issuer_cert_authority=aws.ecs.ServiceServiceConnectConfigurationServiceTlsIssuerCertAuthorityArgs(
            aws_pca_authority_arn=chosen.authority_arn
        ),
        kms_key=chosen.kms_key,
        role_arn=role.arn,
    )
