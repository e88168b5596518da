"""What the pack says of recorded previews of this repository's own stacks."""

import datetime
import json

import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto

from policies.configuration.merging import engine_form, merged
from policies.configuration.presets import preset
from policies.configuration.reading import Reader
from policies.pack import all_policies
from tests.end_to_end.harness import ROOT
from tests.policies.harness import CANNOT_JUDGE, LEVELS
from tests.policies.inprocess import analyzer, diagnostics
from tests.policies.recording import STACKS, recorded
from toolchain.invocation import policy_configuration


def said(stack: str, base: str, *, with_own: bool = True) -> list[proto.AnalyzeDiagnostic]:
    """What the pack says of a stack by a preset, merged with the stack's own file as a person merges them."""
    policies, own = all_policies(), policy_configuration(ROOT, stack)
    reader = Reader.of(policies, datetime.date.today())
    sources = [preset(base, policies), *([json.loads(own.read_text())] if own and with_own else [])]
    asked, request = analyzer(), proto.ConfigureAnalyzerRequest()
    for name, given in engine_form(merged([reader.read(source) for source in sources])).items():
        options = {"enforcementLevel": given} if isinstance(given, str) else dict(given)
        request.policyConfig[name].enforcementLevel = LEVELS[options.pop("enforcementLevel")]
        request.policyConfig[name].properties.update(options)
    asked.Configure(request, None)
    recording = recorded(stack)
    assert len(recording.alone) > 80
    return list(diagnostics(asked, recording))


@pytest.mark.parametrize("base", ["recommended", "strict"])
@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_found_in_our_own_stacks(stack: str, base: str) -> None:
    assert [f"{told.policyName}: {told.message}" for told in said(stack, base)] == []


def test_what_the_local_stack_is_allowed_is_all_that_strict_would_find() -> None:
    found = said("local", "strict", with_own=False)
    assert [(told.policyName, told.urn.rpartition("::")[2]) for told in found] == [
        ("ecs-load-balancer-deletion-protection", "local-public")
    ]
    assert found[0].enforcementLevel == proto.MANDATORY


def test_everything_in_our_own_stacks_can_be_judged() -> None:
    for stack in STACKS:
        told = list(diagnostics(analyzer(), recorded(stack)))
        assert [each.message for each in told if each.message.startswith(CANNOT_JUDGE)] == []
