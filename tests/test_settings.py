"""What is wrong with settings, each with its place."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pulumi
import pytest

import settings
from ecs_model.agent import ImagePullBehavior
from ecs_model.capacity import PurchaseOption
from ecs_model.containers import DependencyCondition
from ecs_model.network import Nat
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted
from tests.settings_harness import ROOT, STACKS, Raw, load, of_file, told


@pytest.fixture
def raw() -> Raw:
    return of_file("dev")


def test_there_are_three_environments() -> None:
    assert {"local", "dev", "prod"} <= set(STACKS)


@pytest.mark.parametrize("stack", STACKS)
def test_the_committed_environments_are_clean(stack: str) -> None:
    read, problems = settings.read(of_file(stack), stack)
    assert problems == []
    assert read is not None
    assert read.name == stack
    assert list(read.warnings()) == []
    assert set(read.services) >= {"web", "api", "worker"}
    assert {capacity.purchase_option for capacity in read.capacity.values()} == set(PurchaseOption)
    assert read.services["web"].load_balancer is not None
    assert len(read.services["api"].containers) == 2
    assert read.services["worker"].load_balancer is None


def test_values_arrive_typed() -> None:
    dev, _ = settings.read(of_file("dev"), "dev")
    prod, _ = settings.read(of_file("prod"), "prod")
    assert dev is not None
    assert prod is not None
    assert dev.network.create is not None
    assert dev.network.create.nat is Nat.ONE
    assert dev.services["api"].containers["app"].depends_on[0].condition is DependencyCondition.HEALTHY
    assert dev.services["api"].enable_execute_command is True
    assert prod.services["api"].network_mode is NetworkMode.AWSVPC
    assert prod.capacity["general"].agent.image_pull_behavior is ImagePullBehavior.PREFER_CACHED
    assert prod.load_balancers["public"].deletion_protection is True


def set_at(*path: str | int, value: Any) -> Callable[[Raw], None]:
    def change(raw: Raw) -> None:
        inner: Any = raw
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def without(*path: str | int) -> Callable[[Raw], None]:
    def change(raw: Raw) -> None:
        inner: Any = raw
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]

    return change


APP = ("services", "api", "containers", "app")


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        # Unknown keys, at any depth.
        (set_at("colour", value=1), "colour", "is not a setting here: .*Known: adopt, alarms, capacity, cluster, "),
        (set_at("servces", value={}), "servces", "did you mean services?"),
        (set_at(*APP, "memry", value=5), "services.api.containers.app.memry", "did you mean memory?"),
        (set_at(*APP, "memory_reservation", value=5), "services.api.containers.app.memory_reservation",
         "did you mean memoryReservation?"),
        (set_at("capacity", "general", "agent", value={"reservdMemory": 1}), "capacity.general.agent.reservdMemory",
         "did you mean reservedMemory?"),
        (set_at(*APP, "portMappings", 0, "hostport", value=1), "services.api.containers.app.portMappings[0].hostport",
         "did you mean hostPort?"),
        (set_at("services", "web", "loadBalancer", "healthCheck", value={"pth": "/"}),
         "services.web.loadBalancer.healthCheck.pth", "did you mean path?"),
        (set_at("network", "create", "natt", value=1), "network.create.natt", "did you mean nat?"),
        # Wrong types.
        (set_at("capacity", "general", "maxSize", value="lots"), "capacity.general.maxSize",
         '"lots" is not allowed: give a whole number'),
        (set_at("capacity", "general", "maxSize", value=1.5), "capacity.general.maxSize",
         "1.5 is not allowed: give a whole number"),
        (set_at("capacity", "general", "instanceTypes", value="m7g.medium"), "capacity.general.instanceTypes",
         '"m7g.medium" is not allowed: give a list'),
        (set_at("capacity", "general", "purchaseOption", value="cheap"), "capacity.general.purchaseOption",
         "\"cheap\" is not allowed: give 'on-demand' or 'spot'"),
        (set_at("services", "web", "networkMode", value="vpc"), "services.web.networkMode",
         "'bridge', 'awsvpc', 'host' or 'none'"),
        (set_at("services", "web", "waitForSteadyState", value="maybe"), "services.web.waitForSteadyState",
         "give true or false"),
        (set_at("services", "web", "containers", value=[]), "services.web.containers", "give settings"),
        (set_at("loadBalancers", "public", value=None), "loadBalancers.public", "is empty: give settings"),
        (set_at(*APP, "environment", "N", value=5), "services.api.containers.app.environment.N",
         "5 is not allowed: give text: write it in quotes"),
        (set_at("services", "web", "placementConstraints", value=[{"type": "distinctInstance"}]),
         "services.web.placementConstraints[0]", "and set distinctInstances to true for this"),
        (set_at("services", "web", "placementConstraints", value=[{"type": "memberOf"}]),
         "services.web.placementConstraints[0]", "give an expression, such as 'attribute:ecs.instance-type =~ m7i.*'"),
        (set_at("services", value="x"), "services", '"x" is not allowed: give settings'),
        (set_at("name", value=7), "name", "give text: write it in quotes"),
        # Missing ones.
        (without("services", "worker", "containers", "worker", "image"), "services.worker.containers.worker.image",
         "is missing, and has no default: set it"),
        (without("capacity", "general", "maxSize"), "capacity.general.maxSize", "is missing"),
        (without("services", "web", "loadBalancer", "containerPort"), "services.web.loadBalancer.containerPort",
         "is missing"),
        (without("cluster", "defaultCapacityProviderStrategy", 0, "capacityProvider"),
         "cluster.defaultCapacityProviderStrategy[0].capacityProvider", "is missing"),
        (without("network"), "network", "chooses none: choose one of default: true, create and existing"),
        (without("cluster"), "cluster.defaultCapacityProviderStrategy",
         r"is missing or empty: give one, such as \[{ capacityProvider: general, weight: 1 }\]"),
        # Impossible values.
        (set_at("cluster", "defaultCapacityProviderStrategy", 0, "capacityProvider", value="gneral"),
         "cluster.defaultCapacityProviderStrategy[0].capacityProvider",
         "'gneral' is no .* \\(there is: general, spot\\): did you mean general\\?"),
        (set_at("services", "worker", "capacityProviderStrategy", 0, "weight", value=0),
         "services.worker.capacityProviderStrategy", "weight 0"),
        (set_at("capacity", "spot", "agent", value={"dynamicHostPortRange": "65535-49153"}),
         "capacity.spot.agent.dynamicHostPortRange", "65535-49153 is not a port range"),
        (set_at("capacity", "general", "instanceTypes", value=["m7i.large", "m7g.large"]),
         "capacity.general.instanceTypes", "mixes architectures"),
        (set_at("capacity", "general", "architecture", value="x86_64"), "capacity.general.instanceTypes[0]",
         "m7g.medium is arm64, not x86_64"),
        (set_at("services", "web", "loadBalancer", "name", value="pubic"), "services.web.loadBalancer.name",
         r"'pubic' is not in loadBalancers \(there is: public\): did you mean public\?"),
        (set_at("name", value="aws-web"), "name", "begins with 'aws', which AWS reserves"),
        (set_at("managedInstances", value={"own": {"storageSize": 0}}), "managedInstances.own.storageSize",
         "0 is out of range"),
        (set_at("managedInstances", value={"own": {"storageSiz": 9}}), "managedInstances.own.storageSiz",
         "did you mean storageSize"),
        (set_at("managedInstances", value={"general": {}}), "managedInstances.general", "is in capacity as well"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_problem(raw: Raw, change: Callable[[Raw], None], where: str, says: str) -> None:
    change(raw)
    found = told(raw)
    assert list(found) == [where]
    assert re.search(says, found[where]), found


def test_memory_that_cannot_fit_names_the_setting_that_decides(raw: Raw) -> None:
    raw["services"]["api"]["containers"]["app"] |= {"memory": 9000, "memoryReservation": 8400}
    _, problems = settings.read(raw, "dev")
    assert [dotted(problem.path) for problem in problems] == ["services.api.containers.app.memoryReservation"] * 2
    of_general = problems[0].message
    assert "a task of 8656 MiB (8400 of app, 256 of cache) cannot fit m7g.medium (4096 MiB installed), " in of_general
    assert "the smallest type of capacity general. " in of_general
    assert "3788 MiB to be sure, or use a larger instance type (m7g.xlarge is the next)" in of_general
    assert "the smallest type of capacity spot" in problems[1].message


def test_the_errors_of_the_readme_are_those_of_the_mistakes_that_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "aws:1")
    raw = of_file("local")
    raw["services"]["web"]["desiredCont"] = 2
    raw["cluster"]["defaultCapacityProviderStrategy"][1]["capacityProvider"] = "spott"
    raw["services"]["api"]["containers"]["app"] |= {"memory": 9000, "memoryReservation": 8400}
    readme = (ROOT / "README.md").read_text()
    sample = re.findall(r"^error: 3 settings cannot work.*$|^  Pulumi\.local\.yaml, .*$", readme, re.MULTILINE)
    assert len(sample) == 4
    with pytest.raises(pulumi.RunError) as refusal:
        load(raw, "local")
    found = f"error: {refusal.value}".splitlines()
    for told_, shown in zip(found, sample, strict=True):
        assert re.fullmatch(re.escape(shown).replace("…", ".*"), told_)


def test_all_problems_at_once(raw: Raw) -> None:
    for change in (
        set_at("colour", value="red"),
        set_at("network", "create", "nat", value="some"),
        set_at("capacity", "general", "maxSize", value="lots"),
        set_at(*APP, "portMappings", 0, "containerPort", value="many"),
        without("services", "worker", "containers", "worker", "image"),
        set_at("services", "web", "desiredCount", value=-1),
        set_at("services", "web", "logRetentionDays", value=31),
        set_at("loadBalancers", "public", "idleTimeout", value=0),
        set_at("capacity", "spot", "targetCapacity", value=101),
    ):
        change(raw)
    assert set(told(raw)) == {
        "colour",
        "network.create.nat",
        "capacity.general.maxSize",
        "services.api.containers.app.portMappings[0].containerPort",
        "services.worker.containers.worker.image",
        "services.web.desiredCount",
        "services.web.logRetentionDays",
        "loadBalancers.public.idleTimeout",
        "capacity.spot.targetCapacity",
    }


@pytest.mark.parametrize(
    ("unreadable", "further", "where"),
    [
        (
            set_at("capacity", "spot", "maxSize", value="lots"),
            set_at("cluster", "defaultCapacityProviderStrategy", 1, "weight", value=-1),
            "cluster.defaultCapacityProviderStrategy[1].weight",
        ),
        (
            set_at("capacity", "spot", "maxSize", value="lots"),
            set_at("cluster", "defaultCapacityProviderStrategy", 0, "capacityProvider", value="gneral"),
            "cluster.defaultCapacityProviderStrategy[0].capacityProvider",
        ),
        (
            set_at("capacity", "general", "maxSize", value="lots"),
            set_at("capacity", "spot", "instanceTypes", value=["m7g.medum", "m7g.large"]),
            "capacity.spot.instanceTypes[0]",
        ),
        (
            set_at("managedInstances", value={"own": "all"}),
            set_at("services", "worker", "capacityProviderStrategy", value=[{"capacityProvider": "own", "weight": 1}]),
            None,
        ),
        (without(*APP, "image"), set_at(*APP, "links", value=["cach"]), None),
        (
            without("services", "api", "containers", "cache", "image"),
            set_at(*APP, "links", value=["cache", "cach:c"]),
            "services.api.containers.app.links[1]",
        ),
        (
            set_at("services", "api", "containers", "cache", "memory", value="x"),
            set_at("services", "api", "loadBalancer", "containerName", value="ap"),
            "services.api.loadBalancer.containerName",
        ),
        (
            without("services", "worker", "containers"),
            set_at("services", "api", "discovery", value={"containerName": "app", "containerPort": 8000, "clients":
                                                          ["worker", "wroker"]}),
            "services.api.discovery.clients[1]",
        ),
        (
            set_at("loadBalancers", "other", value=5),
            set_at("services", "web", "loadBalancer", "name", value="pubic"),
            "services.web.loadBalancer.name",
        ),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_reported_beside_what_cannot_be_read(
    raw: Raw, unreadable: Callable[[Raw], None], further: Callable[[Raw], None], where: str | None
) -> None:
    raw["namespace"] = "dev.internal"
    raw["services"]["api"]["containers"]["app"]["portMappings"] = [{"containerPort": 8000, "hostPort": 8080}]
    unreadable(raw)
    alone = set(told(raw))
    further(raw)
    assert set(told(raw)) - alone == ({where} if where else set())


DATA = [{"sourceVolume": "data", "containerPath": "/data"}]


def stored(cache: Any, service: Raw) -> Callable[[Raw], None]:
    """Another container in the place of the service's second, and more settings of the service."""

    def change(raw: Raw) -> None:
        raw["services"]["api"]["containers"]["cache"] = cache
        raw["services"]["api"]["containers"]["app"] |= {"links": [], "dependsOn": []}
        raw["services"]["api"] |= service

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (set_at("loadBalancers", "public", value=5), "loadBalancers.public"),
        (without("capacity", "spot", "instanceTypes"), "capacity.spot.instanceTypes"),
        (set_at("capacity", value="x"), "capacity"),
        (set_at(*APP, value=5), "services.api.containers.app"),
        (without(*APP, "image"), "services.api.containers.app.image"),
        (without("services", "api", "containers", "cache", "image"), "services.api.containers.cache.image"),
        (set_at(*APP, "portMappings", value="x"), "services.api.containers.app.portMappings"),
        (set_at("services", "api", "containers", "cache", "healthCheck", value="x"),
         "services.api.containers.cache.healthCheck"),
        (set_at(*APP, "memory", value="x"), "services.api.containers.app.memory"),
        (set_at("network", value=[]), "network"),
        (stored(5, {"volumes": {"data": {}}}), "services.api.containers.cache"),
        (stored({"image": "i", "memory": 64, "mountPoints": DATA}, {"volumes": {"data": 5}}),
         "services.api.volumes.data"),
        (stored(5, {"kmsKeys": ["arn:aws:kms:eu-central-1:123456789012:key/1a2b"]}), "services.api.containers.cache"),
        (set_at("services", "api", "loadBalancer", value="x"), "services.api.loadBalancer"),
        (set_at("services", "worker", value="x"), "services.worker"),
        (set_at("namespace", value=5), "namespace"),
        (set_at("services", "web", "networkMode", value="vpc"), "services.web.networkMode"),
    ],
)  # fmt: skip
def test_what_only_follows_is_not_reported(raw: Raw, change: Callable[[Raw], None], where: str) -> None:
    raw["namespace"] = "dev.internal"
    raw["services"]["api"]["containers"]["app"]["portMappings"] = [{"containerPort": 8000, "hostPort": 8080}]
    raw["services"]["api"]["discovery"] = {"containerName": "app", "containerPort": 8000, "clients": ["web", "worker"]}
    raw["services"]["web"]["networkMode"] = "awsvpc"
    raw["services"]["web"]["discovery"] = {"containerName": "nginx", "containerPort": 8080, "clients": ["api"]}
    raw["services"]["api"]["healthCheckGracePeriod"] = 60
    raw["services"]["api"]["scaling"] = {"maxCount": 4, "requests": {"target": 1000}}
    assert told(raw) == {}
    change(raw)
    assert list(told(raw)) == [where]


def test_positions_stay_those_of_the_file(raw: Raw) -> None:
    raw["services"]["api"]["containers"]["app"]["portMappings"] = [
        {"containerPort": "x"},
        {"containerPort": 8000},
        {"containerPort": 99_999},
    ]
    where = "services.api.containers.app.portMappings"
    assert list(told(raw)) == [f"{where}[0].containerPort"]
    raw["services"]["api"]["containers"]["app"]["portMappings"][0]["containerPort"] = 7000
    assert list(told(raw)) == [f"{where}[2].containerPort"]


def test_long_values_are_cut(raw: Raw) -> None:
    raw["services"]["web"]["desiredCount"] = "9x" * 200
    assert len(told(raw)["services.web.desiredCount"]) < 120


def test_nothing_is_changed_in_what_was_read(raw: Raw) -> None:
    raw["services"]["web"]["desiredCount"] = "x"
    before = deepcopy(raw)
    told(raw)
    assert raw == before


@pytest.mark.parametrize("path", [("services", "web", "desiredCount"), ("capacity", "general", "maxSize")])
def test_true_is_no_number(raw: Raw, path: tuple[str, ...]) -> None:
    section = raw
    for step in path[:-1]:
        section = section[step]
    section[path[-1]] = True
    _, problems = settings.read(raw, "dev")
    assert [problem.path for problem in problems] == [path]
    assert problems[0].message == "true is not allowed: give a whole number"


@pytest.mark.parametrize("beside", [[], ["m7g.large"]])
def test_a_misspelt_instance_type_is_named(raw: Raw, beside: list[str]) -> None:
    raw["capacity"]["general"]["instanceTypes"] = ["m7g.medum", *beside]
    _, problems = settings.read(raw, "dev")
    assert [dotted(problem.path) for problem in problems] == ["capacity.general.instanceTypes[0]"]
    assert "m7g.medum is not in this version's table (did you mean m7g.medium?)" in problems[0].message


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("desiredCount", "2", "a whole number"),
        ("desiredCount", 2.5, "a whole number"),
        ("waitForSteadyState", "yes", "true or false"),
        ("waitForSteadyState", 1, "true or false"),
    ],
)
def test_types_are_taken_at_their_word(raw: Raw, key: str, value: object, says: str) -> None:
    raw["services"]["web"][key] = value
    _, problems = settings.read(raw, "dev")
    assert [problem.path for problem in problems] == [("services", "web", key)]
    assert problems[0].message.endswith(f"is not allowed: give {says}")


@pytest.mark.parametrize("key", ["hostHeaders", "httpHeaders", "queryStrings", "sourceIps", "methods", "testHeaders"])
def test_a_rule_whose_conditions_cannot_be_read_is_not_taken_for_another_s(raw: Raw, key: str) -> None:
    api = raw["services"]["api"]["loadBalancer"]
    api |= {"pathPatterns": ["/*"], key: "api.example.com"}
    assert list(told(raw)) == [f"services.api.loadBalancer.{key}"]
    del api[key]
    assert list(told(raw)) == ["services.web.loadBalancer.pathPatterns"]


def test_memory_that_is_kept_from_all_tasks_is_told_of_once(raw: Raw) -> None:
    raw["capacity"]["general"] |= {"agent": {"reservedMemory": 60_000}}
    assert list(told(raw)) == ["capacity.general.agent.reservedMemory"]


def test_sentences_of_what_cannot_be_read(raw: Raw) -> None:
    raw |= {"cluster": "", "run": {"m": {"schedule": "rate(1 day)", "containers": {}}}}
    raw["services"]["web"]["desiredCont"] = 1
    found = told(raw)
    assert found["cluster"] == "is empty: give settings (name: value), or leave it out"
    assert found["run.m.schedule"].startswith("is not a setting here. Known: ")
    assert found["services.web.desiredCont"].startswith("is not a setting here: did you mean desiredCount? Known: ")
