"""One way from a load balancer to a service: the target group, and the listener rule or listener before it."""

from collections.abc import Iterator, Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.service_args import NetworkBalancerArgs, ServiceArgs, ServiceLoadBalancerArgs
from ecs_model.attachments import Reached
from ecs_model.network_listener import ListenerProtocol, NetworkListener
from ecs_model.network_modes import NetworkMode
from ecs_model.routing import Routing, Stickiness
from ecs_model.target_health import HealthProtocol, TargetHealthCheck
from ecs_model.target_label import target_label
from ecs_model.target_version import ProtocolVersion


class ServiceAttachment:
    """The resources of one way to a service; no component of its own, so that names stay as they were."""

    def __init__(
        self,
        name: str,
        first: str,
        args: ServiceLoadBalancerArgs,
        mode: NetworkMode,
        parent: pulumi.Resource,
        shifting: aws.iam.Role | None = None,
    ) -> None:
        """`first` is its first name, by which a rule without a priority gets one; `shifting` the role with which ECS
        moves traffic between two target groups, of which there is one without it."""
        self._name, self._first, self._args, self._shifting = name, first, args, shifting
        self.network = args.network is not None
        """Whether its load balancer is a network one."""
        self._child = pulumi.ResourceOptions(parent=parent)
        self.target_group = self._target_group(name, mode)
        self._alternate = self._target_group(f"{name}-2", mode) if shifting else None
        self._production, self._test = self._rules()
        network = args.network
        clients = [] if network is None else self._clients(args.routing.listener, network)
        self.forwarding: Sequence[pulumi.Resource] = [
            *(rule for rule in (self._production, self._test) if rule is not None),
            *clients,
        ]
        """What leads to the target group: ECS refuses one that no listener uses yet."""

    @property
    def registration(self) -> aws.ecs.ServiceLoadBalancerArgs:
        """What the service is told of it."""
        routing = self._args.routing
        return aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=self.target_group.arn,
            container_name=routing.container_name,
            container_port=routing.container_port,
            advanced_configuration=self._advanced(self._shifting, self._alternate)
            if self._shifting is not None and self._alternate is not None
            else None,
        )

    def _advanced(
        self, role: aws.iam.Role, alternate: aws.lb.TargetGroup
    ) -> aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs:
        return aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs(
            alternate_target_group_arn=alternate.arn,
            production_listener_rule=self._production.arn,
            test_listener_rule=self._test.arn if self._test is not None else None,
            role_arn=role.arn,
        )

    def label(self, target_group: str) -> pulumi.Output[str]:
        """One of its `target_groups` with the load balancer, as CloudWatch and Application Auto Scaling know them."""
        network = self._args.network
        before = network.load_balancer_arn if network is not None else self._args.listener_arn
        # One output of both: of every step between two, Pulumi makes several futures, for each of a thousand services.
        return pulumi.Output.all(before, self.target_groups[target_group].arn_suffix).apply(
            lambda known: target_label(*known)
        )

    @property
    def target_groups(self) -> dict[str, aws.lb.TargetGroup]:
        """Its target groups: the first by an empty name, the second one by -2."""
        return {"": self.target_group} | ({"-2": self._alternate} if self._alternate else {})

    def _target_group(self, name: str, mode: NetworkMode) -> aws.lb.TargetGroup:
        routing = self._args.routing
        network = routing.listener is not None
        return aws.lb.TargetGroup(
            name,
            # Only what stands in for a port until ECS registers the task's own.
            port=routing.container_port,
            protocol=routing.listener.protocol.target_protocol if routing.listener else "HTTP",
            vpc_id=self._args.vpc_id,
            target_type="ip" if mode is NetworkMode.AWSVPC else "instance",
            deregistration_delay=routing.deregistration_delay,
            slow_start=None if network else routing.slow_start,
            stickiness=_by_address(routing.stickiness) if network else _stickiness(routing.stickiness),
            protocol_version=routing.protocol_version.value if routing.protocol_version else None,
            load_balancing_algorithm_type=routing.algorithm.value if routing.algorithm else None,
            health_check=_health_check(routing.health_check, routing.health_protocol, routing.version),
            opts=self._child,
        )

    def _rules(self) -> tuple[aws.lb.ListenerRule | aws.lb.Listener, aws.lb.ListenerRule | None]:
        """What leads to the tasks in production, and what leads testers to new ones."""
        routing, network = self._args.routing, self._args.network
        if routing.listener is not None and network is not None:
            return self._listener(routing.listener, network), None
        production = self._rule(self._name, routing.rule_priority(self._first), _conditions(routing))
        if not routing.test_headers:
            return production, None
        conditions = [*_conditions(routing), *_header_conditions(routing.test_headers)]
        name = f"{self._name}-test"
        return production, self._rule(name, routing.test_rule_priority(self._first), conditions)

    def _rule(
        self, name: str, priority: int, conditions: list[aws.lb.ListenerRuleConditionArgs]
    ) -> aws.lb.ListenerRule:
        forward = aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=self.target_group.arn)
        if self._alternate is not None:
            weights = [(self.target_group, 100), (self._alternate, 0)]
            both = [aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=g.arn, weight=w) for g, w in weights]
            forward = aws.lb.ListenerRuleActionArgs(
                type="forward", forward=aws.lb.ListenerRuleActionForwardArgs(target_groups=both)
            )
        return aws.lb.ListenerRule(
            name,
            listener_arn=self._args.listener_arn or "",
            priority=priority,
            conditions=conditions,
            actions=[forward],
            opts=self._forwarding_options("actions"),
        )

    def _forwarding_options(self, written_by_ecs: str) -> pulumi.ResourceOptions:
        """ECS rewrites where the traffic goes (terraform-provider-aws#43905)."""
        ignored = [written_by_ecs] if self._shifting is not None else None
        return pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(ignore_changes=ignored))

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
            opts=self._forwarding_options("defaultActions"),
        )

    def _clients(self, listener: NetworkListener | None, network: NetworkBalancerArgs) -> Iterator[pulumi.Resource]:
        """Who may connect to the listener: its port is nobody's but this service's."""
        if listener is None:
            return
        first = listener.protocol.transports[0]
        ways = [(cidr, transport) for cidr in network.ingress_cidrs for transport in listener.protocol.transports]
        for cidr, transport in ways:
            yield aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-clients-{cidr.replace('/', '-')}{'' if transport is first else f'-{transport.value}'}",
                security_group_id=self._args.security_group_id,
                description=f"Clients of {self._name}, port {listener.port}",
                cidr_ipv4=cidr,
                ip_protocol=transport.value,
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
                first = port.protocol is attached.routing.transports[0]
                main = not key and port.port != attached.routing.health_check.port and first
                yield name if main else f"{name}-{key or 'health'}-{port.port}-{port.protocol.value}", source, port


def _conditions(routing: Routing) -> list[aws.lb.ListenerRuleConditionArgs]:
    conditions = []
    if routing.path_patterns:
        paths = aws.lb.ListenerRuleConditionPathPatternArgs(values=sorted(routing.path_patterns))
        conditions.append(aws.lb.ListenerRuleConditionArgs(path_pattern=paths))
    if routing.host_headers:
        hosts = aws.lb.ListenerRuleConditionHostHeaderArgs(values=sorted(routing.host_headers))
        conditions.append(aws.lb.ListenerRuleConditionArgs(host_header=hosts))
    return conditions + _header_conditions(routing.http_headers) + _further_conditions(routing)


def _further_conditions(routing: Routing) -> list[aws.lb.ListenerRuleConditionArgs]:
    conditions = []
    if routing.query_strings:
        queries = [
            aws.lb.ListenerRuleConditionQueryStringArgs(key=each.key, value=each.value)
            for each in sorted(routing.query_strings, key=lambda each: (each.key or "", each.value))
        ]
        conditions.append(aws.lb.ListenerRuleConditionArgs(query_strings=queries))
    if routing.source_ips:
        sources = aws.lb.ListenerRuleConditionSourceIpArgs(values=sorted(routing.source_ips))
        conditions.append(aws.lb.ListenerRuleConditionArgs(source_ip=sources))
    if routing.methods:
        methods = aws.lb.ListenerRuleConditionHttpRequestMethodArgs(values=sorted(routing.methods))
        conditions.append(aws.lb.ListenerRuleConditionArgs(http_request_method=methods))
    return conditions


def _header_conditions(headers: Mapping[str, Sequence[str]]) -> list[aws.lb.ListenerRuleConditionArgs]:
    return [
        aws.lb.ListenerRuleConditionArgs(
            http_header=aws.lb.ListenerRuleConditionHttpHeaderArgs(http_header_name=name, values=sorted(values))
        )
        for name, values in sorted(headers.items())
    ]


def _health_check(
    check: TargetHealthCheck, protocol: HealthProtocol, version: ProtocolVersion
) -> aws.lb.TargetGroupHealthCheckArgs:
    asks = protocol is HealthProtocol.HTTP
    return aws.lb.TargetGroupHealthCheckArgs(
        enabled=True,
        port="traffic-port" if check.port is None else str(check.port),
        protocol=protocol.upper(),
        path=(check.path or version.health_path) if asks else None,
        matcher=(check.matcher or version.health_codes) if asks else None,
        interval=check.interval,
        timeout=check.timeout,
        healthy_threshold=check.healthy_threshold,
        unhealthy_threshold=check.unhealthy_threshold,
    )


def _by_address(chosen: Stickiness | None) -> aws.lb.TargetGroupStickinessArgs:
    return aws.lb.TargetGroupStickinessArgs(enabled=chosen is not None, type="source_ip")


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
