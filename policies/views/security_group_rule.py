"""EC2: rules of security groups that are resources of their own."""

from typing import ClassVar

from policies.properties import References
from policies.views.resource import Resource
from policies.views.security_group import CLASSIC, SINGLE, Direction, Ingress, Spelling, read_ingress


class StandaloneRule(Resource):
    """A rule as a resource of its own."""

    spelling: ClassVar[Spelling] = SINGLE
    only: ClassVar[Direction | None] = None
    """The direction of all such rules; None where each says it."""

    @property
    def security_group(self) -> References:
        """The group it belongs to."""
        return self.properties.reference("securityGroupId")

    @property
    def direction(self) -> str | None:
        """`ingress` or `egress`. Raises Unknown."""
        return self.only or self.properties.text("type")

    @property
    def ingress(self) -> Ingress | None:
        """What it lets in; None for a rule of outgoing traffic. Raises Unknown where its ports are not known."""
        if self.direction != "ingress":
            return None
        return read_ingress(self, self.properties, self.spelling)


class SecurityGroupRule(StandaloneRule):
    """A rule of either direction."""

    type = "aws:ec2/securityGroupRule:SecurityGroupRule"
    label = "security group rule"
    spelling = CLASSIC


class SecurityGroupIngressRule(StandaloneRule):
    """An ingress rule."""

    type = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    label = "ingress rule"
    only = "ingress"


class SecurityGroupEgressRule(StandaloneRule):
    """An egress rule."""

    type = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    label = "egress rule"
    only = "egress"
