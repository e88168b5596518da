"""What the pack says of recorded previews of this repository's own stacks."""

import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto

from tests.policies.harness import CANNOT_JUDGE
from tests.policies.inprocess import analyzer, diagnostics
from tests.policies.recording import ADVICE, STACKS, recorded


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_refused_and_everything_can_be_judged(stack: str) -> None:
    recording = recorded(stack)
    assert len(recording.alone) > 50
    told = list(diagnostics(analyzer(), recording))
    assert [said.message for said in told if said.message.startswith(CANNOT_JUDGE)] == []
    assert [said.message for said in told if said.enforcementLevel == proto.MANDATORY] == []
    assert {said.policyName for said in told} == ADVICE[stack]
