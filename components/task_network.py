"""Mode awsvpc: the network of tasks that have interfaces of their own."""

import pulumi
import pulumi_aws as aws

from components.egress import egress_to_anywhere


def tasks_group(
    name: str, first: str, vpc_id: pulumi.Input[str] | None, parent: pulumi.Resource
) -> aws.ec2.SecurityGroup:
    """The security group of some tasks, which call whom they like. It lets nobody in until a rule is added.

    `first` is what the component was called first.
    """
    options = pulumi.ResourceOptions(parent=parent)
    group = aws.ec2.SecurityGroup(f"{name}-tasks", description=f"Tasks of {first}", vpc_id=vpc_id, opts=options)
    egress_to_anywhere(f"{name}-tasks-out", group, "Anywhere the containers call", options)
    return group
