"""ecs-cluster-default-capacity-provider-strategy: judged from the relations of the whole program."""

from typing import Any

import pytest

from tests.policies.harness import CANNOT_JUDGE, UNKNOWN, UNKNOWN_LIST, Diagnostic, Pack, Res
from tests.policies.programs import Program, arn, shop, user_data

RULE = "ecs-cluster-default-capacity-provider-strategy"
BARE = "ecs-cluster-bare-default-capacity-provider-strategy"
KEY = "defaultCapacityProviderStrategies"
both = pytest.mark.parametrize("deployed", [False, True])


def judge(pack: Pack, program: Program) -> list[Diagnostic]:
    return [found for found in pack.stack(*program) if found.rule in (RULE, BARE)]


def cluster(name: str = "main", /, **properties: Any) -> Res:
    return Res("aws:ecs/cluster:Cluster", name, {"name": name, "arn": arn("ecs", f"cluster/{name}"), **properties})


def association(of: str = "main", /, **properties: Any) -> Res:
    token = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    return Res(token, f"{of}-capacity", {"clusterName": of, **properties})


def service(name: str = "service", **properties: Any) -> Res:
    return Res("aws:ecs/service:Service", name, {"cluster": "main", **properties})


@both
def test_a_cluster_with_a_default_strategy_is_good(pack: Pack, deployed: bool) -> None:
    assert judge(pack, shop(deployed)) == []


@both
def test_a_cluster_with_instances_and_no_strategy_is_not(pack: Pack, deployed: bool) -> None:
    (found,) = judge(pack, shop(deployed).without("association"))
    assert (found.level, found.resource) == ("mandatory", "cluster")
    assert found.text == (
        "A cluster has a default capacity provider strategy\n"
        "cluster cluster: has no default capacity provider strategy. Give the cluster an "
        "aws.ecs.ClusterCapacityProviders with its capacity providers and a default strategy, one weight of it above 0."
    )


@both
@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ([], f"{KEY} is empty. Name at least one capacity provider with a weight above 0."),
        (None, f"{KEY} is empty."),
        ([{"capacityProvider": "capacity"}], f"{KEY} gives every capacity provider the weight 0"),
        ([{"capacityProvider": "capacity", "weight": 0.0, "base": 2.0}], "the weight 0"),
        ([{"capacityProvider": "other", "weight": 1}], f"{KEY}[0].capacityProvider: 'other' is no capacity provider"),
        ([{"capacityProvider": "capacity", "weight": 1001}], f"{KEY}[0].weight: 1001 is not a weight. Give 0-1000."),
        ([{"capacityProvider": "capacity", "weight": "many"}], f"{KEY}[0].weight is a text, not a whole number"),
        ("capacity", f"{KEY} is a text, not a list"),
        (["capacity"], f"{KEY}[0] is a text, not an object"),
    ],
    ids=str,
)
def test_a_strategy_that_ecs_refuses(pack: Pack, deployed: bool, strategy: object, expected: str) -> None:
    program = shop(deployed)
    found = judge(pack, program.but(program["association"].but(**{KEY: strategy})))
    assert [diagnostic.level for diagnostic in found] == ["mandatory"]
    assert expected in found[0].message


def test_two_bases_and_mixed_kinds_are_all_reported(pack: Pack) -> None:
    strategy = [
        {"capacityProvider": "capacity", "weight": 1, "base": 1},
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    ]
    program = shop(True)
    mixed = program["association"].but(capacityProviders=["capacity", "FARGATE"], **{KEY: strategy})
    base, mixture = judge(pack, program.but(mixed))
    assert f"{KEY} has a base on capacity and FARGATE" in base.message
    assert "mixes FARGATE with EC2 capacity" in mixture.message


def test_clusters_are_kept_apart(pack: Pack) -> None:
    (found,) = judge(pack, shop(False).but(cluster("other")))
    assert found.resource == "other"


def test_the_association_is_found_by_what_it_was_made_from(pack: Pack) -> None:
    program = shop(False)
    unnamed = program["cluster"].but(name=UNKNOWN)
    made = program["association"].but(clusterName=UNKNOWN)
    found = judge(pack, program.but(unnamed, made, cluster("other")))
    assert [diagnostic.resource for diagnostic in found] == ["other"]


def test_a_name_known_only_later_is_judged_but_for_the_name(pack: Pack) -> None:
    strategy = [{"capacityProvider": UNKNOWN, "weight": 0}]
    program = shop(False)
    later = program["association"].but(capacityProviders=[UNKNOWN], **{KEY: strategy})
    weight, unknown = judge(pack, program.but(later))
    assert "the weight 0" in weight.message
    assert (unknown.level, CANNOT_JUDGE in unknown.text) == ("advisory", True)
    assert "cluster capacity providers association: capacityProviders" in unknown.text


def test_a_strategy_whose_provider_is_known_later_is_said(pack: Pack) -> None:
    program = shop(False)
    later = program["association"].but(**{KEY: [{"capacityProvider": UNKNOWN, "weight": 1}]})
    (unknown,) = judge(pack, program.but(later))
    assert (unknown.level, CANNOT_JUDGE in unknown.text) == ("advisory", True)
    assert f"cluster capacity providers association: {KEY}" in unknown.text


def test_an_unknown_strategy_is_said_and_hides_nothing(pack: Pack) -> None:
    program = shop(False)
    later = program["association"].but(**{KEY: UNKNOWN_LIST}).made(**{KEY: ["capacity"]})
    violation, unknown = judge(pack, program.but(later, cluster("other")))
    assert violation.resource == "other"
    assert f"cluster capacity providers association: {KEY}" in unknown.text
    assert unknown.level == "advisory"


def test_an_association_alone_is_judged(pack: Pack) -> None:
    """The cluster may belong to another program; its default is set here all the same."""
    (found,) = judge(pack, Program(association("elsewhere", capacityProviders=["ours"])))
    assert f"{KEY} is empty" in found.message
    assert judge(pack, Program(association("elsewhere", capacityProviders=["FARGATE"]))) == []


def test_a_strategy_on_the_cluster_itself(pack: Pack) -> None:
    """As pulumi-aws before version 6 allowed."""
    good = cluster(capacityProviders=["ours"], **{KEY: [{"capacityProvider": "ours", "weight": 1}]})
    assert judge(pack, Program(good)) == []
    (found,) = judge(pack, Program(good.but(**{KEY: None})))
    assert found.resource == "main"
    assert f"{KEY} is empty" in found.message


def test_capacity_providers_on_the_cluster_itself_are_attached(pack: Pack) -> None:
    """As pulumi-aws before version 6 allowed."""
    program = shop(True).without("association")
    inline = program["cluster"].but(capacityProviders=["capacity"], **{KEY: [{"capacityProvider": "capacity"}]})
    rule = "ecs-capacity-provider-attached"
    assert [found.resource for found in pack.stack(*program) if found.rule == rule] == ["capacity"]
    assert [found for found in pack.stack(*program.but(inline)) if found.rule == rule] == []


FARGATE = {"requiresCompatibilities": ["FARGATE"], "family": "job"}
EC2_JOINED = {"userData": user_data("ECS_CLUSTER=main"), "name": "lt"}


@pytest.mark.parametrize(
    "others",
    [
        [service(launchType="FARGATE")],
        [service(launchType="EXTERNAL")],
        [service(capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])],
        [association(capacityProviders=["FARGATE", "FARGATE_SPOT"])],
        [
            association(capacityProviders=["FARGATE"], **{KEY: [{"capacityProvider": "FARGATE", "weight": 1}]}),
            service(),
        ],
        [Res("aws:ecs/taskDefinition:TaskDefinition", "job", FARGATE)],
    ],
    ids=["launch type", "anywhere", "strategy", "association", "default", "task definition alone"],
)
def test_fargate_and_ecs_anywhere_raise_nothing(pack: Pack, others: list[Res]) -> None:
    assert judge(pack, Program(cluster(), *others)) == []


@pytest.mark.parametrize(
    "others",
    [
        [service()],
        [service(launchType="EC2")],
        [Res("aws:ecs/taskDefinition:TaskDefinition", "job", {"family": "job"})],
        [service(launchType="FARGATE"), service("second", launchType="EC2")],
        [service(launchType="FARGATE"), Res("aws:ec2/launchTemplate:LaunchTemplate", "lt", EC2_JOINED)],
        [service(launchType="FARGATE"), association(capacityProviders=["FARGATE", "ours"])],
    ],
    ids=["no launch type", "EC2", "task definition alone", "one of two", "instances", "EC2 capacity"],
)
def test_a_cluster_used_for_ec2_needs_one(pack: Pack, others: list[Res]) -> None:
    (found,) = judge(pack, Program(cluster(), *others))
    assert (found.level, found.rule) == ("mandatory", RULE)


@pytest.mark.parametrize(
    "others",
    [[], [service(launchType="FARGATE", cluster="other")]],
    ids=["nothing", "another cluster's service"],
)
def test_a_bare_cluster_had_better_have_one(pack: Pack, others: list[Res]) -> None:
    (found,) = judge(pack, Program(cluster(), *others))
    assert (found.level, found.rule, found.resource) == ("advisory", BARE, "main")


@pytest.mark.parametrize("others", [[], [association(capacityProviders=[], **{KEY: []})]], ids=["bare", "empty"])
def test_a_bare_cluster_can_be_left_to_another_program(pack: Pack, others: list[Res]) -> None:
    pack.configure({id: {"allowedClusters": ["main"]} for id in (RULE, BARE)})
    assert judge(pack, Program(cluster(), *others)) == []


def test_an_empty_strategy_is_reported_once(pack: Pack) -> None:
    (found,) = judge(pack, Program(cluster(), association(capacityProviders=[])))
    assert (found.rule, found.level) == (RULE, "mandatory")
    assert f"{KEY} is empty" in found.message


def test_instances_joined_by_unknown_user_data_count(pack: Pack) -> None:
    template = Res("aws:ec2/launchTemplate:LaunchTemplate", "lt", {"userData": UNKNOWN}, {"userData": ["main"]})
    assert len(judge(pack, Program(cluster(), service(launchType="FARGATE"), template))) == 1


def test_managed_instances_count(pack: Pack) -> None:
    managed = Res("aws:ecs/capacityProvider:CapacityProvider", "own", {"name": "own", "cluster": "main"})
    assert len(judge(pack, Program(cluster(), service(launchType="FARGATE"), managed))) == 1


def test_a_cluster_can_be_left_to_another_program(pack: Pack) -> None:
    pack.configure({RULE: {"allowedClusters": ["main"]}})
    (found,) = judge(pack, Program(cluster(), cluster("other"), association(capacityProviders=["ours"])))
    assert found.resource == "other"
