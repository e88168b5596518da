"""The bucket that a load balancer logs to."""

import pulumi
import pulumi_aws as aws

from components.account import Place, account_of
from ecs_model.access_logs import AccessLogs, bucket_policy
from ecs_model.container_definitions import canonical_json


def log_bucket(
    name: str, chosen: AccessLogs, parent: pulumi.Resource, *, network: bool
) -> tuple[pulumi.Output[str], list[pulumi.Resource]]:
    """The bucket's name, and what a load balancer has to wait for before AWS lets it write there."""
    if chosen.bucket is not None:
        return pulumi.Output.from_input(chosen.bucket), []
    # S3 knows no capitals.
    title, options = f"{name}-logs".lower(), pulumi.ResourceOptions(parent=parent)
    # A load balancer writes a file at once, so that without force no destroy would succeed.
    bucket = aws.s3.Bucket(title, force_destroy=True, opts=options)
    document = pulumi.Output.all(account_of(parent).place, bucket.bucket).apply(
        lambda known: _policy(*known, prefix=chosen.prefix, network=network)
    )
    policy = aws.s3.BucketPolicy(title, bucket=bucket.bucket, policy=document, opts=options)
    expiry = aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=chosen.retention_days)
    aws.s3.BucketLifecycleConfiguration(
        title,
        bucket=bucket.bucket,
        rules=[aws.s3.BucketLifecycleConfigurationRuleArgs(id="all", status="Enabled", expiration=expiry)],
        opts=options,
    )
    return bucket.bucket, [policy]


def _policy(place: Place, bucket: str, *, prefix: str | None, network: bool) -> str:
    return canonical_json(bucket_policy(place.partition, place.region, place.account, bucket, prefix, network=network))
