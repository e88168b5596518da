"""Live resources in place of new ones."""

import pytest

import components as ecs
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.problem import InvalidSettings
from tests.components.component_harness import Graph, deploy

BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"


def program(adopted: dict[str, dict[str, str]]) -> Graph:
    def run() -> None:
        adoption = ecs.Adoption(adopted)
        ecs.LoadBalancer("web", ecs.LoadBalancerArgs("vpc-1", ["subnet-1", "subnet-2"], LoadBalancerSettings()))
        adoption.check()

    return deploy(run)


def test_what_is_adopted_is_imported_and_keeps_what_would_replace_it() -> None:
    graph = program({"lb.LoadBalancer": {"web": BALANCER}, "ec2.SecurityGroup": {"web-balancer": "sg-1"}})
    balancer, group = graph.one("lb.LoadBalancer"), graph.one("ec2.SecurityGroup")
    assert (balancer.import_id, group.import_id) == (BALANCER, "sg-1")
    assert {"name", "internal", "loadBalancerType"} <= set(balancer.ignored)
    assert {"name", "description", "vpcId"} <= set(group.ignored)
    others = [each for each in graph.resources if each not in (balancer, group)]
    assert len(others) == 4
    assert not any(each.import_id or each.ignored for each in others)


def test_without_anything_to_adopt_nothing_changes() -> None:
    graph = program({})
    assert not any(each.import_id or each.ignored for each in graph.resources)
    assert len(graph.resources) == 6


def test_what_nobody_meets_is_an_error() -> None:
    with pytest.raises(InvalidSettings, match=r"no lb\.LoadBalancer of this program .*did you mean web\?"):
        program({"lb.LoadBalancer": {"wep": BALANCER}})
    with pytest.raises(InvalidSettings, match=r"lb\.Balancer.*no type that can be adopted"):
        program({"lb.Balancer": {"web": BALANCER}})
