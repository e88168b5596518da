"""Capacity providers that come and go: what is attached before the services, and what is left after them."""

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

import components as ecs
from components import last_deployment
from tests.components.component_harness import Graph, Registered, refused
from tests.components.test_program import run

ATTACHED = "ecs.ClusterCapacityProviders"
NOW = ["local-general-1a2b3c4", "local-spot-1a2b3c4"]
BEFORE = dict(zip(("general", "spot"), NOW, strict=True))


@pytest.fixture(autouse=True)
def _attached_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")


def program(names: dict[str, str], *, settled: bool = False) -> Graph:
    """The program after a deployment whose capacity providers were `names`."""
    before = {"capacityProviders": names} | ({"capacityProvidersSettled": True} if settled else {})
    return run("local", preview=False, before=before)


def trigger(attached: Registered) -> list[str]:
    """What replaces an attachment when it changes: the names in it that stay."""
    return [each.string_value for each in attached.request.replacement_trigger.list_value.values]


@pytest.mark.parametrize("names", [BEFORE, {"general": NOW[0]}, {}, BEFORE | {"general": "local-general-detached"}])
def test_nothing_leaves(names: dict[str, str]) -> None:
    graph = program(names)
    attached = graph.one(ATTACHED)
    assert (attached.inputs["capacityProviders"], attached.ignored) == (NOW, [])
    assert not attached.request.HasField("replacement_trigger")
    assert graph.exports.get("capacityProvidersSettled") is None


def test_one_that_leaves_stays_until_the_services_have_moved() -> None:
    graph = program(BEFORE | {"old": "local-old-old"})
    anchor, first, last = (graph.one(ATTACHED, f"local{suffix}") for suffix in ("", "-attached", "-settled"))
    assert anchor.ignored == first.ignored == ["capacityProviders", "defaultCapacityProviderStrategies"]
    assert first.inputs["capacityProviders"] == [*NOW, "local-old-old"]
    assert (last.inputs["capacityProviders"], last.ignored) == (NOW, ["capacityProviders"])
    assert first.inputs["defaultCapacityProviderStrategies"] == last.inputs["defaultCapacityProviderStrategies"]
    assert trigger(first) == trigger(last) == NOW
    assert (first.request.retainOnDelete, last.request.retainOnDelete) == (True, True)
    moves_between(graph, first, last)


def moves_between(graph: Graph, first: Registered, last: Registered) -> None:
    """The services move after the first attachment and before the last one, and the stack says so."""
    services = graph.all("ecs.Service")
    assert len(services) == 3
    assert all(graph.waits_for(service, first) and graph.waits_for(last, service) for service in services)
    assert graph.exports["capacityProvidersSettled"] is True


def test_so_does_one_that_is_replaced_under_its_key() -> None:
    graph = program(BEFORE | {"general": "local-general-old"})
    anchor, first, last = (graph.one(ATTACHED, f"local{suffix}") for suffix in ("", "-attached", "-settled"))
    assert anchor.ignored == []
    assert anchor.inputs["capacityProviders"] == first.inputs["capacityProviders"] == [*NOW, "local-general-old"]
    assert last.inputs["capacityProviders"] == NOW
    assert graph.waits_for(anchor, first)
    moves_between(graph, anchor, last)


def test_fargate_stays_attached_when_another_provider_leaves() -> None:
    default = [{"capacityProvider": "general", "weight": 1}]
    change = {"ecs-on-ec2:cluster": {"fargate": True, "defaultCapacityProviderStrategy": default}}
    before = {"capacityProviders": BEFORE | {"old": "local-old-old"}}
    graph = run("local", preview=False, before=before, change=change)
    assert graph.one(ATTACHED, "local-settled").inputs["capacityProviders"] == [*NOW, "FARGATE", "FARGATE_SPOT"]
    assert graph.exports["fargate"] is True


def test_fargate_leaves_after_the_services() -> None:
    graph = run("local", preview=False, before={"capacityProviders": BEFORE, "fargate": True})
    first, last = graph.one(ATTACHED, "local-attached"), graph.one(ATTACHED, "local-settled")
    assert first.inputs["capacityProviders"] == [*NOW, "FARGATE", "FARGATE_SPOT"]
    assert last.inputs["capacityProviders"] == NOW
    assert "fargate" not in graph.exports


def test_afterwards_both_stay_as_long_as_names_do() -> None:
    graph = program(BEFORE, settled=True)
    lists = ["capacityProviders", "defaultCapacityProviderStrategies"]
    assert {each.name: each.ignored for each in graph.all(ATTACHED)} == {
        "local": lists,
        "local-attached": lists,
        # ECS lists those of Managed Instances until they are deleted, after all the rest.
        "local-settled": lists[:1],
    }
    assert trigger(graph.one(ATTACHED, "local-attached")) == trigger(graph.one(ATTACHED, "local-settled")) == NOW
    assert graph.exports["capacityProvidersSettled"] is True


def test_one_of_managed_instances_that_comes_is_attached_by_a_creation() -> None:
    change: dict[str, Any] = {"ecs-on-ec2:managedInstances": {"own": {}}}
    graph = run("local", preview=False, before={"capacityProviders": BEFORE}, change=change)
    first, last = graph.one(ATTACHED, "local-attached"), graph.one(ATTACHED, "local-settled")
    assert "local-own-1a2b3c4" in first.inputs["capacityProviders"]
    assert "local-own-1a2b3c4" in last.inputs["capacityProviders"]
    moves_between(graph, first, last)


def test_what_is_in_a_vpc_is_made_anew_in_another() -> None:
    graph = run("local", preview=False, change={"ecs-on-ec2:managedInstances": {"own": {}}})
    vpc = graph.one("ec2.SecurityGroup", "local-general-instances").inputs["vpcId"]
    made = [
        *graph.all("lb.LoadBalancer"),
        *graph.all("autoscaling.Group"),
        graph.one("ecs.CapacityProvider", "local-own"),
    ]
    assert [each.request.replacement_trigger.string_value for each in made] == [vpc] * 4


def test_one_that_goes_with_its_last_service_is_refused() -> None:
    before: dict[str, Any] = {"capacityProviders": BEFORE | {"old": "local-old"}, "services": {"batch": "local-batch"}}
    with pytest.raises(
        pulumi.RunError, match=r"ecs-on-ec2:capacity\.old: goes together with services\.batch, which runs"
    ):
        run("local", preview=False, before=before)
    # Nobody takes one of Managed Instances off.
    before["capacityProviders"] = BEFORE | {"old": "local-managed"}
    assert run("local", preview=False, before=before).exports["capacityProvidersSettled"] is True


class _Stack:
    """A stack of its own."""


def test_a_state_that_is_being_written_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter([Exception("failed to load checkpoint: EOF"), {"outputs": {"a": 1}}, Exception("no such stack")])

    def answer(*_: Any) -> SimpleNamespace:
        told = next(said)
        if isinstance(told, Exception):
            raise told
        return SimpleNamespace(value=told)

    monkeypatch.setattr(pulumi.runtime, "invoke", answer)
    stack = _Stack()
    monkeypatch.setattr(pulumi.runtime, "get_root_resource", lambda: stack)
    assert last_deployment.last_outputs() == {"a": 1}
    assert last_deployment.last_outputs() == {"a": 1}, "it is asked for once in a run"
    stack = _Stack()
    with pytest.raises(Exception, match="no such stack"):
        last_deployment.last_outputs()


def test_a_cluster_is_left_a_place_for_tasks() -> None:
    (line,) = refused(lambda: ecs.CapacitySettlement("dev", ecs.CapacitySettlementArgs("dev", ["dev-general"], [], [])))
    assert line.startswith("CapacitySettlement dev: defaultStrategy: needs a capacity provider with a weight above 0")
