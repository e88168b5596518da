"""The network of tasks that nobody calls."""

import pulumi
import pulumi_aws as aws


def unreached_group(
    name: str, first: str, vpc_id: pulumi.Input[str] | None, parent: pulumi.Resource
) -> aws.ec2.SecurityGroup:
    """Mode awsvpc: a security group of tasks that nobody reaches, and that call whom they like.

    `first` is what the component was called first.
    """
    options = pulumi.ResourceOptions(parent=parent)
    group = aws.ec2.SecurityGroup(f"{name}-tasks", description=f"Tasks of {first}", vpc_id=vpc_id, opts=options)
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-tasks-out",
        security_group_id=group.id,
        description="Anywhere the containers call",
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
        opts=options,
    )
    return group
