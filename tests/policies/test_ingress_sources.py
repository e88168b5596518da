"""ecs-instances-ephemeral-ingress: how load balancers and callers reach the instances."""

from dataclasses import replace
from typing import Any

import pytest

from tests.policies.harness import CANNOT_JUDGE, UNKNOWN, UNKNOWN_LIST, Pack, Res
from tests.policies.ingress import (
    CLASSIC,
    SINGLE,
    both,
    judge,
    network_load_balancer,
    security_group,
    spellings,
    with_rule,
)
from tests.policies.programs import container, containers, shop


@both
@pytest.mark.parametrize("token", ["alb", "elasticloadbalancingv2", "applicationloadbalancing"])
def test_load_balancers_have_several_tokens(pack: Pack, deployed: bool, token: str) -> None:
    program = shop(deployed).without("tasks")
    renamed = [
        Res(program[name].type.replace("aws:lb/", f"aws:{token}/"), name, program[name].properties, made)
        for name in ("alb", "targets", "listener")
        for made in [program[name].made_from]
    ]
    assert judge(pack, program) != []
    assert judge(pack, program.without("alb", "targets", "listener")) == []
    (found,) = judge(pack, program.but(*renamed))
    assert "load balancer alb reach service" in found.message


@both
def test_a_listener_rule_leads_to_the_load_balancer(pack: Pack, deployed: bool) -> None:
    program = shop(deployed).without("tasks")
    target = program["targets"].properties["arn"]
    listener = program["listener"].but(arn=UNKNOWN, defaultActions=[{"type": "fixed-response"}]).made(defaultActions=[])
    forward = {"type": "forward", "forward": {"targetGroups": [{"arn": target, "weight": 1}]}}
    made = {"listenerArn": ["listener"], "actions": ["targets"]}
    rule = Res("aws:lb/listenerRule:ListenerRule", "path", {"listenerArn": UNKNOWN, "actions": [forward]}, made)
    (found,) = judge(pack, program.but(listener, rule))
    assert "load balancer alb reach service" in found.message


@both
def test_a_network_load_balancer_comes_in_by_its_subnets(pack: Pack, deployed: bool) -> None:
    program = network_load_balancer(shop(deployed))
    for cidr in ("10.0.1.0/24", "172.31.0.0/16", "100.64.0.0/10"):
        assert judge(pack, with_rule(program, SINGLE, 49153, 65535, cidr=cidr)) == []
    for cidr in ("0.0.0.0/0", "0.0.0.0/1", "8.0.0.0/8", "10.0.0.0/7", "::/1", "2001:db8::/32"):
        (found,) = judge(pack, with_rule(program, CLASSIC, 49153, 65535, cidr=cidr))
        assert f"opens ports 49153-65535 to {cidr}, and so" in found.message


@both
def test_a_network_load_balancers_subnets_may_have_public_addresses(pack: Pack, deployed: bool) -> None:
    program = network_load_balancer(shop(deployed))
    subnet_id = "subnet-0eeeeeeeeeeeeeeee" if deployed else UNKNOWN
    subnet = Res("aws:ec2/subnet:Subnet", "outer", {"id": subnet_id, "cidrBlock": "8.1.0.0/16"})
    mapping = [{"subnetId": subnet_id}]
    for alb in (
        program["alb"].but(subnets=[subnet_id]).made(subnets=["outer"]),
        program["alb"].but(subnetMappings=mapping, subnets=UNKNOWN_LIST).made(subnetMappings=["outer"]),
    ):
        named = program.but(subnet, alb)
        assert judge(pack, with_rule(named, SINGLE, 49153, 65535, cidr="8.1.2.0/24")) == []
        (found,) = judge(pack, with_rule(named, SINGLE, 49153, 65535, cidr="8.0.0.0/8"))
        assert "to 8.0.0.0/8, and so" in found.message


@both
@spellings
@pytest.mark.parametrize(("first", "last"), [(50000, 50010), (0, 65535)])
def test_a_network_load_balancer_needs_the_agents_range(
    pack: Pack, deployed: bool, spelling: str, first: int, last: int
) -> None:
    program = with_rule(network_load_balancer(shop(deployed)), spelling, first, last, cidr="10.0.0.0/16")
    (found,) = judge(pack, program)
    assert f"opens ports {first}-{last} to 10.0.0.0/16, but on the container instances of launch" in found.message
    assert "Open exactly 49153-65535 to the load balancer's subnets." in found.message


@both
def test_a_network_load_balancer_without_a_rule_is_reported(pack: Pack, deployed: bool) -> None:
    program = network_load_balancer(shop(deployed))
    from_a_group = with_rule(program, SINGLE, 49153, 65535, group="instances")
    for missing in (program, from_a_group):
        (found,) = judge(pack, missing)
        assert "no ingress rule lets load balancer alb reach service" in found.message
        assert "Open exactly 49153-65535 to the subnets of load balancer alb." in found.message


def test_a_network_load_balancer_of_another_program_shows_in_the_protocol(pack: Pack) -> None:
    program = network_load_balancer(shop(True)).without("alb", "listener")
    assert judge(pack, with_rule(program, SINGLE, 49153, 65535, cidr="10.0.1.0/24")) == []


def test_a_network_load_balancer_with_security_groups_is_judged(pack: Pack) -> None:
    program = shop(True)
    network = program.but(program["alb"].but(loadBalancerType="network"), program["targets"].but(protocol="TCP"))
    assert judge(pack, network) == []
    assert len(judge(pack, network.without("tasks"))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"web": {"networkMode": "awsvpc"}},
        {"web": {"networkMode": "host"}},
        {"web": {"containerDefinitions": containers(container(hostPort=8080))}},
        {"targets": {"targetType": "ip"}},
        {"service": {"loadBalancers": []}},
        {"service": {"launchType": "FARGATE"}},
        {"service": {"cluster": "another"}},
    ],
    ids=str,
)
def test_without_a_dynamic_port_behind_a_load_balancer_nothing_is_missing(
    pack: Pack, change: dict[str, dict[str, Any]]
) -> None:
    program = shop(True).without("tasks")
    assert len(judge(pack, program)) == 1
    changed = program.but(*(program[name].but(**properties) for name, properties in change.items()))
    assert judge(pack, changed) == []
    (found,) = judge(pack, with_rule(changed, SINGLE, 0, 65535, cidr="0.0.0.0/0"))
    assert "opens ports 0-65535 to 0.0.0.0/0" in found.message


def test_a_service_on_other_capacity_needs_nothing_here(pack: Pack) -> None:
    program = shop(True).without("tasks")
    other = Res("aws:ecs/capacityProvider:CapacityProvider", "other", {"name": "other"})
    elsewhere = [{"capacityProvider": "other", "weight": 1}]
    assert len(judge(pack, program)) == 1
    assert judge(pack, program.but(other, program["service"].but(capacityProviderStrategies=elsewhere))) == []


def test_what_two_fleets_share_is_reported_once(pack: Pack) -> None:
    program = shop(True)
    second = Res(program["template"].type, "second", program["template"].properties)
    (found,) = judge(pack, program.but(second, program["service"].but(loadBalancers="none")))
    assert "service service: loadBalancers is a text, not a list" in found.message


def test_user_data_given_back_as_its_hash_is_not_known(pack: Pack) -> None:
    program = shop(True)
    (unknown,) = judge(pack, program.but(program["template"].but(userData="da39a3ee5e6b4b0d3255bfef95601890afd80709")))
    assert (unknown.level, CANNOT_JUDGE in unknown.text) == ("advisory", True)


def test_a_load_balancer_without_security_groups_has_the_default_one(pack: Pack) -> None:
    program = shop(deployed=False)
    bare = program["alb"].but(securityGroups=UNKNOWN_LIST).made(securityGroups=[])
    (missing,) = judge(pack, program.but(bare))
    assert "no ingress rule lets load balancer alb reach service" in missing.message
    default = Res(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "public", {"id": "sg-0bbbbbbbbbbbbbbbb", "ingress": []}
    )
    assert judge(pack, program.but(bare, default)) == []


@both
@pytest.mark.parametrize(
    ("offers", "connects", "fine"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_callers_by_service_connect_come_in_at_dynamic_ports(
    pack: Pack, deployed: bool, offers: bool, connects: bool, fine: bool
) -> None:
    """Awsvpc tasks, which call a proxy on the instances, where a service there offers a port."""
    program = shop(deployed)
    caller = security_group("caller", **({"id": "sg-0caller00"} if deployed else {}))
    service = next(each for each in program if each.type == "aws:ecs/service:Service")
    offered = {"services": [{"portName": "web"}]} if offers else {}
    network = {"subnets": ["subnet-1"], "securityGroups": [caller.properties["id"]]}
    client = Res(
        service.type,
        "client",
        {
            **{key: value for key, value in service.properties.items() if key not in ("loadBalancers", "id", "arn")},
            "name": "client",
            "networkConfiguration": network,
            "serviceConnectConfiguration": {"enabled": connects, "namespace": UNKNOWN},
        },
        {**service.made_from, "networkConfiguration": ["caller"]},
    )
    server = service.but(serviceConnectConfiguration={"enabled": True, "namespace": UNKNOWN, **offered})
    program = with_rule(program.but(caller, client, server), SINGLE, 49153, 65535, group="caller", name="calls")
    assert bool(judge(pack, program)) is not fine


def test_what_aws_repeats_of_a_caller_that_leaves_is_no_finding(pack: Pack) -> None:
    """The rule and the service go in one deployment, and the instances' group still shows the rule as AWS told it."""
    program = shop(True)
    caller = security_group("caller", id="sg-0caller00")
    service = next(each for each in program if each.type == "aws:ecs/service:Service")
    network = {"subnets": ["subnet-1"], "securityGroups": ["sg-0caller00"]}
    client = service.but(loadBalancers=None, id="client", arn="client", name="client", networkConfiguration=network)
    client = replace(client, name="client").made(networkConfiguration=["caller"], loadBalancers=[])
    repeated = {"protocol": "tcp", "fromPort": 49153, "toPort": 65535, "securityGroups": ["sg-0caller00"]}
    instances = program["instances"].but(ingress=[repeated])
    assert judge(pack, program.but(caller, client, instances)) == []
    assert judge(pack, program.but(caller, instances)) != []
