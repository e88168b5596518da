"""Which account, region and partition a component deploys to."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class Account:
    """Known in a preview, for AWS answers without anything having been created."""

    partition: pulumi.Output[str]
    region: pulumi.Output[str]
    id: pulumi.Output[str]


def account_of(component: pulumi.Resource) -> Account:
    """The account that the component's provider deploys to."""
    options = pulumi.InvokeOutputOptions(parent=component)
    return Account(
        partition=aws.get_partition_output(opts=options).partition,
        region=aws.get_region_output(opts=options).region,
        id=aws.get_caller_identity_output(opts=options).account_id,
    )
