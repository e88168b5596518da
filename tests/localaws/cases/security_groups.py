"""Security groups and their rules."""

from __future__ import annotations

from typing import Any

from tests.localaws.case import Case
from tests.localaws.making import Properties, group, vpc


def _rule(lab: Any) -> Properties:
    network = vpc(lab)
    return {
        "securityGroupId": group(lab, network),
        "referencedSecurityGroupId": group(lab, network),
        "ipProtocol": "tcp",
        "fromPort": 49153,
        "toPort": 65535,
        "description": "ephemeral",
        "tags": {"a": "1"},
    }


def _narrow(lab: Any, made: Any) -> None:
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 49153,
        "ToPort": 60999,
        "Description": "ephemeral",
        "ReferencedGroupId": made.inputs["referencedSecurityGroupId"],
    }
    lab.boto("ec2").modify_security_group_rules(
        GroupId=made.inputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": made.id, "SecurityGroupRule": rule}],
    )


CASES = [
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda lab: {
            "vpcId": vpc(lab),
            "description": "d",
            "tags": {"a": "1"},
            "ingress": [
                {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0", "10.0.0.0/8"]},
                {"protocol": "tcp", "fromPort": 81, "toPort": 81, "self": True},
            ],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
        lambda lab, r: {
            "ingress": [{"protocol": "tcp", "fromPort": 8080, "toPort": 8081, "cidrBlocks": ["10.0.0.0/8"]}]
        },
        {"description": "other"},
        lambda lab, r: lab.boto("ec2").authorize_security_group_ingress(
            GroupId=r.id, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
        ),
        "ingress",
    ),
    Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        _rule,
        lambda lab, r: {"fromPort": 1000, "description": "other"},
        {"securityGroupId": "sg-other"},
        _narrow,
        "toPort",
    ),
    Case(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        _rule,
        lambda lab, r: {"toPort": 65000, "tags": {"a": "2"}},
        {"securityGroupId": "sg-other"},
        _narrow,
        "toPort",
    ),
]
