"""Which public tools have an equivalent of a rule, and that the catalogue says so."""

import re

import pytest

from policies.catalogue import catalogue
from policies.equivalents import EQUIVALENTS
from policies.pack import rules

IDS = {
    "Security Hub": r"(AutoScaling|EC2|ECS|ELB|IAM)\.[1-9]\d*",
    "Control Tower": r"CT\.ECS\.PR\.[1-9]\d*",
    "Checkov": r"CKV2?_AWS_[1-9]\d*",
    "Trivy": r"AWS-\d{4}",
    "cdk-nag": r"AwsSolutions-[A-Z]+[0-9]+",
    "Prowler": r"(autoscaling|ec2|ecs|elbv2|iam)(_[a-z0-9]+)+",
    "cfn-lint": r"[EW]3\d{3}",
    "tfsec": r"aws(-[a-z0-9]+)+",
}


def test_each_is_of_a_rule_that_there_is() -> None:
    assert EQUIVALENTS
    assert set(EQUIVALENTS) <= {declared.id for declared in rules()}


@pytest.mark.parametrize(("rule", "checks"), EQUIVALENTS.items(), ids=EQUIVALENTS)
def test_each_is_named_by_its_tool_and_id(rule: str, checks: tuple[str, ...]) -> None:
    assert checks
    assert len(set(checks)) == len(checks)
    for check in checks:
        assert any(re.fullmatch(f"{tool} {id}", check) for tool, id in IDS.items()), check


def test_the_catalogue_names_them_below_their_rule() -> None:
    sections = {text.partition("\n")[0]: text for text in catalogue().split("\n## ")}
    for declared in rules():
        checks = EQUIVALENTS.get(declared.id)
        assert ("Elsewhere: " in sections[declared.id]) == bool(checks)
        if checks:
            assert f"\nElsewhere: {', '.join(checks)}\n" in sections[declared.id]
