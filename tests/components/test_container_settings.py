"""What a container's settings become in the task definition and its roles."""

from typing import Any

import components as ecs
from tests.components.component_harness import refused
from tests.components.test_task_definition import definitions, task, web


def test_writable_paths_are_mounted_from_volumes_of_the_task() -> None:
    graph = task(containers={"web": web(readonly_root_filesystem=True, writable_paths=["/tmp", "/run"])})
    (container,) = definitions(graph)
    assert container["readonlyRootFilesystem"] is True
    volumes = graph.one("ecs.TaskDefinition").inputs["volumes"]
    assert volumes == [{"name": "web--run"}, {"name": "web--tmp"}]
    assert [(m["sourceVolume"], m["containerPath"]) for m in container["mountPoints"]] == [
        ("web--run", "/run"),
        ("web--tmp", "/tmp"),
    ]


def test_a_task_without_volumes_says_nothing_of_them() -> None:
    assert "volumes" not in task().one("ecs.TaskDefinition").inputs


def test_ecs_exec_and_a_read_only_root_exclude_each_other() -> None:
    containers: dict[str, Any] = {"web": web(readonly_root_filesystem=True)}
    args = ecs.TaskDefinitionArgs(containers, execute_command=True)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "containers.web.readonlyRootFilesystem: true excludes executeCommand" in line
