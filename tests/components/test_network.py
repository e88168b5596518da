"""Networks: the default one, a new one in every kind of NAT, an existing one."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

import components as ecs
from ecs_model.network import INTERFACE_ENDPOINTS, ExistingNetwork, Nat, NetworkSettings, NewNetwork
from tests.components.component_harness import Graph, Registered, deploy, refused


def network(settings: NetworkSettings, *, zones: list[str] | None = None) -> Graph:
    return deploy(lambda: ecs.Network("net", ecs.NetworkArgs(settings)), zones=zones)


def created(**chosen: Any) -> Graph:
    return network(NetworkSettings(create=NewNetwork(**chosen)))


def outputs(graph: Graph) -> dict[str, Any]:
    found = graph.one("Network").outputs
    assert found
    return found


def test_the_default_network_makes_nothing() -> None:
    graph = network(NetworkSettings(default=True))
    assert graph.kinds() == {"Network": 1}
    # Sorted, since AWS lists them in any order.
    subnets = ["subnet-a", "subnet-b", "subnet-c"]
    assert outputs(graph) == {"vpcId": "vpc-default", "publicSubnetIds": subnets, "instanceSubnetIds": subnets}
    (asked,) = [args for name, args in graph.calls if "getSubnets" in name]
    assert {"name": "vpc-id", "values": ["vpc-default"]} in asked["filters"]


@pytest.mark.parametrize("private", [[], ["subnet-3", "subnet-4"]])
def test_an_existing_network_is_passed_on(private: list[str]) -> None:
    public = ["subnet-1", "subnet-2"]
    graph = network(NetworkSettings(existing=ExistingNetwork("vpc-1", public, private)))
    assert graph.kinds() == {"Network": 1}
    assert outputs(graph) == {
        "vpcId": "vpc-1",
        "publicSubnetIds": public,
        "instanceSubnetIds": private or public,
    }


@pytest.mark.parametrize(("zones", "nat", "gateways"), [(2, Nat.ONE, 1), (3, Nat.PER_ZONE, 3), (6, Nat.PER_ZONE, 6)])
def test_a_new_network_with_nat(zones: int, nat: Nat, gateways: int) -> None:
    settings = NetworkSettings(create=NewNetwork(zones=zones, nat=nat))
    graph = network(settings, zones=[f"eu-central-1{letter}" for letter in "fedcba"])
    assert graph.kinds() == {
        "Network": 1,
        "ec2.Eip": gateways,
        "ec2.InternetGateway": 1,
        "ec2.NatGateway": gateways,
        "ec2.Route": 1 + zones,
        "ec2.RouteTable": 1 + zones,
        "ec2.RouteTableAssociation": 2 * zones,
        "ec2.Subnet": 2 * zones,
        "ec2.Vpc": 1,
    }
    component = graph.one("Network")
    assert len(graph.children(component)) == len(graph.resources) - 1
    used = [r.inputs["natGatewayId"] for r in graph.all("ec2.Route") if "natGatewayId" in r.inputs]
    assert len(used) == zones
    assert len(set(used)) == gateways
    assert all(graph.waits_for(each, graph.one("ec2.Route", "net-public-out")) for each in graph.all("ec2.NatGateway"))
    gateways_in = {each.inputs["subnetId"] for each in graph.all("ec2.NatGateway")}
    assert gateways_in <= set(outputs(graph)["publicSubnetIds"])
    assert set(outputs(graph)["instanceSubnetIds"]).isdisjoint(outputs(graph)["publicSubnetIds"])


def test_zones_are_taken_in_the_order_of_their_names() -> None:
    graph = created()
    zone = {each.name: each.inputs["availabilityZone"] for each in graph.all("ec2.Subnet")}
    assert zone == {
        "net-public-0": "eu-central-1a",
        "net-public-1": "eu-central-1b",
        "net-private-0": "eu-central-1a",
        "net-private-1": "eu-central-1b",
    }
    public = {each.name for each in graph.all("ec2.Subnet") if each.inputs["mapPublicIpOnLaunch"]}
    assert public == {"net-public-0", "net-public-1"}
    linked = {each.name: each.inputs["routeTableId"] for each in graph.all("ec2.RouteTableAssociation")}
    assert linked["net-public-0"] == linked["net-public-1"] == "RouteTable/net-public"
    assert linked["net-private-1"] == "RouteTable/net-private-1"


def test_public_instances_need_no_nat() -> None:
    graph = created(nat=Nat.NONE, public_instances=True)
    assert not {"ec2.NatGateway", "ec2.Eip", "ec2.VpcEndpoint"} & set(graph.kinds())
    assert len(graph.all("ec2.Route")) == 1
    assert outputs(graph)["instanceSubnetIds"] == outputs(graph)["publicSubnetIds"]


def test_endpoints_in_place_of_nat() -> None:
    graph = created(nat=Nat.NONE, endpoints=True)
    endpoints = graph.all("ec2.VpcEndpoint")
    services = {each.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1.") for each in endpoints}
    assert services == {*INTERFACE_ENDPOINTS, "s3"}
    interfaces = [each for each in endpoints if each.inputs["vpcEndpointType"] == "Interface"]
    assert len(interfaces) == len(INTERFACE_ENDPOINTS)
    assert all(each.inputs["privateDnsEnabled"] and len(each.inputs["subnetIds"]) == 2 for each in interfaces)
    rule = graph.one("vpc.SecurityGroupIngressRule").inputs
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("10.0.0.0/16", 443, 443)
    assert "ec2.NatGateway" not in graph.kinds()


@pytest.mark.parametrize(
    ("chosen", "needed"),
    [
        ({"nat": Nat.ONE}, ["net-private-0-out", "net-private-1-out", "net-0", "net-private-1"]),
        ({"nat": Nat.NONE, "endpoints": True}, ["net-ssm", "net-s3", "net-ecs-telemetry"]),
        ({"nat": Nat.NONE, "public_instances": True}, ["net-public-out", "net-public-0", "net-public-1"]),
    ],
)
def test_subnets_are_given_out_once_a_way_leads_out_of_them(chosen: dict[str, Any], needed: list[str]) -> None:
    def program() -> None:
        made = ecs.Network("net", ecs.NetworkArgs(NetworkSettings(create=NewNetwork(**chosen))))
        aws.lb.LoadBalancer("outside", subnets=made.public_subnet_ids)
        aws.autoscaling.Group("inside", min_size=0, max_size=1, vpc_zone_identifiers=made.instance_subnet_ids)

    graph = deploy(program)
    balancer, fleet = graph.one("lb.LoadBalancer"), graph.one("autoscaling.Group")
    ways: list[Registered] = [each for each in graph.resources if each.name in needed]
    assert {each.name for each in ways} == set(needed)
    assert all(graph.waits_for(fleet, way) for way in ways if way.kind != "ec2.Vpc")
    assert graph.waits_for(balancer, graph.one("ec2.Route", "net-public-out"))
    assert graph.waits_for(balancer, graph.one("ec2.InternetGateway"))


def test_a_region_with_too_few_zones() -> None:
    with pytest.raises(pulumi.RunError, match=r"this region has 2 availability zones \(a, b\), and zone 3 was asked"):
        network(NetworkSettings(create=NewNetwork(zones=3)), zones=["b", "a"])


def test_everything_wrong_is_listed() -> None:
    wrong = NetworkSettings(default=True, create=NewNetwork(cidr="10.0.0.1/16", zones=1, nat=Nat.NONE))
    lines = refused(lambda: ecs.Network("net", ecs.NetworkArgs(wrong)))
    assert len(lines) == 4
    assert lines[0] == "Network net: chooses default and create: choose one of default: true, create and existing"
    assert [line.split(": ")[1] for line in lines[1:]] == ["create.cidr", "create.zones", "create.nat"]


def test_a_dictionary() -> None:
    args: Any = {"settings": {"create": {"cidr": "10.9.0.0/16", "zones": 3.0, "nat": "per-zone"}}}
    graph = deploy(lambda: ecs.Network("net", args))
    assert graph.kinds()["ec2.NatGateway"] == 3
    assert graph.one("ec2.Vpc").inputs["cidrBlock"] == "10.9.0.0/16"
