"""Images, instance types, memory, capacity settings and strategies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.agent import AgentSettings
from ecs_model.capacity import CapacitySettings, PurchaseOption, dynamic_ranges, memory_verdicts
from ecs_model.images import AmiFamily, Architecture, ssm_parameter
from ecs_model.instance_types import (
    architecture,
    catalogue,
    known,
    larger_siblings,
    misspelt,
    smallest,
    unknown,
)
from ecs_model.memory import Fit, advice, fit, surely_registered
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.problem import dotted
from ecs_model.strategy import StrategyItem, name_problem, problems

X86, ARM = Architecture.X86_64, Architecture.ARM64


@pytest.mark.parametrize(
    ("family", "kind", "path"),
    [
        (AmiFamily.AL2023, X86, "amazon-linux-2023"),
        (AmiFamily.AL2023, ARM, "amazon-linux-2023/arm64"),
        (AmiFamily.AL2, X86, "amazon-linux-2"),
        (AmiFamily.AL2, ARM, "amazon-linux-2/arm64"),
    ],
)
def test_the_images_parameter(family: AmiFamily, kind: Architecture, path: str) -> None:
    assert ssm_parameter(family, kind) == f"/aws/service/ecs/optimized-ami/{path}/recommended/image_id"


def test_the_table() -> None:
    table = catalogue()
    assert len(table) > 700
    assert all(t.name == name and t.cpu % 1024 == 0 and t.cpu and t.memory for name, t in table.items())
    assert (table["m4.large"].cpu, table["m4.large"].memory, table["m4.large"].architectures) == (2048, 8192, (X86,))
    assert table["m7g.medium"].architectures == (ARM,)
    assert table["g4dn.xlarge"].gpus == 1
    assert table["t3.nano"].memory == 512


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("t3.medum", True),
        ("m7i.lage", True),
        ("m7i.2xlrge", True),
        ("m5.Large", True),
        ("m7i.large", False),
        # Newer than the table: a family, a size of other families, a number that no family has yet.
        ("m99x.medum", False),
        ("m7i.metal", False),
        ("m7i.96xlarge", False),
        ("m7i.metal-96xl", False),
        ("m7i.gigantic", False),
    ],
)
def test_a_size_that_is_none_is_told_from_a_new_one(name: str, wrong: bool) -> None:
    assert misspelt(name) is wrong


def test_looking_types_up() -> None:
    names = ["m7i.large", "z99.large", "t3.micro"]
    assert [t.name for t in known(names)] == ["m7i.large", "t3.micro"]
    assert unknown(names) == ["z99.large"]
    least = smallest(names)
    assert least is not None
    assert least.name == "t3.micro"
    assert smallest(["z99.large"]) is None
    assert architecture(names) is X86
    assert architecture(["m7g.large", "m7i.large"]) is None
    assert architecture(["z99.large"]) is None
    siblings = [t.name for t in larger_siblings(catalogue()["m7i.4xlarge"])]
    assert siblings[0] == "m7i.8xlarge"
    assert all(name.startswith("m7i.") for name in siblings)


@pytest.mark.parametrize(
    ("needed", "type_", "reserved", "verdict"),
    [
        (7_000, "m4.large", 0, Fit.SURELY),
        (7_577, "m4.large", 0, Fit.SURELY),
        (7_578, "m4.large", 0, Fit.PERHAPS),
        (7_985, "m4.large", 0, Fit.PERHAPS),  # what one really registers
        (8_192, "m4.large", 0, Fit.PERHAPS),
        (8_193, "m4.large", 0, Fit.NEVER),
        (7_000, "m4.large", 600, Fit.PERHAPS),
        (7_700, "m4.large", 600, Fit.NEVER),
        (0, "t3.nano", 10_000, Fit.SURELY),
        (1, "t3.nano", 10_000, Fit.NEVER),
    ],
)
def test_whether_a_task_fits(needed: int, type_: str, reserved: int, verdict: Fit) -> None:
    assert fit(needed, catalogue()[type_], reserved) is verdict


ORDER = [Fit.SURELY, Fit.PERHAPS, Fit.NEVER]
types = st.sampled_from(sorted(catalogue()))
amounts = st.integers(0, 100_000)


@given(amounts, amounts, types, amounts, amounts)
def test_needing_more_never_fits_better(less: int, more: int, type_: str, kept: int, further: int) -> None:
    judged = catalogue()[type_]
    assert ORDER.index(fit(less, judged, kept)) <= ORDER.index(fit(less + more, judged, kept))
    assert ORDER.index(fit(less, judged, kept)) <= ORDER.index(fit(less, judged, kept + further))
    assert surely_registered(judged.memory, kept) <= judged.memory
    assert fit(surely_registered(judged.memory, kept), judged, kept) is Fit.SURELY


def test_advice_names_what_is_sure() -> None:
    text = advice(8_400, catalogue()["m7i.large"])
    assert "7577 MiB to be sure" in text
    assert "(m7i.xlarge is the next)" in text
    assert "is the next" not in advice(10**9, catalogue()["m7i.large"])


def capacity(**chosen: object) -> CapacitySettings:
    return CapacitySettings(**({"instance_types": ["m7i.large"], "max_size": 2} | chosen))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chosen", "path", "says"),
    [
        ({"instance_types": []}, "instanceTypes", "names 0 types: give 1-40, or instanceRequirements instead"),
        ({"instance_types": ["m7i.large"] * 2}, "instanceTypes", "m7i.large more than once"),
        ({"instance_types": ["m7i.large", "m7g.large"]}, "instanceTypes", "mixes architectures"),
        ({"instance_types": ["z99.large"]}, "instanceTypes[0]", "state the architecture"),
        ({"instance_types": ["large"], "architecture": X86}, "instanceTypes[0]", "is not an instance type"),
        ({"architecture": ARM}, "instanceTypes[0]", "m7i.large is x86_64, not arm64"),
        ({"min_size": -1}, "minSize", "-1 is negative"),
        ({"max_size": 0}, "maxSize", "0 instances could never run a task"),
        ({"min_size": 3}, "maxSize", "2 is below minSize (3)"),
        ({"root_volume_size": 29}, "rootVolumeSize", "give 30-16384"),
        ({"target_capacity": 0}, "targetCapacity", "give 1-100"),
        ({"instance_warmup": 10_001}, "instanceWarmup", "give 0-10000"),
        ({"minimum_scaling_step": 3, "maximum_scaling_step": 2}, "minimumScalingStep", "above maximumScalingStep"),
        ({"agent": AgentSettings("x")}, "agent.dynamicHostPortRange", "is not a port range"),
        (
            {"agent": AgentSettings(reserved_memory=8192)},
            "agent.reservedMemory",
            "leave tasks nothing for sure of m7i.la",
        ),
        ({"agent": AgentSettings(reserved_memory=7572)}, "agent.reservedMemory", "of which 7577 are sure to register"),
    ],
)
def test_capacity_that_cannot_work(chosen: dict[str, object], path: str, says: str) -> None:
    (problem,) = capacity(**chosen).problems()
    assert dotted(problem.path) == path
    assert says in problem.message


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"min_size": 2},
        {"instance_types": ["z99.large"], "architecture": ARM},
        {"instance_types": ["m7i.large", "m6a.large", "m5.large"], "purchase_option": PurchaseOption.SPOT},
        {"agent": AgentSettings(reserved_memory=7571)},
    ],
)
def test_capacity_that_works(chosen: dict[str, object]) -> None:
    assert list(capacity(**chosen).problems()) == []


def test_what_follows_from_the_types() -> None:
    assert capacity().image_architecture is X86
    assert capacity(instance_types=["m7g.large"]).image_architecture is ARM
    assert not capacity().mixed
    assert capacity(purchase_option=PurchaseOption.SPOT).mixed
    assert capacity(instance_types=["m7i.large", "m6i.large"]).mixed


@pytest.mark.parametrize(
    ("today", "says"),
    [
        ("2026-06-30", "al2 gets updates until 2026-06-30 only: move to al2023"),
        ("2026-07-01", "al2 has had no updates since 2026-06-30: move to al2023"),
    ],
)
def test_warnings(today: str, says: str) -> None:
    assert list(capacity().warnings(today)) == []
    warned = list(capacity(instance_types=["z99.large"], ami_family=AmiFamily.AL2).warnings(today))
    assert [dotted(each.path) for each in warned] == ["instanceTypes", "amiFamily"]
    assert warned[1].message == says


def test_dynamic_ranges_are_the_agents_own() -> None:
    assert dynamic_ranges({}) == [EPHEMERAL]
    assert dynamic_ranges({"a": capacity(agent=AgentSettings("bad"))}) == [EPHEMERAL]
    ours = {"a": capacity(), "b": capacity(agent=AgentSettings("40000-45000")), "c": capacity()}
    assert dynamic_ranges(ours) == [PortRange(40000, 45000), EPHEMERAL]


def test_verdicts_for_each_capacity_provider() -> None:
    fleets = {
        "large": capacity(instance_types=["m7i.2xlarge"]),
        "tight": capacity(instance_types=["m7i.2xlarge", "m7i.large"]),
        "small": capacity(instance_types=["t3.small"], agent=AgentSettings(reserved_memory=100)),
        "new": capacity(instance_types=["z99.large"]),
    }
    found = dict(zip(("tight", "small"), memory_verdicts(8_000, fleets), strict=True))
    assert found["tight"][0] is Fit.PERHAPS
    assert (
        "8000 MiB may not fit m7i.large (8192 MiB installed), the smallest type of capacity tight" in found["tight"][1]
    )
    assert found["small"][0] is Fit.NEVER
    assert "t3.small (2048 MiB installed less 100 MiB reserved)" in found["small"][1]


ITEMS = [StrategyItem("a", 1, 1), StrategyItem("b", 3)]


@pytest.mark.parametrize(
    ("items", "paths", "says"),
    [
        ([], [""], "is empty"),
        ([StrategyItem(f"p{n}", 1) for n in range(21)], [""], "has 21 capacity providers, at most 20"),
        ([StrategyItem("a", 1001)], ["[0].weight"], "1001 is not a weight: give 0-1000"),
        ([StrategyItem("a", 1, 100_001)], ["[0].base"], "100001 is not a base"),
        ([StrategyItem("a")], [""], "weight 0"),
        ([StrategyItem("a", 1, 1), StrategyItem("b", 1, 2)], [""], "has a base on a and b"),
        ([StrategyItem("a", 1), StrategyItem("a", 2)], [""], "names a more than once"),
        ([StrategyItem("a", 1), StrategyItem("FARGATE_SPOT", 1)], [""], "mixes FARGATE_SPOT with EC2"),
        ([StrategyItem("a", -1)], ["[0].weight", ""], "-1 is not a weight"),
    ],
)
def test_strategies_that_ecs_refuses(items: list[StrategyItem], paths: list[str], says: str) -> None:
    found = list(problems(items))
    assert [dotted(problem.path) for problem in found] == paths
    assert says in found[0].message


def test_strategies_that_work() -> None:
    assert list(problems(ITEMS)) == []
    assert list(problems(ITEMS, ["a", "b"])) == []
    assert list(problems([StrategyItem("FARGATE", 1), StrategyItem("FARGATE_SPOT", 1)])) == []
    (problem,) = problems(ITEMS, {"a", "c"})
    assert dotted(problem.path) == "[1].capacityProvider"
    assert "(there is: a, c)" in problem.message


@pytest.mark.parametrize("name", ["web", "a", "Web_1-x", "x" * 255, "my-aws"])
def test_names(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", "aws", "AWSweb", "ecs-web", "fargate", "a b", "ü", "x" * 256])
def test_no_names(name: str) -> None:
    assert name_problem(name)


def test_what_is_reserved_is_blamed_where_it_is_in_the_way() -> None:
    fleet = {"general": capacity(instance_types=["t3.medium"], agent=AgentSettings(reserved_memory=3000))}
    ((verdict, text),) = memory_verdicts(1024, fleet)
    assert verdict is Fit.PERHAPS
    assert text.endswith(
        "Keep it within 788 MiB to be sure, reserve at most 2764 MiB (agent.reservedMemory, ECS_RESERVED_MEMORY), or "
        "use a larger instance type (t3.large is the next)"
    )
    ((_, text),) = memory_verdicts(5000, fleet)
    assert "reserve at most" not in text
    ((_, text),) = memory_verdicts(64, {"general": capacity(agent=AgentSettings(reserved_memory=7572))})
    assert ". Reserve at most 7513 MiB (agent" in text
