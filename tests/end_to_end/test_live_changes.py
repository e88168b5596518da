"""A live cluster whose capacity changes: one `up` is enough, and nothing that is in use goes first.

`python -m tests.end_to_end.changes` goes through many more changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.deployment import Deployment, by_provider
from tests.end_to_end.harness import Run, edited_config, environment

SERVICE = "aws:ecs/service:Service"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
GROUP = "aws:autoscaling/group:Group"
ATTACHED = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
CLUSTER = "aws:ecs/cluster:Cluster"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"


pytestmark = pytest.mark.xdist_group("live-changes")
"""The tests are steps of one cluster's life."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with environment(Path(tmp_path_factory.mktemp("live")) / "local", "local") as bench:
        deployment = Deployment(bench)
        assert deployment.up.code == 0, deployment.up.said
        yield deployment


def changed(live: Deployment, strategy: list[dict[str, Any]], **capacity: dict[str, Any] | None) -> Run:
    """Change capacity providers (None takes one away) and the default strategy, and deploy once."""
    with edited_config(live.config, "capacity") as settings:
        for key, value in capacity.items():
            if value is None:
                del settings[key]
            else:
                settings[key] = settings.get(key, {}) | value
    with edited_config(live.config, "cluster") as settings:
        settings["defaultCapacityProviderStrategy"] = strategy
    with edited_config(live.config, "services") as services:
        services["worker"].pop("capacityProviderStrategy", None)
    up = live.bench.up()
    assert up.code == 0, up.said
    assert not [step for step in up.steps if step.type == SERVICE and step.op != "update"]
    return up


def settled(live: Deployment, strategy: list[dict[str, Any]], *keys: str) -> None:
    """What the cluster, its services and their tasks use now, and that there is nothing more to do."""
    again = live.bench.up()
    assert again.code == 0, again.said
    assert again.steps == set()
    names = live.bench.outputs()["capacityProviders"]
    assert set(names) == set(keys)
    cluster = live.cluster
    assert set(cluster["capacityProviders"]) == set(names.values())
    wanted = by_provider(
        [{"base": 0, "weight": 0} | item | {"capacityProvider": names[item["capacityProvider"]]} for item in strategy]
    )
    assert by_provider(cluster["defaultCapacityProviderStrategy"]) == wanted
    services = live.account.services(cluster["clusterArn"])
    assert len(services) == 3
    assert all(by_provider(service["capacityProviderStrategy"]) == wanted for service in services)
    arns = live.account.all("ecs", "list_tasks", "taskArns", cluster=cluster["clusterArn"])
    tasks = live.account.ecs.describe_tasks(cluster=cluster["clusterArn"], tasks=arns)["tasks"]
    assert len(tasks) == 5
    assert {task["capacityProviderName"] for task in tasks} <= set(names.values())
    groups = live.account.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    assert len(groups) == len(keys)


def order(up: Run, op: str, type_: str) -> list[int]:
    """When steps of a kind ended, by the numbers of the engine's events."""
    events = (
        (event["sequence"], event["resOutputsEvent"]["metadata"]) for event in up.events if "resOutputsEvent" in event
    )
    return [number for number, done in events if (done["op"], done["type"]) == (op, type_)]


def test_a_capacity_provider_is_added(live: Deployment) -> None:
    strategy = [{"capacityProvider": "general", "weight": 1}, {"capacityProvider": "extra", "weight": 1}]
    up = changed(live, strategy, extra={"instanceTypes": ["t3.large"], "maxSize": 4}, spot={"maxSize": 4})
    assert max(order(up, "create", PROVIDER)) < min(order(up, "update", ATTACHED)) < min(order(up, "update", SERVICE))
    settled(live, strategy, "general", "spot", "extra")


def group_replaced(live: Deployment, key: str) -> Run:
    """Make a new Auto Scaling group under a key, as whatever takes the old one away would, and deploy once."""
    before = live.bench.outputs()["capacityProviders"]
    (group,) = [urn for urn in live.bench.urns(GROUP) if urn.endswith(f"::local-{key}")]
    up = live.bench.up("--replace", group)
    assert up.code == 0, up.said
    after = live.bench.outputs()["capacityProviders"]
    assert {each for each, name in after.items() if before[each] != name} == {key}
    assert live.account.capacity_providers([before[key]]) == []
    return up


def test_a_group_is_replaced_and_its_capacity_provider_with_it(live: Deployment) -> None:
    strategy = [{"capacityProvider": "general", "weight": 1}, {"capacityProvider": "extra", "weight": 1}]
    up = group_replaced(live, "general")
    moved, last = order(up, "update", SERVICE), max(order(up, "create", ATTACHED))
    assert len(moved) == 3
    assert max(order(up, "create-replacement", PROVIDER)) < min(order(up, "update", ATTACHED)) < min(moved)
    assert max(moved) < last < min(order(up, "delete-replaced", PROVIDER)) < min(order(up, "delete-replaced", GROUP))
    settled(live, strategy, "general", "spot", "extra")


def test_one_is_taken_away(live: Deployment) -> None:
    strategy = [{"capacityProvider": "general", "weight": 1}]
    up = changed(live, strategy, spot=None, general={"maxSize": 6})
    moved, taken_off = order(up, "update", SERVICE), max(order(up, "create-replacement", ATTACHED))
    assert len(moved) == 3
    assert max(moved) < taken_off < min(order(up, "delete", PROVIDER)) < min(order(up, "delete", GROUP))
    settled(live, strategy, "general", "extra")


def test_one_is_replaced_and_another_renamed_at_once(live: Deployment) -> None:
    strategy = [{"capacityProvider": "main", "base": 1, "weight": 1}, {"capacityProvider": "other", "weight": 2}]
    fleet = {"instanceTypes": ["t3.large"], "minSize": 1, "maxSize": 4}
    up = changed(live, strategy, general=None, extra=None, main=fleet, other=fleet)
    first, last = order(up, "create-replacement", ATTACHED)
    moved, gone = order(up, "update", SERVICE), order(up, "delete", PROVIDER)
    assert (len(moved), len(gone)) == (3, 2)
    assert max(order(up, "create", PROVIDER)) < first < min(moved)
    assert max(moved) < last < min(gone)
    settled(live, strategy, "main", "other")
    refreshed = live.bench.refresh()
    assert refreshed.altered == {}
    settled(live, strategy, "main", "other")


def test_a_group_is_replaced_where_a_provider_has_left_before(live: Deployment) -> None:
    strategy = [{"capacityProvider": "main", "base": 1, "weight": 1}, {"capacityProvider": "other", "weight": 2}]
    up = group_replaced(live, "main")
    first, last = order(up, "create-replacement", ATTACHED)
    moved = order(up, "update", SERVICE)
    assert len(moved) == 3
    assert max(order(up, "create-replacement", PROVIDER)) < first < min(moved)
    assert max(moved) < last < min(order(up, "delete-replaced", PROVIDER)) < min(order(up, "delete-replaced", GROUP))
    settled(live, strategy, "main", "other")


def test_instance_types_and_the_default_strategy_change(live: Deployment) -> None:
    strategy = [{"capacityProvider": "other", "weight": 1}]
    up = changed(live, strategy, other={"instanceTypes": ["m7i.large", "m6i.large"], "maxSize": 5})
    assert {step.op for step in up.steps} == {"update"}
    settled(live, strategy, "main", "other")
    (fleet,) = [fleet for key, fleet in live.fleets().items() if key == "other"]
    assert fleet.overrides == ["m7i.large", "m6i.large"]


def test_in_another_vpc_all_is_made_anew_before_the_services_move(live: Deployment) -> None:
    before = live.bench.outputs()
    with edited_config(live.config, "network") as network:
        network.clear()
        network["default"] = True
    up = live.bench.up()
    assert up.code == 0, up.said
    moved = order(up, "update", SERVICE)
    assert len(moved) == 3
    for type_ in (BALANCER, TARGETS, GROUP, PROVIDER):
        made, gone = order(up, "create-replacement", type_), order(up, "delete-replaced", type_)
        assert len(made) == len(gone) > 0
        # Not before all that moves: a service without a load balancer waits for no target group.
        assert max(made) < max(moved) < min(gone)
    after = live.bench.outputs()
    for output in ("capacityProviders", "loadBalancers"):
        assert set(after[output]) == set(before[output])
        assert not set(after[output].values()) & set(before[output].values())
    settled(live, [{"capacityProvider": "other", "weight": 1}], "main", "other")


def test_capacity_does_not_go_with_the_last_service_on_it(live: Deployment) -> None:
    text = live.config.read_text()
    with edited_config(live.config, "services") as services:
        del services["worker"]
    with edited_config(live.config, "capacity") as capacity:
        capacity["main"] = capacity.pop("other")
    with edited_config(live.config, "cluster") as cluster:
        cluster["defaultCapacityProviderStrategy"] = [{"capacityProvider": "main", "weight": 1}]
    preview = live.bench.preview()
    live.config.write_text(text)
    assert preview.code != 0
    assert "ecs-on-ec2:capacity.other: goes together with services.worker, which runs on it" in preview.said


def test_all_of_it_is_destroyed_at_the_first_attempt(live: Deployment) -> None:
    destroyed = live.bench.destroy()
    assert destroyed.code == 0, destroyed.said
    services, attached, providers, groups, clusters = (
        order(destroyed, "delete", type_) for type_ in (SERVICE, ATTACHED, PROVIDER, GROUP, CLUSTER)
    )
    assert max(services) < max(attached) < min(providers) < min(groups)
    assert max(providers) < max(groups) < min(clusters)
    after = live.account.inventory()
    assert {kind: after[kind] - live.before[kind] for kind in after if after[kind] - live.before[kind]} == {}
