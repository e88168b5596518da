"""Names of a load balancer, and who may write its logs."""

import pytest

from ecs_model.access_logs import AccessLogs, bucket_policy
from ecs_model.domain import DomainSettings
from ecs_model.load_balancer import LoadBalancerSettings

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666"
LONG = f"{'a' * 60}.example.com"


@pytest.mark.parametrize(
    ("names", "zone", "said"),
    [
        (["shop.example.com"], "example.com", []),
        (["example.com", "*.example.com"], "example.com", []),
        (["*.shop.example.com"], "example.com", []),
        (["shop.example.com", LONG], "example.com", []),
        ([], "example.com", ["names: has 0 names: give 1-10"]),
        ([f"n{n}.example.com" for n in range(11)], "example.com", ["names: has 11 names: give 1-10"]),
        (["a.example.com"] * 2, "example.com", ["names: has a name more than once: keep each once"]),
        (["Shop.example.com"], "example.com", ["names[0]: 'Shop.example.com' is not a name in lower case"]),
        (["a.*.example.com"], "example.com", ["names[0]: 'a.*.example.com' is not a name in lower case"]),
        (["shop.example.org"], "example.com", ["names[0]: 'shop.example.org' is not in the zone example.com"]),
        (["myexample.com"], "example.com", ["names[0]: 'myexample.com' is not in the zone example.com"]),
        (["shop.com."], "com.", ["zone: 'com.' is not a domain", "names[0]: 'shop.com.' is not a name"]),
        ([LONG], "example.com", ["names[0]: has 72 characters, the first name at most 64"]),
    ],
)
def test_what_is_wrong_with_a_domain(names: list[str], zone: str, said: list[str]) -> None:
    found = [str(problem) for problem in DomainSettings(names, zone).problems()]
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True)), found


def test_a_wildcard_is_proved_with_the_name_below_which_it_stands() -> None:
    names = ["*.example.com", "example.com", "shop.example.com"]
    assert DomainSettings(names, "example.com").proofs == ["example.com", "shop.example.com"]


def test_a_domain_makes_its_certificate() -> None:
    domain = DomainSettings(["shop.example.com"], "example.com")
    assert LoadBalancerSettings(domain=domain).ports == [80, 443]
    (problem,) = LoadBalancerSettings(domain=domain, certificate_arn=CERTIFICATE).problems()
    assert str(problem) == "certificateArn: is made by domain: leave out the one or the other"


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        (AccessLogs(), None),
        (AccessLogs(prefix="shop/public", retention_days=3650), None),
        (AccessLogs("shop-logs"), None),
        (AccessLogs(retention_days=0), "retentionDays: 0 is out of range: give 1-3650 days"),
        (AccessLogs("shop-logs", retention_days=7), "retentionDays: is decided by whoever made the bucket shop-logs"),
        (AccessLogs("Shop"), "bucket: 'Shop' is not a bucket's name"),
    ],
)
def test_what_is_wrong_with_access_logs(logs: AccessLogs, said: str | None) -> None:
    found = [str(problem) for problem in logs.problems()]
    assert len(found) == (said is not None)
    assert all(line.startswith(str(said)) for line in found)


def test_only_this_accounts_load_balancers_write_to_the_bucket() -> None:
    place = ("aws", "eu-central-1", "123456789012", "logs")
    (application,) = bucket_policy(*place, None, network=False)["Statement"]
    assert application == {
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/AWSLogs/123456789012/*",
    }
    network = bucket_policy(*place, "web", network=True)["Statement"]
    assert [(each["Action"], each["Resource"]) for each in network] == [
        ("s3:GetBucketAcl", "arn:aws:s3:::logs"),
        ("s3:PutObject", "arn:aws:s3:::logs/web/AWSLogs/123456789012/*"),
    ]
    assert all(each["Condition"]["StringEquals"]["aws:SourceAccount"] == "123456789012" for each in network)
