"""Application and network load balancers, their listeners and target groups."""

from collections.abc import Iterator

from policies.properties import Properties, References, Unknown
from policies.views.resource import Resource


class LoadBalancer(Resource):
    """A load balancer."""

    type = "aws:lb/loadBalancer:LoadBalancer"
    label = "load balancer"
    computed = frozenset({"securityGroups", "subnets", "subnetMappings", "internal"})

    @property
    def is_application(self) -> bool:
        """Whether it is an application load balancer, the default."""
        return (self.properties.text("loadBalancerType") or "application") == "application"

    @property
    def is_internal(self) -> bool:
        """Whether only the VPC reaches it. Raises Unknown."""
        return self.properties.flag("internal")

    @property
    def drops_invalid_headers(self) -> bool:
        """Whether it removes HTTP headers with names that are not valid. Raises Unknown."""
        return self.properties.flag("dropInvalidHeaderFields")

    @property
    def only_monitors_desync(self) -> bool:
        """Whether it passes on requests that can be read in two ways; AWS's default is no. Raises Unknown."""
        return self.properties.text("desyncMitigationMode") == "monitor"

    @property
    def is_protected(self) -> bool:
        """Whether AWS refuses to delete it. Raises Unknown."""
        return self.properties.flag("enableDeletionProtection")

    @property
    def logs_requests(self) -> bool:
        """Whether it writes access logs. Raises Unknown."""
        logs = self.properties.child("accessLogs")
        return logs is not None and logs.flag("enabled")

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
    def takes_udp(self) -> bool:
        """Whether it takes datagrams, as some of a network load balancer do."""
        return (self.properties.text("protocol") or "").upper() in ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")

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


def _plain(properties: Properties, key: str) -> bool:
    """Whether an action forwards, or redirects to something else than HTTPS. Raises Unknown."""
    for action in properties.children(key):
        redirect = action.child("redirect")
        to_https = redirect is not None and (redirect.text("protocol") or "").upper() == "HTTPS"
        kind = action.text("type")
        if kind == "forward" or (kind == "redirect" and not to_https):
            return True
    return False


class Listener(Resource):
    """A listener."""

    type = "aws:lb/listener:Listener"
    label = "listener"
    actions_key = "defaultActions"
    computed = frozenset({"protocol", "sslPolicy"})

    @property
    def protocol(self) -> str | None:
        """Its protocol, such as HTTPS. Raises Unknown."""
        protocol = self.properties.text("protocol")
        return protocol.upper() if protocol else None

    @property
    def tls_policy(self) -> str | None:
        """The TLS versions and ciphers it takes; None where AWS decides. Raises Unknown."""
        return self.properties.text("sslPolicy")

    @property
    def serves_plainly(self) -> bool:
        """Whether its default action does more than to redirect to HTTPS or to answer by itself. Raises Unknown."""
        return _plain(self.properties, self.actions_key)

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
    def serves_plainly(self) -> bool:
        """Whether it does more than to redirect to HTTPS or to answer by itself. Raises Unknown."""
        return _plain(self.properties, self.actions_key)

    @property
    def listener(self) -> References:
        """The ARN of the listener it belongs to."""
        return self.properties.reference("listenerArn")

    @property
    def target_groups(self) -> Iterator[References]:
        """ARNs of the target groups it forwards to."""
        return _targets(self.properties, self.actions_key)
