"""The GitHub Actions workflows: what they may do, and that they agree with the Makefile and the documentation."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / ".github").rglob("*.yml"))
TEXT = "".join(path.read_text() for path in FILES)
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in FILES if path.parent.name == "workflows"}
JOBS: dict[str, dict[str, Any]] = {
    f"{name}/{job}": declared for name, workflow in WORKFLOWS.items() for job, declared in workflow["jobs"].items()
}
DEPLOYING = {"contents": "read", "id-token": "write"}
MAY = {
    "pulumi/check": {"contents": "read"},
    "pulumi/preview": {**DEPLOYING, "security-events": "write", "actions": "read"},
    "pulumi/update-dev": DEPLOYING,
    "pulumi/update-prod": DEPLOYING,
    "update/update": DEPLOYING,
}


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it() -> None:
    used = re.findall(r"uses: (.+)", TEXT)
    foreign = [action for action in used if not action.startswith("./")]
    assert len(foreign) > 5
    assert [action for action in foreign if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)] == []
    pins = dict(re.findall(r"uses: ([\w/-]+)(@\S+ # \S+)", TEXT))
    assert len(pins) == len(set(foreign)), "one action in two versions"


def test_jobs_have_the_permissions_they_need_and_no_other() -> None:
    assert {name: job["permissions"] for name, job in JOBS.items()} == MAY
    assert [workflow["permissions"] for workflow in WORKFLOWS.values()] == [{}] * len(WORKFLOWS)


def test_nothing_is_interpolated_into_a_script() -> None:
    scripts = [step["run"] for job in JOBS.values() for step in job.get("steps", []) if "run" in step]
    assert len(scripts) > 3
    assert [script for script in scripts if "${{" in script] == []


def test_prod_follows_dev_which_follows_every_check() -> None:
    assert JOBS["pulumi/update-dev"]["needs"] == ["check", "preview"]
    assert JOBS["pulumi/update-dev"]["if"] == "github.event_name == 'push'"
    assert JOBS["pulumi/update-prod"]["needs"] == "update-dev"
    assert JOBS["update/update"]["environment"] == "${{ inputs.stack }}"


def test_every_stack_exists() -> None:
    previewed = {entry["stack"] for entry in JOBS["pulumi/preview"]["strategy"]["matrix"]["include"]}
    updated = {job["with"]["stack"] for job in JOBS.values() if "with" in job}
    assert previewed == updated == {"dev", "prod"}
    assert [stack for stack in previewed if not (ROOT / f"Pulumi.{stack}.yaml").exists()] == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"run: make (\w+)", TEXT))
    declared = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"setup", "test", "preview", "up"} == targets <= set(" ".join(declared).split())


@pytest.mark.parametrize("kind", ["vars", "secrets"])
def test_every_variable_and_secret_is_documented(kind: str) -> None:
    names = set(re.findall(rf"{kind}\.([A-Z_]+)", TEXT))
    if kind == "vars":
        names |= {entry["role"] for entry in JOBS["pulumi/preview"]["strategy"]["matrix"]["include"]}
    documented = (ROOT / "docs" / "ci.md").read_text()
    assert len(names) > 1
    assert [name for name in names if f"`{name}`" not in documented] == []
