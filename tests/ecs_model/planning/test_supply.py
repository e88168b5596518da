"""What a capacity provider can be given, and what it costs; Fargate; and what a stack's settings ask for."""

from __future__ import annotations

import pytest

from ecs_model.capacity import CapacitySettings, PurchaseOption
from ecs_model.cluster import ClusterSettings
from ecs_model.containers import Container
from ecs_model.fleet import started
from ecs_model.images import Architecture
from ecs_model.instance_types import catalogue
from ecs_model.planning.fargate import fleet_hourly, hourly, sizes
from ecs_model.planning.fleet_need import Wanted
from ecs_model.planning.prices import FargatePrice, Prices, units, weight
from ecs_model.planning.stack_need import stack_need, with_headroom
from ecs_model.planning.supply import Provider, candidates, next_sizes, offers, with_daemons
from ecs_model.service import ServiceSettings
from ecs_model.service_scaling import ScalingSettings
from ecs_model.stack import StackSettings
from ecs_model.strategy import StrategyItem, shares
from ecs_model.task_needs import Resources, Task

X86 = Provider("x", ("t3.medium",))


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("t3.medium", True),
        ("t3.large", False),
        ("m7i.large", True),
        ("r5.24xlarge", True),
        ("m7g.large", False),
        ("m7i.metal-24xl", False),
        ("m4.large", False),
        ("i3.large", False),
        ("g5.xlarge", False),
    ],
)
def test_the_types_on_offer_are_its_own_and_the_usual_ones(name: str, chosen: bool) -> None:
    assert name in catalogue()
    assert (name in [type_.name for type_ in candidates(X86, [], gpus=False)]) is chosen


def test_patterns_gpus_and_the_architecture_choose_types() -> None:
    assert {t.name for t in candidates(X86, ["t3.n*", "m7g.large"], gpus=False)} == {"t3.nano"}
    arm = Provider("a", architecture=Architecture.ARM64)
    assert {t.name for t in candidates(arm, ["m7g.large", "m7i.large"], gpus=False)} == {"m7g.large"}
    assert "g5.xlarge" in {t.name for t in candidates(X86, [], gpus=True)}
    found = [t.name for t in candidates(X86, [], gpus=False)]
    assert found[0] == "t3.medium"
    assert found.index("m7i.large") < found.index("m5.large")


def test_an_offer_costs_the_instance_and_its_volume() -> None:
    prices = Prices(on_demand={"m7i.large": 0.1}, spot={"m7i.large": {"a": 0.03}}, volume=0.073)
    types = [catalogue()["m7i.large"], catalogue()["m7i.xlarge"]]
    assert [(o.instance.zone, o.cost) for o in offers(X86, types, "ab", prices)] == [("a", 103_000), ("b", 103_000)]
    spot = Provider("s", spot=True, volume=100)
    assert [(o.instance.zone, o.cost) for o in offers(spot, types, "ab", prices)] == [("a", 40_000)]
    assert [o.cost for o in offers(X86, types, "a", None)] == [weight(t) for t in types] == [3_000_000, 6_000_000]
    assert units(1e-9) == 1


def test_what_instances_really_registered_is_what_a_new_one_has() -> None:
    seen = Provider("x", registered={"m7i.large": Resources(2_048, 7_800)})
    (offer,) = offers(seen, [catalogue()["m7i.large"]], "a", None)
    assert offer.instance.remaining == Resources(2_048, 7_800, 0, 2)


def test_daemons_are_on_an_offer_or_it_is_none() -> None:
    empty = started("new", catalogue()["m7i.large"], "a")
    placed = with_daemons(empty, [Task("log", memory=577, daemon=True)])
    assert placed is not None
    assert placed.remaining.memory == 7_000
    assert with_daemons(empty, [Task("log", memory=7_578, daemon=True)]) is None
    other = Task("log", memory=100, daemon=True, architecture=Architecture.ARM64)
    assert with_daemons(empty, [other]) == empty


def test_the_next_sizes() -> None:
    assert [t.name for t in next_sizes(["m7i.large", "m7g.medium"])] == ["m7i.xlarge", "m7g.large"]
    assert [t.name for t in next_sizes(["m7g.16xlarge"])] == ["m7g.16xlarge"]


def test_fargate_takes_the_cheapest_size_that_holds_a_task() -> None:
    prices = Prices(fargate={"x86_64": FargatePrice(0.04, 0.004)})
    for memory, cpu, size in [(512, 0, (256, 512)), (513, 256, (256, 1024)), (2_049, 256, (512, 3072))]:
        assert size in set(sizes())
        expected = size[0] / 1024 * 0.04 + size[1] / 1024 * 0.004
        assert hourly(Task("t", memory, cpu=cpu), prices, Architecture.X86_64) == pytest.approx(expected)
    assert hourly(Task("t", 122_881), prices, Architecture.X86_64) is None
    assert hourly(Task("t", 512, gpus=1), prices, Architecture.X86_64) is None
    assert hourly(Task("t", 512), prices, Architecture.ARM64) is None
    wanted = [Wanted("a", Task("a", 512), 3), Wanted("b", Task("b", 512, gpus=1), 1)]
    cost, without = fleet_hourly(wanted, prices, [Architecture.X86_64] * 2)
    assert cost == pytest.approx(3 * (0.01 + 0.002))
    assert without == ["b"]


def test_a_strategy_shares_copies_base_first() -> None:
    items = [StrategyItem("a", 1, 2), StrategyItem("b", 3)]
    assert [shares(items, copies) for copies in (0, 2, 6)] == [{"a": 0, "b": 0}, {"a": 2, "b": 0}, {"a": 3, "b": 3}]


@pytest.mark.parametrize(
    ("copies", "headroom", "total"), [(10, 0, 10), (10, 20, 12), (1, 1, 2), (3, 100, 6), (0, 9, 0)]
)
def test_headroom_is_rounded_up(copies: int, headroom: float, total: int) -> None:
    assert with_headroom(copies, headroom) == total


def test_a_stack_asks_for_its_services_on_their_providers() -> None:
    containers = {"app": Container("nginx", memory=256)}
    settings = StackSettings(
        "dev",
        cluster=ClusterSettings(default_capacity_provider_strategy=[StrategyItem("a", 1, 1), StrategyItem("b", 1)]),
        capacity={
            "a": CapacitySettings(["m7i.large"], 4, root_volume_size=50),
            "b": CapacitySettings(["m7g.large"], 5, purchase_option=PurchaseOption.SPOT),
        },
        services={
            "web": ServiceSettings(containers, desired_count=3, scaling=ScalingSettings(max_count=5)),
            "near": ServiceSettings(containers, placement_constraints=["task:group == service:web"]),
        },
    )
    need = stack_need(settings)
    assert [(w.name, w.task.capacity_provider, w.copies) for w in need.wanted] == [("web", "a", 2), ("web", "b", 1)]
    assert [name for name, _ in need.left_out] == ["near"]
    assert [(p.name, p.spot, p.architecture, p.volume, p.most) for p in need.providers] == [
        ("a", False, Architecture.X86_64, 50, 4),
        ("b", True, Architecture.ARM64, 30, 5),
    ]
    assert sum(each.copies for each in stack_need(settings, 20, peak=True).wanted) == 6
