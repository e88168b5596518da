"""Amazon S3 and the parameters of Systems Manager."""

from __future__ import annotations

from tests.localaws.case import Case
from tests.localaws.making import ALLOW, ALLOW_MORE, bucket

CASES = [
    Case(
        "aws:s3/bucket:Bucket",
        lambda lab: {"forceDestroy": True, "tags": {"a": "1"}},
        lambda lab, r: {"tags": {"a": "2", "b": "3"}},
        {"bucket": "other"},
        lambda lab, r: lab.boto("s3").put_bucket_tagging(Bucket=r.id, Tagging={"TagSet": [{"Key": "a", "Value": "5"}]}),
        "tags",
    ),
    Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda lab: {"bucket": bucket(lab), "policy": ALLOW},
        lambda lab, r: {"policy": ALLOW_MORE},
        {"bucket": "other"},
        lambda lab, r: lab.boto("s3").put_bucket_policy(Bucket=r.id, Policy=ALLOW_MORE),
        "policy",
        computed="",
    ),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda lab: {"bucket": bucket(lab), "rules": [{"id": "all", "status": "Enabled", "expiration": {"days": 30}}]},
        lambda lab, r: {"rules": [{"id": "all", "status": "Enabled", "expiration": {"days": 60}}]},
        {"bucket": "other"},
        lambda lab, r: lab.boto("s3").put_bucket_lifecycle_configuration(
            Bucket=r.id,
            LifecycleConfiguration={
                "Rules": [{"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 7}}]
            },
        ),
        "rules",
        computed="",
    ),
    Case(
        "aws:ssm/parameter:Parameter",
        lambda lab: {"type": "String", "value": "1", "description": "d", "tags": {"a": "1"}},
        lambda lab, r: {"value": "2", "tags": {"b": "2"}},
        {"type": "StringList"},
        lambda lab, r: lab.boto("ssm").put_parameter(Name=r.id, Value="3", Type="String", Overwrite=True),
        "value",
        computed="version",
    ),
]
