"""Launch templates and Auto Scaling groups."""

from __future__ import annotations

import base64
from typing import Any

from tests.localaws.case import Case
from tests.localaws.making import Properties, group, subnets, targets, template


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


def _version(lab: Any, made: Any) -> Properties:
    found = lab.boto("ec2").describe_launch_template_versions(LaunchTemplateId=made.id)
    return dict(found["LaunchTemplateVersions"][0]["LaunchTemplateData"])


CASES = [
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
]
