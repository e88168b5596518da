"""ecs-instances-ephemeral-ingress: judged from the relations of the whole program."""

from typing import Any

import pytest

from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Diagnostic, Pack, Res
from tests.policies.programs import Program

RULE = "ecs-instances-ephemeral-ingress"
both = pytest.mark.parametrize("deployed", [False, True])
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


def network_load_balancer(program: Program) -> Program:
    """The same behind a network load balancer without security groups."""
    alb = program["alb"].but(loadBalancerType="network", securityGroups=UNKNOWN_LIST).made(securityGroups=[])
    return program.but(alb, program["targets"].but(protocol="TCP")).without("tasks")
