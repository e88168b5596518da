"""A load balancer that services share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.access_logs import log_bucket
from components.arguments import typed
from components.domain import certificate, records_to, zone_id
from components.egress import egress_to_anywhere
from components.naming import first_name
from components.tokens import token
from ecs_model.access_logs import AccessLogs
from ecs_model.load_balancer import ExistingLoadBalancer, LoadBalancerSettings, balancer_arn
from ecs_model.problem import refuse


@dataclass
class LoadBalancerArgs:
    """Where a load balancer stands and whom it serves."""

    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets in at least two zones; public ones unless it is internal."""
    settings: LoadBalancerSettings = field(default_factory=LoadBalancerSettings)
    """Listeners, protection, and who may connect."""


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer, its security group and its listener; services add their rules.

    A network load balancer has no listener here: each service adds one. Of an existing load balancer nothing is made:
    the component hands on what services need to know of it.
    """

    arn: pulumi.Output[str]
    """The load balancer."""
    dns_name: pulumi.Output[str]
    """Its public name; empty of an existing one."""
    security_group_id: pulumi.Output[str]
    """Its security group: the source of every rule that lets it reach tasks."""
    listener_arn: pulumi.Output[str]
    """The listener that services add rules to: HTTPS where there is a certificate, else HTTP; empty of a network load
    balancer."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(LoadBalancerArgs, args)
        refuse(f"LoadBalancer {name}", args.settings.problems())
        super().__init__(token("LoadBalancer"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._first = first_name(name, opts)
        self.settings = args.settings
        self.certificate_arn: pulumi.Input[str] | None = args.settings.certificate_arn
        if args.settings.existing is not None:
            self._take(args.settings.existing)
        else:
            self._make(name, args)
        self.register_outputs(
            {
                "arn": self.arn,
                "dnsName": self.dns_name,
                "securityGroupId": self.security_group_id,
                "listenerArn": self.listener_arn,
            }
        )

    def _take(self, existing: ExistingLoadBalancer) -> None:
        listener = existing.listener_arn or ""
        self.arn = pulumi.Output.from_input(existing.arn or balancer_arn(listener))
        self.dns_name = pulumi.Output.from_input("")
        self.security_group_id = pulumi.Output.from_input(existing.security_group_id)
        self.listener_arn = pulumi.Output.from_input(listener)

    def _make(self, name: str, args: LoadBalancerArgs) -> None:
        settings, domain = args.settings, args.settings.domain
        zone = zone_id(name, domain, self) if domain else ""
        group = self._security_group(name, args)
        logs, before = self._access_logs(name, settings.access_logs)
        balancer = aws.lb.LoadBalancer(
            name,
            load_balancer_type=settings.type.value,
            internal=settings.internal,
            subnets=args.subnet_ids,
            security_groups=[group.id],
            drop_invalid_header_fields=None if settings.is_network else True,
            enable_deletion_protection=settings.deletion_protection,
            idle_timeout=None if settings.is_network else settings.idle_timeout,
            access_logs=logs,
            # A load balancer stays in its VPC, which the provider does not know (pulumi-aws#1382).
            opts=pulumi.ResourceOptions(parent=self, depends_on=before, replacement_trigger=args.vpc_id),
        )
        self.arn = balancer.arn
        self.dns_name = balancer.dns_name
        self.security_group_id = group.id
        if domain is not None:
            self.certificate_arn = certificate(name, domain, zone, self)
            records_to(name, domain, zone, balancer, self)
        nothing = pulumi.Output.from_input("")
        self.listener_arn = nothing if settings.is_network else self._listener(name, settings, balancer).arn

    def _access_logs(
        self, name: str, chosen: AccessLogs | None
    ) -> tuple[aws.lb.LoadBalancerAccessLogsArgs, list[pulumi.Resource]]:
        """Said in either case: the provider takes a block that is gone for one nobody wrote, and lets it log on."""
        if chosen is None:
            return aws.lb.LoadBalancerAccessLogsArgs(enabled=False, bucket=""), []
        bucket, before = log_bucket(name, chosen, self, network=self.settings.is_network)
        return aws.lb.LoadBalancerAccessLogsArgs(enabled=True, bucket=bucket, prefix=chosen.prefix), before

    def _security_group(self, name: str, args: LoadBalancerArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            f"{name}-balancer", description=f"Load balancer {self._first}", vpc_id=args.vpc_id, opts=self._child
        )
        for port in args.settings.ports:
            for cidr in args.settings.ingress_cidrs:
                aws.vpc.SecurityGroupIngressRule(
                    # Named by the range: were it by position, taking one away would turn another into a duplicate.
                    f"{name}-balancer-in-{port}-{cidr.replace('/', '-')}",
                    security_group_id=group.id,
                    description=f"Clients, port {port}",
                    cidr_ipv4=cidr,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    opts=self._child,
                )
        egress_to_anywhere(f"{name}-balancer-out", group, "To the tasks, whichever host port they have", self._child)
        return group

    def _listener(self, name: str, settings: LoadBalancerSettings, balancer: aws.lb.LoadBalancer) -> aws.lb.Listener:
        """What no service's rule matches gets a 404."""
        nobody = aws.lb.ListenerDefaultActionArgs(
            type="fixed-response",
            fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
                content_type="text/plain", message_body="No service answers here.", status_code="404"
            ),
        )
        if self.certificate_arn is None:
            return aws.lb.Listener(
                f"{name}-http",
                load_balancer_arn=balancer.arn,
                port=80,
                protocol="HTTP",
                default_actions=[nobody],
                opts=self._child,
            )
        self._redirect(name, balancer)
        return aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            certificate_arn=self.certificate_arn,
            ssl_policy=settings.tls_policy,
            default_actions=[nobody],
            opts=self._child,
        )

    def _redirect(self, name: str, balancer: aws.lb.LoadBalancer) -> None:
        aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(
                    type="redirect",
                    redirect=aws.lb.ListenerDefaultActionRedirectArgs(
                        protocol="HTTPS", port="443", status_code="HTTP_301"
                    ),
                )
            ],
            opts=self._child,
        )
