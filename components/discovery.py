"""Services that find each other by name: the namespace, and the rules that let clients in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.cluster import Cluster
from components.service import Service
from components.tokens import token
from ecs_model.discovery import Link, namespace_problem
from ecs_model.ports import HIGHEST, LOWEST
from ecs_model.problem import Problem, out_of_range, refuse, under


@dataclass
class NamespaceArgs:
    """A private DNS namespace and where it is answered."""

    vpc_id: pulumi.Input[str]
    """The VPC whose resolver answers for it."""
    domain: str
    """The domain, such as dev.internal."""


class Namespace(pulumi.ComponentResource):
    """A private DNS namespace of AWS Cloud Map."""

    id: pulumi.Output[str]
    """The namespace's id."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(NamespaceArgs, args)
        reason = namespace_problem(args.domain)
        refuse(f"Namespace {name}", [Problem(("domain",), reason)] if reason else [])
        super().__init__(token("Namespace"), name, None, opts)
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            name,
            name=args.domain,
            vpc=args.vpc_id,
            description=f"Services of {name}",
            # Two of one domain cannot be in a VPC.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.id = namespace.id
        self.register_outputs({"id": self.id})


@dataclass
class AccessRuleArgs:
    """A security group that lets another in."""

    security_group_id: pulumi.Input[str]
    """Whose rule it is: the server's group."""
    client_security_group_id: pulumi.Input[str]
    """Who comes in."""
    port: int
    """The TCP port."""
    last_port: int | None = None
    """The last of a range of ports that begins with `port`; only that one where absent."""


@dataclass
class ServiceAccessArgs:
    """Which services reach which."""

    rules: Mapping[str, AccessRuleArgs] = field(default_factory=dict)
    """The rules by a name of yours, no two alike."""

    @classmethod
    def of(cls, links: Sequence[Link], services: Mapping[str, Service], cluster: Cluster) -> "ServiceAccessArgs":
        """The links of a stack's settings, between this package's services."""
        instances = cluster.instance_groups()
        groups = {("capacity", key): group for key, group in instances.items()}
        groups |= {("service", key): service.security_group_id for key, service in services.items()}
        return cls(
            {
                link.name: AccessRuleArgs(
                    groups[link.server.kind, link.server.key],
                    groups[link.client.kind, link.client.key],
                    link.port,
                    link.last_port,
                )
                for link in links
            }
        )

    def problems(self) -> Iterator[Problem]:
        """Ports that there are not."""
        for key, rule in self.rules.items():
            yield from under(out_of_range({"port": (rule.port, LOWEST, HIGHEST)}), "rules", key)
            if rule.last_port is not None:
                yield from under(out_of_range({"lastPort": (rule.last_port, rule.port, HIGHEST)}), "rules", key)


class ServiceAccess(pulumi.ComponentResource):
    """Ingress rules from the security groups of clients to those of the services they call."""

    def __init__(self, name: str, args: ServiceAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ServiceAccessArgs, args)
        refuse(f"ServiceAccess {name}", args.problems())
        super().__init__(token("ServiceAccess"), name, None, opts)
        made = [
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-{key}",
                security_group_id=rule.security_group_id,
                referenced_security_group_id=rule.client_security_group_id,
                description="Tasks that call a service by its name",
                ip_protocol="tcp",
                from_port=rule.port,
                to_port=rule.last_port or rule.port,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key, rule in args.rules.items()
        ]
        self.register_outputs({"rules": [rule.id for rule in made]})
