"""What every rule declares, and that the engine is told the same."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel, Severity

from policies.catalogue import catalogue
from policies.pack import NAME, all_policies, rules
from policies.rule import MANDATORY, Finding, Rule, rule
from policies.stack import Stack
from policies.views.resource import Resource
from tests.policies.harness import LEVELS, Pack

PRACTICES = {
    "ecs-cluster-default-capacity-provider-strategy",
    "ecs-instances-ephemeral-ingress",
    "ecs-task-definition-dynamic-host-port",
    "ecs-task-definition-separate-roles",
}
every_rule = pytest.mark.parametrize("declared", rules(), ids=lambda declared: declared.id)


def test_the_practices_of_the_notes_are_mandatory() -> None:
    levels = {declared.id: declared.level for declared in rules()}
    assert {id: levels[id] for id in PRACTICES} == dict.fromkeys(PRACTICES, MANDATORY)


@every_rule
def test_a_declaration_is_complete(declared: Rule) -> None:
    assert re.fullmatch(
        r"ecs-(cluster|capacity-provider|auto-scaling-group|instances|service|task-definition|security-group|target-group"
        r"|load-balancer)(-[a-z0-9]+)+",
        declared.id,
    )
    assert isinstance(declared.severity, Severity)
    assert isinstance(declared.level, EnforcementLevel)
    assert not declared.title.endswith(".")
    assert re.fullmatch(r"[A-Z].{30,}\.", declared.why)
    assert re.fullmatch(r"[A-Z].{10,}\.", declared.fix)
    assert declared.source.startswith("https://docs.aws.amazon.com/")
    assert declared.subject is Stack or issubclass(declared.subject, Resource)
    assert declared.judge.__doc__


@every_rule
def test_every_option_has_a_meaning_and_a_test(declared: Rule) -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.rglob("*.py"))
    for name, option in declared.options.items():
        assert option.meaning.endswith(".")
        assert f'{{"{name}": ' in tests


def test_the_engine_is_told_all_of_it(pack: Pack) -> None:
    info = pack.info
    assert info.name == NAME
    assert info.supportsConfig
    told = {policy.name: policy for policy in info.policies}
    assert set(told) == {declared.id for declared in all_policies()}
    for declared in all_policies():
        policy = told[declared.id]
        assert policy.description == declared.title
        assert policy.enforcementLevel == LEVELS[declared.level.value]
        assert policy.severity > 0
        assert policy.remediation_steps == declared.fix
        assert policy.url == declared.source
        assert set(policy.configSchema.properties) == set(declared.options)


def test_an_id_can_be_taken_once() -> None:
    declare = rule(
        id="ecs-instances-ephemeral-ingress",
        title="",
        severity=Severity.LOW,
        level=MANDATORY,
        why="",
        fix="",
        source="",
    )
    with pytest.raises(ValueError, match="two rules have the id ecs-instances-ephemeral-ingress"):
        declare(lambda stack: iter([Finding("")]))


def test_the_catalogue_is_current() -> None:
    written = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
    assert written == catalogue(), "run `python -m policies.catalogue > docs/policies.md`"
    for declared in all_policies():
        assert written.count(f"\n## {declared.id}\n") == 1
    example = json.loads(written.split("```json\n")[1].split("```")[0])
    options = {declared.id: set(declared.options) for declared in rules()}
    assert example.pop("all") in LEVELS
    for id, given in example.items():
        assert given.pop("enforcementLevel") in LEVELS
        assert set(given) <= options[id]
        assert given


def test_the_pack_starts_without_the_aws_libraries() -> None:
    """They would cost every deployment a second at its start."""
    code = "import sys, policies.pack; policies.pack.rules(); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in told.stdout.split()}
    assert "pulumi_policy" in loaded
    assert loaded.isdisjoint({"pulumi_aws", "boto3", "botocore", "moto"})
