"""Capacity providers that come and go: what is attached before the services, and what is left after them."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

import components as ecs
from components import capacity_settlement
from tests.components.component_harness import Graph, refused
from tests.components.test_program import run

ATTACHED = "ecs.ClusterCapacityProviders"
NOW = ["local-general-1a2b3c4", "local-spot-1a2b3c4"]


@pytest.fixture(autouse=True)
def _attached_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")


def program(keys: list[str], *, settled: bool = False) -> Graph:
    """The program after a deployment whose capacity providers were `keys`."""
    names = {key: f"local-{key}-{'1a2b3c4' if key in ('general', 'spot') else 'old'}" for key in keys}
    before = {"capacityProviders": names} | ({"capacityProvidersSettled": True} if settled else {})
    return run("local", preview=False, before=before)


@pytest.mark.parametrize("keys", [["general", "spot"], ["general"]])
def test_nothing_leaves(keys: list[str]) -> None:
    graph = program(keys)
    attached = graph.one(ATTACHED)
    assert (attached.inputs["capacityProviders"], attached.ignored) == (NOW, [])
    assert "capacityProvidersSettled" not in graph.exports


def test_one_that_leaves_stays_until_the_services_have_moved() -> None:
    graph = program(["general", "spot", "old"])
    first, last = graph.one(ATTACHED, "local"), graph.one(ATTACHED, "local-settled")
    assert first.inputs["capacityProviders"] == [*NOW, "local-old-old"]
    assert last.inputs["capacityProviders"] == NOW
    assert first.inputs["defaultCapacityProviderStrategies"] == last.inputs["defaultCapacityProviderStrategies"]
    services = graph.all("ecs.Service")
    assert len(services) == 3
    assert all(graph.waits_for(service, first) and graph.waits_for(last, service) for service in services)
    assert graph.exports["capacityProvidersSettled"] is True


def test_fargate_stays_attached_when_another_provider_leaves() -> None:
    default = [{"capacityProvider": "general", "weight": 1}]
    change = {"ecs-on-ec2:cluster": {"fargate": True, "defaultCapacityProviderStrategy": default}}
    before = {"capacityProviders": {"general": NOW[0], "spot": NOW[1], "old": "local-old-old"}}
    last = run("local", preview=False, before=before, change=change).one(ATTACHED, "local-settled")
    assert last.inputs["capacityProviders"] == [*NOW, "FARGATE", "FARGATE_SPOT"]


def test_afterwards_the_last_word_stays_and_the_first_is_left_alone() -> None:
    graph = program(["general", "spot"], settled=True)
    assert graph.one(ATTACHED, "local").ignored == ["capacityProviders", "defaultCapacityProviderStrategies"]
    assert graph.one(ATTACHED, "local-settled").ignored == []
    assert graph.exports["capacityProvidersSettled"] is True


def test_one_that_comes_later_is_attached_before_the_services() -> None:
    graph = program(["general"], settled=True)
    first = graph.one(ATTACHED, "local")
    assert (first.inputs["capacityProviders"], first.ignored) == (NOW, [])
    assert graph.one(ATTACHED, "local-settled").inputs["capacityProviders"] == NOW


def test_a_state_that_is_being_written_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([Exception("failed to load checkpoint: EOF"), {"outputs": {"a": 1}}, Exception("no such stack")])

    def answer(*_: Any) -> SimpleNamespace:
        told = next(said)
        if isinstance(told, Exception):
            raise told
        return SimpleNamespace(value=told)

    monkeypatch.setattr(pulumi.runtime, "invoke", answer)
    assert capacity_settlement.last_outputs() == {"a": 1}
    with pytest.raises(Exception, match="no such stack"):
        capacity_settlement.last_outputs()


def test_a_cluster_is_left_a_place_for_tasks() -> None:
    (line,) = refused(lambda: ecs.CapacitySettlement("dev", ecs.CapacitySettlementArgs("dev", ["dev-general"], [], [])))
    assert line.startswith("CapacitySettlement dev: defaultStrategy: needs a capacity provider with a weight above 0")
