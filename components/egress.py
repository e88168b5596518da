"""What security groups let out."""

import pulumi
import pulumi_aws as aws


def egress_to_anywhere(
    name: str, group: aws.ec2.SecurityGroup, description: str, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    """The rule by which a security group lets everything out; `description` says whom its members call."""
    # Annotated by its own type, it would load all of aws.vpc (20 ms) where this module is imported.
    return aws.vpc.SecurityGroupEgressRule(
        name,
        security_group_id=group.id,
        description=description,
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
        opts=opts,
    )
