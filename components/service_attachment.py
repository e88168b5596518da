"""One way from a load balancer to a service: the target group, and the listener rule or listener before it."""

from collections.abc import Iterator, Sequence

import pulumi
import pulumi_aws as aws

from components.service_args import NetworkBalancerArgs, ServiceArgs, ServiceLoadBalancerArgs
from ecs_model.attachments import Reached
from ecs_model.containers import NetworkMode
from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.routing import HealthProtocol, Routing, Stickiness, TargetHealthCheck


class ServiceAttachment:
    """The resources of one way to a service; no component of its own, so that names stay as they were."""

    def __init__(self, name: str, args: ServiceLoadBalancerArgs, mode: NetworkMode, parent: pulumi.Resource) -> None:
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=parent)
        self.target_group = self._target_group(mode)
        self.forwarding: Sequence[pulumi.Resource] = self._forwarding()
        """What leads to the target group: ECS refuses one that no listener uses yet."""

    @property
    def registration(self) -> aws.ecs.ServiceLoadBalancerArgs:
        """What the service is told of it."""
        routing = self._args.routing
        return aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=self.target_group.arn,
            container_name=routing.container_name,
            container_port=routing.container_port,
        )

    @property
    def request_label(self) -> pulumi.Output[str]:
        """Its load balancer and target group, as Application Auto Scaling wants them; empty of a network one."""
        if self._args.listener_arn is None:
            return pulumi.Output.from_input("")
        suffix = pulumi.Output.from_input(self._args.listener_arn).apply(
            lambda arn: arn.partition(":listener/")[2].rpartition("/")[0]
        )
        return pulumi.Output.concat(suffix, "/", self.target_group.arn_suffix)

    def _target_group(self, mode: NetworkMode) -> aws.lb.TargetGroup:
        routing = self._args.routing
        network = routing.listener is not None
        return aws.lb.TargetGroup(
            self._name,
            # Only what stands in for a port until ECS registers the task's own.
            port=routing.container_port,
            protocol=routing.transport.upper() if network else "HTTP",
            vpc_id=self._args.vpc_id,
            target_type="ip" if mode is NetworkMode.AWSVPC else "instance",
            deregistration_delay=routing.deregistration_delay,
            slow_start=None if network else routing.slow_start,
            stickiness=_no_stickiness() if network else _stickiness(routing.stickiness),
            health_check=_health_check(routing.health_check, routing.health_protocol),
            opts=self._child,
        )

    def _forwarding(self) -> list[pulumi.Resource]:
        routing, network = self._args.routing, self._args.network
        if routing.listener is not None and network is not None:
            return [self._listener(routing.listener, network), *self._clients(routing.listener, network)]
        forward = aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=self.target_group.arn)
        return [
            aws.lb.ListenerRule(
                self._name,
                listener_arn=self._args.listener_arn or "",
                priority=routing.rule_priority(self._name),
                conditions=_conditions(routing),
                actions=[forward],
                opts=self._child,
            )
        ]

    def _listener(self, listener: NetworkListener, network: NetworkBalancerArgs) -> aws.lb.Listener:
        encrypted = listener.protocol is ListenerProtocol.TLS
        return aws.lb.Listener(
            self._name,
            load_balancer_arn=network.load_balancer_arn,
            port=listener.port,
            protocol=listener.protocol.upper(),
            certificate_arn=network.certificate_arn if encrypted else None,
            ssl_policy=network.tls_policy if encrypted else None,
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=self.target_group.arn),
            ],
            opts=self._child,
        )

    def _clients(self, listener: NetworkListener, network: NetworkBalancerArgs) -> Iterator[pulumi.Resource]:
        """Who may connect to the listener: its port is nobody's but this service's."""
        for cidr in network.ingress_cidrs:
            yield aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-clients-{cidr.replace('/', '-')}",
                security_group_id=self._args.security_group_id,
                description=f"Clients of {self._name}, port {listener.port}",
                cidr_ipv4=cidr,
                ip_protocol=listener.protocol.transport.value,
                from_port=listener.port,
                to_port=listener.port,
                opts=self._child,
            )


def opened(name: str, args: ServiceArgs) -> Iterator[tuple[str, pulumi.Input[str], Reached]]:
    """The ingress rules that a service's load balancers need at fixed ports: name, source, port; none twice.

    The name is `name` for the first, and followed by the attachment's and the port's for others.
    """
    seen: set[tuple[object, Reached]] = set()
    for key, attached in args.attachments.items():
        source = attached.security_group_id
        for port in attached.ports(args.network_mode):
            same = source if isinstance(source, str) else id(source), port
            if same not in seen:
                seen.add(same)
                main = not key and port.port != attached.routing.health_check.port
                yield name if main else f"{name}-{key or 'health'}-{port.port}-{port.protocol.value}", source, port


def _conditions(routing: Routing) -> list[aws.lb.ListenerRuleConditionArgs]:
    conditions = []
    if routing.path_patterns:
        paths = aws.lb.ListenerRuleConditionPathPatternArgs(values=sorted(routing.path_patterns))
        conditions.append(aws.lb.ListenerRuleConditionArgs(path_pattern=paths))
    if routing.host_headers:
        hosts = aws.lb.ListenerRuleConditionHostHeaderArgs(values=sorted(routing.host_headers))
        conditions.append(aws.lb.ListenerRuleConditionArgs(host_header=hosts))
    for name, values in sorted(routing.http_headers.items()):
        header = aws.lb.ListenerRuleConditionHttpHeaderArgs(http_header_name=name, values=sorted(values))
        conditions.append(aws.lb.ListenerRuleConditionArgs(http_header=header))
    return conditions


def _health_check(check: TargetHealthCheck, protocol: HealthProtocol) -> aws.lb.TargetGroupHealthCheckArgs:
    asks = protocol is HealthProtocol.HTTP
    return aws.lb.TargetGroupHealthCheckArgs(
        enabled=True,
        port="traffic-port" if check.port is None else str(check.port),
        protocol=protocol.upper(),
        path=check.path if asks else None,
        matcher=check.matcher if asks else None,
        interval=check.interval,
        timeout=check.timeout,
        healthy_threshold=check.healthy_threshold,
        unhealthy_threshold=check.unhealthy_threshold,
    )


def _no_stickiness() -> aws.lb.TargetGroupStickinessArgs:
    return aws.lb.TargetGroupStickinessArgs(enabled=False, type="source_ip")


def _stickiness(chosen: Stickiness | None) -> aws.lb.TargetGroupStickinessArgs:
    """Said in either case: the provider takes a block that is gone for one that AWS chose, and leaves it on."""
    if chosen is None:
        return aws.lb.TargetGroupStickinessArgs(enabled=False, type="lb_cookie")
    return aws.lb.TargetGroupStickinessArgs(
        enabled=True,
        type="lb_cookie" if chosen.cookie_name is None else "app_cookie",
        cookie_duration=chosen.duration,
        cookie_name=chosen.cookie_name,
    )
