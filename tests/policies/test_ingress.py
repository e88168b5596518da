"""ecs-instances-ephemeral-ingress: judged from the relations of the whole program."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.policies.harness import CANNOT_JUDGE, UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Diagnostic, Pack, Res, secret
from tests.policies.programs import JOINED, Program, container, containers, shop, user_data

RULE = "ecs-instances-ephemeral-ingress"
TITLE = "Container instances open their dynamic host ports to the load balancer's security group, and to nobody else\n"
both = pytest.mark.parametrize("deployed", [False, True])
NO_RANGE = user_data("ECS_CLUSTER=shop")
INLINE, CLASSIC, SINGLE = "inline", "ec2.SecurityGroupRule", "vpc.SecurityGroupIngressRule"
spellings = pytest.mark.parametrize("spelling", [INLINE, CLASSIC, SINGLE])


def judge(pack: Pack, program: Program) -> list[Diagnostic]:
    return [found for found in pack.stack(*program) if found.rule == RULE]


def group_id(program: Program, name: str) -> str:
    return str(program[name].properties["id"])


def security_group(name: str, **properties: Any) -> Res:
    return Res("aws:ec2/securityGroup:SecurityGroup", name, {"id": UNKNOWN, **properties})


def with_rule(
    program: Program,
    spelling: str,
    first: int,
    last: int,
    *,
    group: str | None = None,
    cidr: str | None = None,
    protocol: str = "tcp",
    name: str = "rule",
) -> Program:
    """The program with one more ingress rule on its instances, from a security group or from addresses."""
    ports: dict[str, Any] = {"fromPort": first, "toPort": last}
    source = group_id(program, group) if group else None
    owner = {"securityGroupId": group_id(program, "instances")}
    owner_from = {"securityGroupId": ["instances"]}
    made = [group] if group else []
    if spelling == INLINE:
        sources: dict[str, Any] = {"securityGroups": [source]} if source else {"cidrBlocks": [cidr]}
        rule = {"protocol": protocol, **ports, **sources}
        instances = program["instances"]
        return program.but(instances.but(ingress=[rule]).made(ingress=made))
    if spelling == CLASSIC:
        sources = {"sourceSecurityGroupId": source} if source else {"cidrBlocks": [cidr]}
        written = {"type": "ingress", "protocol": protocol, **ports, **sources, **owner}
        token = "aws:ec2/securityGroupRule:SecurityGroupRule"
        return program.but(Res(token, name, written, {**owner_from, "sourceSecurityGroupId": made}))
    sources = {"referencedSecurityGroupId": source} if source else {"cidrIpv4": cidr}
    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    written = {"ipProtocol": protocol, **ports, **sources, **owner}
    return program.but(Res(token, name, written, {**owner_from, "referencedSecurityGroupId": made}))


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


def network_load_balancer(program: Program) -> Program:
    """The same behind a network load balancer without security groups."""
    alb = program["alb"].but(loadBalancerType="network", securityGroups=UNKNOWN_LIST).made(securityGroups=[])
    return program.but(alb, program["targets"].but(protocol="TCP")).without("tasks")


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


def test_instances_that_join_no_cluster_are_not_judged(pack: Pack) -> None:
    program = with_rule(shop(True), SINGLE, 0, 65535, cidr="0.0.0.0/0").without("association", "capacity", "fleet")
    assert len(judge(pack, program)) == 1
    assert judge(pack, program.but(program["template"].but(userData=user_data("PLAIN=web")))) == []


def test_a_capacity_provider_makes_container_instances(pack: Pack) -> None:
    program = with_rule(shop(True), SINGLE, 0, 65535, cidr="0.0.0.0/0")
    (found, *_) = judge(pack, program.but(program["template"].but(userData=user_data("PLAIN=web"))))
    assert "0.0.0.0/0" in found.message


@both
@pytest.mark.parametrize("kind", ["configuration", "mixed", "interface", "instance"])
def test_other_ways_to_launch(pack: Pack, deployed: bool, kind: str) -> None:
    program = shop(deployed)
    group = group_id(program, "instances")
    template, fleet = program["template"], program["fleet"]
    if kind == "interface":
        interfaces = [{"deviceIndex": 0, "securityGroups": [group]}]
        template = template.but(vpcSecurityGroupIds=None, networkInterfaces=interfaces)
        program = program.but(template.made(networkInterfaces=["instances"]))
    elif kind == "mixed":
        template_id = template.properties["id"]
        policy = {"launchTemplate": {"launchTemplateSpecification": {"launchTemplateId": template_id}}}
        fleet = fleet.but(launchTemplate=None, mixedInstancesPolicy=policy)
        program = program.but(fleet.made(mixedInstancesPolicy=["template"]))
    else:
        single = kind == "instance"
        token = "aws:ec2/instance:Instance" if single else "aws:ec2/launchConfiguration:LaunchConfiguration"
        key = "vpcSecurityGroupIds" if single else "securityGroups"
        made = {"userDataBase64": ["cluster"], key: ["instances"]}
        launches = Res(token, "template", {"name": "lc", "userDataBase64": JOINED, key: [group]}, made)
        fleet = fleet.but(launchTemplate=None, launchConfiguration="lc").made(launchTemplate=[])
        program = program.but(launches, fleet)
    assert judge(pack, program) == []
    (found,) = judge(pack, program.without("tasks"))
    assert "no ingress rule lets load balancer alb reach service" in found.message
    (open_to_all,) = judge(pack, with_rule(program, SINGLE, 0, 65535, cidr="0.0.0.0/0"))
    assert "0.0.0.0/0" in open_to_all.message


@both
@pytest.mark.parametrize("kind", ["instance", "template"])
@pytest.mark.parametrize("computed", [False, True])
def test_security_groups_by_name(pack: Pack, deployed: bool, kind: str, computed: bool) -> None:
    """Outside a VPC of one's own, groups may be named; a preview may know the name and not the id, or neither."""
    program = shop(deployed)
    name = UNKNOWN if computed and not deployed else "instances"
    if kind == "instance":
        ids = [group_id(program, "instances")] if deployed else UNKNOWN_LIST
        written = {"userData": JOINED, "securityGroups": [name], "vpcSecurityGroupIds": ids}
        made = {"userData": ["cluster"], "securityGroups": ["instances"]}
        launches = Res("aws:ec2/instance:Instance", "template", written, made)
    else:
        template = program["template"].but(vpcSecurityGroupIds=None, securityGroupNames=[name])
        launches = template.made(vpcSecurityGroupIds=[], securityGroupNames=["instances"])
    program = program.but(launches, program["instances"].but(name=name))
    assert judge(pack, program) == []
    (wide,) = judge(pack, with_rule(program, CLASSIC, 0, 65535, cidr="0.0.0.0/0"))
    assert "opens ports 0-65535 to 0.0.0.0/0" in wide.message
    (missing,) = judge(pack, program.without("tasks"))
    assert "no ingress rule lets load balancer alb reach service" in missing.message


def test_instances_of_the_default_security_group(pack: Pack) -> None:
    program = shop(True).without("tasks")
    bare = program.but(program["template"].but(vpcSecurityGroupIds=None).made(vpcSecurityGroupIds=[]))
    assert len(judge(pack, bare)) == 1
    owned = Res("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", {"ingress": []})
    assert judge(pack, bare.but(owned)) == []


def test_instances_whose_groups_lie_elsewhere_miss_nothing(pack: Pack) -> None:
    program = shop(True).without("tasks")
    elsewhere = program.but(program["template"].but(vpcSecurityGroupIds=["sg-elsewhere"]))
    assert judge(pack, elsewhere) == []
    for spelling in (CLASSIC, SINGLE):
        added = with_rule(elsewhere, spelling, 0, 65535, cidr="0.0.0.0/0")
        assert judge(pack, added) == []
        (found,) = judge(pack, added.but(added["rule"].but(securityGroupId="sg-elsewhere")))
        assert (found.level, found.resource) == ("mandatory", "rule")


@both
def test_unknown_user_data_is_said_and_hides_nothing(pack: Pack, deployed: bool) -> None:
    program = shop(deployed)
    later = program.but(program["template"].but(userData=UNKNOWN))
    (unknown,) = judge(pack, later)
    assert unknown.level == "advisory"
    assert CANNOT_JUDGE in unknown.text
    assert "launch template template: userData" in unknown.text
    violation, again = judge(pack, with_rule(later, SINGLE, 0, 65535, cidr="0.0.0.0/0"))
    assert "opens ports 0-65535 to 0.0.0.0/0, and so dynamic host ports such as 49153-60999" in violation.message
    assert again.text == unknown.text
    (missing,) = judge(pack, later.without("tasks"))
    assert "no ingress rule lets load balancer alb reach service" in missing.message
    assert "the agent's range is not known yet" in missing.message


@pytest.mark.parametrize(
    ("name", "properties", "place"),
    [
        ("tasks", {"fromPort": UNKNOWN}, "ingress rule tasks: fromPort"),
        ("service", {"launchType": UNKNOWN, "made": True}, "service service: launchType"),
        ("alb", {"loadBalancerType": UNKNOWN}, "load balancer alb: loadBalancerType"),
        ("instances", {"ingress": UNKNOWN_LIST, "made": True}, "security group instances: ingress"),
        ("instances", {"ingress": [UNKNOWN_OBJECT]}, "security group instances: ingress[0]"),
    ],
    ids=str,
)
def test_an_unknown_value_is_said_and_hides_nothing(
    pack: Pack, name: str, properties: dict[str, Any], place: str
) -> None:
    program = with_rule(shop(False), SINGLE, 0, 65535, cidr="0.0.0.0/0")
    made = {key: ["cluster"] for key in properties} if properties.pop("made", False) else {}
    violation, *others = judge(pack, program.but(program[name].but(**properties).made(**made)))
    assert (violation.level, violation.resource) == ("mandatory", "rule")
    (unknown,) = [found for found in others if found.level == "advisory"]
    assert place in unknown.text


@pytest.mark.parametrize(
    ("name", "properties", "problem"),
    [
        ("tasks", {"fromPort": "many"}, "fromPort is a text, not a whole number"),
        ("instances", {"ingress": ["hunter2"]}, "ingress[0] is a text, not an object"),
        ("instances", {"ingress": "hunter2"}, "ingress is a text, not a list"),
        ("template", {"vpcSecurityGroupIds": [4]}, "vpcSecurityGroupIds[0] is a number, not a text"),
        ("service", {"loadBalancers": {"targetGroupArn": "x"}}, "loadBalancers is an object, not a list"),
    ],
    ids=str,
)
def test_a_malformed_value_is_a_violation(pack: Pack, name: str, properties: dict[str, Any], problem: str) -> None:
    program = shop(True)
    found = judge(pack, program.but(program[name].but(**properties)))
    assert {diagnostic.level for diagnostic in found} == {"mandatory"}
    assert any(f" {name}: {problem}" in diagnostic.message for diagnostic in found)
    assert not any("hunter2" in diagnostic.text for diagnostic in found)


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


def test_secret_user_data_is_read_and_not_quoted(pack: Pack) -> None:
    program = shop(True)
    text = user_data("ECS_CLUSTER=shop", "TOKEN=hunter2", "ECS_DYNAMIC_HOST_PORT_RANGE=40000-50000")
    (found,) = judge(pack, program.but(program["template"].but(userData=secret(text))))
    assert "from 40000-50000" in found.message
    assert "hunter2" not in found.text


def test_a_rule_that_cannot_be_read_may_be_the_right_one(pack: Pack) -> None:
    program = shop(False)
    (unknown,) = judge(pack, program.but(program["tasks"].but(fromPort=UNKNOWN)))
    assert unknown.level == "advisory"


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


def test_the_range_of_a_windows_agent_is_not_that_of_linux(pack: Pack) -> None:
    """It has one of its own, which nothing in the program tells."""
    script = "<powershell>\nInitialize-ECSAgent -Cluster 'shop'\n</powershell>"
    windows = shop(True)["template"].but(userData=base64.b64encode(script.encode()).decode())
    found = pack.stack(*shop(True).but(windows))
    assert [said.text for said in found if said.rule == RULE] == []


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
