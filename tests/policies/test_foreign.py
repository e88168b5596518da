"""Programs that are not ours: exactly the findings that a reviewer expects, and none on Fargate-only programs."""

import pytest

from policies.pack import rules
from tests.policies.foreign import Foreign, programs
from tests.policies.harness import CANNOT_JUDGE, Pack

every_program = pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)


@every_program
def test_exactly_the_expected_findings(pack: Pack, program: Foreign) -> None:
    told = [d for resource in program.resources for d in pack.resource(resource)]
    told += pack.stack(*program.resources)
    assert [d.text for d in told if d.text.startswith(CANNOT_JUDGE)] == []
    assert {(d.rule, d.resource) for d in told} == set(program.expected)


@every_program
def test_every_expectation_has_a_reason(program: Foreign) -> None:
    assert {rule for rule, _ in program.expected} <= {declared.id for declared in rules()}
    assert all(len(reason.split()) >= 4 for reason in program.expected.values())
