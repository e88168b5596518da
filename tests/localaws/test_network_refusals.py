"""What AWS refuses of networks and load balancers, seen by boto3 as by the provider: moto 5.2 lets it pass."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localaws.ground import Ground, Parameters, refused


def _served(targets: str) -> Parameters:
    return {"containerName": "app", "containerPort": 80, "targetGroupArn": targets}


def test_a_protected_load_balancer_stays(ground: Ground) -> None:
    arn = ground.balancer()

    def protect(value: str) -> None:
        ground.elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": value}]
        )

    protect("true")
    code, message = refused(ground.elb.delete_load_balancer, LoadBalancerArn=arn)
    assert (code, "deletion protection is enabled" in message) == ("OperationNotPermitted", True)
    protect("false")
    ground.elb.delete_load_balancer(LoadBalancerArn=arn)


def test_a_target_group_of_a_listener_stays(ground: Ground) -> None:
    arn = ground.targets()
    listener = ground.listener(arn)
    assert refused(ground.elb.delete_target_group, TargetGroupArn=arn)[0] == "ResourceInUse"
    ground.elb.delete_listener(ListenerArn=listener)
    ground.elb.delete_target_group(TargetGroupArn=arn)


def test_a_target_group_has_the_load_balancers_that_forward_to_it_now(ground: Ground) -> None:
    old, new, spare = ground.targets(), ground.targets(), ground.targets()
    listener = ground.listener(old)
    balancer = ground.elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]["LoadBalancerArn"]
    cluster = ground.cluster()
    service = ground.service(cluster, loadBalancers=[_served(old)])

    def forward(arn: str) -> list[Parameters]:
        return [{"Type": "forward", "TargetGroupArn": arn}]

    def balancers() -> list[list[str]]:
        found = ground.elb.describe_target_groups(TargetGroupArns=[old, new, spare])["TargetGroups"]
        told = {item["TargetGroupArn"]: item["LoadBalancerArns"] for item in found}
        return [told[arn] for arn in (old, new, spare)]

    def serve(arn: str) -> Any:
        return ground.ecs.update_service(cluster=cluster, service=service, loadBalancers=[_served(arn)])

    rule = ground.elb.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=forward(spare),
    )["Rules"][0]["RuleArn"]
    assert balancers() == [[balancer], [], [balancer]]
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        serve(new)
    ground.elb.modify_rule(RuleArn=rule, Actions=forward(new))
    assert balancers() == [[balancer], [balancer], []]
    serve(new)
    ground.elb.modify_listener(ListenerArn=listener, DefaultActions=forward(spare))
    assert balancers() == [[], [balancer], [balancer]]
    serve(spare)
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        serve(old)
    ground.elb.delete_rule(RuleArn=rule)
    assert balancers() == [[], [], [balancer]]
    ground.elb.delete_load_balancer(LoadBalancerArn=balancer)
    assert balancers() == [[], [], []]


def test_a_rule_does_not_take_another_ones_priority(ground: Ground) -> None:
    listener = ground.listener(ground.targets())
    rules = [
        ground.elb.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [f"/{priority}"]}],
            Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
        )["Rules"][0]["RuleArn"]
        for priority in (1, 2)
    ]
    taken = [{"RuleArn": rules[0], "Priority": 2}]
    assert refused(ground.elb.set_rule_priorities, RulePriorities=taken)[0] == "PriorityInUse"
    ground.elb.set_rule_priorities(RulePriorities=[{"RuleArn": rules[0], "Priority": 3}])
    found = ground.elb.describe_rules(RuleArns=rules)["Rules"]
    assert {item["RuleArn"]: item["Priority"] for item in found} == dict(zip(rules, ("3", "2"), strict=True))


def test_a_security_group_of_another_groups_rule_stays(ground: Ground) -> None:
    used, user = ground.group(), ground.group()
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": used}]}
    ground.ec2.authorize_security_group_ingress(GroupId=user, IpPermissions=[rule])
    assert refused(ground.ec2.delete_security_group, GroupId=used)[0] == "DependencyViolation"
    ground.ec2.revoke_security_group_ingress(GroupId=user, IpPermissions=[rule])
    ground.ec2.delete_security_group(GroupId=used)


def test_a_security_group_in_use_stays(ground: Ground) -> None:
    group = ground.group()
    balancer = ground.balancer(SecurityGroups=[group])
    assert refused(ground.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ground.elb.delete_load_balancer(LoadBalancerArn=balancer)
    instance = ground.ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=ground.subnets[0],
        SecurityGroupIds=[group],
    )["Instances"][0]["InstanceId"]
    assert refused(ground.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ground.ec2.terminate_instances(InstanceIds=[instance])
    endpoint = ground.ec2.create_vpc_endpoint(
        VpcId=ground.vpc,
        ServiceName="com.amazonaws.us-east-1.ecs",
        VpcEndpointType="Interface",
        SubnetIds=ground.subnets[:1],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]
    assert refused(ground.ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ground.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ground.ec2.delete_security_group(GroupId=group)


def test_the_default_security_group_stays(ground: Ground) -> None:
    found = ground.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [ground.vpc]}])
    assert refused(ground.ec2.delete_security_group, GroupId=found["SecurityGroups"][0]["GroupId"])[0] == "CannotDelete"


def test_a_duplicate_rule_is_refused(ground: Ground) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": ground.group()}]}
    group = ground.group()
    ground.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    again = refused(ground.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])
    assert again[0] == "InvalidPermission.Duplicate"


def test_a_network_goes_in_order(ground: Ground) -> None:
    ec2 = ground.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=ground.vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=ground.subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert refused(ec2.release_address, AllocationId=address)[0] == "InvalidIPAddress.InUse"
    assert refused(ec2.delete_subnet, SubnetId=ground.subnets[0])[0] == "DependencyViolation"
    assert refused(ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=ground.vpc)[0] == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=address)
    balancer = ground.balancer()
    assert refused(ec2.delete_subnet, SubnetId=ground.subnets[1])[0] == "DependencyViolation"
    ground.elb.delete_load_balancer(LoadBalancerArn=balancer)
    group = ground.group()
    for subnet in ground.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    assert refused(ec2.delete_vpc, VpcId=ground.vpc)[0] == "DependencyViolation"
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=ground.vpc)
    assert refused(ec2.delete_vpc, VpcId=ground.vpc)[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=ground.vpc)


def test_a_load_balancer_stays_in_its_vpc(ground: Ground) -> None:
    made = ground.elb.create_load_balancer(
        Name=ground.lab.name("lb")[:32], Subnets=ground.subnets, SecurityGroups=[ground.group()]
    )
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    other = Ground(ground.lab)
    for call, given in (
        (ground.elb.set_subnets, {"Subnets": other.subnets}),
        (ground.elb.set_security_groups, {"SecurityGroups": [other.group()]}),
    ):
        code, message = refused(call, LoadBalancerArn=arn, **given)
        assert (code, ground.vpc in message) == ("InvalidConfigurationRequest", True)
    ground.elb.set_subnets(LoadBalancerArn=arn, Subnets=list(reversed(ground.subnets)))
    ground.elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[ground.group()])
