"""Arbitrary settings are refused precisely, or give a program that the policy pack takes; there is no third outcome.

`python -m tests.generated` judges thousands.
"""

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from settings import SettingsError, judge, read_file
from tests.generated.bases import Raw, bases
from tests.generated.outcome import STACK, Verdict, findings, outcome, previewed
from tests.generated.strategy import raw_settings

ADVICE: dict[str, set[str]] = {"local": {"ecs-load-balancer-deletion-protection"}, "dev": set(), "prod": set()}
"""What the pack says where nothing is configured for a stack."""


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(raw_settings())
def test_there_is_no_third_outcome(raw: Raw) -> None:
    found = outcome(raw)
    assert found.verdict is not Verdict.THIRD, f"{found.reason}\n{found.detail}"


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(raw_settings())
def test_a_file_is_read_or_refused_as_its_settings_are(raw: Raw) -> None:
    with TemporaryDirectory() as directory:
        config = {f"ecs-on-ec2:{key}": value for key, value in raw.items()}
        (Path(directory) / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}))
        judged = judge(raw, STACK, Path(directory))
        if judged.problems:
            with pytest.raises(SettingsError, match=r"cannot work:|cannot be read:"):
                read_file(STACK, Path(directory))
        else:
            assert judged.settings == read_file(STACK, Path(directory))[0]


@pytest.mark.parametrize("base", sorted(bases()))
def test_every_beginning_works(base: str) -> None:
    assert outcome(bases()[base]).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("stack", sorted(ADVICE))
def test_the_pack_says_of_a_preview_under_mocks_what_it_says_of_a_real_one(stack: str) -> None:
    assert {said.policyName for said in findings(previewed(bases()[stack]))} == ADVICE[stack]


def without_strategy(raw: Raw) -> None:
    raw["cluster"]["defaultCapacityProviderStrategy"] = []


def misspelt(raw: Raw) -> None:
    raw["capacity"]["general"]["instanceTypes"] = ["t3.medum"]


def wrong_type(raw: Raw) -> None:
    raw["services"] = [1]


@pytest.mark.parametrize("break_", [without_strategy, misspelt, wrong_type])
def test_what_cannot_work_is_refused(break_: Any) -> None:
    raw = deepcopy(bases()["local"])
    break_(raw)
    assert outcome(raw).verdict is Verdict.REFUSED


def test_a_mandatory_finding_is_a_third_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecs_model.stack_tasks.constraint_problems", lambda expressions, capacity: ())
    raw = deepcopy(bases()["local"])
    raw["services"]["web"]["placementConstraints"] = ["attribute:ecs.instance-type =~ m7i.*"]
    found = outcome(raw)
    assert (found.verdict, found.reason) == (Verdict.THIRD, "mandatory ecs-service-placement-constraints-met")


def test_a_crash_is_a_third_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyError("web")

    monkeypatch.setattr("components.Service", crash)
    found = outcome(bases()["local"])
    assert found.verdict is Verdict.THIRD
    assert found.reason.startswith("KeyError in the program")
