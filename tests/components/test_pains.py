"""What prevents the pains of docs/pains.md that only AWS itself can show: the order of things in the whole program."""

from itertools import pairwise

import pytest

from tests.components.component_harness import Graph, Registered
from tests.components.test_program import STACKS, run

_DESTROYED_LAST_TO_FIRST = (
    "ecs.Cluster",
    "autoscaling.Group",
    "ecs.CapacityProvider",
    "ecs.ClusterCapacityProviders",
    "ecs.Service",
)


@pytest.fixture(name="graph", params=STACKS)
def _graph(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Graph:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    return run(request.param, preview=False)


def test_services_state_the_strategy_that_they_would_get_anyway(graph: Graph) -> None:
    default = graph.one("ecs.ClusterCapacityProviders").inputs["defaultCapacityProviderStrategies"]
    services = [service.inputs for service in graph.all("ecs.Service")]
    assert [service["capacityProviderStrategies"] for service in services].count(default) == len(services) - 1 == 2
    assert all(service["forceNewDeployment"] is True for service in services)


def test_services_go_first_and_the_cluster_last(graph: Graph) -> None:
    chain = [graph.all(kind) for kind in _DESTROYED_LAST_TO_FIRST]
    assert [len(links) for links in chain] == [1, 2, 2, 1, 3]
    for earlier, later in pairwise(chain):
        assert all(_waits_for_some(graph, resource, earlier) for resource in later)
    (association,), services = chain[-2], chain[-1]
    assert all(graph.waits_for(association, provider) for provider in graph.all("ecs.CapacityProvider"))
    assert all(graph.waits_for(service, association) for service in services)


def _waits_for_some(graph: Graph, resource: Registered, earlier: list[Registered]) -> bool:
    return any(graph.waits_for(resource, other) for other in earlier)


def test_what_scales_comes_after_the_cluster_that_makes_the_service_linked_role(graph: Graph) -> None:
    cluster = graph.one("ecs.Cluster")
    assert not cluster.dependencies
    for kind in ("ecs.CapacityProvider", "ecs.ClusterCapacityProviders"):
        assert all(graph.waits_for(each, cluster) for each in graph.all(kind))
