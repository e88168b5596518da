"""Mode awsvpc: the network of tasks that have interfaces of their own."""

import pulumi
import pulumi_aws as aws


def tasks_group(
    name: str, first: str, vpc_id: pulumi.Input[str] | None, parent: pulumi.Resource
) -> aws.ec2.SecurityGroup:
    """The security group of some tasks, which call whom they like. It lets nobody in until a rule is added.

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
