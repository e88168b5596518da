"""An Application Load Balancer that services share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.tokens import token
from ecs_model.load_balancer import AccessLogs, LoadBalancerSettings
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
    """An Application Load Balancer, its security group and its listener; services add their rules."""

    dns_name: pulumi.Output[str]
    """Its public name."""
    security_group_id: pulumi.Output[str]
    """Its security group: the source of every rule that lets it reach tasks."""
    listener_arn: pulumi.Output[str]
    """The listener that services add rules to: HTTPS where there is a certificate, else HTTP."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(LoadBalancerArgs, args)
        refuse(f"LoadBalancer {name}", args.settings.problems())
        super().__init__(token("LoadBalancer"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        group = self._security_group(name, args)
        balancer = aws.lb.LoadBalancer(
            name,
            load_balancer_type="application",
            internal=args.settings.internal,
            subnets=args.subnet_ids,
            security_groups=[group.id],
            drop_invalid_header_fields=True,
            enable_deletion_protection=args.settings.deletion_protection,
            idle_timeout=args.settings.idle_timeout,
            access_logs=_access_logs(args.settings.access_logs),
            opts=self._child,
        )
        self.dns_name = balancer.dns_name
        self.security_group_id = group.id
        self.listener_arn = self._listener(name, args.settings, balancer).arn
        self.register_outputs(
            {
                "dnsName": self.dns_name,
                "securityGroupId": self.security_group_id,
                "listenerArn": self.listener_arn,
            }
        )

    def _security_group(self, name: str, args: LoadBalancerArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            f"{name}-balancer", description=f"Load balancer {name}", vpc_id=args.vpc_id, opts=self._child
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
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-balancer-out",
            security_group_id=group.id,
            description="To the tasks, whichever host port they have",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="-1",
            opts=self._child,
        )
        return group

    def _listener(self, name: str, settings: LoadBalancerSettings, balancer: aws.lb.LoadBalancer) -> aws.lb.Listener:
        """What no service's rule matches gets a 404."""
        nobody = aws.lb.ListenerDefaultActionArgs(
            type="fixed-response",
            fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
                content_type="text/plain", message_body="No service answers here.", status_code="404"
            ),
        )
        if settings.certificate_arn is None:
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
            certificate_arn=settings.certificate_arn,
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


def _access_logs(chosen: AccessLogs | None) -> aws.lb.LoadBalancerAccessLogsArgs:
    """Said in either case: the provider takes a block that is gone for one that nobody wrote, and lets it log on."""
    if chosen is None:
        return aws.lb.LoadBalancerAccessLogsArgs(enabled=False, bucket="")
    return aws.lb.LoadBalancerAccessLogsArgs(enabled=True, bucket=chosen.bucket, prefix=chosen.prefix)
