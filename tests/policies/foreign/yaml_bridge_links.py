"""Pulumi YAML, EC2: two linked containers in bridge mode with fixed ports, instances from a launch configuration."""

import base64

from tests.policies.harness import Res
from tests.policies.programs import arn, containers

CLUSTER = arn("ecs", "cluster/legacy")
GROUP = arn("autoscaling", "autoScalingGroup:77aa:autoScalingGroupName/legacy-asg")
USER_DATA = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=legacy >> /etc/ecs/ecs.config\n").decode()

PROGRAM = [
    Res("aws:ecs/cluster:Cluster", "legacy", {"name": "legacy", "arn": CLUSTER, "id": CLUSTER}),
    Res(
        "aws:ec2/securityGroup:SecurityGroup",
        "instances",
        {
            "id": "sg-0a0a0a0a0a0a0a0a0",
            "vpcId": "vpc-1",
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
            "ingress": [
                {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"], "description": "ssh"},
                {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0"], "description": "http"},
            ],
        },
    ),
    Res(
        "aws:ec2/launchConfiguration:LaunchConfiguration",
        "launch",
        {
            "id": "legacy-lc-1",
            "name": "legacy-lc-1",
            "imageId": "ami-0123456789abcdef0",
            "instanceType": "t3.small",
            "securityGroups": ["sg-0a0a0a0a0a0a0a0a0"],
            "userDataBase64": USER_DATA,
            "iamInstanceProfile": "ecsInstanceRole",
        },
        {"securityGroups": ["instances"]},
    ),
    Res(
        "aws:autoscaling/group:Group",
        "legacy-asg",
        {
            "name": "legacy-asg",
            "arn": GROUP,
            "minSize": 1,
            "maxSize": 1,
            "launchConfiguration": "legacy-lc-1",
            "vpcZoneIdentifiers": ["subnet-1"],
        },
        {"launchConfiguration": ["launch"]},
    ),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "wordpress",
        {
            "family": "wordpress",
            "arn": arn("ecs", "task-definition/wordpress:1"),
            "networkMode": "bridge",
            "containerDefinitions": containers(
                {
                    "name": "wordpress",
                    "image": "wordpress",
                    "memory": 500,
                    "essential": True,
                    "links": ["mysql"],
                    "portMappings": [{"containerPort": 80, "hostPort": 80}],
                    "environment": [{"name": "WORDPRESS_DB_HOST", "value": "mysql"}],
                },
                {
                    "name": "mysql",
                    "image": "mysql:8.4",
                    "memory": 500,
                    "essential": True,
                    "environment": [{"name": "MYSQL_ROOT_PASSWORD", "value": "hunter2hunter2"}],
                },
            ),
        },
    ),
    Res(
        "aws:ecs/service:Service",
        "wordpress-service",
        {
            "cluster": CLUSTER,
            "desiredCount": 1,
            "launchType": "EC2",
            "taskDefinition": arn("ecs", "task-definition/wordpress:1"),
        },
        {"cluster": ["legacy"], "taskDefinition": ["wordpress"]},
    ),
]

EXPECTED = {
    ("ecs-instances-imdsv2-stated", "launch"): "No metadata options are set: account and AMI decide.",
    ("ecs-instances-no-ssh-from-world", "instances"): "Port 22 is open to 0.0.0.0/0, whatever the rule is called.",
    ("ecs-instances-launch-template", "legacy-asg"): "The group has a launch configuration.",
    ("ecs-cluster-container-insights", "legacy"): "The cluster has no settings at all.",
    ("ecs-cluster-default-capacity-provider-strategy", "legacy"): "Instances join the cluster, and it has no strategy.",
    ("ecs-task-definition-execution-role", "wordpress"): "No execution role is set.",
    ("ecs-task-definition-task-role", "wordpress"): "No task role is set.",
    ("ecs-task-definition-image-pinned", "wordpress"): "The image wordpress has no tag.",
    ("ecs-task-definition-logging", "wordpress"): "Neither container has a log configuration.",
    ("ecs-task-definition-root-user", "wordpress"): "Neither container names a user.",
    ("ecs-task-definition-readonly-root", "wordpress"): "Both containers may write to their root filesystems.",
    ("ecs-task-definition-no-secrets", "wordpress"): "The password of MySQL's root stands in the environment.",
    (
        "ecs-task-definition-static-host-port",
        "wordpress",
    ): "One copy with a fixed port: it works, and cannot be deployed without a gap.",
    ("ecs-service-circuit-breaker", "wordpress-service"): "The service rolls, and has no circuit breaker.",
}
