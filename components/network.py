"""The network a cluster lives in."""

from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from components.account import account_of
from components.arguments import typed
from components.tokens import token
from ecs_model.network import (
    INTERFACE_ENDPOINTS,
    ExistingNetwork,
    Nat,
    NetworkSettings,
    NewNetwork,
    endpoint_service,
    subnet_cidrs,
)
from ecs_model.problem import refuse


@dataclass
class NetworkArgs:
    """Which network: the default VPC, a new one, or an existing one."""

    settings: NetworkSettings
    """Exactly one of the three."""


@dataclass
class _Zone:
    """One availability zone of a new network."""

    public: aws.ec2.Subnet
    private: aws.ec2.Subnet
    private_routes: aws.ec2.RouteTable
    associations: tuple[pulumi.CustomResource, pulumi.CustomResource]


class Network(pulumi.ComponentResource):
    """A VPC with subnets for load balancers and for container instances."""

    vpc_id: pulumi.Output[str]
    """The VPC."""
    public_subnet_ids: pulumi.Output[list[str]]
    """Subnets for internet-facing load balancers."""
    instance_subnet_ids: pulumi.Output[list[str]]
    """Subnets for container instances, internal load balancers and awsvpc tasks."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(NetworkArgs, args)
        refuse(f"Network {name}", args.settings.problems())
        super().__init__(token("Network"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self.public_instances = args.settings.public_instances
        if args.settings.create is not None:
            self._create(name, args.settings.create)
        elif args.settings.existing is not None:
            self._use(args.settings.existing)
        else:
            self._use_default()
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "publicSubnetIds": self.public_subnet_ids,
                "instanceSubnetIds": self.instance_subnet_ids,
            }
        )

    def _use(self, existing: ExistingNetwork) -> None:
        self.vpc_id = pulumi.Output.from_input(existing.vpc_id)
        self.public_subnet_ids = pulumi.Output.from_input(existing.public_subnet_ids)
        instances = existing.private_subnet_ids or existing.public_subnet_ids
        self.instance_subnet_ids = pulumi.Output.from_input(instances)

    def _use_default(self) -> None:
        options = pulumi.InvokeOutputOptions(parent=self)
        vpc = aws.ec2.get_vpc(default=True, opts=pulumi.InvokeOptions(parent=self))
        self.vpc_id = pulumi.Output.from_input(vpc.id)
        subnets = aws.ec2.get_subnets_output(
            filters=[
                aws.ec2.GetSubnetsFilterArgs(name="vpc-id", values=[vpc.id]),
                aws.ec2.GetSubnetsFilterArgs(name="default-for-az", values=["true"]),
            ],
            opts=options,
        )
        # AWS lists them in any order, and another order would look like a change.
        self.public_subnet_ids = self.instance_subnet_ids = subnets.ids.apply(sorted)

    def _create(self, name: str, settings: NewNetwork) -> None:
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=settings.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": name},
            opts=self._child,
        )
        public_routes, way_out = self._public_routes(name, vpc)
        zones = self._zones(name, settings, vpc, public_routes)
        ways = self._nat(name, settings.nat, zones, way_out)
        if settings.endpoints:
            ways += self._endpoints(name, settings, vpc, zones)
        self.vpc_id = vpc.id
        self.public_subnet_ids = _once([zone.public for zone in zones], [way_out, *(z.associations[0] for z in zones)])
        private = _once([zone.private for zone in zones], [*ways, *(zone.associations[1] for zone in zones)])
        self.instance_subnet_ids = self.public_subnet_ids if settings.public_instances else private

    def _public_routes(self, name: str, vpc: aws.ec2.Vpc) -> tuple[aws.ec2.RouteTable, aws.ec2.Route]:
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=self._child)
        table = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, tags={"Name": f"{name}-public"}, opts=self._child)
        way_out = aws.ec2.Route(
            f"{name}-public-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child,
        )
        return table, way_out

    def _zones(
        self, name: str, settings: NewNetwork, vpc: aws.ec2.Vpc, public_routes: aws.ec2.RouteTable
    ) -> list[_Zone]:
        names = aws.get_availability_zones_output(
            state="available",
            filters=[aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])],
            opts=pulumi.InvokeOutputOptions(parent=self),
        ).names
        zones = []
        for position, (public, private) in enumerate(zip(*subnet_cidrs(settings.cidr, settings.zones), strict=True)):
            zone = names.apply(partial(_zone_name, position))
            private_routes = aws.ec2.RouteTable(
                f"{name}-private-{position}",
                vpc_id=vpc.id,
                tags={"Name": f"{name}-private-{position}"},
                opts=self._child,
            )
            outer, outer_link = self._subnet(f"{name}-public-{position}", vpc, public, zone, public_routes, public=True)
            inner, inner_link = self._subnet(
                f"{name}-private-{position}", vpc, private, zone, private_routes, public=False
            )
            zones.append(_Zone(outer, inner, private_routes, (outer_link, inner_link)))
        return zones

    def _subnet(
        self,
        name: str,
        vpc: aws.ec2.Vpc,
        cidr: str,
        zone: pulumi.Output[str],
        routes: aws.ec2.RouteTable,
        *,
        public: bool,
    ) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTableAssociation]:
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=vpc.id,
            cidr_block=cidr,
            availability_zone=zone,
            map_public_ip_on_launch=public,
            tags={"Name": name},
            opts=self._child,
        )
        link = aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=routes.id, opts=self._child)
        return subnet, link

    def _nat(self, name: str, nat: Nat, zones: list[_Zone], way_out: aws.ec2.Route) -> list[pulumi.CustomResource]:
        with_gateway = {Nat.NONE: [], Nat.ONE: zones[:1], Nat.PER_ZONE: zones}[nat]
        gateways = []
        for position, zone in enumerate(with_gateway):
            called = f"{name}-nat-{position}"
            address = aws.ec2.Eip(called, domain="vpc", tags={"Name": called}, opts=self._child)
            gateways.append(
                aws.ec2.NatGateway(
                    f"{name}-{position}",
                    allocation_id=address.id,
                    subnet_id=zone.public.id,
                    tags={"Name": f"{name}-{position}"},
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[way_out]),
                )
            )
        return [
            aws.ec2.Route(
                f"{name}-private-{position}-out",
                route_table_id=zone.private_routes.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways[position % len(gateways)].id,
                opts=self._child,
            )
            for position, zone in enumerate(zones if gateways else [])
        ]

    def _endpoints(
        self, name: str, settings: NewNetwork, vpc: aws.ec2.Vpc, zones: list[_Zone]
    ) -> list[pulumi.CustomResource]:
        """Ways to the AWS services that instances and tasks need, for subnets without a way to the internet."""
        region = account_of(self).region
        group = aws.ec2.SecurityGroup(
            f"{name}-endpoints", description=f"VPC endpoints of {name}", vpc_id=vpc.id, opts=self._child
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-endpoints-in",
            security_group_id=group.id,
            description="AWS APIs, from inside the VPC",
            cidr_ipv4=settings.cidr,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child,
        )
        interfaces = [
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=vpc.id,
                service_name=region.apply(partial(endpoint_service, service)),
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=[zone.private.id for zone in zones],
                security_group_ids=[group.id],
                opts=self._child,
            )
            for service in INTERFACE_ENDPOINTS
        ]
        storage = aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc.id,
            service_name=region.apply(partial(endpoint_service, "s3")),
            vpc_endpoint_type="Gateway",
            route_table_ids=[zone.private_routes.id for zone in zones],
            opts=self._child,
        )
        return [*interfaces, storage]


def _once(subnets: list[aws.ec2.Subnet], ways: list[pulumi.CustomResource]) -> pulumi.Output[list[str]]:
    """The subnets' ids once these ways lead out of them: before that, AWS refuses a load balancer there, and an
    instance could not join. What uses the ids ends before the ways do."""
    ids = pulumi.Output.all(*[subnet.id for subnet in subnets])
    return pulumi.Output.all(ids, *[way.id for way in ways]).apply(lambda known: list(known[0]))


def _zone_name(position: int, known: list[str]) -> str:
    """Raises pulumi.RunError where the region has too few zones."""
    if position >= len(known):
        raise pulumi.RunError(
            f"network.create.zones: this region has {len(known)} availability zones ({', '.join(sorted(known))}), "
            f"and zone {position + 1} was asked for: lower zones"
        )
    return sorted(known)[position]
