"""Whatever a program holds, the pack answers: with findings or without, but never with an error of its own."""

import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy.policy import _PolicyAnalyzerServicer

from policies.rule import ADVISORY, HIGH, Finding, Options, Rule, Verdict, each
from policies.stack import Stack
from policies.views.cluster import Cluster
from policies.views.task_definition import TaskDefinition
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Pack, secret
from tests.policies.programs import arn, shop

FAILED = "the rule itself failed"
TEXT = st.text(string.printable, max_size=12)
LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    st.sampled_from([UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, "shop", "bridge", "ingress", arn("iam", "role/x"), "[]"]),
    st.builds(secret, TEXT),
)
PORTS = ["forward", "portMappings", "hostPort", "containerPort"]
KEYS = [*sorted({key for resource in shop(True) for key in resource.properties}), *PORTS]
VALUE = st.recursive(
    LEAF,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_arbitrary_properties(pack: Pack, data: st.DataObject) -> None:
    program = list(shop(data.draw(st.booleans())))
    position = data.draw(st.integers(0, len(program) - 1))
    key = data.draw(st.sampled_from(sorted(program[position].properties)))
    value = data.draw(VALUE)
    if key == "containerDefinitions":
        value = json.dumps(value)
    program[position] = program[position].but(**{key: value})
    found = [*pack.stack(*program), *pack.resource(program[position])]
    assert not [diagnostic.text for diagnostic in found if FAILED in diagnostic.text]


@pytest.mark.parametrize("name", [resource.name for resource in shop(True)])
@pytest.mark.parametrize(
    "value", [None, "", "hunter2", 1.5, True, [], ["hunter2"], {}, {"hunter2": "hunter2"}], ids=str
)
def test_every_property_with_a_wrong_value(pack: Pack, name: str, value: Any) -> None:
    program = shop(True)
    asked = 0
    for key in program[name].properties:
        changed = program[name].but(**{key: secret(value)})
        found = [*pack.stack(*program.but(changed)), *pack.resource(changed)]
        assert not [diagnostic.text for diagnostic in found if FAILED in diagnostic.text]
        quoted = [d.text for d in found if "hunter2" in d.text and key not in NAMES]
        assert not quoted
        asked += 1
    assert asked


NAMES = {"name", "capacityProviders", "clusterName"}
"""Names that a message has to say; nobody keeps a secret in one."""


@pytest.mark.parametrize("value", ["[secret]", ["[secret]"]], ids=str)
@pytest.mark.parametrize(("name", "key"), [("web", "containerDefinitions"), ("instances", "ingress")])
def test_a_redacted_secret_is_unknown(pack: Pack, name: str, key: str, value: object) -> None:
    """`pulumi policy analyze --file` shows it so."""
    if key == "containerDefinitions" and isinstance(value, list):
        value = value[0]
    changed = shop(True)[name].but(**{key: value})
    said = [*pack.stack(*shop(True).but(changed)), *pack.resource(changed)]
    found = [diagnostic for diagnostic in said if f"{name}: {key}" in diagnostic.text]
    assert found
    assert {diagnostic.level for diagnostic in found} == {"advisory"}


def boom(task: TaskDefinition, options: Options) -> Any:
    yield Finding("seen before")
    raise KeyError("hunter2")


def boom_each(stack: Stack, options: Options) -> Any:
    def judge(cluster: Cluster) -> Any:
        if cluster.name == "a":
            raise KeyError("hunter2")
        yield Finding("seen", cluster)

    return each(stack.all(Cluster), judge)


def servicer(judge: Any, subject: type) -> Any:
    rule = Rule("ecs-test", "Title", HIGH, ADVISORY, "", "Fix it.", "https://x.test", judge, subject)
    return _PolicyAnalyzerServicer("test", "1.0.0", [rule.policy], ADVISORY)


def test_a_rule_that_fails_is_a_finding(pack: Pack) -> None:
    request = proto.AnalyzeRequest(type=TaskDefinition.type, name="web", urn="urn:web")
    seen, failed = servicer(boom, TaskDefinition).Analyze(request, None).diagnostics
    assert seen.message == "Title\ntask definition web: seen before. Fix it."
    assert "task definition web: the rule itself failed (KeyError in test_robustness.py, line" in failed.message
    assert '{"ecs-test": "advisory"}' in failed.message
    assert "hunter2" not in failed.message


def test_a_rule_that_fails_on_one_resource_judges_the_others() -> None:
    request = proto.AnalyzeStackRequest()
    for name in ("a", "b"):
        request.resources.add(type=Cluster.type, name=name, urn=f"urn:{name}")
    failed, seen = servicer(boom_each, Stack).AnalyzeStack(request, None).diagnostics
    assert FAILED in failed.message
    assert seen.message == "Title\ncluster b: seen. Fix it."
    assert seen.urn == "urn:b"


def test_verdicts_are_findings_or_reasons() -> None:
    def halves(number: int) -> Any:
        yield Finding(str(1 / number))

    verdicts: list[Verdict] = list(each([1, 0, 2], halves))
    assert [type(verdict).__name__ for verdict in verdicts] == ["Finding", "ZeroDivisionError", "Finding"]
