"""ecs-instances-ephemeral-ingress: which instances are judged, and what becomes of what is not known."""

import base64
from typing import Any

import pytest

from tests.policies.harness import CANNOT_JUDGE, UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Pack, Res, secret
from tests.policies.ingress import CLASSIC, RULE, SINGLE, both, group_id, judge, with_rule
from tests.policies.programs import JOINED, shop, user_data


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


def test_the_range_of_a_windows_agent_is_not_that_of_linux(pack: Pack) -> None:
    """It has one of its own, which nothing in the program tells."""
    script = "<powershell>\nInitialize-ECSAgent -Cluster 'shop'\n</powershell>"
    windows = shop(True)["template"].but(userData=base64.b64encode(script.encode()).decode())
    found = pack.stack(*shop(True).but(windows))
    assert [said.text for said in found if said.rule == RULE] == []
