"""Writable paths, volumes and mounts: what is written, and what cannot work."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.container_definitions import Awslogs, definitions
from ecs_model.container_rules import problems
from ecs_model.containers import Container, NetworkMode
from ecs_model.problem import dotted
from ecs_model.volume_rules import path_problem
from ecs_model.volumes import writable_volume, writable_volumes

BRIDGE = NetworkMode.BRIDGE
LOGS = Awslogs("group", "eu-central-1", "web")


def c(**more: Any) -> Container:
    given_: dict[str, Any] = {"image": "i", "memory": 64}
    return Container(**(given_ | more))


def readonly(*paths: str) -> Container:
    return c(readonly_root_filesystem=True, writable_paths=list(paths))


def written(containers: dict[str, Container]) -> dict[str, Any]:
    return {made["name"]: made for made in definitions(containers, BRIDGE, LOGS, "eu-central-1")}


def told(containers: dict[str, Container], **more: Any) -> dict[str, str]:
    found = list(problems(containers, BRIDGE, **more))
    assert len({problem.path for problem in found}) == len(found), found
    return {dotted(problem.path): problem.message for problem in found}


def test_writable_paths_are_volumes_of_their_own() -> None:
    containers = {"web": readonly("/var/cache/nginx", "/tmp"), "side": readonly("/tmp")}
    made = written(containers)
    assert made["web"]["readonlyRootFilesystem"] is True
    assert made["web"]["mountPoints"] == [
        {"sourceVolume": "web--tmp", "containerPath": "/tmp", "readOnly": False},
        {"sourceVolume": "web--var-cache-nginx", "containerPath": "/var/cache/nginx", "readOnly": False},
    ]
    assert [mount["sourceVolume"] for mount in made["side"]["mountPoints"]] == ["side--tmp"]
    assert writable_volumes(containers) == ["side--tmp", "web--tmp", "web--var-cache-nginx"]
    assert told(containers) == {}


letters = st.text("ab-_./é", min_size=1, max_size=6)


@given(letters, letters, letters, letters)
def test_no_two_paths_share_a_volume(name: str, other: str, path: str, another: str) -> None:
    names = [text.replace("/", "").replace(".", "").replace("é", "") for text in (name, other)]
    paths = [f"/{text}" for text in (path, another)]
    if any(path_problem(each) for each in paths):
        return
    one, two = (writable_volume(*pair) for pair in zip(names, paths, strict=True))
    assert (one == two) == ((names[0], paths[0]) == (names[1], paths[1]))


@pytest.mark.parametrize(
    ("container", "path", "says"),
    [
        (c(writable_paths=["/tmp"]), "writablePaths", "this one is writable: set readonlyRootFilesystem"),
        (readonly("tmp"), "writablePaths[0]", "'tmp' is not an absolute path: begin it with a slash"),
        (readonly("/"), "writablePaths[0]", "'/' is the whole root filesystem: name a directory in it"),
        (readonly("/tmp/"), "writablePaths[0]", "'/tmp/' is not a plain path"),
        (readonly("//tmp"), "writablePaths[0]", "is not a plain path"),
        (readonly("/a/../b"), "writablePaths[0]", "is not a plain path"),
        (readonly("/a:ro"), "writablePaths[0]", "is not a plain path: leave out colons"),
        (readonly("/tmp", "/tmp"), "writablePaths[1]", "/tmp is mounted twice in this container: keep it once"),
        (readonly("/dev/shm"), "writablePaths[0]", "/dev/shm belongs to the kernel"),
        (readonly("/proc"), "writablePaths[0]", "/proc belongs to the kernel"),
        (readonly(f"/{'x' * 253}"), "writablePaths[0]", "is too long for a volume's name"),
    ],
)
def test_writable_paths_that_cannot_work(container: Container, path: str, says: str) -> None:
    found = told({"a": container})
    assert list(found) == [f"containers.a.{path}"]
    assert says in found[f"containers.a.{path}"]


def test_paths_that_only_look_like_the_kernels() -> None:
    assert told({"a": readonly("/devices", "/procedures", f"/{'x' * 252}")}) == {}
