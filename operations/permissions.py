"""The IAM actions that each command needs; all but drain's read only: recover changes the state, and nothing in AWS."""

from __future__ import annotations

from typing import Any

CLUSTER = (
    "ecs:DescribeClusters",
    "ecs:ListContainerInstances",
    "ecs:DescribeContainerInstances",
    "ecs:ListServices",
    "ecs:DescribeServices",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeCapacityProviders",
    "autoscaling:DescribeAutoScalingGroups",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeSubnets",
)
"""To read a cluster."""

SESSIONS = ("ecs:ExecuteCommand", "ssm:StartSession")
"""What the AWS CLI calls where a session is run."""

FINDING = (
    "acm:ListCertificates",
    "acm:ListTagsForCertificate",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "autoscaling:DescribeAutoScalingGroups",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListDashboards",
    "ec2:DescribeAddresses",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeNatGateways",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "ecs:DescribeCapacityProviders",
    "ecs:DescribeClusters",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "iam:GetInstanceProfile",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListPolicies",
    "logs:DescribeLogGroups",
    "route53:GetHostedZone",
    "route53:ListResourceRecordSets",
    "s3:GetBucketLocation",
    "scheduler:GetSchedule",
    "servicediscovery:ListNamespaces",
    "servicediscovery:ListServices",
    "ssm:DescribeParameters",
    "sts:GetCallerIdentity",
)
"""To look for what a creation made, whatever its type."""

ACTIONS: dict[str, tuple[str, ...]] = {
    "capacity": CLUSTER,
    "why": (*CLUSTER, "autoscaling:DescribeScalingActivities", "cloudwatch:GetMetricData"),
    "plan": (*CLUSTER, "pricing:GetProducts", "ec2:DescribeSpotPriceHistory"),
    "failures": (
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:ListServiceDeployments",
        "ecs:DescribeServiceDeployments",
    ),
    "doctor": (
        *CLUSTER,
        "ecs:ListServiceDeployments",
        "autoscaling:DescribeInstanceRefreshes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeSecurityGroups",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "ssm:DescribeInstanceInformation",
        "ssm:GetParameters",
    ),
    "session": (
        "ec2:DescribeInstances",
        "ecs:DescribeClusters",
        "ecs:DescribeContainerInstances",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListContainerInstances",
        "ecs:ListTasks",
        "iam:GetInstanceProfile",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "ssm:DescribeInstanceInformation",
        *SESSIONS,
    ),
    "drain": (*CLUSTER, "ecs:GetTaskProtection", "ecs:UpdateContainerInstancesState"),
    "recover": FINDING,
}


def policy(command: str) -> dict[str, Any]:
    """The IAM policy document that allows a command and nothing else."""
    statement = {
        "Sid": f"Operations{command.capitalize()}",
        "Effect": "Allow",
        "Action": sorted(ACTIONS[command]),
        # Most of these actions know no other resource (Service Authorization Reference).
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
