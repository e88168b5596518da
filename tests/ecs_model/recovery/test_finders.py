"""What is taken for the thing that a creation made, and what is not, of all that AWS tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_model.recovery.finding import covers, has_tags, time_of
from ecs_model.recovery.verdict import AGAIN, FINDERS

LATER = datetime(2026, 11, 29, tzinfo=UTC)


class Told:
    """AWS that answers by operation, whatever it is asked for."""

    def __init__(self, answers: Mapping[str, list[Any]]) -> None:
        self.answers, self.asked = answers, dict[str, dict[str, Any]]()

    def __call__(self, service: str, operation: str, key: str, /, **arguments: Any) -> list[Any]:
        self.asked[operation] = arguments
        return self.answers.get(operation, [])


def rule(id_: str, **other: Any) -> dict[str, Any]:
    told = {"IsEgress": False, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "0.0.0.0/0"}
    return {"SecurityGroupRuleId": id_, **told, **other}


def association(subnet: str) -> dict[str, Any]:
    return {"SubnetId": subnet, "RouteTableAssociationId": f"rtbassoc-{subnet}"}


SCALED = {"serviceNamespace": "ecs", "resourceId": "service/c/s", "scalableDimension": "ecs:service:DesiredCount"}
NAMED = {"name": "web"}
TASK = {"family": "web", "containerDefinitions": '[{"name": "app", "cpu": 0, "image": "a:1", "portMappings": []}]'}
REVISIONS = ["arn:task-definition/web:3", "arn:task-definition/web:2"]
RULE = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80.0, "cidrIpv4": "0.0.0.0/0"}
RECORD = {"zoneId": "Z1", "name": "Shop.example.com", "type": "A", "records": ["1.2.3.4"]}
ALIAS = {"zoneId": "Z1", "name": "*.example.com", "type": "A", "aliases": [{"name": "lb.aws."}]}
SET = {"Name": "shop.example.com.", "Type": "A", "ResourceRecords": [{"Value": "1.2.3.4"}]}
PRIVATE = {"Id": "ns-1", "Name": "web", "Type": "DNS_PRIVATE"}

CASES: list[tuple[str, dict[str, Any], dict[str, list[Any]], list[str]]] = [
    (
        "acm.Certificate",
        {"domainName": "a.com", "tags": {"Name": "x"}},
        {
            "ListCertificates": [
                {"CertificateArn": "arn:1", "DomainName": "a.com"},
                {"CertificateArn": "arn:2", "DomainName": "b.com"},
            ],
            "ListTagsForCertificate": [{"Key": "Name", "Value": "x"}],
        },
        ["arn:1"],
    ),
    (
        "acm.Certificate",
        {"domainName": "a.com", "tags": {"Name": "x"}},
        {
            "ListCertificates": [{"CertificateArn": "arn:1", "DomainName": "a.com"}],
            "ListTagsForCertificate": [{"Key": "Name", "Value": "y"}],
        },
        [],
    ),
    (
        "appautoscaling.Policy",
        {**SCALED, "name": "cpu"},
        {"DescribeScalingPolicies": [{"PolicyName": "cpu"}, {"PolicyName": "cpu-2"}]},
        ["ecs/service/c/s/ecs:service:DesiredCount/cpu"],
    ),
    (
        "appautoscaling.ScheduledAction",
        {**SCALED, "name": "night"},
        {"DescribeScheduledActions": [{"ScheduledActionName": "night"}, {"ScheduledActionName": "day"}]},
        ["night-ecs-service/c/s"],
    ),
    (
        "autoscaling.Group",
        NAMED,
        {
            "DescribeAutoScalingGroups": [
                {"AutoScalingGroupName": "web"},
                {"AutoScalingGroupName": "x", "Status": "Delete in progress"},
            ]
        },
        ["web"],
    ),
    (
        "cloudwatch.Dashboard",
        {"dashboardName": "web"},
        {"ListDashboards": [{"DashboardName": "web"}, {"DashboardName": "web-2"}]},
        ["web"],
    ),
    (
        "cloudwatch.LogGroup",
        NAMED,
        {"DescribeLogGroups": [{"logGroupName": "web"}, {"logGroupName": "web-2"}]},
        ["web"],
    ),
    (
        "ec2.Eip",
        {"tags": {"Name": "x"}},
        {"DescribeAddresses": [{"AllocationId": "a-1"}, {"AllocationId": "a-2", "AssociationId": "used"}]},
        ["a-1"],
    ),
    (
        "ec2.InternetGateway",
        {"vpcId": "vpc-1", "tags": {"Name": "x"}},
        {
            "DescribeInternetGateways": [
                {"InternetGatewayId": "igw-1", "Attachments": []},
                {"InternetGatewayId": "igw-2", "Attachments": [{"VpcId": "vpc-1"}]},
                {"InternetGatewayId": "igw-3", "Attachments": [{"VpcId": "vpc-2"}]},
            ]
        },
        ["igw-1", "igw-2"],
    ),
    (
        "ec2.NatGateway",
        {"subnetId": "s-1", "allocationId": "a-1"},
        {
            "DescribeNatGateways": [
                {"NatGatewayId": "nat-1", "State": "pending", "NatGatewayAddresses": [{"AllocationId": "a-1"}]},
                {"NatGatewayId": "nat-2", "State": "available", "NatGatewayAddresses": [{"AllocationId": "a-2"}]},
                {"NatGatewayId": "nat-3", "State": "failed", "NatGatewayAddresses": [{"AllocationId": "a-1"}]},
            ]
        },
        ["nat-1"],
    ),
    (
        "ec2.Route",
        {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"},
        {
            "DescribeRouteTables": [
                {"Routes": [{"DestinationCidrBlock": "10.0.0.0/16"}, {"DestinationCidrBlock": "0.0.0.0/0"}]}
            ]
        },
        ["rtb-1_0.0.0.0/0"],
    ),
    (
        "ec2.RouteTable",
        {"vpcId": "vpc-1", "tags": {"Name": "x"}},
        {
            "DescribeRouteTables": [
                {"RouteTableId": "rtb-1"},
                {"RouteTableId": "rtb-2", "Associations": [{"Main": True}]},
            ]
        },
        ["rtb-1"],
    ),
    (
        "ec2.RouteTableAssociation",
        {"subnetId": "s-1", "routeTableId": "rtb-1"},
        {
            "DescribeRouteTables": [
                {"RouteTableId": "rtb-1", "Associations": [association("s-2"), association("s-1")]},
                {"RouteTableId": "rtb-2", "Associations": [association("s-1")]},
            ]
        },
        ["s-1/rtb-1"],
    ),
    (
        "ec2.VpcEndpoint",
        {"vpcId": "vpc-1", "serviceName": "s3", "vpcEndpointType": "Gateway"},
        {
            "DescribeVpcEndpoints": [
                {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "State": "available"},
                {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Interface", "State": "available"},
                {"VpcEndpointId": "vpce-3", "VpcEndpointType": "Gateway", "State": "deleting"},
            ]
        },
        ["vpce-1"],
    ),
    ("ecs.CapacityProvider", NAMED, {"DescribeCapacityProviders": [{"status": "INACTIVE"}]}, []),
    ("ecs.Cluster", NAMED, {"DescribeClusters": [{"status": "INACTIVE", "clusterName": "web"}]}, []),
    (
        "ecs.ClusterCapacityProviders",
        {"clusterName": "c", "capacityProviders": ["b", "a"]},
        {
            "DescribeClusters": [
                {"status": "ACTIVE", "clusterName": "c", "capacityProviders": ["a", "b"]},
                {"status": "ACTIVE", "clusterName": "d", "capacityProviders": ["a"]},
            ]
        },
        ["c"],
    ),
    (
        "ecs.Service",
        {**NAMED, "cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/c"},
        {
            "DescribeServices": [
                {"status": "ACTIVE", "serviceArn": "arn:s"},
                {"status": "DRAINING", "serviceArn": "arn:old"},
            ]
        },
        ["c/web"],
    ),
    (
        "ecs.TaskDefinition",
        TASK,
        {
            "ListTaskDefinitions": REVISIONS[:1],
            "DescribeTaskDefinition": [
                {"family": "web", "containerDefinitions": [{"name": "app", "image": "a:1", "essential": True}]}
            ],
        },
        REVISIONS[:1],
    ),
    (
        "ecs.TaskDefinition",
        TASK,
        {
            "ListTaskDefinitions": REVISIONS,
            "DescribeTaskDefinition": [{"family": "web", "containerDefinitions": [{"name": "app", "image": "a:2"}]}],
        },
        [],
    ),
    (
        "ecs.TaskDefinition",
        {**TASK, "taskRoleArn": "arn:mine"},
        {
            "ListTaskDefinitions": REVISIONS,
            "DescribeTaskDefinition": [{"family": "web", "containerDefinitions": [{"name": "app", "image": "a:1"}]}],
        },
        [],
    ),
    (
        "iam.Policy",
        NAMED,
        {"ListPolicies": [{"PolicyName": "web", "Arn": "arn:1"}, {"PolicyName": "x", "Arn": "arn:2"}]},
        ["arn:1"],
    ),
    (
        "iam.RolePolicyAttachment",
        {"role": "arn:aws:iam::123456789012:role/web", "policyArn": "arn:1"},
        {"ListAttachedRolePolicies": [{"PolicyArn": "arn:1"}, {"PolicyArn": "arn:2"}]},
        ["web/arn:1"],
    ),
    (
        "lb.Listener",
        {"loadBalancerArn": "arn:lb", "port": 443.0},
        {"DescribeListeners": [{"Port": 443, "ListenerArn": "arn:1"}, {"Port": 80, "ListenerArn": "arn:2"}]},
        ["arn:1"],
    ),
    (
        "lb.ListenerRule",
        {"listenerArn": "arn:l", "priority": 10},
        {"DescribeRules": [{"Priority": "10", "RuleArn": "arn:1"}, {"Priority": "default", "RuleArn": "arn:2"}]},
        ["arn:1"],
    ),
    ("route53.Record", RECORD, {"ListResourceRecordSets": [SET]}, ["Z1_shop.example.com_A"]),
    ("route53.Record", RECORD, {"ListResourceRecordSets": [{**SET, "ResourceRecords": [{"Value": "5.6.7.8"}]}]}, []),
    ("route53.Record", RECORD, {"ListResourceRecordSets": [{**SET, "SetIdentifier": "blue"}]}, []),
    ("route53.Record", RECORD, {"ListResourceRecordSets": [{**SET, "Name": "z.com."}, SET]}, []),
    (
        "route53.Record",
        ALIAS,
        {
            "ListResourceRecordSets": [
                {"Name": "\\052.example.com.", "Type": "A", "AliasTarget": {"DNSName": "dualstack.lb.aws."}}
            ]
        },
        ["Z1_*.example.com_A"],
    ),
    (
        "servicediscovery.HttpNamespace",
        NAMED,
        {
            "ListNamespaces": [
                {"Id": "ns-1", "Name": "web", "Type": "HTTP"},
                {"Id": "ns-2", "Name": "web", "Type": "DNS_PRIVATE"},
                {"Id": "ns-3", "Name": "other", "Type": "HTTP"},
            ]
        },
        ["ns-1"],
    ),
    (
        "servicediscovery.PrivateDnsNamespace",
        {**NAMED, "vpc": "vpc-1"},
        {
            "ListNamespaces": [{"Id": "ns-1", "Name": "web", "Type": "DNS_PRIVATE"}],
            "GetHostedZone": [{"VPCId": "vpc-1"}],
        },
        ["ns-1:vpc-1"],
    ),
    (
        "servicediscovery.PrivateDnsNamespace",
        {**NAMED, "vpc": "vpc-1"},
        {
            "ListNamespaces": [{"Id": "ns-1", "Name": "web", "Type": "DNS_PRIVATE"}],
            "GetHostedZone": [{"VPCId": "vpc-2"}],
        },
        [],
    ),
    (
        "servicediscovery.Service",
        {**NAMED, "dnsConfig": {"namespaceId": "ns-1"}},
        {"ListServices": [{"Id": "srv-1", "Name": "web"}, {"Id": "srv-2", "Name": "x"}]},
        ["srv-1"],
    ),
    (
        "vpc.SecurityGroupIngressRule",
        RULE,
        {
            "DescribeSecurityGroupRules": [
                rule("sgr-1"),
                rule("sgr-2", IsEgress=True),
                rule("sgr-3", ToPort=81),
                rule("sgr-4", CidrIpv4="10.0.0.0/8"),
                rule("sgr-5", CidrIpv4=None, ReferencedGroupInfo={"GroupId": "sg-2"}),
                rule("sgr-6", IpProtocol="udp"),
            ]
        },
        ["sgr-1"],
    ),
    (
        "vpc.SecurityGroupEgressRule",
        {"securityGroupId": "sg-1", "ipProtocol": "-1", "referencedSecurityGroupId": "sg-2"},
        {
            "DescribeSecurityGroupRules": [
                rule("sgr-1", IsEgress=True, IpProtocol="-1", CidrIpv4=None, ReferencedGroupInfo={"GroupId": "sg-2"}),
                rule("sgr-2", IsEgress=True, IpProtocol="-1", CidrIpv4="0.0.0.0/0"),
            ]
        },
        ["sgr-1"],
    ),
]


@pytest.mark.parametrize(("type_", "inputs", "answers", "ids"), CASES)
def test_what_is_taken_for_the_creation(
    type_: str, inputs: dict[str, Any], answers: dict[str, list[Any]], ids: list[str]
) -> None:
    assert [each.id for each in FINDERS[type_].find(Told(answers), inputs)] == ids


def test_a_state_knows_some_things_by_other_ids_than_an_import() -> None:
    cluster = {"status": "ACTIVE", "clusterName": "web", "clusterArn": "arn:cluster/web"}
    (found,) = FINDERS["ecs.Cluster"].find(Told({"DescribeClusters": [cluster]}), NAMED)
    assert found.id == "web"
    assert found.ids == {"web", "arn:cluster/web"}


def test_ec2_is_asked_by_tags_and_by_what_a_thing_is() -> None:
    told = Told({})
    inputs = {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "dev", "secret": {"hidden": True}, "__defaults": "x"}}
    assert list(FINDERS["ec2.Vpc"].find(told, inputs)) == []
    assert told.asked["DescribeVpcs"]["Filters"] == [
        {"Name": "cidr", "Values": ["10.0.0.0/16"]},
        {"Name": "tag:Name", "Values": ["dev"]},
    ]


def test_no_type_is_both_looked_for_and_done_again() -> None:
    assert len(FINDERS) > 40
    assert set(FINDERS).isdisjoint(AGAIN)


@pytest.mark.parametrize(
    ("found", "wanted", "covered"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": "1"}, {"a": 1}, True),
        ({}, {"a": None}, True),
        ({}, {"a": False}, True),
        ({}, {"a": "x"}, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [1], False),
        (None, [], True),
        ("x", {"a": 1}, False),
    ],
)
def test_an_answer_may_say_more_than_was_wanted_and_no_less(found: object, wanted: object, covered: bool) -> None:
    assert covers(found, wanted) is covered


def test_times_come_as_milliseconds_texts_and_times() -> None:
    assert time_of(1_795_910_400_000) == LATER
    assert time_of("2026-11-29T00:00:00+00:00") == time_of(datetime(2026, 11, 29)) == LATER
    assert time_of("soon") is time_of(None) is None


def test_tags_are_compared_in_either_spelling() -> None:
    inputs = {"tags": {"Name": "x"}}
    assert has_tags(inputs, [{"key": "Name", "value": "x"}, {"key": "more", "value": "y"}])
    assert not has_tags(inputs, [{"Key": "Name", "Value": "z"}])
    assert has_tags({}, [])
