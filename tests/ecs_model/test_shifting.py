"""Deployments that move traffic: what ECS takes of them, and what excludes what."""

from typing import Any

import pytest

from ecs_model.containers import Container, PortMapping
from ecs_model.discovery import ServiceDiscovery
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.network_listener import NetworkListener
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import dotted
from ecs_model.routing import ServiceRouting
from ecs_model.scaling_policies import TargetTracking
from ecs_model.service import ServiceSettings
from ecs_model.service_connect import ConnectPort, ServiceConnect
from ecs_model.service_scaling import ScalingSettings
from ecs_model.shifting import DeploymentSettings, DeploymentStrategy, LifecycleHook, LifecycleStage
from ecs_model.stack import StackSettings

ROLLING, BLUE_GREEN = DeploymentStrategy.ROLLING, DeploymentStrategy.BLUE_GREEN
LINEAR, CANARY = DeploymentStrategy.LINEAR, DeploymentStrategy.CANARY
FUNCTION, ROLE = "arn:aws:lambda:eu-central-1:123456789012:function:f", "arn:aws:iam::123456789012:role/r"
STAGES = [LifecycleStage.POST_SCALE_UP]


def web(**more: Any) -> ServiceRouting:
    given: dict[str, Any] = {"name": "public", "container_name": "app", "container_port": 80, "path_patterns": ["/*"]}
    return ServiceRouting(**(given | more))


def service(
    deployment: DeploymentSettings | None, mode: NetworkMode = NetworkMode.BRIDGE, **more: Any
) -> ServiceSettings:
    mapped = [PortMapping(80, name="web")]
    container = Container("i", memory=64, port_mappings=mapped)
    return ServiceSettings({"app": container}, network_mode=mode, deployment=deployment, **more)


def hooked(**more: Any) -> DeploymentSettings:
    given: dict[str, Any] = {"function_arn": FUNCTION, "role_arn": ROLE, "stages": STAGES}
    return DeploymentSettings(BLUE_GREEN, hooks={"smoke": LifecycleHook(**(given | more))})


@pytest.mark.parametrize(
    ("deployment", "more"),
    [
        (None, {}),
        (DeploymentSettings(), {"load_balancer": web()}),
        (DeploymentSettings(BLUE_GREEN), {}),
        (hooked(details='{"a": 1}'), {"load_balancer": web(test_headers={"X-Test": ["1"]})}),
        (DeploymentSettings(LINEAR, step_percent=3, step_time=0), {"load_balancers": {"a": web()}}),
        (DeploymentSettings(CANARY, 0, 0.1, 1_440), {"connect": ServiceConnect({"web": ConnectPort()})}),
    ],
)
def test_what_works(deployment: DeploymentSettings | None, more: dict[str, Any]) -> None:
    assert list(service(deployment, **more).problems()) == []


COUNTED = ScalingSettings(max_count=9, requests=TargetTracking(target=5))
EDGE = ServiceRouting(name="edge", container_name="app", container_port=80, listener=NetworkListener(80))


@pytest.mark.parametrize(
    ("deployment", "more", "path", "says"),
    [
        (DeploymentSettings(BLUE_GREEN, 1_441), {}, "deployment.bakeTime", "give 0-1440"),
        (DeploymentSettings(BLUE_GREEN, step_percent=5), {}, "deployment.stepPercent", "and it is blue-green: leave"),
        (DeploymentSettings(step_time=5), {}, "deployment.stepTime", "and it is rolling: leave it out"),
        (DeploymentSettings(LINEAR, step_percent=2.9), {"load_balancer": web()}, "deployment.stepPercent", "3-100"),
        (DeploymentSettings(CANARY, step_percent=0), {"load_balancer": web()}, "deployment.stepPercent", "0.1-100"),
        (DeploymentSettings(CANARY, step_time=-1), {"load_balancer": web()}, "deployment.stepTime", "give 0-1440"),
        (DeploymentSettings(hooks={"a": LifecycleHook(FUNCTION, ROLE, STAGES)}), {}, "deployment.hooks", "rolling"),
        (hooked(function_arn=ROLE), {}, "deployment.hooks.smoke.functionArn", "arn:aws:lambda"),
        (hooked(role_arn=FUNCTION), {}, "deployment.hooks.smoke.roleArn", "arn:aws:iam"),
        (hooked(stages=[]), {}, "deployment.hooks.smoke.stages", "has to name stages"),
        (hooked(stages=STAGES * 2), {}, "deployment.hooks.smoke.stages", "each once"),
        (hooked(details="[]"), {}, "deployment.hooks.smoke.details", "is not a JSON object"),
        (DeploymentSettings(LINEAR), {}, "deployment.strategy", "neither loadBalancer nor connect.ports"),
        (DeploymentSettings(CANARY), {"connect": ServiceConnect()}, "deployment.strategy", "neither loadBalancer nor"),
        (DeploymentSettings(BLUE_GREEN), {"load_balancer": EDGE}, "deployment.strategy", "needs networkMode awsvpc"),
        (DeploymentSettings(BLUE_GREEN), {"discovery": ServiceDiscovery(container_name="app", container_port=80),
         "mode": NetworkMode.AWSVPC}, "deployment.strategy", "blue-green and discovery exclude each other"),
        (DeploymentSettings(BLUE_GREEN), {"load_balancer": web(), "scaling": COUNTED},
         "scaling.requests", "counts the requests of one target group, and deployment.strategy blue-green"),
        (None, {"load_balancer": web(test_headers={"X": ["1"]})}, "loadBalancer.testHeaders", "strategy rolling"),
        (DeploymentSettings(BLUE_GREEN), {"load_balancer": web(test_priority=1)},
         "loadBalancer.testPriority", "testHeaders"),
        (DeploymentSettings(BLUE_GREEN), {"load_balancer": web(http_headers={"X": ["1"]}, test_headers={"x": ["1"]})},
         "loadBalancer.testHeaders.x", "is in httpHeaders as well"),
        (DeploymentSettings(BLUE_GREEN), {"load_balancer": web(path_patterns=[], test_headers={"x": ["1"]})},
         "loadBalancer", "has 1 values"),
    ],
)  # fmt: skip
def test_what_cannot_work(deployment: DeploymentSettings | None, more: dict[str, Any], path: str, says: str) -> None:
    (problem,) = service(deployment, **more).problems()
    assert dotted(problem.path) == path
    assert says in problem.message


def balanced(**routing: Any) -> list[str]:
    made = service(DeploymentSettings(BLUE_GREEN), load_balancer=web(test_headers={"X": ["1"]}, **routing))
    settings = StackSettings("dev", services={"a": made}, load_balancers={"public": LoadBalancerSettings()})
    return [str(each) for each in settings.problems() if "loadBalancer" in each.path]


def test_testers_come_before_everybody_else() -> None:
    assert balanced() == []
    assert balanced(priority=10, test_priority=9) == []
    (late,) = balanced(priority=10)
    assert late.startswith("services.a.loadBalancer.testPriority: 1")
    assert "comes after the service's own rule (10)" in late
    assert any("is already that of service a" in line for line in balanced(priority=10, test_priority=10))


def test_the_second_target_group_has_a_name_of_its_own() -> None:
    moved = service(DeploymentSettings(BLUE_GREEN), load_balancer=web())
    balancers = {"public": LoadBalancerSettings()}

    def lines(*keys: str) -> list[str]:
        stack = StackSettings("dev", services=dict.fromkeys(keys, moved), load_balancers=balancers)
        return [str(each) for each in stack.problems() if "second target group" in each.message]

    assert lines("a") == lines("a" * 18) == []
    assert lines("a" * 19)[0].startswith(f"services.{'a' * 19}.loadBalancer: needs a second target group called dev-")
    assert len(lines("a", "a-2")) == 1
