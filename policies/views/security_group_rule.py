"""EC2: rules of security groups that are resources of their own."""

from ecs_model.ports import PortRange
from policies.properties import References
from policies.views.resource import Resource
from policies.views.security_group import Ingress, classic_ingress, outflow, single_ingress


class StandaloneRule(Resource):
    """A rule as a resource of its own."""

    @property
    def security_group(self) -> References:
        """The group it belongs to."""
        return self.properties.reference("securityGroupId")

    @property
    def direction(self) -> str | None:
        """`ingress` or `egress`. Raises Unknown."""
        return self.properties.text("type")


class SecurityGroupRule(StandaloneRule):
    """A rule of either direction."""

    type = "aws:ec2/securityGroupRule:SecurityGroupRule"
    label = "security group rule"

    @property
    def ingress(self) -> Ingress | None:
        """What it lets in; None for a rule of outgoing traffic."""
        return classic_ingress(self) if self.direction == "ingress" else None

    @property
    def lets_out(self) -> PortRange | None:
        """The TCP ports it lets out at, where it is a rule of outgoing traffic. Raises Unknown and Malformed."""
        return outflow(self.properties, "protocol")


class SecurityGroupIngressRule(StandaloneRule):
    """An ingress rule."""

    type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    label = "ingress rule"

    @property
    def direction(self) -> str:
        """`ingress`."""
        return "ingress"

    @property
    def ingress(self) -> Ingress:
        """What it lets in."""
        return single_ingress(self)


class SecurityGroupEgressRule(StandaloneRule):
    """An egress rule."""

    type = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    label = "egress rule"

    @property
    def direction(self) -> str:
        """`egress`."""
        return "egress"

    @property
    def lets_out(self) -> PortRange | None:
        """The TCP ports it lets out at. Raises Unknown and Malformed."""
        return outflow(self.properties, "ipProtocol")
