"""The life of a resource of every served type, and what a refresh sees of a change behind its back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import pytest

from localaws.tokens import TYPES
from localaws.types import KINDS
from localaws.wire import UNKNOWN

Properties = dict[str, Any]
MADE_BY_HAND = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/plain"}}]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
TRUST_EC2 = TRUST.replace("ecs-tasks", "ec2")
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]}
)
ALLOW_MORE = ALLOW.replace("PutLogEvents", "CreateLogStream")


def containers(image: str = "nginx:1", **more: Any) -> str:
    return json.dumps(
        [
            {
                "name": "app",
                "image": image,
                "memory": 128,
                "essential": True,
                "portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
                "command": ["b", "a"],
                "environment": [{"name": "Z", "value": "1"}, {"name": "A", "value": "2"}],
                **more,
            }
        ]
    )


def vpc(lab: Any) -> str:
    return str(lab.boto("ec2").create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"])


def subnets(lab: Any, network: str | None = None, count: int = 2) -> list[str]:
    network = network or vpc(lab)
    return [
        lab.boto("ec2").create_subnet(
            VpcId=network, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone=f"us-east-1{'abc'[n]}"
        )["Subnet"]["SubnetId"]
        for n in range(count)
    ]


def group(lab: Any, network: str | None = None) -> str:
    return str(
        lab.boto("ec2").create_security_group(GroupName=lab.name(), Description="d", VpcId=network or vpc(lab))[
            "GroupId"
        ]
    )


def gateway(lab: Any, network: str) -> str:
    made = lab.boto("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    lab.boto("ec2").attach_internet_gateway(InternetGatewayId=made, VpcId=network)
    return str(made)


def table(lab: Any, network: str) -> str:
    return str(lab.boto("ec2").create_route_table(VpcId=network)["RouteTable"]["RouteTableId"])


def template(lab: Any, joins: str = "") -> str:
    """A launch template whose instances join a cluster, where one is named."""
    told = f"#!/bin/sh\necho ECS_CLUSTER={joins} >> /etc/ecs/ecs.config\n" if joins else "#!/bin/sh\n"
    data = {
        "ImageId": "ami-1234abcd",
        "InstanceType": "t3.micro",
        "UserData": base64.b64encode(told.encode()).decode(),
    }
    return str(
        lab.boto("ec2").create_launch_template(LaunchTemplateName=lab.name(), LaunchTemplateData=data)[
            "LaunchTemplate"
        ]["LaunchTemplateId"]
    )


def auto_scaling_group(lab: Any, joins: str = "") -> str:
    name = lab.name("asg")
    lab.boto("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=1,
        VPCZoneIdentifier=subnets(lab, count=1)[0],
        LaunchTemplate={"LaunchTemplateId": template(lab, joins)},
        NewInstancesProtectedFromScaleIn=True,
    )
    found = lab.boto("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return str(found["AutoScalingGroups"][0]["AutoScalingGroupARN"])


def provider(lab: Any, joins: str = "") -> str:
    """A capacity provider that ECS scales."""
    name = lab.name("cp")
    lab.boto("ecs").create_capacity_provider(
        name=name,
        autoScalingGroupProvider={
            "autoScalingGroupArn": auto_scaling_group(lab, joins),
            "managedScaling": {"status": "ENABLED"},
        },
    )
    return str(name)


def cluster(lab: Any, *providers: str, name: str = "") -> str:
    name = name or lab.name("cluster")
    strategy = [{"capacityProvider": item, "weight": 1} for item in providers]
    lab.boto("ecs").create_cluster(
        clusterName=name, capacityProviders=list(providers), defaultCapacityProviderStrategy=strategy
    )
    return str(name)


VOLUMES = [
    {"name": "data", "hostPath": "/var/data"},
    {"name": "tmp"},
    {
        "name": "cache",
        "dockerVolumeConfiguration": {
            "scope": "shared",
            "autoprovision": True,
            "driver": "local",
            "driverOpts": {"type": "tmpfs"},
            "labels": {"team": "web"},
        },
    },
    {
        "name": "files",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-01234567",
            "rootDirectory": "/",
            "transitEncryption": "ENABLED",
            "transitEncryptionPort": 2999,
            "authorizationConfig": {"accessPointId": "fsap-01234567", "iam": "ENABLED"},
        },
    },
]


LAUNCHED = [{"name": "data", "configuredAtLaunch": True}]


def task(lab: Any, **more: Any) -> str:
    return str(
        lab.boto("ecs").register_task_definition(
            family=lab.name("task"), containerDefinitions=json.loads(containers()), **more
        )["taskDefinition"]["taskDefinitionArn"]
    )


def role(lab: Any, *policies: str) -> str:
    name = lab.name("role")
    lab.boto("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    for arn in policies:
        lab.boto("iam").attach_role_policy(RoleName=name, PolicyArn=arn)
    return str(name)


def policy(lab: Any) -> str:
    return str(lab.boto("iam").create_policy(PolicyName=lab.name(), PolicyDocument=ALLOW)["Policy"]["Arn"])


def balancer(lab: Any) -> str:
    return str(
        lab.boto("elbv2").create_load_balancer(Name=lab.name("lb"), Subnets=subnets(lab))["LoadBalancers"][0][
            "LoadBalancerArn"
        ]
    )


def targets(lab: Any) -> str:
    return str(
        lab.boto("elbv2").create_target_group(Name=lab.name("tg"), Protocol="HTTP", Port=80, VpcId=vpc(lab))[
            "TargetGroups"
        ][0]["TargetGroupArn"]
    )


def bucket(lab: Any) -> str:
    name = lab.name("logs")
    lab.boto("s3").create_bucket(Bucket=name)
    return str(name)


def issued(lab: Any) -> str:
    """A certificate whose validation record exists."""
    arn = lab.boto("acm").request_certificate(DomainName=f"{lab.name()}.example.com", ValidationMethod="DNS")
    told = lab.boto("acm").describe_certificate(CertificateArn=arn["CertificateArn"])["Certificate"]
    assert told["Status"] == "PENDING_VALIDATION"
    record = told["DomainValidationOptions"][0]["ResourceRecord"]
    zone = lab.invoke("aws:route53/getZone:getZone", name="example.com")["zoneId"]
    created = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": created}]}
    lab.boto("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    return str(arn["CertificateArn"])


def listener(lab: Any, *actions: Properties) -> str:
    return str(
        lab.boto("elbv2").create_listener(
            LoadBalancerArn=balancer(lab),
            Protocol="HTTP",
            Port=80,
            DefaultActions=list(actions) or MADE_BY_HAND,
        )["Listeners"][0]["ListenerArn"]
    )


def scaled(lab: Any) -> Properties:
    """A service of ECS, as Application Auto Scaling names it."""
    name, cluster_ = lab.name("service"), cluster(lab)
    lab.boto("ecs").create_service(
        cluster=cluster_, serviceName=name, taskDefinition=task(lab), desiredCount=1, launchType="EC2"
    )
    return {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": f"service/{cluster_}/{name}",
    }


def scalable(lab: Any) -> Properties:
    """A service that has a scalable target."""
    what = scaled(lab)
    lab.boto("application-autoscaling").register_scalable_target(**_titled(what), MinCapacity=1, MaxCapacity=4)
    return what


def _titled(what: Properties) -> Properties:
    names = ("serviceNamespace", "scalableDimension", "resourceId")
    return {name[0].upper() + name[1:]: what[name] for name in names}


def _put_policy(lab: Any, made: Any, target: float) -> None:
    lab.boto("application-autoscaling").put_scaling_policy(
        **_titled(made.inputs),
        PolicyName=made.id,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "ScaleInCooldown": 60,
            "ScaleOutCooldown": 30,
            "DisableScaleIn": False,
            "CustomizedMetricSpecification": {
                "Namespace": "Shop",
                "MetricName": "Backlog",
                "Statistic": "Average",
                "Dimensions": [{"Name": "Queue", "Value": "b"}, {"Name": "Kind", "Value": "a"}],
            },
        },
    )


def _long_id(made: Any, *more: str) -> str:
    return "/".join(["ecs", made.inputs["resourceId"], "ecs:service:DesiredCount", *more])


def scheduled(lab: Any) -> Properties:
    trust = json.loads(TRUST.replace("ecs-tasks", "scheduler"))
    made = lab.boto("iam").create_role(RoleName=lab.name("role"), AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    lab.boto("ecs").create_cluster(clusterName=(name := lab.name("cluster")))
    return {
        "arn": f"arn:aws:ecs:us-east-1:123456789012:cluster/{name}",
        "roleArn": made["Arn"],
        "deadLetterConfig": {"arn": "arn:aws:sqs:us-east-1:123456789012:failed"},
        "retryPolicy": {"maximumEventAgeInSeconds": 600, "maximumRetryAttempts": 2},
        "ecsParameters": {
            "taskDefinitionArn": task(lab),
            "taskCount": 2,
            "capacityProviderStrategies": [{"capacityProvider": "general", "base": 1, "weight": 2}],
            "placementStrategies": [{"type": "binpack", "field": "memory"}],
            "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
        },
    }


SAID_OF_A_SCHEDULE = {"Name", "Description", "ScheduleExpressionTimezone", "State", "FlexibleTimeWindow", "Target"}


def schedule(lab: Any, id_: str) -> Properties:
    found: Properties = lab.boto("scheduler").get_schedule(Name=id_.partition("/")[2])
    return found


def namespace(lab: Any) -> str:
    cloud_map = lab.boto("servicediscovery")
    made = cloud_map.create_private_dns_namespace(Name="dev.internal", Vpc=vpc(lab))["OperationId"]
    return str(cloud_map.get_operation(OperationId=made)["Operation"]["Targets"]["NAMESPACE"])


def registry(lab: Any) -> str:
    """A service of Cloud Map."""
    dns = {"NamespaceId": namespace(lab), "DnsRecords": [{"TTL": 15, "Type": "SRV"}]}
    return str(lab.boto("servicediscovery").create_service(Name="api", DnsConfig=dns)["Service"]["Arn"])


def served(lab: Any) -> str:
    """A target group that a load balancer sends to."""
    group_ = targets(lab)
    listener(lab, {"Type": "forward", "TargetGroupArn": group_})
    return group_


@dataclass
class Case:
    """A type's example: inputs, what changes in place, what replaces, and what somebody changes by hand."""

    token: str
    inputs: Callable[[Any], Properties]
    update: Callable[[Any, Any], Properties] | None = None
    replace: Properties = field(default_factory=dict)
    behind: Callable[[Any, Any], object] | None = None
    seen: str = ""
    computed: str = "arn"
    """An output that a preview cannot know."""
    imported: Callable[[Any], str] = lambda made: str(made.id)
    """The id that a person imports it by, where it is not the resource's."""


def _service(lab: Any) -> Properties:
    joined = lab.name("cluster")
    name = provider(lab, joined)
    return {
        "cluster": cluster(lab, name, name=joined),
        "taskDefinition": task(lab, volumes=LAUNCHED),
        "volumeConfiguration": {
            "name": "data",
            "managedEbsVolume": {
                "roleArn": "arn:aws:iam::123456789012:role/infrastructure",
                "encrypted": True,
                "sizeInGb": 20,
                "volumeType": "gp3",
                "iops": 3000,
                "throughput": 125,
                "fileSystemType": "xfs",
            },
        },
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": name, "base": 1, "weight": 10}],
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentMaximumPercent": 150,
        "deploymentMinimumHealthyPercent": 50,
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": True,
        "availabilityZoneRebalancing": "ENABLED",
        "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
        "waitForSteadyState": True,
        "sigintRollback": True,
        "orderedPlacementStrategies": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "binpack", "field": "memory"},
        ],
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
        "loadBalancers": [{"targetGroupArn": served(lab), "containerName": "app", "containerPort": 80}],
        "serviceRegistries": {"registryArn": registry(lab), "containerName": "app", "containerPort": 80},
        "healthCheckGracePeriodSeconds": 30,
        "tags": {"a": "1"},
    }


def _fleet(lab: Any) -> Properties:
    return {
        "minSize": 0,
        "maxSize": 3,
        "vpcZoneIdentifiers": subnets(lab),
        "protectFromScaleIn": True,
        "launchTemplate": {"id": template(lab), "version": "1"},
        "maxInstanceLifetime": 86400 * 30,
        "capacityRebalance": True,
        "healthCheckType": "EC2",
        "forceDelete": True,
        "defaultInstanceWarmup": 60,
        "tags": [{"key": "AmazonECSManaged", "value": "", "propagateAtLaunch": True}],
        "enabledMetrics": ["GroupDesiredCapacity"],
        "suspendedProcesses": ["AZRebalance"],
        "instanceRefresh": {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 90}},
    }


def _template(lab: Any) -> Properties:
    return {
        "imageId": "ami-12c6146b",
        "instanceType": "t3.micro",
        "updateDefaultVersion": True,
        "ebsOptimized": "true",
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1, "httpEndpoint": "enabled"},
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {"volumeSize": 30, "volumeType": "gp3", "encrypted": "true", "deleteOnTermination": "true"},
            }
        ],
        "iamInstanceProfile": {"arn": "arn:aws:iam::123456789012:instance-profile/x"},
        "vpcSecurityGroupIds": [group(lab)],
        "userData": base64.b64encode(b"ECS_CLUSTER=x").decode(),
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "x"}}],
        "tags": {"a": "1"},
        "monitoring": {"enabled": True},
        "description": "first",
    }


def _association(lab: Any) -> Properties:
    network = vpc(lab)
    return {"subnetId": subnets(lab, network, 1)[0], "routeTableId": table(lab, network)}


def _same_network_table(lab: Any, made: Any) -> str:
    found = lab.boto("ec2").describe_route_tables(RouteTableIds=[made.inputs["routeTableId"]])
    return table(lab, found["RouteTables"][0]["VpcId"])


def _route(lab: Any) -> Properties:
    network = vpc(lab)
    return {
        "routeTableId": table(lab, network),
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": gateway(lab, network),
    }


def _other_gateway(lab: Any) -> str:
    return gateway(lab, vpc(lab))


def _endpoint(lab: Any) -> Properties:
    network = vpc(lab)
    return {
        "vpcId": network,
        "serviceName": "com.amazonaws.us-east-1.ecs",
        "vpcEndpointType": "Interface",
        "subnetIds": subnets(lab, network),
        "securityGroupIds": [group(lab, network)],
        "privateDnsEnabled": True,
        "tags": {"a": "1"},
    }


def _nat(lab: Any) -> Properties:
    address = lab.boto("ec2").allocate_address(Domain="vpc")["AllocationId"]
    return {"subnetId": subnets(lab, count=1)[0], "allocationId": address, "tags": {"a": "1"}}


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


def _ec2_tag(lab: Any, made: Any) -> None:
    lab.boto("ec2").create_tags(Resources=[made.id], Tags=[{"Key": "a", "Value": "behind"}])


def _elb_tag(lab: Any, made: Any) -> None:
    lab.boto("elbv2").add_tags(ResourceArns=[made.id], Tags=[{"Key": "a", "Value": "behind"}])


def _version(lab: Any, made: Any) -> Properties:
    found = lab.boto("ec2").describe_launch_template_versions(LaunchTemplateId=made.id)
    return dict(found["LaunchTemplateVersions"][0]["LaunchTemplateData"])


NOT_FOUND = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}
CASES = [
    Case(
        "aws:ecs/accountSettingDefault:AccountSettingDefault",
        lambda lab: {"name": "awsvpcTrunking", "value": "enabled"},
        lambda lab, r: {"value": "disabled"},
        {"name": "containerInsights"},
        lambda lab, r: lab.boto("ecs").put_account_setting_default(name=r.id, value="enhanced"),
        "value",
        computed="principalArn",
    ),
    Case(
        "aws:ecs/cluster:Cluster",
        lambda lab: {"settings": [{"name": "containerInsights", "value": "enabled"}], "tags": {"a": "1"}},
        lambda lab, r: {"settings": [{"name": "containerInsights", "value": "disabled"}], "tags": {"a": "2", "b": "3"}},
        {"name": "other"},
        lambda lab, r: lab.boto("ecs").update_cluster(
            cluster=r.id, settings=[{"name": "containerInsights", "value": "enhanced"}]
        ),
        "settings",
    ),
    Case(
        "aws:ecs/capacityProvider:CapacityProvider",
        lambda lab: {
            "autoScalingGroupProvider": {
                "autoScalingGroupArn": auto_scaling_group(lab),
                "managedTerminationProtection": "ENABLED",
                "managedDraining": "ENABLED",
                "managedScaling": {
                    "status": "ENABLED",
                    "targetCapacity": 90,
                    "minimumScalingStepSize": 1,
                    "maximumScalingStepSize": 10,
                    "instanceWarmupPeriod": 60,
                },
            },
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "autoScalingGroupProvider": {
                **r.inputs["autoScalingGroupProvider"],
                "managedScaling": {"status": "ENABLED", "targetCapacity": 80},
            }
        },
        {"autoScalingGroupProvider": {"autoScalingGroupArn": "arn:other"}},
        lambda lab, r: lab.boto("ecs").update_capacity_provider(
            name=r.inputs["name"],
            autoScalingGroupProvider={"managedScaling": {"status": "ENABLED", "targetCapacity": 55}},
        ),
        "autoScalingGroupProvider",
    ),
    Case(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        lambda lab: {
            "clusterName": cluster(lab),
            "capacityProviders": ["FARGATE", name := provider(lab)],
            "defaultCapacityProviderStrategies": [{"capacityProvider": name, "base": 1, "weight": 100}],
        },
        lambda lab, r: {
            "defaultCapacityProviderStrategies": [{**r.inputs["defaultCapacityProviderStrategies"][0], "weight": 50}]
        },
        {"clusterName": "other"},
        lambda lab, r: lab.boto("ecs").put_cluster_capacity_providers(
            cluster=r.id,
            capacityProviders=r.inputs["capacityProviders"],
            defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
        ),
        "defaultCapacityProviderStrategies",
        computed="",
    ),
    Case(
        "aws:ecs/taskDefinition:TaskDefinition",
        lambda lab: {
            "family": lab.name("family"),
            "containerDefinitions": containers(),
            "networkMode": "bridge",
            "executionRoleArn": "arn:aws:iam::123456789012:role/e",
            "taskRoleArn": "arn:aws:iam::123456789012:role/t",
            "requiresCompatibilities": ["EC2"],
            "cpu": "256",
            "memory": "512",
            "pidMode": "task",
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "volumes": VOLUMES,
            "tags": {"a": "1"},
            "placementConstraints": [{"type": "memberOf", "expression": "attribute:x == y"}],
        },
        lambda lab, r: {"tags": {"b": "2"}},
        {"containerDefinitions": containers("nginx:2")},
        lambda lab, r: lab.boto("ecs").tag_resource(resourceArn=r.state["arn"], tags=[{"key": "a", "value": "behind"}]),
        "tags",
    ),
    Case(
        "aws:ecs/service:Service",
        _service,
        lambda lab, r: {
            "desiredCount": 3,
            "taskDefinition": task(lab, volumes=LAUNCHED),
            "deploymentMaximumPercent": 200,
            "tags": {"b": "1"},
            "forceNewDeployment": True,
            "enableExecuteCommand": False,
            "alarms": {"alarmNames": [], "enable": False, "rollback": False},
            "availabilityZoneRebalancing": "DISABLED",
            "serviceRegistries": None,
        },
        {"name": "other"},
        lambda lab, r: lab.boto("ecs").update_service(cluster=r.inputs["cluster"], service=r.id, desiredCount=7),
        "desiredCount",
    ),
    Case(
        "aws:ec2/vpc:Vpc",
        lambda lab: {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": {"a": "1"}},
        lambda lab, r: {"enableDnsHostnames": False, "tags": {"a": "2"}},
        {"cidrBlock": "10.10.0.0/16"},
        lambda lab, r: lab.boto("ec2").modify_vpc_attribute(VpcId=r.id, EnableDnsSupport={"Value": False}),
        "enableDnsSupport",
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda lab: {
            "vpcId": vpc(lab),
            "cidrBlock": "10.7.9.0/24",
            "availabilityZone": "us-east-1b",
            "mapPublicIpOnLaunch": True,
            "tags": {"a": "1"},
        },
        lambda lab, r: {"mapPublicIpOnLaunch": False, "tags": {}},
        {"cidrBlock": "10.7.8.0/24"},
        lambda lab, r: lab.boto("ec2").modify_subnet_attribute(SubnetId=r.id, MapPublicIpOnLaunch={"Value": False}),
        "mapPublicIpOnLaunch",
    ),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda lab: {"vpcId": vpc(lab), "tags": {"a": "1"}},
        lambda lab, r: {"vpcId": vpc(lab)},
        {},
        lambda lab, r: lab.boto("ec2").detach_internet_gateway(InternetGatewayId=r.id, VpcId=r.inputs["vpcId"]),
        "vpcId",
    ),
    Case(
        "aws:ec2/routeTable:RouteTable",
        lambda lab: {
            "vpcId": (network := vpc(lab)),
            "tags": {"a": "1"},
            "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway(lab, network)}],
        },
        lambda lab, r: {"routes": []},
        {"vpcId": "vpc-other"},
        lambda lab, r: lab.boto("ec2").delete_route(RouteTableId=r.id, DestinationCidrBlock="0.0.0.0/0"),
        "routes",
    ),
    Case(
        "aws:ec2/route:Route",
        _route,
        lambda lab, r: {"gatewayId": _other_gateway(lab)},
        {"destinationCidrBlock": "10.0.0.0/8"},
        lambda lab, r: lab.boto("ec2").replace_route(
            RouteTableId=r.inputs["routeTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=_other_gateway(lab)
        ),
        "gatewayId",
        computed="state",
    ),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        _association,
        lambda lab, r: {"routeTableId": _same_network_table(lab, r)},
        {"subnetId": "subnet-other"},
        lambda lab, r: lab.boto("ec2").replace_route_table_association(
            AssociationId=r.id, RouteTableId=_same_network_table(lab, r)
        ),
        "routeTableId",
        computed="",
    ),
    Case(
        "aws:ec2/eip:Eip",
        lambda lab: {"domain": "vpc", "tags": {"a": "1"}},
        lambda lab, r: {"tags": {"a": "2"}},
        {"domain": "standard"},
        _ec2_tag,
        "tags",
        computed="publicIp",
    ),
    Case(
        "aws:ec2/natGateway:NatGateway",
        _nat,
        lambda lab, r: {"tags": {"a": "2"}},
        {"subnetId": "subnet-other"},
        _ec2_tag,
        "tags",
        computed="publicIp",
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _endpoint,
        lambda lab, r: {"securityGroupIds": [group(lab, r.inputs["vpcId"])]},
        {"serviceName": "com.amazonaws.x.y"},
        lambda lab, r: lab.boto("ec2").modify_vpc_endpoint(
            VpcEndpointId=r.id, RemoveSubnetIds=r.inputs["subnetIds"][:1]
        ),
        "subnetIds",
    ),
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
    Case(
        "aws:ec2/launchTemplate:LaunchTemplate",
        _template,
        lambda lab, r: {"imageId": "ami-1234abcd", "description": "second", "tags": {"a": "2"}},
        {"name": "other"},
        lambda lab, r: lab.boto("ec2").create_launch_template_version(
            LaunchTemplateId=r.id,
            VersionDescription="first",
            LaunchTemplateData={**_version(lab, r), "InstanceType": "m5.large"},
        ),
        "instanceType",
    ),
    Case(
        "aws:autoscaling/group:Group",
        _fleet,
        lambda lab, r: {
            "maxSize": 5,
            "launchTemplate": {"id": template(lab), "version": "1"},
            "enabledMetrics": [],
            "suspendedProcesses": ["Launch"],
            "protectFromScaleIn": False,
            "targetGroupArns": [targets(lab)],
            "tags": [{"key": "other", "value": "x", "propagateAtLaunch": False}],
        },
        {"name": "other"},
        lambda lab, r: lab.boto("autoscaling").update_auto_scaling_group(AutoScalingGroupName=r.id, MaxSize=9),
        "maxSize",
    ),
    Case(
        "aws:iam/role:Role",
        lambda lab: {
            "assumeRolePolicy": TRUST,
            "description": "d",
            "path": "/p/",
            "maxSessionDuration": 7200,
            "tags": {"a": "1"},
            "permissionsBoundary": policy(lab),
        },
        lambda lab, r: {"assumeRolePolicy": TRUST_EC2, "description": "e", "tags": {"b": "2"}},
        {"path": "/q/"},
        lambda lab, r: lab.boto("iam").update_assume_role_policy(RoleName=r.id, PolicyDocument=TRUST_EC2),
        "assumeRolePolicy",
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda lab: {"role": role(lab), "policy": ALLOW},
        lambda lab, r: {"policy": ALLOW_MORE},
        {"role": "other"},
        lambda lab, r: lab.boto("iam").put_role_policy(
            RoleName=r.inputs["role"], PolicyName=r.inputs["name"], PolicyDocument=ALLOW_MORE
        ),
        "policy",
        computed="",
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda lab: {"role": role(lab), "policyArn": policy(lab)},
        None,
        {"role": "other"},
        computed="",
    ),
    Case(
        "aws:iam/policy:Policy",
        lambda lab: {"policy": ALLOW, "description": "d", "path": "/p/", "tags": {"a": "1"}},
        lambda lab, r: {"policy": ALLOW_MORE, "tags": {"a": "2"}},
        {"description": "e"},
        lambda lab, r: lab.boto("iam").create_policy_version(
            PolicyArn=r.id, PolicyDocument=ALLOW_MORE, SetAsDefault=True
        ),
        "policy",
    ),
    Case(
        "aws:iam/instanceProfile:InstanceProfile",
        lambda lab: {"role": role(lab), "path": "/p/", "tags": {"a": "1"}},
        lambda lab, r: {"role": role(lab), "tags": {"b": "2"}},
        {"path": "/q/"},
        lambda lab, r: lab.boto("iam").remove_role_from_instance_profile(
            InstanceProfileName=r.id, RoleName=r.inputs["role"]
        ),
        "role",
    ),
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda lab: {"retentionInDays": 7, "tags": {"a": "1"}},
        lambda lab, r: {"retentionInDays": 30, "tags": {"a": "2"}},
        {"name": "other"},
        lambda lab, r: lab.boto("logs").delete_retention_policy(logGroupName=r.id),
        "retentionInDays",
    ),
    Case(
        "aws:lb/loadBalancer:LoadBalancer",
        lambda lab: {
            "subnets": subnets(lab, network := vpc(lab)),
            "securityGroups": [group(lab, network)],
            "internal": True,
            "loadBalancerType": "application",
            "idleTimeout": 30,
            "enableDeletionProtection": False,
            "dropInvalidHeaderFields": True,
            "accessLogs": {"enabled": True, "bucket": bucket(lab), "prefix": "a/b"},
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "idleTimeout": 90,
            "tags": {"a": "2"},
            "securityGroups": [group(lab, r.state["vpcId"])],
            "accessLogs": {"enabled": False, "bucket": ""},
        },
        {"internal": False},
        lambda lab, r: lab.boto("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=r.id, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "45"}]
        ),
        "idleTimeout",
    ),
    Case(
        "aws:lb/targetGroup:TargetGroup",
        lambda lab: {
            "vpcId": vpc(lab),
            "port": 80,
            "protocol": "HTTP",
            "targetType": "instance",
            "deregistrationDelay": 30,
            "slowStart": 30,
            "healthCheck": {
                "path": "/health",
                "port": "traffic-port",
                "protocol": "HTTP",
                "matcher": "200-299",
                "interval": 15,
                "timeout": 5,
                "healthyThreshold": 2,
                "unhealthyThreshold": 3,
                "enabled": True,
            },
            "stickiness": {"type": "lb_cookie", "enabled": True, "cookieDuration": 600},
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "deregistrationDelay": 60,
            "slowStart": 0,
            "stickiness": {"type": "app_cookie", "enabled": True, "cookieDuration": 60, "cookieName": "SESSION"},
            "healthCheck": {**r.inputs["healthCheck"], "path": "/up", "matcher": "200"},
        },
        {"port": 81},
        lambda lab, r: lab.boto("elbv2").modify_target_group(TargetGroupArn=r.id, HealthCheckPath="/behind"),
        "healthCheck",
    ),
    Case(
        "aws:lb/listener:Listener",
        lambda lab: {
            "loadBalancerArn": balancer(lab),
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [NOT_FOUND],
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "port": 8080,
            "defaultActions": [
                {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
            ],
        },
        {"loadBalancerArn": "arn:other"},
        lambda lab, r: lab.boto("elbv2").modify_listener(ListenerArn=r.id, DefaultActions=MADE_BY_HAND),
        "defaultActions",
    ),
    Case(
        "aws:lb/listenerRule:ListenerRule",
        lambda lab: {
            "listenerArn": listener(lab),
            "priority": 10,
            "actions": [{"type": "forward", "targetGroupArn": targets(lab)}],
            "conditions": [{"pathPattern": {"values": ["/api/*"]}}, {"hostHeader": {"values": ["a.example.com"]}}],
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "priority": 20,
            "conditions": [{"pathPattern": {"values": ["/v2/*"]}}],
            "actions": [{"type": "forward", "forward": {"targetGroups": [{"arn": targets(lab), "weight": 1}]}}],
        },
        {"listenerArn": "arn:other"},
        lambda lab, r: lab.boto("elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": r.id, "Priority": 77}]),
        "priority",
    ),
    Case(
        "aws:appautoscaling/target:Target",
        lambda lab: {**scaled(lab), "minCapacity": 1, "maxCapacity": 4, "tags": {"a": "1"}},
        lambda lab, r: {"minCapacity": 0, "maxCapacity": 8, "tags": {"b": "2"}},
        {"resourceId": "service/other/other"},
        lambda lab, r: lab.boto("application-autoscaling").register_scalable_target(
            **_titled(r.inputs), MinCapacity=2, MaxCapacity=4
        ),
        "minCapacity",
        imported=_long_id,
    ),
    Case(
        "aws:appautoscaling/policy:Policy",
        lambda lab: {
            **scalable(lab),
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 62.5,
                "scaleInCooldown": 60,
                "scaleOutCooldown": 30,
                "disableScaleIn": False,
                "customizedMetricSpecification": {
                    "namespace": "Shop",
                    "metricName": "Backlog",
                    "statistic": "Average",
                    "dimensions": [{"name": "Kind", "value": "a"}, {"name": "Queue", "value": "b"}],
                },
            },
        },
        lambda lab, r: {
            "policyType": "StepScaling",
            "targetTrackingScalingPolicyConfiguration": None,
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "PercentChangeInCapacity",
                "cooldown": 120,
                "metricAggregationType": "Maximum",
                "minAdjustmentMagnitude": 2,
                "stepAdjustments": [
                    {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "7.5", "scalingAdjustment": 10},
                    {"metricIntervalLowerBound": "7.5", "scalingAdjustment": 30},
                ],
            },
        },
        {"name": "other"},
        lambda lab, r: _put_policy(lab, r, 70.5),
        "targetTrackingScalingPolicyConfiguration",
        imported=lambda r: _long_id(r, r.inputs["name"]),
    ),
    Case(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        lambda lab: {
            **scalable(lab),
            "schedule": "cron(0 8 ? * MON-FRI *)",
            "timezone": "Europe/Berlin",
            "scalableTargetAction": {"minCapacity": 3, "maxCapacity": 9},
        },
        lambda lab, r: {"schedule": "rate(1 day)", "scalableTargetAction": {"maxCapacity": 5}},
        {"name": "other"},
        lambda lab, r: lab.boto("application-autoscaling").put_scheduled_action(
            **_titled(r.inputs),
            ScheduledActionName=r.inputs["name"],
            Schedule="cron(0 9 ? * * *)",
            Timezone="Europe/Berlin",
            ScalableTargetAction={"MinCapacity": 3, "MaxCapacity": 9},
        ),
        "schedule",
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda lab: {
            "namespace": "AWS/ECS",
            "metricName": "CPUReservation",
            "dimensions": {"ClusterName": "a", "Other": "b"},
            "statistic": "Average",
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "threshold": 92.5,
            "period": 60,
            "evaluationPeriods": 5,
            "datapointsToAlarm": 4,
            "alarmDescription": "d",
            "alarmActions": ["arn:aws:sns:us-east-1:123456789012:a", "arn:aws:sns:us-east-1:123456789012:b"],
            "okActions": ["arn:aws:sns:us-east-1:123456789012:a"],
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            **dict.fromkeys(("namespace", "metricName", "dimensions", "statistic", "period", "datapointsToAlarm")),
            "okActions": None,
            "alarmDescription": None,
            "treatMissingData": "notBreaching",
            "metricQueries": [
                {"id": "missing", "expression": "wanted - found", "label": "Missing", "returnData": True},
                *(
                    {
                        "id": id_,
                        "returnData": False,
                        "metric": {
                            "namespace": "ECS/ContainerInsights",
                            "metricName": name,
                            "dimensions": {"ClusterName": "a", "ServiceName": "b"},
                            "period": 60,
                            "stat": "Average",
                        },
                    }
                    for id_, name in (("wanted", "DesiredTaskCount"), ("found", "RunningTaskCount"))
                ),
            ],
            "tags": {"b": "2"},
        },
        {"name": "other"},
        lambda lab, r: lab.boto("cloudwatch").put_metric_alarm(
            AlarmName=r.id,
            Namespace="AWS/ECS",
            MetricName="CPUReservation",
            Dimensions=[{"Name": "ClusterName", "Value": "a"}, {"Name": "Other", "Value": "b"}],
            Statistic="Average",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=80,
            Period=60,
            EvaluationPeriods=5,
            DatapointsToAlarm=4,
            AlarmDescription="d",
            TreatMissingData="missing",
            AlarmActions=r.inputs["alarmActions"],
            OKActions=r.inputs["okActions"],
        ),
        "threshold",
    ),
    Case(
        "aws:cloudwatch/dashboard:Dashboard",
        lambda lab: {"dashboardName": lab.name("board"), "dashboardBody": '{"widgets":[]}'},
        lambda lab, r: {"dashboardBody": '{"widgets":[{"type":"text","properties":{"markdown":"a"}}]}'},
        {"dashboardName": "other"},
        lambda lab, r: lab.boto("cloudwatch").put_dashboard(DashboardName=r.id, DashboardBody="{}"),
        "dashboardBody",
        computed="dashboardArn",
    ),
    Case(
        "aws:scheduler/schedule:Schedule",
        lambda lab: {
            "description": "d",
            "scheduleExpression": "rate(1 day)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "state": "DISABLED",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 5},
            "target": scheduled(lab),
        },
        lambda lab, r: {
            "scheduleExpression": "cron(0 3 ? * * *)",
            "state": None,
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {key: value for key, value in r.inputs["target"].items() if key != "deadLetterConfig"},
        },
        {"name": "other"},
        lambda lab, r: lab.boto("scheduler").update_schedule(
            **{key: value for key, value in schedule(lab, r.id).items() if key in SAID_OF_A_SCHEDULE},
            ScheduleExpression="rate(2 days)",
        ),
        "scheduleExpression",
    ),
    Case(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        lambda lab: {"name": "dev.internal", "vpc": vpc(lab), "description": "d", "tags": {"a": "1"}},
        lambda lab, r: {"description": "e", "tags": {"b": "2"}},
        {"name": "other.internal"},
        lambda lab, r: lab.boto("servicediscovery").update_private_dns_namespace(
            Id=r.id, Namespace={"Description": "behind"}
        ),
        "description",
        imported=lambda r: f"{r.id}:{r.inputs['vpc']}",
    ),
    Case(
        "aws:servicediscovery/httpNamespace:HttpNamespace",
        lambda lab: {"name": f"shop-{uuid4().hex}", "description": "d", "tags": {"a": "1"}},
        lambda lab, r: {"description": "e", "tags": {"b": "2"}},
        {"name": "other"},
        lambda lab, r: lab.boto("servicediscovery").update_http_namespace(Id=r.id, Namespace={"Description": "behind"}),
        "description",
    ),
    Case(
        "aws:servicediscovery/service:Service",
        lambda lab: {
            "name": "api",
            "description": "d",
            "dnsConfig": {
                "namespaceId": namespace(lab),
                "routingPolicy": "MULTIVALUE",
                "dnsRecords": [{"ttl": 15, "type": "SRV"}],
            },
            "healthCheckCustomConfig": {"failureThreshold": 1},
            "forceDestroy": True,
            "tags": {"a": "1"},
        },
        lambda lab, r: {"dnsConfig": {**r.inputs["dnsConfig"], "dnsRecords": [{"ttl": 60, "type": "SRV"}]}},
        {"name": "other"},
        lambda lab, r: lab.boto("servicediscovery").update_service(
            Id=r.id, Service={"Description": "d", "DnsConfig": {"DnsRecords": [{"TTL": 5, "Type": "SRV"}]}}
        ),
        "dnsConfig",
    ),
]
CASES += [
    Case(
        "aws:acm/certificate:Certificate",
        lambda lab: {
            "domainName": "shop.example.com",
            "subjectAlternativeNames": ["api.example.com"],
            "validationMethod": "DNS",
            "tags": {"a": "1"},
        },
        lambda lab, r: {"tags": {"b": "2"}},
        {"domainName": "other.example.com"},
        lambda lab, r: lab.boto("acm").add_tags_to_certificate(CertificateArn=r.id, Tags=[{"Key": "a", "Value": "5"}]),
        "tags",
    ),
    Case(
        "aws:acm/certificateValidation:CertificateValidation",
        lambda lab: {"certificateArn": issued(lab)},
        replace={"certificateArn": "arn:other"},
        computed="",
    ),
    Case(
        "aws:route53/record:Record",
        lambda lab: {
            "zoneId": lab.invoke("aws:route53/getZone:getZone", name="example.com")["zoneId"],
            "name": f"{lab.name()}.example.com",
            "type": "CNAME",
            "ttl": 60,
            "records": ["elsewhere.example.com"],
        },
        lambda lab, r: {"records": ["nowhere.example.com"]},
        {"name": "other.example.com"},
        lambda lab, r: lab.boto("route53").change_resource_record_sets(
            HostedZoneId=r.inputs["zoneId"],
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": r.inputs["name"],
                            "Type": "CNAME",
                            "TTL": 300,
                            "ResourceRecords": [{"Value": "elsewhere.example.com"}],
                        },
                    }
                ]
            },
        ),
        "ttl",
        computed="fqdn",
    ),
    Case(
        "aws:s3/bucket:Bucket",
        lambda lab: {"forceDestroy": True, "tags": {"a": "1"}},
        lambda lab, r: {"tags": {"a": "2", "b": "3"}},
        {"bucket": "other"},
        lambda lab, r: lab.boto("s3").put_bucket_tagging(Bucket=r.id, Tagging={"TagSet": [{"Key": "a", "Value": "5"}]}),
        "tags",
    ),
    Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda lab: {"bucket": bucket(lab), "policy": ALLOW},
        lambda lab, r: {"policy": ALLOW_MORE},
        {"bucket": "other"},
        lambda lab, r: lab.boto("s3").put_bucket_policy(Bucket=r.id, Policy=ALLOW_MORE),
        "policy",
        computed="",
    ),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda lab: {"bucket": bucket(lab), "rules": [{"id": "all", "status": "Enabled", "expiration": {"days": 30}}]},
        lambda lab, r: {"rules": [{"id": "all", "status": "Enabled", "expiration": {"days": 60}}]},
        {"bucket": "other"},
        lambda lab, r: lab.boto("s3").put_bucket_lifecycle_configuration(
            Bucket=r.id,
            LifecycleConfiguration={
                "Rules": [{"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 7}}]
            },
        ),
        "rules",
        computed="",
    ),
    Case(
        "aws:ssm/parameter:Parameter",
        lambda lab: {"type": "String", "value": "1", "description": "d", "tags": {"a": "1"}},
        lambda lab, r: {"value": "2", "tags": {"b": "2"}},
        {"type": "StringList"},
        lambda lab, r: lab.boto("ssm").put_parameter(Name=r.id, Value="3", Type="String", Overwrite=True),
        "value",
        computed="version",
    ),
]
UPDATABLE = [case for case in CASES if case.update is not None]
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.token.rpartition(":")[2])
each_updatable = pytest.mark.parametrize("case", UPDATABLE, ids=lambda case: case.token.rpartition(":")[2])


def test_every_served_type_has_a_case() -> None:
    assert sorted(case.token for case in CASES) == sorted(TYPES) == sorted(KINDS)
    never_updated = {
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    }
    assert {case.token for case in CASES} - {case.token for case in UPDATABLE} == never_updated
    assert all(case.behind and case.seen for case in UPDATABLE)


@each
def test_preview_knows_inputs_and_not_outputs(lab: Any, case: Case) -> None:
    resource = lab.resource(case.token)
    inputs = lab.checked(resource, case.inputs(lab))
    preview = lab.previewed(resource, inputs)
    assert {key: preview[key] for key in inputs if key != "__defaults"} == {
        key: value for key, value in inputs.items() if key != "__defaults"
    }
    if case.computed:
        assert preview[case.computed] is UNKNOWN


@each
def test_life_cycle(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    assert made.id
    assert _unlike(lab, made) == []
    assert list(lab.diff(made, made.inputs).diffs) == []

    if case.update is not None:
        changed = {**_program(made), **case.update(lab, made)}
        wanted = lab.checked(made, {key: value for key, value in changed.items() if value is not None})
        difference = lab.diff(made, wanted)
        assert difference.changes == difference.DIFF_SOME
        assert sorted(difference.diffs) == sorted(difference.detailedDiff)
        assert list(difference.replaces) == []
        lab.update(made, wanted)
        assert _unlike(lab, made) == []

    if case.replace:
        replaced = lab.diff(made, {**made.inputs, **case.replace})
        assert list(replaced.replaces) == list(case.replace)

    lab.delete(made)
    if case.token == "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders":
        _cluster_without_providers(lab, made.id)
        lab.boto("ecs").delete_cluster(cluster=made.id)
    if case.token == "aws:acm/certificateValidation:CertificateValidation":
        # A certificate stays issued.
        assert lab.read(made)[0] == made.id
        return
    if case.token == "aws:ecs/accountSettingDefault:AccountSettingDefault":
        # An account's setting is never gone: it goes back to AWS's own value.
        assert lab.read(made)[1]["value"] == "disabled"
        return
    assert lab.read(made)[0] == ""
    lab.delete(made)


def _cluster_without_providers(lab: Any, name: str) -> None:
    """What is left of an association: as with the real provider, it is gone when its cluster is."""
    found = lab.boto("ecs").describe_clusters(clusters=[name])["clusters"][0]
    assert (found["capacityProviders"], found["defaultCapacityProviderStrategy"]) == ([], [])


def _program(made: Any) -> Properties:
    """The inputs as the program wrote them: without names and defaults."""
    added = made.inputs["__defaults"]
    return {key: value for key, value in made.inputs.items() if key not in added and key != "__defaults"}


def _unlike(lab: Any, made: Any) -> list[str]:
    """The inputs that AWS, asked again, does not confirm."""
    id_, state, inputs = lab.read(made)
    assert id_ == made.id
    missing = [key for key in made.inputs if key not in ("__defaults", "namePrefix") and key not in state]
    return missing + list(lab.diff(made, made.inputs, old=inputs).diffs)


@each_updatable
def test_refresh_reports_a_change_behind_its_back(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    assert case.behind is not None
    case.behind(lab, made)
    id_, state, inputs = lab.read(made)
    assert id_ == made.id
    assert state.get(case.seen) != made.state.get(case.seen)
    assert list(lab.diff(made, made.inputs, old=inputs).diffs) == [case.seen]


@each
def test_import_finds_the_same_state(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    found = replace(made, id=case.imported(made))
    id_, state, _ = lab.read(found, known=False)
    assert id_ in (made.id, made.state.get("arn"))
    settings = KINDS[case.token].settings | {"inlinePolicies", "cluster", "taskDefinition"}
    differing = {key for key in made.state if key not in settings and state.get(key) != made.state[key]}
    assert differing == set()


@each
def test_what_was_taken_into_the_state_and_not_read_yet_is_found_by_the_id_of_an_import(lab: Any, case: Case) -> None:
    made = lab.create(lab.resource(case.token), case.inputs(lab))
    id_, state, _ = lab.read(replace(made, id=case.imported(made), state={}))
    assert id_ in (made.id, made.state.get("arn"))
    settings = KINDS[case.token].settings | {"inlinePolicies"}
    assert {key for key in made.state if key not in settings and state.get(key) != made.state[key]} == set()
