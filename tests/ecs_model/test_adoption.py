"""Which live resources stand for which of a program's."""

from typing import Any

import pulumi_aws
import pytest

from ecs_model.adoption import FIXED, adoption_problems, short_type, unmet
from localaws.types import KINDS


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("aws:ecs/cluster:Cluster", "ecs.Cluster"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "vpc.SecurityGroupIngressRule"),
        ("ecs-on-ec2:index:Cluster", ""),
        ("pulumi:pulumi:Stack", ""),
    ],
)
def test_types_are_written_as_programs_write_them(token: str, short: str) -> None:
    assert short_type(token) == short


def test_every_type_is_one_of_the_aws_package_and_its_fixed_properties_are_its_inputs() -> None:
    looked_at = 0
    for type_, fixed in FIXED.items():
        module, _, name = type_.partition(".")
        args = getattr(getattr(pulumi_aws, module), f"{name}Args")
        inputs = {key for key in vars(args) if not key.startswith("_")}
        snake = {"".join(f"_{c.lower()}" if c.isupper() else c for c in prop.partition(".")[0]) for prop in fixed}
        assert snake <= inputs, type_
        looked_at += len(snake)
    assert looked_at > 50


def test_what_the_local_aws_replaces_is_fixed() -> None:
    """What it knows from the provider's pages, but for what a program of these components never changes."""
    missing: dict[str, Any] = {}
    for token, kind in KINDS.items():
        if short_type(token) in FIXED:
            left = kind.replaces - set(FIXED[short_type(token)]) - NOT_OURS.get(short_type(token), set())
            missing |= {short_type(token): left} if left else {}
    assert missing == {}


NOT_OURS: dict[str, set[str]] = {
    "autoscaling.Group": {"initialLifecycleHooks"},
    "ec2.NatGateway": {"privateIp"},
    "ec2.Subnet": {"availabilityZoneId"},
    "ec2.Vpc": {"instanceTenancy"},
    "ecs.CapacityProvider": {"cluster"},
    "ecs.Service": {"deploymentController.type", "iamRole", "launchType"},
    "servicediscovery.Service": {"dnsConfig.namespaceId", "dnsConfig.routingPolicy"},
}
"""Inputs that replace and that the components leave to AWS."""


@pytest.mark.parametrize(
    ("adopted", "said"),
    [
        ({}, []),
        ({"ecs.Cluster": {"prod": "shop"}, "ecs.Service": {"prod-web": "shop/web"}}, []),
        (
            {"ecs.Clusters": {"prod": "shop"}},
            ['["ecs.Clusters"]: is no type that can be adopted (there is: ', "did you mean ecs.Cluster?"],
        ),
        ({"ecs.Cluster": {"prod": " "}}, ['["ecs.Cluster"].prod: is empty: give the id']),
        (
            {"iam.Role": {"prod-web-task": "app", "prod-api-task": "app"}},
            ['["iam.Role"].prod-api-task: is app, which prod-web-task adopts already'],
        ),
    ],
)
def test_what_cannot_be_adopted(adopted: dict[str, dict[str, str]], said: list[str]) -> None:
    found = [str(problem) for problem in adoption_problems(adopted)]
    assert len(found) == bool(said)
    assert all(part in found[0] for part in said)


def test_a_name_that_the_program_does_not_have_is_said_with_those_it_has() -> None:
    made = {"ecs.Service": {"prod-web", "prod-api"}}
    (problem,) = unmet({"ecs.Service": {"prod-web": "shop/web", "prod-wep": "shop/wep"}}, made)
    assert str(problem) == (
        '["ecs.Service"].prod-wep: is no ecs.Service of this program (there is: prod-api, prod-web): did you mean '
        "prod-web?"
    )
    (problem,) = unmet({"ecs.Cluster": {"prod": "shop"}}, made)
    assert str(problem).endswith("(there is: none): take the name from a preview")
