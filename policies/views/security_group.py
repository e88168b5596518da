"""EC2: security groups, their inline rules, and the networks that have addresses of their own."""

from typing import NamedTuple

from ecs_model.ports import HIGHEST, LOWEST, PortRange
from policies.properties import Properties, References, Unknown
from policies.views.addresses import Address
from policies.views.resource import Resource

_TCP = frozenset({"tcp", "6", "-1", "all"})
_UDP = frozenset({"udp", "17", "-1", "all"})
_ALL = frozenset({"-1", "all"})


class Ingress(NamedTuple):
    """One rule that lets traffic in, however it was written."""

    written_on: Resource
    """The resource that holds it: the rule's own, or the security group for an inline one."""
    place: str
    """What of it lets in: the inline rule, or the resource itself."""
    opens: str
    """The ports as written."""
    key: str
    """The property that names the source security groups."""
    ports: PortRange | None
    """The TCP ports it opens; None where it opens none."""
    udp: PortRange | None
    """The UDP ports it opens; None where it opens none."""
    cidrs: tuple[Address, ...]
    prefix_lists: tuple[Address, ...]
    groups: References
    """Source security groups, by id."""
    own_group: bool
    """Whether the security group lets in itself."""
    described: bool
    """Whether it says what it is for."""
    unknown_addresses: tuple[Unknown, ...]
    """What to report of addresses that are not known yet."""

    @property
    def opens_everything(self) -> bool:
        """Whether it opens every port, by TCP or UDP."""
        return PortRange(LOWEST, HIGHEST) in (self.ports, self.udp)

    def reaches(self, ports: PortRange) -> bool:
        """Whether it opens one of some ports, by TCP or UDP."""
        return any(opened.overlaps(ports) for opened in (self.ports, self.udp) if opened)

    def same_as(self, other: "Ingress") -> bool:
        """Whether AWS sees one rule in the two."""
        whole = self.groups.unknown or self.unknown_addresses or other.unknown_addresses
        return not whole and self._content == other._content

    @property
    def _content(self) -> tuple[object, ...]:
        return self.ports, self.udp, set(self.cidrs), set(self.prefix_lists), self.groups, self.own_group


class _Spelling(NamedTuple):
    """How one of the ways to write a rule names what it lets in."""

    protocol: str
    groups: str
    cidrs: tuple[str, ...]
    prefix_lists: str


_CLASSIC = _Spelling("protocol", "sourceSecurityGroupId", ("cidrBlocks", "ipv6CidrBlocks"), "prefixListIds")


_INLINE = _CLASSIC._replace(groups="securityGroups")


_SINGLE = _Spelling("ipProtocol", "referencedSecurityGroupId", ("cidrIpv4", "cidrIpv6"), "prefixListId")


def _ingress(written_on: Resource, written: Properties, spelling: _Spelling, inline: bool = False) -> Ingress:
    addresses = {key: written.references(key) for key in (*spelling.cidrs, spelling.prefix_lists)}
    return Ingress(
        written_on,
        f"ingress[{written.path[-1]}]" if inline else "it",
        _opens(written, spelling.protocol),
        "ingress" if inline else spelling.groups,
        _ports(written, spelling.protocol, _TCP),
        _ports(written, spelling.protocol, _UDP),
        tuple(Address(cidr) for key in spelling.cidrs for cidr in addresses[key].known),
        tuple(Address(prefix_list) for prefix_list in addresses[spelling.prefix_lists].known),
        written.references(spelling.groups),
        written.flag("self"),
        written.given("description"),
        tuple(written.unknown(key) for key, found in addresses.items() if found.unknown),
    )


class Network(Resource):
    """Something that has addresses of its own."""

    computed = frozenset({"cidrBlock", "ipv6CidrBlock"})

    @property
    def cidrs(self) -> list[Address]:
        """Its addresses, as far as they are known."""
        found = [self.properties.reference(key) for key in ("cidrBlock", "ipv6CidrBlock")]
        return [Address(text) for written in found for text in written.known]


class Vpc(Network):
    """A VPC."""

    type = "aws:ec2/vpc:Vpc"
    label = "VPC"


class Subnet(Network):
    """A subnet."""

    type = "aws:ec2/subnet:Subnet"
    label = "subnet"

    @property
    def zone(self) -> str | None:
        """Its availability zone, where that is known."""
        known = [*self.properties.reference("availabilityZone").known]
        return next(iter([*known, *self.properties.reference("availabilityZoneId").known]), None)


def outflow(written: Properties, protocol: str) -> PortRange | None:
    """The TCP ports that an egress rule opens, its protocol under the given key. Raises Unknown and Malformed."""
    return _ports(written, protocol, _TCP)


class SecurityGroup(Resource):
    """A security group, with the rules written inline."""

    type = "aws:ec2/securityGroup:SecurityGroup"
    label = "security group"
    computed = frozenset({"ingress", "egress"})
    identity = ("id", "arn", "name")

    @property
    def inline(self) -> list[Properties]:
        """The inline rules, each to be read with `ingress`."""
        return self.properties.children("ingress")

    def writes(self, direction: str) -> bool:
        """Whether the program surely writes inline rules of a direction, `ingress` or `egress`. Raises Unknown.

        AWS repeats on a deployed group the rules that are resources of their own, so that only rules made from other
        resources, or those of a group that is still to be created, are the program's for certain.
        """
        is_new = any(self.properties.reference(key).unknown for key in ("id", "arn"))
        certain = is_new or direction in self.surroundings.properties
        return certain and bool(self.properties.children(direction))

    @property
    def lets_out(self) -> list[PortRange | None]:
        """The TCP ports that its inline rules let out at: the program's own rules, or those that AWS repeats.

        Raises Unknown and Malformed.
        """
        return [outflow(written, "protocol") for written in self.properties.children("egress")]

    def ingress(self, written: Properties) -> Ingress:
        """An inline rule read with its types. Raises Unknown where its ports are not known."""
        return _ingress(self, written, _INLINE, inline=True)


class DefaultSecurityGroup(SecurityGroup):
    """The security group that a VPC comes with, taken over by the program."""

    type = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    label = "default security group"


def _opens(written: Properties, protocol_key: str) -> str:
    protocol = (written.text(protocol_key) or "-1").lower()
    if protocol in _ALL:
        return "all traffic"
    kind = "UDP " if protocol in _UDP else ""
    first, last = written.integer("fromPort"), written.integer("toPort")
    return f"{kind}port {first}" if first == last else f"{kind}ports {first}-{last}"


def _ports(written: Properties, protocol_key: str, protocols: frozenset[str]) -> PortRange | None:
    protocol = (written.text(protocol_key) or "-1").lower()
    if protocol not in protocols:
        return None
    first, last = (written.integer(key) for key in ("fromPort", "toPort"))
    if protocol in _ALL:
        return PortRange(LOWEST, HIGHEST)
    # Port 0 exists in a rule's range but no task can have it.
    first, last = max(first or 0, LOWEST), min(last or 0, HIGHEST)
    return PortRange(first, last) if first <= last else None


def classic_ingress(rule: Resource) -> Ingress:
    """What an `aws.ec2.SecurityGroupRule` lets in. Raises Unknown where its ports are not known."""
    return _ingress(rule, rule.properties, _CLASSIC)


def single_ingress(rule: Resource) -> Ingress:
    """What an `aws.vpc.SecurityGroupIngressRule` lets in. Raises Unknown where its ports are not known."""
    return _ingress(rule, rule.properties, _SINGLE)
