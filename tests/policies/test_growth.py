"""What a rule costs grows with the program as the program does: twice the resources, twice the work."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import policies
from policies.pack import rules
from policies.rule import Rule
from policies.servicer import view_of
from policies.stack import Stack
from tests.policies.harness import Res, stack_request
from tests.policies.programs import arn, shop
from tests.policies.shops import shops

OURS = str(Path(policies.__file__).parent)
STEP = 10
"""How many more copies, or services, each of three programs has than the one before."""


def services(number: int) -> Iterator[Res]:
    """One shop with many services behind one load balancer, each with a task definition and listener rule."""
    yield from shop(True)
    web, service, targets = (shop(True)[name] for name in ("web", "service", "targets"))
    for at in range(number):
        task, group = (
            arn("ecs", f"task-definition/web-{at}:1"),
            arn("elasticloadbalancing", f"targetgroup/web-{at}/73e2"),
        )
        yield replace(web.but(family=f"web-{at}", arn=task), name=f"web-{at}")
        yield replace(targets.but(arn=group), name=f"targets-{at}")
        forward = {
            "listenerArn": "arn:listener",
            "actions": [{"type": "forward", "targetGroupArn": group}],
            "conditions": [{"pathPattern": {"values": [f"/{at}/*"]}}],
        }
        made_from = {"listenerArn": ["listener"], "actions": [f"targets-{at}"]}
        yield Res("aws:lb/listenerRule:ListenerRule", f"rule-{at}", forward, made_from)
        registered = [{"targetGroupArn": group, "containerName": "app", "containerPort": 80}]
        own = service.but(taskDefinition=task, loadBalancers=registered)
        made = own.made(taskDefinition=[f"web-{at}"], loadBalancers=[f"targets-{at}"])
        yield replace(made, name=f"service-{at}", after=["association", f"rule-{at}"])


def lines(rule: Rule, stack: Stack) -> int:
    """How many lines of the pack a rule runs; unlike its time, the same in every run."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(OURS) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        rule.judgement(stack, rule.configured({}))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("program", [shops, services])
@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.subject is Stack], ids=lambda rule: rule.id)
def test_a_relation_costs_in_proportion_to_the_program(rule: Rule, program: Callable[[int], Iterator[Res]]) -> None:
    few, more, many = (lines(rule, _stack(program(STEP * times))) for times in (1, 2, 3))
    assert few > 0
    growth, curve = more - few, many - 2 * more + few
    assert curve <= growth / 10, f"{few}, {more} and {many} lines: each further resource costs more than the one before"


def _stack(program: Iterator[Res]) -> Stack:
    return Stack(map(view_of, stack_request(*program).resources))
