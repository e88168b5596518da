"""Listener rules that get no request, for one before them matches whatever they match."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model.containers import Container, PortMapping
from ecs_model.hidden_rules import hidden_rule_warnings, hidden_rules, same_rule_problems, within
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.problem import dotted
from ecs_model.routing import ServiceRouting
from ecs_model.rule_conditions import QueryString
from ecs_model.service import ServiceSettings
from ecs_model.stack import StackSettings


def web(*paths: str, hosts: str = "", **more: Any) -> ServiceRouting:
    given: dict[str, Any] = {"name": "public", "container_name": "app", "container_port": 80}
    return ServiceRouting(**(given | {"path_patterns": [*paths], "host_headers": hosts.split()} | more))


def stack(**routings: ServiceRouting) -> StackSettings:
    containers = {"app": Container("i", memory=64, port_mappings=[PortMapping(80)])}
    services = {key: ServiceSettings(containers, load_balancer=routing) for key, routing in routings.items()}
    return StackSettings("dev", services=services, load_balancers={"public": LoadBalancerSettings()})


def hidden(made: StackSettings) -> list[tuple[str, str, bool]]:
    return [
        (each.rule.attachment.service, each.before.attachment.service, each.same)
        for each in hidden_rules(made.attachments())
    ]


@pytest.mark.parametrize(
    ("narrow", "broad", "verdict"),
    [
        ("/api/*", "/*", True),
        ("/*", "/api/*", False),
        ("/api", "/api*", True),
        ("/api", "/api/*", False),
        ("/a/*/c", "/a/*", True),
        ("/a/*/c", "/*/c", True),
        ("/a*c", "/a*b*c", False),
        ("/a*b*c", "/a*c", True),
        ("/?", "/a", False),
        ("/a", "/?", True),
        ("/?b", "/??", True),
        ("/*", "/?", False),
        ("/*", "/*", True),
        ("/**", "/*", True),
        ("", "*", True),
        ("a", "", False),
        ("*.png", "*", True),
        ("/aXbXb", "/a*Xb", True),
        ("*a" * 60, "*a" * 61, False),
    ],
)
def test_patterns_within_others(narrow: str, broad: str, verdict: bool) -> None:
    assert within(narrow, broad) is verdict


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (web("/*"), web("/*")),
        (web("/api", "/api/*"), web("/api/*", "/api")),
        (web("/*", hosts="Shop.example.com"), web(hosts="shop.example.com")),
        (web("/a", http_headers={"X-Client": ["Mobile"]}), web("/a", http_headers={"x-client": ["mobile"]})),
    ],
)
def test_two_rules_for_the_same_requests_are_refused(first: ServiceRouting, second: ServiceRouting) -> None:
    made = stack(web=replace(first, priority=20), api=replace(second, priority=10))
    assert hidden(made) == [("web", "api", True)]
    (problem,) = same_rule_problems(made.attachments())
    assert problem.path[:3] == ("services", "web", "loadBalancer")
    assert "the requests of service api on load balancer public, whose rule comes first (10; this one is 20)" in (
        problem.message
    )
    assert "service web would get none" in problem.message
    assert list(hidden_rule_warnings(made.attachments())) == []
    assert problem in made.problems()


@pytest.mark.parametrize(
    ("narrow", "broad", "covers"),
    [
        ({"methods": ["GET"]}, {"methods": ["GET", "HEAD"]}, True),
        ({"methods": ["GET", "PUT"]}, {"methods": ["GET", "HEAD"]}, False),
        ({}, {"methods": ["GET"]}, False),
        ({"methods": ["GET"]}, {}, True),
        ({"source_ips": ["10.1.0.0/16"]}, {"source_ips": ["10.0.0.0/8"]}, True),
        ({"source_ips": ["10.0.0.0/8"]}, {"source_ips": ["10.1.0.0/16"]}, False),
        ({"source_ips": ["11.0.0.0/16"]}, {"source_ips": ["10.0.0.0/8"]}, False),
        ({}, {"source_ips": ["0.0.0.0/0"]}, True),
        ({"query_strings": [QueryString("Beta", "version")]}, {"query_strings": [QueryString("beta")]}, True),
        ({"query_strings": [QueryString("beta")]}, {"query_strings": [QueryString("beta", "version")]}, False),
        ({"query_strings": [QueryString("x", "a")]}, {"query_strings": [QueryString("*", "a")]}, True),
        ({"query_strings": [QueryString("x", "ab")]}, {"query_strings": [QueryString("*", "a")]}, False),
        ({}, {"query_strings": [QueryString("*")]}, False),
        ({"query_strings": [QueryString("a")]}, {"methods": ["GET"]}, False),
    ],
)
def test_further_conditions_within_others(narrow: dict[str, Any], broad: dict[str, Any], covers: bool) -> None:
    made = stack(web=web("/a", priority=20, **narrow), api=web("/*", priority=10, **broad))
    assert hidden(made) == ([("web", "api", False)] if covers else [])


@pytest.mark.parametrize("source", ["anybody", "10.0.0.1/8", "", "2001:db8::/32"])
def test_a_source_that_is_no_range_is_refused_for_that_alone(source: str) -> None:
    made = stack(a=web("/a", source_ips=[source]), b=web("/b", source_ips=["10.0.0.0/8"]))
    assert [dotted(problem.path) for problem in made.problems() if "sourceIps" in problem.path] == [
        "services.a.loadBalancer.sourceIps[0]"
    ]


def test_two_rules_with_further_conditions_alone_are_told_by_these() -> None:
    made = stack(web=web(priority=20, methods=["GET"]), api=web(priority=10, methods=["GET"]))
    (problem,) = same_rule_problems(made.attachments())
    assert dotted(problem.path) == "services.web.loadBalancer.methods"


def test_the_rule_to_change_is_that_whose_priority_comes_later_though_nobody_set_it() -> None:
    made = stack(api=web("/*"), web=web("/*"))
    priorities = {each.service: each.routing.rule_priority(each.name) for each in made.attachments()}
    later = max(priorities, key=lambda key: priorities[key])
    ((rule, before, same),) = hidden(made)
    assert (rule, {rule, before}, same) == (later, {"api", "web"}, True)
    (problem,) = same_rule_problems(made.attachments())
    assert dotted(problem.path) == f"services.{later}.loadBalancer.pathPatterns"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (web("/*"), web("/api/*")),
        (web("/*"), web("*.png")),
        (web("/api*"), web("/api", "/api/v2/*")),
        (web("/*"), web(hosts="shop.example.com")),
        (web(hosts="*.example.com"), web("/a", hosts="shop.EXAMPLE.com")),
        (web("/*"), web("/*", http_headers={"X-Client": ["mobile"]})),
        (web(http_headers={"X-Client": ["*"]}), web("/a", http_headers={"X-Client": ["mobile", "tv"]})),
    ],
)
def test_a_rule_behind_a_broader_one_is_a_warning(first: ServiceRouting, second: ServiceRouting) -> None:
    made = stack(web=replace(first, priority=5), api=replace(second, priority=10))
    assert list(same_rule_problems(made.attachments())) == []
    (warning,) = hidden_rule_warnings(made.attachments())
    assert str(warning) == (
        "services.api.loadBalancer.priority: 10 comes after 5, that of service web, whose rule matches every request "
        "of this one, so that none reaches service api by it: set it below 5, or that of web above 10"
    )
    assert warning in made.warnings()
    right = stack(web=replace(first, priority=20), api=replace(second, priority=10))
    assert hidden(right) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (web("/a/*"), web("/b/*")),
        (web("/api/*"), web("/api")),
        (web("/api/*"), web("/api/*", "/health")),
        (web("/*", hosts="a.example.com"), web("/*", hosts="b.example.com")),
        (web("/*", hosts="a.example.com"), web("/*")),
        (web("/*", http_headers={"X-Client": ["mobile"]}), web("/a")),
        (web("/*", http_headers={"X-Client": ["mobile"]}), web("/a", http_headers={"X-Client": ["tv"]})),
        (web("/*", name="other"), web("/*")),
    ],
)
def test_rules_that_leave_each_other_requests(first: ServiceRouting, second: ServiceRouting) -> None:
    assert hidden(stack(web=replace(first, priority=5), api=replace(second, priority=10))) == []


def test_without_a_priority_the_more_particular_rule_is_never_hidden() -> None:
    assert hidden(stack(web=web("/*"), api=web("/api/*"), shop=web(hosts="shop.example.com"))) == []
    late = stack(web=web("/*", priority=5), api=web("/api/*"))
    (warning,) = hidden_rule_warnings(late.attachments())
    assert "which follows from its name and conditions, comes after 5, that of service web" in warning.message


def test_of_several_rules_before_one_it_is_the_same_that_is_told() -> None:
    made = stack(broad=web("/*", priority=1), web=web("/a", priority=2), api=web("/a", priority=3))
    assert hidden(made) == [("web", "broad", False), ("api", "web", True)]


def test_the_rule_of_testers_hides_and_is_hidden_as_any_other() -> None:
    tested: dict[str, Any] = {"test_headers": {"X-Preview": ["yes"]}}
    apart = stack(web=web("/*", priority=20, test_priority=2, **tested), api=web("/api/*", priority=10))
    assert hidden(apart) == []
    both = stack(
        web=web("/*", priority=20, test_priority=1, **tested), api=web("/api/*", priority=10, test_priority=2, **tested)
    )
    (warning,) = hidden_rule_warnings(both.attachments())
    assert dotted(warning.path) == "services.api.loadBalancer.testPriority"
