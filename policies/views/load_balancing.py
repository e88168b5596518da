"""Application and network load balancers, their listeners and target groups."""

from collections.abc import Iterator

from policies.properties import Properties, References, Unknown
from policies.views.resource import Resource


class LoadBalancer(Resource):
    """A load balancer."""

    type = "aws:lb/loadBalancer:LoadBalancer"
    label = "load balancer"
    computed = frozenset({"securityGroups", "subnets", "subnetMappings"})

    @property
    def is_network(self) -> bool:
        """Whether it is a network load balancer, which may do without security groups."""
        return self.properties.text("loadBalancerType") == "network"

    @property
    def security_groups(self) -> References:
        """Its security groups' ids."""
        return self.properties.texts("securityGroups")

    @property
    def by_address(self) -> bool:
        """Whether it has no security group, so that only addresses can let it in. Raises Unknown."""
        return self.is_network and not self.security_groups

    @property
    def subnets(self) -> Iterator[tuple[str, References]]:
        """Its subnets' ids, each with the property that names them. Raises Unknown."""
        yield "subnets", self.properties.texts("subnets")
        for mapping in self.properties.children("subnetMappings"):
            yield "subnetMappings", mapping.reference("subnetId")


class TargetGroup(Resource):
    """A target group."""

    type = "aws:lb/targetGroup:TargetGroup"
    label = "target group"
    computed = frozenset({"healthCheck"})

    @property
    def target_type(self) -> str:
        """What it registers: `instance`, the default, `ip`, `lambda` or `alb`."""
        return self.properties.text("targetType") or "instance"

    @property
    def holds_instances(self) -> bool:
        """Whether it reaches tasks at a port of their container instance."""
        return self.target_type == "instance"

    @property
    def health_check_port(self) -> str:
        """The port of its health checks; `traffic-port`, the default, is each target's own."""
        check = self.properties.child("healthCheck")
        return (check.text("port") if check else None) or "traffic-port"

    @property
    def is_network(self) -> bool:
        """Whether its protocol is a network load balancer's."""
        return (self.properties.text("protocol") or "").upper() in ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")


def _targets(properties: Properties, key: str) -> Iterator[References]:
    try:
        for action in properties.children(key):
            yield action.reference("targetGroupArn")
            forward = action.child("forward")
            for target in forward.children("targetGroups") if forward else []:
                yield target.reference("arn")
    except Unknown:
        yield References(unknown=True)


class Listener(Resource):
    """A listener."""

    type = "aws:lb/listener:Listener"
    label = "listener"
    actions_key = "defaultActions"

    @property
    def load_balancer(self) -> References:
        """The ARN of the load balancer it belongs to."""
        return self.properties.reference("loadBalancerArn")

    @property
    def target_groups(self) -> Iterator[References]:
        """ARNs of the target groups it forwards to."""
        return _targets(self.properties, self.actions_key)


class ListenerRule(Resource):
    """A rule of a listener."""

    type = "aws:lb/listenerRule:ListenerRule"
    label = "listener rule"
    actions_key = "actions"

    @property
    def listener(self) -> References:
        """The ARN of the listener it belongs to."""
        return self.properties.reference("listenerArn")

    @property
    def target_groups(self) -> Iterator[References]:
        """ARNs of the target groups it forwards to."""
        return _targets(self.properties, self.actions_key)
