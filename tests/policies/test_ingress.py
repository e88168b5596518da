"""ecs-instances-ephemeral-ingress: which rules of the instances' security groups are good, and which are not."""

import json
from typing import Any

import pytest

from tests.policies.harness import UNKNOWN, Pack, Res, secret
from tests.policies.ingress import (
    CLASSIC,
    INLINE,
    RULE,
    SINGLE,
    both,
    group_id,
    judge,
    network_load_balancer,
    security_group,
    spellings,
    with_rule,
)
from tests.policies.programs import Program, shop, user_data

TITLE = "Container instances open their dynamic host ports to the load balancer's security group, and to nobody else\n"
NO_RANGE = user_data("ECS_CLUSTER=shop")


@both
@spellings
def test_the_agents_range_from_the_load_balancer_is_good(pack: Pack, deployed: bool, spelling: str) -> None:
    program = shop(deployed).without("tasks")
    assert judge(pack, with_rule(program, spelling, 49153, 65535, group="public")) == []


@both
def test_no_rule_is_reported_with_the_load_balancer_and_the_service(pack: Pack, deployed: bool) -> None:
    (found,) = judge(pack, shop(deployed).without("tasks"))
    assert (found.level, found.resource) == ("mandatory", "template")
    assert found.text == TITLE + (
        "launch template template: no ingress rule lets load balancer alb reach service at dynamic host ports; the "
        "agent takes host ports from 49153-65535 (ECS_DYNAMIC_HOST_PORT_RANGE). Open exactly 49153-65535 to the "
        "security group of load balancer alb."
    )


@both
@spellings
@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "10.0.0.0/16"])
def test_addresses_are_no_source(pack: Pack, deployed: bool, spelling: str, cidr: str) -> None:
    (found,) = judge(pack, with_rule(shop(deployed), spelling, 32768, 65535, cidr=cidr))
    assert found.level == "mandatory"
    assert found.resource == ("instances" if spelling == INLINE else "rule")
    assert f"opens ports 32768-65535 to {cidr}, and so the dynamic host ports 49153-65535" in found.message
    assert "Let in exactly the agent's range, from the load balancer's security group alone." in found.message


@spellings
@pytest.mark.parametrize("protocol", ["-1", "all"])
def test_all_traffic_from_the_world(pack: Pack, spelling: str, protocol: str) -> None:
    (found,) = judge(pack, with_rule(shop(False), spelling, 0, 0, cidr="0.0.0.0/0", protocol=protocol))
    assert "opens all traffic to 0.0.0.0/0" in found.message


@pytest.mark.parametrize(
    ("properties", "source"),
    [
        ({"ipv6CidrBlocks": ["::/0"]}, "::/0"),
        ({"prefixListIds": ["pl-0123456789abcdef0"]}, "pl-0123456789abcdef0"),
        ({"cidrBlocks": ["10.1.0.0/16"], "ipv6CidrBlocks": ["::/0"]}, "10.1.0.0/16, ::/0"),
        ({"cidrBlocks": [secret("hunter2")]}, "addresses that are not quoted"),
    ],
    ids=str,
)
def test_other_addresses(pack: Pack, properties: dict[str, Any], source: str) -> None:
    program = shop(True)
    written = {"type": "ingress", "protocol": "tcp", "fromPort": 60000, "toPort": 60000, **properties}
    written["securityGroupId"] = group_id(program, "instances")
    (found,) = judge(pack, program.but(Res("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", written)))
    assert f"opens port 60000 to {source}, and so" in found.message
    assert "hunter2" not in found.text


@pytest.mark.parametrize(
    ("first", "last", "protocol"),
    [(22, 22, "tcp"), (80, 443, "tcp"), (32768, 49152, "tcp"), (53, 53, "udp"), (8, 0, "icmp")],
)
def test_other_ports_and_protocols_are_not_its_matter(pack: Pack, first: int, last: int, protocol: str) -> None:
    for spelling in (INLINE, CLASSIC, SINGLE):
        program = with_rule(shop(False), spelling, first, last, cidr="0.0.0.0/0", protocol=protocol)
        assert judge(pack, program) == []


@both
@spellings
@pytest.mark.parametrize("protocol", ["udp", "17"])
def test_udp_reaches_dynamic_ports_as_well(pack: Pack, deployed: bool, spelling: str, protocol: str) -> None:
    program = with_rule(shop(deployed), spelling, 49153, 65535, cidr="0.0.0.0/0", protocol=protocol)
    (found,) = judge(pack, program)
    assert found.resource == ("instances" if spelling == INLINE else "rule")
    assert "opens UDP ports 49153-65535 to 0.0.0.0/0, and so the dynamic host ports 49153-65535" in found.message


@spellings
def test_udp_is_judged_by_its_source_and_serves_no_tcp(pack: Pack, spelling: str) -> None:
    program = shop(True).but(security_group("bastion", id="sg-0dddddddddddddddd"))
    (stranger,) = judge(pack, with_rule(program, spelling, 50000, 50000, group="bastion", protocol="udp"))
    assert "opens UDP port 50000 to security group bastion, which no load balancer has" in stranger.message
    assert judge(pack, with_rule(program, spelling, 49153, 65535, group="public", protocol="udp")) == []
    (missing,) = judge(
        pack, with_rule(program.without("tasks"), spelling, 49153, 65535, group="public", protocol="udp")
    )
    assert "no ingress rule lets load balancer alb reach service" in missing.message


def test_outgoing_rules_are_not_judged(pack: Pack) -> None:
    program = with_rule(shop(False), CLASSIC, 0, 65535, cidr="0.0.0.0/0")
    assert judge(pack, program.but(program["rule"].but(type="egress"))) == []


@both
@spellings
@pytest.mark.parametrize(("first", "last"), [(0, 65535), (32768, 65535), (49153, 60999), (50000, 65535)])
def test_another_range_names_both(pack: Pack, deployed: bool, spelling: str, first: int, last: int) -> None:
    program = with_rule(shop(deployed).without("tasks"), spelling, first, last, group="public")
    (found,) = judge(pack, program)
    assert f"opens ports {first}-{last} to security group public, but on the container instances of launch" in (
        found.message
    )
    assert "the agent takes host ports from 49153-65535 (ECS_DYNAMIC_HOST_PORT_RANGE)" in found.message
    assert "Open exactly 49153-65535 to the load balancer's security group." in found.message


@both
def test_without_a_range_the_agent_has_the_kernels(pack: Pack, deployed: bool) -> None:
    program = shop(deployed)
    (found,) = judge(pack, program.but(program["template"].but(userData=NO_RANGE)))
    assert found.resource == "tasks"
    assert found.text == TITLE + (
        "ingress rule tasks: it opens ports 49153-65535 to security group public, but on the container instances of "
        "launch template template the agent takes host ports from 32768-60999, the kernel's range, because the user "
        "data sets no valid ECS_DYNAMIC_HOST_PORT_RANGE. Set ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 in the user data, "
        "and open exactly 49153-65535 to the load balancer's security group."
    )


def test_the_kernels_range_itself_fits_an_agent_without_one(pack: Pack) -> None:
    program = shop(True)
    kernel = program["tasks"].but(fromPort=32768, toPort=60999)
    assert judge(pack, program.but(program["template"].but(userData=NO_RANGE), kernel)) == []


@pytest.mark.parametrize("value", ["49153", "65535-49153", "'49153-65535'", "high"])
def test_a_range_the_agent_cannot_read_is_none(pack: Pack, value: str) -> None:
    program = shop(True)
    text = user_data("ECS_CLUSTER=shop", f"ECS_DYNAMIC_HOST_PORT_RANGE={value}")
    (found,) = judge(pack, program.but(program["template"].but(userData=text)))
    assert "32768-60999, the kernel's range" in found.message


def test_a_narrower_rule_beside_the_exact_one_does_no_harm(pack: Pack) -> None:
    assert judge(pack, with_rule(shop(True), SINGLE, 60000, 60010, group="public")) == []
    (found,) = judge(pack, with_rule(shop(True), SINGLE, 0, 65535, group="public"))
    assert found.resource == "rule"


def halves(program: Program, second: int, last: int, **source: str) -> Program:
    """The agent's range written as two rules, the second from a port on."""
    first = with_rule(program.without("tasks"), SINGLE, 49153, 60000, **source, name="low")
    return with_rule(first, CLASSIC, second, last, **source, name="high")


@both
def test_the_range_may_be_written_in_parts(pack: Pack, deployed: bool) -> None:
    for second in (60001, 55000):
        assert judge(pack, halves(shop(deployed), second, 65535, group="public")) == []
    addresses = network_load_balancer(shop(deployed)).but(shop(deployed)["tasks"])
    assert judge(pack, halves(addresses, 60001, 65535, cidr="10.0.0.0/16")) == []


@both
@pytest.mark.parametrize(("second", "last"), [(60002, 65535), (60001, 65534)])
def test_parts_that_leave_a_port_out_are_reported(pack: Pack, deployed: bool, second: int, last: int) -> None:
    low, high = sorted(judge(pack, halves(shop(deployed), second, last, group="public")), key=lambda d: d.text)
    assert "opens ports 49153-60000 to security group public, but" in low.message
    assert f"opens ports {second}-{last} to security group public, but" in high.message


def test_parts_for_two_load_balancers_are_not_added_up(pack: Pack) -> None:
    second = security_group("second", id="sg-0dddddddddddddddd")
    alb = Res("aws:lb/loadBalancer:LoadBalancer", "other", {"securityGroups": ["sg-0dddddddddddddddd"]})
    program = with_rule(shop(True).but(second, alb).without("tasks"), SINGLE, 49153, 60000, group="public", name="low")
    program = with_rule(program, SINGLE, 60001, 65535, group="second", name="high")
    assert {found.resource for found in judge(pack, program)} == {"low", "high"}


@both
@spellings
def test_a_security_group_without_a_load_balancer_is_no_source(pack: Pack, deployed: bool, spelling: str) -> None:
    bastion = security_group("bastion", id="sg-0dddddddddddddddd" if deployed else UNKNOWN)
    (found,) = judge(pack, with_rule(shop(deployed).but(bastion), spelling, 0, 65535, group="bastion"))
    assert "opens ports 0-65535 to security group bastion, which no load balancer has" in found.message


@spellings
def test_the_instances_own_group_may_come_in(pack: Pack, spelling: str) -> None:
    assert judge(pack, with_rule(shop(True), spelling, 0, 65535, group="instances")) == []


def test_self_may_come_in(pack: Pack) -> None:
    program = with_rule(shop(False), CLASSIC, 0, 65535, group="instances")
    rule = program["rule"].but(sourceSecurityGroupId=None, self=True)
    assert judge(pack, program.but(rule)) == []


def test_a_group_from_elsewhere_is_taken_for_a_load_balancers(pack: Pack) -> None:
    program = shop(True).without("alb", "listener", "public")
    assert judge(pack, program) == []
    assert len(judge(pack, program.without("tasks"))) == 1


@both
def test_where_no_load_balancer_is_in_the_program_a_usual_range_shows_its_rule(pack: Pack, deployed: bool) -> None:
    program = shop(deployed).without("alb", "listener", "targets", "service")
    assert judge(pack, program) == []
    assert judge(pack, with_rule(program, SINGLE, 0, 65535, group="public")) == []
    (found,) = judge(pack, program.but(program["template"].but(userData=NO_RANGE)))
    assert "ports 49153-65535 to security group public, but on" in found.message
    assert "32768-60999, the kernel's range" in found.message


def test_addresses_beside_the_load_balancer_do_not_change_its_advice(pack: Pack) -> None:
    program = shop(True).without("tasks")
    rule = {"protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["10.0.0.0/8"]}
    rule["securityGroups"] = [group_id(program, "public")]
    _, wide = judge(pack, program.but(program["instances"].but(ingress=[rule])))
    assert "Open exactly 49153-65535 to the load balancer's security group." in wide.message


def test_a_stranger_beside_the_load_balancer_in_one_rule(pack: Pack) -> None:
    program = shop(True).without("tasks").but(security_group("bastion", id="sg-0dddddddddddddddd"))
    rule = {"protocol": "tcp", "fromPort": 49153, "toPort": 65535}
    rule |= {"securityGroups": [group_id(program, "public"), group_id(program, "bastion")]}
    (found,) = judge(pack, program.but(program["instances"].but(ingress=[rule])))
    assert "ingress[0] opens ports 49153-65535 to security group bastion, which no load balancer has" in found.message


@both
def test_fleets_are_kept_apart(pack: Pack, deployed: bool) -> None:
    """A second cluster with a fleet of its own: what is wrong there is reported there alone."""
    program = shop(deployed)
    others = {"cluster", "instances", "tasks", "template", "fleet", "capacity", "association"}
    texts = {"sg-0aaa": "sg-1aaa", "lt-0ccc": "lt-1ccc", "template-1": "template-2", '"shop"': '"other"'}
    texts |= {
        "cluster/shop": "cluster/other",
        "Name/fleet": "Name/other",
        '"fleet"': '"other"',
        '"capacity"': '"other"',
    }
    for name in sorted(others):
        written = json.dumps(program[name].properties)
        for old, new in texts.items():
            written = written.replace(old, new)
        made = {
            key: [f"other-{source}" if source in others else source for source in sources]
            for key, sources in program[name].made_from.items()
        }
        program = program.but(Res(program[name].type, f"other-{name}", json.loads(written), made))
    joined = user_data("ECS_CLUSTER=other", "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535")
    program = program.but(program["other-template"].but(userData=joined))
    assert pack.stack(*program) == []
    (wide,) = pack.stack(*program.but(program["other-tasks"].but(fromPort=0)))
    assert "launch template other-template" in wide.message
    assert judge(pack, program.without("other-tasks")) == []
    (missing,) = judge(pack, program.without("tasks"))
    assert missing.resource == "template"
    bare = pack.stack(*program.without("other-association"))
    assert {(found.level, found.resource) for found in bare} == {
        ("mandatory", "other-cluster"),
        ("advisory", "other-capacity"),
    }


def test_a_rule_that_aws_repeats_on_the_group_is_judged_once(pack: Pack) -> None:
    program = shop(True)
    wide = program["tasks"].but(fromPort=0)
    repeated = {"protocol": "tcp", "fromPort": 0, "toPort": 65535, "securityGroups": [group_id(program, "public")]}
    (found,) = judge(pack, program.but(wide, program["instances"].but(ingress=[repeated])))
    assert found.resource == "tasks"


@pytest.mark.parametrize(
    ("source", "allowed"),
    [
        ({"cidr": "10.0.0.0/16"}, "10.0.0.0/16"),
        ({"group": "monitoring"}, "monitoring"),
        ({"group": "monitoring"}, "sg-0dddddddddddddddd"),
    ],
    ids=str,
)
def test_further_sources_can_be_allowed(pack: Pack, source: dict[str, str], allowed: str) -> None:
    program = shop(True).but(security_group("monitoring", id="sg-0dddddddddddddddd"))
    program = with_rule(program, SINGLE, 0, 65535, **source)
    assert len(judge(pack, program)) == 1
    pack.configure({RULE: {"allowedSources": [allowed]}})
    assert judge(pack, program) == []
    assert len(judge(pack, with_rule(program, CLASSIC, 0, 65535, cidr="0.0.0.0/0", name="second"))) == 1
