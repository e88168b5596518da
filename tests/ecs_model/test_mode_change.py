"""Services that leave the mode awsvpc."""

from dataclasses import replace

import pytest

from ecs_model.containers import Container
from ecs_model.mode_change import TASK_GROUPS, leaving_awsvpc
from ecs_model.network_modes import NetworkMode
from ecs_model.renaming import FormerNames
from ecs_model.service import ServiceSettings
from ecs_model.stack import StackSettings

BRIDGE, AWSVPC, HOST = NetworkMode.BRIDGE, NetworkMode.AWSVPC, NetworkMode.HOST


@pytest.mark.parametrize(
    ("before", "modes", "paths"),
    [
        ({}, {"api": BRIDGE}, []),
        ({"services": {"api": "dev-api"}}, {"api": BRIDGE}, []),
        ({TASK_GROUPS: {"api": "sg-1"}}, {"api": AWSVPC, "web": BRIDGE}, []),
        ({TASK_GROUPS: {"api": "sg-1"}}, {"web": BRIDGE}, []),
        ({TASK_GROUPS: {"api": "sg-1", "web": "sg-2"}}, {"api": BRIDGE, "web": HOST}, ["api", "web"]),
    ],
)
def test_only_a_service_that_was_awsvpc_is_refused(
    before: dict[str, object], modes: dict[str, NetworkMode], paths: list[str]
) -> None:
    found = list(leaving_awsvpc(before, modes))
    assert [problem.path for problem in found] == [("services", key, "networkMode") for key in paths]
    assert all(f"such as {problem.path[1]}-" in problem.message for problem in found)


def test_a_first_name_is_told_by_the_key_of_now() -> None:
    service = ServiceSettings({"app": Container("i", 64)}, network_mode=AWSVPC)
    stack = StackSettings("dev", services={"jobs": service, "web": replace(service, network_mode=BRIDGE)})
    renamed = replace(stack, former_names=FormerNames(services={"jobs": "worker"}))
    assert renamed.first_named().awsvpc_services == ["worker"]
    assert renamed.called(("services", "worker", "networkMode")) == ("services", "jobs", "networkMode")
    assert renamed.called(("services", "web", "networkMode")) == ("services", "web", "networkMode")
    assert renamed.called(("capacity", "worker")) == ("capacity", "worker")
    assert renamed.called(("services",)) == ("services",)
