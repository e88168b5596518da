"""A target group and its load balancer in one text."""

import pytest

from ecs_model.target_label import split_label, target_label

PLACE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"


@pytest.mark.parametrize(
    ("arn", "label"),
    [
        (f"{PLACE}:listener/app/public/50dc/0467", "app/public/50dc/targetgroup/web/943f"),
        (f"{PLACE}:loadbalancer/net/front/1a2b", "net/front/1a2b/targetgroup/web/943f"),
        (f"{PLACE}:loadbalancer/app/listener/1a2b", "app/listener/1a2b/targetgroup/web/943f"),
        ("", "/targetgroup/web/943f"),
    ],
)
def test_a_target_group_is_named_with_its_load_balancer(arn: str, label: str) -> None:
    assert target_label(arn, "targetgroup/web/943f") == label


def test_a_label_is_two_dimensions() -> None:
    assert split_label("app/a/1/targetgroup/b/2") == ("app/a/1", "targetgroup/b/2")
