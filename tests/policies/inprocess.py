"""The pack's analyzer in this process, for tests that ask it thousands of times."""

from collections.abc import Iterable
from typing import Any

from policies.pack import all_policies
from policies.rule import ADVISORY
from policies.servicer import Servicer
from tests.policies.recording import Recording


def analyzer() -> Any:
    """The pack with its default levels, but for those that are disabled by default."""
    rules = all_policies()
    return Servicer(rules, "pack", "1.0.0", [rule.policy for rule in rules], ADVISORY)


def diagnostics(asked: Any, recording: Recording) -> Iterable[Any]:
    """What the pack says of a recorded preview."""
    alone, whole = recording.requests()
    for request in alone:
        yield from asked.Analyze(request, None).diagnostics
    yield from asked.AnalyzeStack(whole, None).diagnostics
