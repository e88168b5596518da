"""Where load balancers write a line for each request, and who may write there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecs_model.problem import Problem

RETENTION_DAYS = 90


@dataclass(frozen=True)
class AccessLogs:
    """Where a load balancer writes a line for each request.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    bucket: str | None = None
    """An S3 bucket of the same region, whose policy lets load balancers write to it; where absent one is made for this
    load balancer, which goes with the stack and everything in it."""
    prefix: str | None = None
    """A directory in the bucket; none where absent."""
    retention_days: int = RETENTION_DAYS
    """Days that a bucket which is made here keeps a line, 1-3650; a bucket that exists has its own rules."""

    def problems(self) -> Iterator[Problem]:
        """What AWS would refuse, the policy of a bucket that exists aside."""
        bucket, prefix = self.bucket, self.prefix
        if bucket is not None and (not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket) or ".." in bucket):
            yield Problem(("bucket",), f"{bucket!r} is not a bucket's name, such as shop-access-logs")
        if not 1 <= self.retention_days <= 3_650:
            yield Problem(("retentionDays",), f"{self.retention_days} is out of range: give 1-3650 days")
        elif bucket is not None and self.retention_days != RETENTION_DAYS:
            yield Problem(("retentionDays",), f"is decided by whoever made the bucket {bucket}: leave it out")
        if prefix is None:
            return
        if not re.fullmatch(r"[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*", prefix):
            yield Problem(("prefix",), f"{prefix!r} is not a directory, such as shop/public: no slash first or last")
        elif "AWSLogs" in prefix:
            yield Problem(("prefix",), f"{prefix!r} contains AWSLogs, which is added to it: leave that out")


def bucket_policy(
    partition: str, region: str, account: str, bucket: str, prefix: str | None, *, network: bool
) -> dict[str, Any]:
    """Lets the account's load balancers, of the application or the network type, write to a bucket; and nobody else.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html
    """
    whole = f"arn:{partition}:s3:::{bucket}"
    place = f"{whole}/{f'{prefix}/' if prefix else ''}AWSLogs/{account}/*"
    if not network:
        return _document(_allow("logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", place))
    source = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:*"},
    }
    owned = {**source, "StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
    service = "delivery.logs.amazonaws.com"
    return _document(
        _allow(service, "s3:GetBucketAcl", whole) | {"Condition": source},
        _allow(service, "s3:PutObject", place) | {"Condition": owned},
    )


def _allow(service: str, action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": resource}


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}
