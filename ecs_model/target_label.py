"""A target group and its load balancer in one text, as CloudWatch and Application Auto Scaling know them.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
"""

import re

_BALANCER = re.compile(r":(?:listener|loadbalancer)/([^/]+/[^/]+/[^/]+)")


def target_label(arn: str, target_group: str) -> str:
    """`app/a/1/targetgroup/b/2` of the ARN of a load balancer, or of a listener of it, and a target group's ARN suffix.

    Without anything before the slash where the ARN is none of the two.
    """
    found = _BALANCER.search(arn)
    return f"{found[1] if found else ''}/{target_group}"


def split_label(label: str) -> tuple[str, str]:
    """`app/a/1/targetgroup/b/2` -> the two dimensions `app/a/1` and `targetgroup/b/2`."""
    balancer, slash, group = label.partition("/targetgroup/")
    return balancer, f"{slash.lstrip('/')}{group}"
