"""Services in files of their own under the real engine: no resource changes, and more fit than Pulumi can hand over."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.harness import ROOT, Run, Workbench, program
from toolchain import configuration
from toolchain.invocation import anything

PROGRAM = (
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport runpy\nrunpy.run_path({str(ROOT / '__main__.py')!r})\n"
)
FILES = {"ecs-on-ec2:serviceFiles": ["services/*.yaml"]}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits one variable alone")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with program(tmp_path / "bench", PROGRAM) as made:
        yield made


def settings() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    return config


def write(bench: Workbench, config: dict[str, Any], files: dict[str, Any]) -> None:
    """A stack's file, and files of services beside it."""
    (bench.project / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    (bench.project / "services").mkdir(exist_ok=True)
    for name, services in files.items():
        (bench.project / "services" / f"{name}.yaml").write_text(yaml.safe_dump(services))


def elsewhere(bench: Workbench, directory: Path, *arguments: str) -> Run:
    """Runs pulumi for the project from another directory."""
    given = ["-C", str(bench.project), *arguments, "--json", "--non-interactive"]
    made = anything(bench.stack, given, bench.cli, bench.aws(), bench.environ)
    env = made.env | {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
    told = subprocess.run(made.argv, env=env, cwd=directory, capture_output=True, text=True, timeout=180)
    return Run(told.returncode, told.stdout + told.stderr)


def test_services_move_between_the_section_and_files_and_nothing_changes(bench: Workbench, tmp_path: Path) -> None:
    config = settings()
    web = config["ecs-on-ec2:services"].pop("web")
    write(bench, config | FILES, {"web": {"web": web}})
    run = bench.up()
    assert run.code == 0, run.said
    assert set(bench.outputs()["services"]) == {"web", "api", "worker"}
    assert bench.resources()["aws:ecs/service:Service"] == 3

    services = config.pop("ecs-on-ec2:services")
    write(bench, config | FILES, {"all": services})
    run = elsewhere(bench, tmp_path, "preview")
    assert run.code == 0, run.said
    assert run.steps == set()
    assert set(run.changes) == {"same"}

    write(bench, config | FILES, {"all": services | {"worker": services["worker"] | {"desiredCount": -1}}})
    run = bench.up()
    assert run.code != 0
    assert "  services/all.yaml, worker.desiredCount: -1 is negative: give 0 or more" in run.said
    assert bench.resources()["aws:ecs/service:Service"] == 3


def many() -> dict[str, Any]:
    """Services whose settings are together longer than Linux lets a variable be."""
    worker = settings()["ecs-on-ec2:services"]["worker"]
    (container,) = worker["containers"].values()
    container["environment"] = {"TEXT": "x" * 15_000}
    return {f"s{number}": worker for number in range(10)}


@LINUX
def test_more_services_than_pulumi_can_hand_over_are_refused_and_work_in_files(bench: Workbench) -> None:
    config = settings() | {"ecs-on-ec2:services": many()}
    write(bench, config, {})
    run = elsewhere(bench, bench.project, "preview")
    assert run.code != 0
    # Of this project's language host, or of Pulumi's own.
    assert re.search("bytes long as JSON, in which Pulumi hands it|argument list too long", run.output, re.IGNORECASE)

    del config["ecs-on-ec2:services"]
    write(bench, config | FILES, {"many": many()})
    run = bench.preview()
    assert run.code == 0, run.said
    assert len([step for step in run.steps if step.type == "aws:ecs/service:Service"]) == 10


@LINUX
def test_the_toolchain_refuses_them_before_anything_starts(tmp_path: Path) -> None:
    """What `make preview` runs once `.venv` is there, which a test leaves alone."""
    file = tmp_path / "Pulumi.local.yaml"
    file.write_text(yaml.safe_dump({"config": settings() | {"ecs-on-ec2:services": many()}}))
    argv = [sys.executable, "-m", "toolchain", "preview", "--stack", "local", "--config-file", str(file)]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ECS_LOCAL_DIRECTORY": str(tmp_path / "local")}
    told = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.returncode == 1
    length = configuration.least_length(file)
    assert length > 150_000
    assert f"error: Pulumi.local.yaml: the stack's configuration is {length:,} bytes long as JSON" in told.stderr
    assert "ecs-on-ec2:serviceFiles" in told.stderr
    assert not (tmp_path / "local").exists()
