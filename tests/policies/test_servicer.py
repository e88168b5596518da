"""The pack's own analyzer says what the SDK's would, word for word, and no rule can spoil what the next one sees."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pulumi_policy.policy as sdk
import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto

import policies.servicer
from policies.pack import all_policies
from policies.properties import Malformed, Unknown
from policies.reserved import COULD_NOT_JUDGE, SUPPRESSED, SUPPRESSIONS
from policies.rule import ADVISORY, HIGH, Finding, Options, Rule, Verdict
from policies.servicer import Servicer, install
from policies.stack import Stack
from policies.views.cluster import Cluster
from policies.views.task_definition import TaskDefinition
from tests.policies.cases import every
from tests.policies.harness import LEVELS, ROOT, UNKNOWN, Res, analyze_request, secret, stack_request
from tests.policies.programs import shop


def both(rules: list[Rule]) -> list[Any]:
    """The SDK's analyzer and ours, with the same policies."""
    arguments = ("pack", "1.0.0", [rule.policy for rule in rules], ADVISORY)
    return [sdk._PolicyAnalyzerServicer(*arguments), Servicer(rules, *arguments)]


def answers(analyzer: Any, resources: tuple[Res, ...]) -> list[Any]:
    alone = [analyzer.Analyze(analyze_request(resource), None) for resource in (ROOT, *resources)]
    return [*alone, analyzer.AnalyzeStack(stack_request(*resources), None)]


def configure(analyzer: Any, rule: str, level: str, options: dict[str, Any]) -> None:
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig[rule].enforcementLevel = LEVELS[level]
    request.policyConfig[rule].properties.update(options)
    analyzer.Configure(request, None)


def test_the_two_say_the_same_of_every_case() -> None:
    plain, ours = both(all_policies())
    said = 0
    for case in every():
        for analyzer in (plain, ours):
            configure(analyzer, case.rule, "mandatory", {key: _listed(value) for key, value in case.config})
        expected = answers(plain, case.resources)
        assert answers(ours, case.resources) == expected, case
        said += sum(len(answer.diagnostics) for answer in expected)
    assert said >= sum(len(case.finds) for case in every())


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("options", [{"noSuchOption": 1}, {"suppressions": [{"rule": "x"}]}], ids=str)
def test_the_two_say_the_same_of_a_wrong_configuration(options: dict[str, object]) -> None:
    analyzers = both(all_policies())
    for rule in ("ecs-task-definition-separate-roles", SUPPRESSIONS):
        for analyzer in analyzers:
            configure(analyzer, rule, "mandatory", options)
        expected, given = (answers(analyzer, tuple(shop(True))) for analyzer in analyzers)
        assert given == expected
        assert any(answer.diagnostics for answer in given)


def _spoil(properties: Any) -> None:
    """Changes whatever can be reached, as a careless rule would."""
    changes: list[Callable[[], object]] = [
        lambda: properties.__setitem__("family", "spoilt"),
        lambda: properties._raw.__setitem__("family", "spoilt"),
        lambda: properties._raw.clear(),
        lambda: properties.value("tags").clear(),
        lambda: properties.value("tags").__setitem__("team", "spoilt"),
        lambda: properties.value("requiresCompatibilities").append("FARGATE"),
        lambda: properties.children("volumes")[0]._raw.clear(),
        lambda: properties.texts("requiresCompatibilities").known.append("FARGATE"),
    ]
    for change in changes:
        with contextlib.suppress(AttributeError, TypeError, Unknown, Malformed, IndexError):
            change()


def spoil_one(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    _spoil(task.properties)
    with contextlib.suppress(AttributeError):
        task.name = "spoilt"
    yield Finding("was spoilt")


def spoil_all(stack: Stack, options: Options) -> Iterator[Verdict]:
    for task in stack.all(TaskDefinition):
        yield from spoil_one(task, options)
    stack.all(TaskDefinition).clear()
    stack.all(Cluster).reverse()


def see_one(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    seen = (task.name, task.family, task.properties.texts("requiresCompatibilities"), task.properties.value("tags"))
    yield Finding(f"{seen} {[volume.text('name') for volume in task.properties.children('volumes')]}", task)


def see_all(stack: Stack, options: Options) -> Iterator[Verdict]:
    yield Finding(f"{[cluster.name for cluster in stack.all(Cluster)]}")
    for task in stack.all(TaskDefinition):
        yield from see_one(task, options)


def test_no_rule_spoils_what_the_next_one_sees() -> None:
    judges: list[tuple[Any, type]] = [
        (spoil_one, TaskDefinition),
        (see_one, TaskDefinition),
        (spoil_all, Stack),
        (see_all, Stack),
    ]
    rules = [
        Rule(f"ecs-{judge.__name__}", "Title", HIGH, ADVISORY, "", "Fix it.", "https://x.test", judge, subject)
        for judge, subject in judges
    ]
    web = shop(True)["web"].but(
        tags={"team": "web"}, requiresCompatibilities=["EC2", UNKNOWN], volumes=[{"name": "data"}], family=secret("web")
    )
    program = tuple(shop(True).but(web, Res(Cluster.type, "other", {})))
    plain, ours = (answers(analyzer, program) for analyzer in both(rules))
    assert ours == plain
    (*_, stack) = ours
    seen = [diagnostic.message for diagnostic in stack.diagnostics if diagnostic.policyName == "ecs-see_all"]
    assert "['cluster', 'other']" in seen[0]
    assert "('web', 'web', References(known=('EC2',), unknown=True)" in seen[1]
    assert "'team': 'web'" in seen[1]
    assert "['data']" in seen[1]


def test_disabled_rules_are_not_asked_by_either() -> None:
    for analyzer in both(all_policies()):
        configure(analyzer, "ecs-task-definition-separate-roles", "disabled", {})
        broken = shop(True)["web"].but(taskRoleArn=None, executionRoleArn=None)
        told = answers(analyzer, tuple(shop(True).but(broken)))
        names = {diagnostic.policyName for answer in told for diagnostic in answer.diagnostics}
        assert "ecs-task-definition-separate-roles" not in names


def test_another_sdk_answers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    original = sdk._PolicyAnalyzerServicer
    monkeypatch.setattr(policies.servicer, "KNOWN_SDK", "0.0.1")
    assert install(all_policies()) is False
    monkeypatch.undo()
    monkeypatch.delattr(sdk, "_PolicyAnalyzerServicer")
    assert install(all_policies()) is False
    monkeypatch.undo()
    assert sdk._PolicyAnalyzerServicer is original


def test_the_pinned_sdk_is_the_known_one() -> None:
    code = (
        "from policies.pack import all_policies; from policies.servicer import install; print(install(all_policies()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "True"


def suppression(**changed: object) -> dict[str, object]:
    return {
        "rule": "ecs-task-definition-separate-roles",
        "urn": "*::web",
        "reason": "The old roles go with the next release.",
        "expires": "2999-12-31",
    } | changed


@pytest.mark.parametrize("which", [0, 1], ids=["sdk", "ours"])
def test_a_suppressed_finding_is_listed_and_not_reported(which: int) -> None:
    analyzer = both(all_policies())[which]
    shared = shop(True)["web"].properties["executionRoleArn"]
    broken = tuple(shop(True).but(shop(True)["web"].but(taskRoleArn=shared)))
    configure(analyzer, SUPPRESSIONS, "advisory", {"suppressions": [suppression()]})
    told = {d.policyName: d.message for answer in answers(analyzer, broken) for d in answer.diagnostics}
    assert "ecs-task-definition-separate-roles" not in told
    assert "web: ecs-task-definition-separate-roles is suppressed until 2999-12-31: The old roles" in told[SUPPRESSED]
    assert SUPPRESSIONS not in told


@pytest.mark.parametrize("which", [0, 1], ids=["sdk", "ours"])
@pytest.mark.parametrize(
    "changed", [{"reason": ""}, {"rule": "ecs-no-such-rule"}, {"expires": "2020-01-01"}, {"urn": 7}], ids=str
)
def test_a_suppression_that_is_not_valid_is_reported_and_suppresses_nothing(
    which: int, changed: dict[str, object]
) -> None:
    analyzer = both(all_policies())[which]
    shared = shop(True)["web"].properties["executionRoleArn"]
    broken = tuple(shop(True).but(shop(True)["web"].but(taskRoleArn=shared)))
    configure(analyzer, SUPPRESSIONS, "advisory", {"suppressions": [suppression(**changed)]})
    told = {d.policyName for answer in answers(analyzer, broken) for d in answer.diagnostics}
    assert {"ecs-task-definition-separate-roles", SUPPRESSIONS} <= told
    assert SUPPRESSED not in told


@pytest.mark.parametrize("which", [0, 1], ids=["sdk", "ours"])
def test_what_could_not_be_judged_fails_where_that_is_configured(which: int) -> None:
    analyzer = both(all_policies())[which]
    program = tuple(shop(False).but(shop(False)["web"].but(containerDefinitions=UNKNOWN)))
    for level in ("disabled", "mandatory"):
        configure(analyzer, COULD_NOT_JUDGE, level, {})
        told = [d for answer in answers(analyzer, program) for d in answer.diagnostics]
        found = [d for d in told if d.policyName == COULD_NOT_JUDGE]
        assert bool(found) == (level == "mandatory")
        assert all(d.enforcementLevel == proto.MANDATORY for d in found)
        assert any("containerDefinitions" in d.message for d in found) == (level == "mandatory")
