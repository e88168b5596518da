"""A cluster that was made by hand, as the console makes it: taken over by one `up`, and nothing of it replaced."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecs_model.images import AmiFamily, Architecture, ssm_parameter
from tests.end_to_end.harness import Run, Workbench, config_file, environment
from tests.end_to_end.inventory import REGION, Account

pytestmark = pytest.mark.xdist_group("adoption")
"""The tests are steps of one cluster's life."""
IMAGE = "public.ecr.aws/nginx/nginx-unprivileged:1.29"
REPLACING = {"replace", "create-replacement", "delete-replaced", "delete"}


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def rule_of(account: Account, group: str, *, egress: bool) -> str:
    """The only rule of a security group in one direction."""
    chosen = [{"Name": "group-id", "Values": [group]}]
    found = account.all("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=chosen)
    (rule,) = [each["SecurityGroupRuleId"] for each in found if each["IsEgress"] is egress]
    return str(rule)


@dataclass
class ByHand:
    """What a person has clicked together."""

    vpc: str
    subnets: list[str]
    adopt: dict[str, dict[str, str]]
    """By their types and the program's names for them."""


def made_by_hand(account: Account) -> ByHand:
    """A cluster with a capacity provider, a load balancer, and a service that runs two tasks behind it."""
    ec2, ecs, elb, iam = account.ec2, account.ecs, account.elbv2, account.iam
    vpc = ec2.create_vpc(CidrBlock="10.70.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.70.{n}.0/24", AvailabilityZone=f"{REGION}{'ab'[n % 2]}")["Subnet"][
            "SubnetId"
        ]
        for n in range(4)
    ]
    groups = [
        ec2.create_security_group(GroupName=name, Description=f"{name}, created in the console", VpcId=vpc)["GroupId"]
        for name in ("shop-instances", "shop-alb")
    ]
    everybody = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=groups[1], IpPermissions=everybody)
    iam.create_role(RoleName="shopInstanceRole", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    iam.create_instance_profile(InstanceProfileName="shopInstanceRole")
    iam.add_role_to_instance_profile(InstanceProfileName="shopInstanceRole", RoleName="shopInstanceRole")
    iam.create_role(RoleName="shopTask", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    account.logs.create_log_group(logGroupName="/ecs/shop-web")
    ecs.create_cluster(clusterName="shop")

    ami = account.ssm.get_parameter(Name=ssm_parameter(AmiFamily.AL2023, Architecture.X86_64))["Parameter"]["Value"]
    told = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n").decode()
    template = ec2.create_launch_template(
        LaunchTemplateName="shop-template",
        LaunchTemplateData={
            "ImageId": ami,
            "InstanceType": "t3.medium",
            "UserData": told,
            "IamInstanceProfile": {"Name": "shopInstanceRole"},
            "SecurityGroupIds": groups[:1],
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    account.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="shop-asg",
        MinSize=1,
        MaxSize=2,
        VPCZoneIdentifier=",".join(subnets[2:]),
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        NewInstancesProtectedFromScaleIn=True,
    )
    (group,) = account.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    provider = ecs.create_capacity_provider(
        name="shop-provider",
        autoScalingGroupProvider={
            "autoScalingGroupArn": group["AutoScalingGroupARN"],
            "managedScaling": {"status": "ENABLED", "targetCapacity": 80},
            "managedTerminationProtection": "ENABLED",
        },
    )["capacityProvider"]["capacityProviderArn"]
    strategy = [{"capacityProvider": "shop-provider", "weight": 1}]
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=["shop-provider"], defaultCapacityProviderStrategy=strategy
    )

    balancer = elb.create_load_balancer(Name="shop-alb", Subnets=subnets[:2], SecurityGroups=groups[1:])
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    targets = elb.create_target_group(Name="shop-web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance")
    target = targets["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": target}]
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    listening = listener["Listeners"][0]["ListenerArn"]
    conditions = [{"Field": "path-pattern", "Values": ["/*"]}]
    rule = elb.create_rule(ListenerArn=listening, Priority=50, Conditions=conditions, Actions=forward)

    task = ecs.register_task_definition(
        family="shop-web",
        executionRoleArn="arn:aws:iam::123456789012:role/shopTask",
        containerDefinitions=[
            {
                "name": "nginx",
                "image": IMAGE,
                "memory": 256,
                "portMappings": [{"containerPort": 8080, "hostPort": 0}],
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition=task,
        desiredCount=2,
        capacityProviderStrategy=strategy,
        loadBalancers=[{"targetGroupArn": target, "containerName": "nginx", "containerPort": 8080}],
    )
    return ByHand(
        vpc,
        subnets,
        {
            "ecs.Cluster": {"local": "shop"},
            "ecs.ClusterCapacityProviders": {"local": "shop"},
            "ecs.CapacityProvider": {"local-general": provider},
            "ecs.Service": {"local-web": "shop/web"},
            "autoscaling.Group": {"local-general": "shop-asg"},
            "ec2.LaunchTemplate": {"local-general": template},
            "ec2.SecurityGroup": {"local-general-instances": groups[0], "local-public-balancer": groups[1]},
            "vpc.SecurityGroupEgressRule": {
                "local-general-instances-out": rule_of(account, groups[0], egress=True),
                "local-public-balancer-out": rule_of(account, groups[1], egress=True),
            },
            "vpc.SecurityGroupIngressRule": {
                "local-public-balancer-in-80-0.0.0.0-0": rule_of(account, groups[1], egress=False)
            },
            "iam.InstanceProfile": {"local-general-instance": "shopInstanceRole"},
            "iam.Role": {"local-general-instance": "shopInstanceRole", "local-web-execution": "shopTask"},
            "cloudwatch.LogGroup": {"local-web": "/ecs/shop-web"},
            "lb.LoadBalancer": {"local-public": arn},
            "lb.Listener": {"local-public-http": listening},
            "lb.ListenerRule": {"local-web": rule["Rules"][0]["RuleArn"]},
            "lb.TargetGroup": {"local-web": target},
        },
    )


def settings(found: ByHand) -> dict[str, Any]:
    """What a person writes for it."""
    routing = {
        "name": "public",
        "containerName": "nginx",
        "containerPort": 8080,
        "priority": 50,
        "pathPatterns": ["/*"],
    }
    nginx = {
        "image": IMAGE,
        "user": "101:101",
        "memory": 256,
        "portMappings": [{"containerPort": 8080}],
        "readonlyRootFilesystem": True,
        "writablePaths": ["/tmp"],
    }
    existing = {"vpcId": found.vpc, "publicSubnetIds": found.subnets[:2], "privateSubnetIds": found.subnets[2:]}
    return {
        "network": {"existing": existing},
        "capacity": {"general": {"instanceTypes": ["t3.medium"], "minSize": 1, "maxSize": 2}},
        "cluster": {"defaultCapacityProviderStrategy": [{"capacityProvider": "general", "weight": 1}]},
        "loadBalancers": {"public": {}},
        "services": {
            "web": {
                "desiredCount": 2,
                "containers": {"nginx": nginx},
                "loadBalancer": routing | {"pathPatterns": ["/*"]},
            }
        },
        "adopt": found.adopt,
    }


@dataclass
class Taken:
    bench: Workbench
    account: Account
    by_hand: ByHand
    before: dict[str, set[str]]
    preview: Run
    up: Run


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    with environment(Path(tmp_path_factory.mktemp("adoption")) / "local", "local") as bench:
        account = Account(bench.aws().endpoint)
        by_hand = made_by_hand(account)
        before = account.inventory()
        file = config_file(bench.directory, "local")
        whole = yaml.safe_load(file.read_text())
        kept = {key: value for key, value in whole["config"].items() if not key.startswith("ecs-on-ec2:")}
        ours = {f"ecs-on-ec2:{key}": value for key, value in settings(by_hand).items()}
        file.write_text(yaml.safe_dump(whole | {"config": kept | ours}))
        preview = bench.preview()
        assert preview.code == 0, preview.said
        up = bench.up()
        assert up.code == 0, up.said
        yield Taken(bench, account, by_hand, before, preview, up)


def test_everything_is_imported_and_nothing_replaced(taken: Taken) -> None:
    for run in (taken.preview, taken.up):
        assert not [step for step in run.steps if step.op in REPLACING]
        imported = {(step.type, step.name) for step in run.steps if step.op == "import"}
        wanted = {(type_, name) for type_, ids in taken.by_hand.adopt.items() for name in ids}
        assert {(f"{t.split(':')[1].split('/')[0]}.{t.rpartition(':')[2]}", name) for t, name in imported} == wanted
        assert len(imported) == 19


def test_what_was_there_is_there_and_not_twice(taken: Taken) -> None:
    after = taken.account.inventory()
    single = ("clusters", "services", "Auto Scaling groups", "load balancers", "listeners", "target groups")
    for kind in (*single, "launch templates", "instance profiles", "log groups", "security groups"):
        assert after[kind] == taken.before[kind], kind
    assert taken.bench.outputs()["cluster"] == "shop"
    assert taken.bench.outputs()["services"] == {"web": "web"}


def test_what_the_settings_say_holds_afterwards(taken: Taken) -> None:
    (cluster,) = taken.account.clusters()
    assert {"name": "containerInsights", "value": "enhanced"} in cluster["settings"]
    (service,) = taken.account.services("shop")
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert ":task-definition/local-web:" in service["taskDefinition"]
    (group,) = taken.account.logs.describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/ecs/shop-web", 30)
    (provider,) = taken.account.capacity_providers(["shop-provider"])
    assert provider["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 100
    (balancer,) = taken.account.all("elbv2", "describe_load_balancers", "LoadBalancers")
    assert balancer["SecurityGroups"] == [taken.by_hand.adopt["ec2.SecurityGroup"]["local-public-balancer"]]


def test_a_second_up_changes_nothing(taken: Taken) -> None:
    again = taken.bench.up()
    assert again.code == 0, again.said
    assert again.steps == set()


def test_nor_does_it_without_the_map_but_for_what_would_be_replaced(taken: Taken) -> None:
    file = config_file(taken.bench.directory, "local")
    whole = yaml.safe_load(file.read_text())
    adopt = whole["config"].pop("ecs-on-ec2:adopt")
    file.write_text(yaml.safe_dump(whole))
    preview = taken.bench.preview()
    assert preview.code == 0, preview.said
    assert ("replace", "aws:ecs/cluster:Cluster", "local") in {(s.op, s.type, s.name) for s in preview.steps}
    whole["config"]["ecs-on-ec2:adopt"] = adopt
    file.write_text(yaml.safe_dump(whole))


def test_a_name_that_the_program_does_not_have_is_refused(taken: Taken) -> None:
    file = config_file(taken.bench.directory, "local")
    text = file.read_text()
    file.write_text(text.replace("local-web: shop/web", "local-wep: shop/web"))
    preview = taken.bench.preview()
    file.write_text(text)
    assert preview.code != 0
    assert "did you mean local-web?" in preview.said
