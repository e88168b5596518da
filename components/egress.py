"""What security groups let out."""

import pulumi
import pulumi_aws as aws


def egress_to_anywhere(
    name: str, group: aws.ec2.SecurityGroup, description: str, opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupEgressRule:
    """The rule by which a security group lets everything out; `description` says whom its members call."""
    return aws.vpc.SecurityGroupEgressRule(
        name,
        security_group_id=group.id,
        description=description,
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
        opts=opts,
    )
