"""The repository as a Pulumi template: what `pulumi new` makes of it can be previewed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.end_to_end.harness import ROOT, Workbench, prepared
from toolchain.invocation import anything


def _tracked(directory: Path) -> Path:
    """What a clone of the repository holds."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, directory / name)
    return directory


def test_every_question_has_a_default() -> None:
    template = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["template"]
    assert template["config"]
    assert all(asked["description"] and asked["default"] for asked in template["config"].values())


def test_a_new_project_previews(tmp_path: Path) -> None:
    template, project = _tracked(tmp_path / "template"), tmp_path / "shop"
    bench = Workbench(tmp_path, project, "dev")
    try:
        # Without a stack: pulumi would install the packages, and no test uses the network.
        command = ["new", str(template), "--dir", str(project), "--name", "shop", "--generate-only", "--yes"]
        made = subprocess.run(
            anything("dev", command, bench.cli, bench.aws(), dict(os.environ)).argv, env=bench.environ, cwd=tmp_path,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout
        described = yaml.safe_load((project / "Pulumi.yaml").read_text())
        assert described["name"] == "shop"
        assert "template" not in described
        described["runtime"]["options"]["virtualenv"] = sys.prefix
        (project / "Pulumi.yaml").write_text(yaml.safe_dump(described))
        prepared(bench)
        previewed = bench.preview()
    finally:
        bench.stop()
    assert previewed.code == 0, previewed.said
    assert len([step for step in previewed.steps if step.op == "create"]) > 60
    assert previewed.findings == []
