"""The built policy pack: the same bytes each time, and the same rules where this repository cannot be seen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from mypy.config_parser import parse_config_file
from mypy.find_sources import create_source_list
from mypy.options import Options

from tests.policies.harness import Pack, Res
from tests.toolchain.support import ROOT, Project
from toolchain import policy_pack
from toolchain.errors import ToolchainError

PORT = [{"containerPort": 80, "hostPort": 8080}]
TASK = Res(
    "aws:ecs/taskDefinition:TaskDefinition",
    "web",
    {
        "family": "web",
        "containerDefinitions": json.dumps(
            [{"name": "web", "portMappings": PORT, "environment": [{"name": "TOKEN", "value": "s3cret-in-state"}]}]
        ),
    },
)
RUFF = Path(sys.executable).with_name("ruff")
RULE = "ecs-task-definition-dynamic-host-port"


def virtual_environment(place: Path) -> Path:
    """One with this one's packages but not this project: a path file leaves out that it is installed in place here."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    (site,) = place.glob("lib/python*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pack, moved away from where it was built, with a virtual environment of its own."""
    directory = tmp_path_factory.mktemp("pack")
    policy_pack.build(ROOT, directory / "built")
    pack = (directory / "built").rename(directory / "moved")
    virtual_environment(pack / policy_pack.VIRTUALENV)
    return pack


@contextmanager
def started(python: str | Path, pack: Path, cwd: Path) -> Iterator[Pack]:
    argv = [str(python), "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(pack)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with subprocess.Popen(argv, cwd=cwd, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Pack(int(process.stdout.readline()))
        finally:
            process.terminate()


def test_it_has_the_same_rules_and_findings_where_the_repository_cannot_be_seen(elsewhere: Path) -> None:
    python = elsewhere / "venv" / "bin" / "python"
    for module in policy_pack.PACKAGES:
        assert subprocess.run([python, "-I", "-c", f"import {module}"], capture_output=True).returncode, module
    with (
        started(python, elsewhere, elsewhere) as built,
        started(sys.executable, ROOT / "policies", ROOT) as in_tree,
    ):
        assert built.info == in_tree.info
        assert built.resource(TASK) == in_tree.resource(TASK) != []
        assert built.stack(TASK) == in_tree.stack(TASK) != []


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    def content() -> dict[str, bytes]:
        files = (path for path in target.rglob("*") if path.is_file())
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in files}

    target = tmp_path / "pack"
    policy_pack.build(ROOT, target)
    first = content()
    (target / "policies" / "left_over.py").write_text("")
    policy_pack.build(ROOT, target)
    assert content() == first == policy_pack.contents(ROOT)
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_no_path_leads_out_of_it() -> None:
    content = policy_pack.contents(ROOT)
    assert {"PulumiPolicy.yaml", "__main__.py", "requirements.txt", "ecs_model/instance_types.json"} <= set(content)
    assert not [name for name, data in content.items() if str(ROOT).encode() in data or b".." + b"/" in data]
    assert yaml.safe_load(content["PulumiPolicy.yaml"])["runtime"] == {
        "name": "python",
        "options": {"virtualenv": "venv"},
    }


def test_git_takes_all_of_it_and_nothing_of_its_virtual_environment(tmp_path: Path) -> None:
    policy_pack.build(ROOT, tmp_path)
    virtual_environment(tmp_path / "venv")
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    taken = subprocess.run(["git", "ls-files"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert set(taken.splitlines()) == set(policy_pack.contents(ROOT))


def test_lint_leaves_out_what_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the project's own configuration of mypy and ruff, and as they look for files: a module twice is an error."""
    monkeypatch.chdir(tmp_path)
    for name in ("pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    policy_pack.build(ROOT, tmp_path / "build" / "policy-pack")
    (tmp_path / "ours.py").write_text("")
    options = Options()
    parse_config_file(options, lambda: None, "pyproject.toml")
    assert [source.path for source in create_source_list(["."], options)] == ["./ours.py"]
    seen = subprocess.run([RUFF, "check", "--show-files"], check=True, capture_output=True, text=True).stdout
    assert [Path(name).name for name in seen.splitlines()] == ["ours.py", "pyproject.toml"]


def test_the_requirements_are_the_projects_own_pins() -> None:
    requirements = policy_pack.contents(ROOT)["requirements.txt"].decode().splitlines()
    ours = (ROOT / "requirements.txt").read_text().splitlines()
    assert requirements[0] == "-c constraints.txt"
    assert {line for line in requirements if line.startswith("pulumi")} == {
        line for line in ours if line.startswith(("pulumi=", "pulumi-policy="))
    }
    assert all("==" in line for line in requirements[1:])


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """What the pack is built from, to be changed."""
    for name in policy_pack.PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / "sources" / name)
    shutil.copy(ROOT / "constraints.txt", tmp_path / "sources")
    return tmp_path / "sources"


def test_what_is_not_pinned_is_refused_and_the_earlier_build_stays(sources: Path, tmp_path: Path) -> None:
    policy_pack.build(sources, tmp_path / "pack")
    (sources / "policies" / "more.py").write_text("import unheard_of.thing\n")
    with pytest.raises(ToolchainError, match=r"imports unheard-of, which constraints\.txt does not pin"):
        policy_pack.build(sources, tmp_path / "pack")
    assert (tmp_path / "pack" / "requirements.txt").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"pack", "sources"}


def test_a_build_that_cannot_be_put_in_place_brings_the_earlier_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "pack"
    policy_pack.build(ROOT, target)
    (target / "venv" / "marker").write_text("of the earlier build")
    rename = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if self.name == "made":
            raise OSError("no space left")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ToolchainError, match=r"cannot build the policy pack at .*: no space left"):
        policy_pack.build(ROOT, target)
    assert (target / "venv" / "marker").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_a_symbolic_link_is_refused(sources: Path, tmp_path: Path) -> None:
    (sources / "ecs_model" / "more.json").symlink_to("/etc/hostname")
    with pytest.raises(ToolchainError, match=r"ecs_model/more\.json is a symbolic link"):
        policy_pack.build(sources, tmp_path / "pack")


def test_a_directory_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ToolchainError, match=r"holds more than an earlier build of the policy pack \(thesis\.tex\)"):
        policy_pack.build(ROOT, tmp_path)
    with pytest.raises(ToolchainError, match="is not a directory"):
        policy_pack.build(ROOT, tmp_path / "thesis.tex")
    with pytest.raises(ToolchainError, match="lies in what the policy pack is built from"):
        policy_pack.build(ROOT, ROOT / "policies" / "built")
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_engine_runs_it_elsewhere(project: Project, elsewhere: Path) -> None:
    code, output = project.run("preview", "--stack", "dev", "--policy-pack", str(elsewhere))
    assert code == 0, output
    assert "ecs-on-ec2@v" in output


def test_without_its_virtual_environment_it_says_what_to_run(project: Project) -> None:
    pack = project.directory / "pack"
    policy_pack.build(ROOT, pack)
    code, output = project.run("preview", "--stack", "dev", "--policy-pack", str(pack))
    assert code != 0
    said = f"the virtual environment {pack / 'venv'} is not a virtual environment: run `pulumi install` in {pack} first"
    assert said in output
    assert "Traceback" not in output


def test_copied_from_the_tree_without_a_virtual_environment_it_says_so(project: Project) -> None:
    pack = Path(shutil.copytree(ROOT / "policies", project.directory / "packs" / "policies"))
    code, output = project.run("preview", "--stack", "dev", "--policy-pack", str(pack))
    assert code != 0
    assert f": the virtual environment {pack.parent}/.venv of this policy pack does not exist. In its" in output
    assert "Traceback" not in output


def test_the_tree_s_placeholder_starts_the_virtual_environment_or_says_what_it_lacks(tmp_path: Path) -> None:
    """As the official language host runs it."""
    pack = shutil.copytree(ROOT / "policies", tmp_path / "policies")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    python = str(pack / ".python" / "bin" / "python")
    prefix = subprocess.run([python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True)
    assert prefix.stdout == f"{tmp_path}/.venv\n"
    started = subprocess.run([python, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."], capture_output=True, text=True)
    assert started.returncode == 1
    assert f"{tmp_path}/.venv of this policy pack lacks the Python package pulumi. In its" in started.stderr


def test_its_placeholder_says_what_to_run_until_a_virtual_environment_is_made_over_it(tmp_path: Path) -> None:
    """As the official language host runs it."""
    policy_pack.build(ROOT, tmp_path / "pack")
    argv = [str(tmp_path / "pack" / policy_pack.PLACEHOLDER), "-c", "import sys; print(sys.prefix)"]
    answer = subprocess.run(argv, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr == f"error: this policy pack is not installed yet: run `pulumi install` in {tmp_path}/pack\n"
    environment = virtual_environment(tmp_path / "pack" / "venv")
    assert subprocess.run(argv, capture_output=True, text=True).stdout == f"{tmp_path}/pack/venv\n"
    next(environment.rglob("packages.pth")).unlink()
    argv = [argv[0], "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    answer = subprocess.run(argv, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: this policy pack lacks the Python package pulumi: run `pulumi install` in ")


def test_copied_from_the_tree_it_says_what_is_missing(project: Project) -> None:
    shutil.copytree(ROOT / "policies", project.directory / "packs" / "policies")
    environment = virtual_environment(project.directory / "packs" / ".venv")
    code, output = project.run("preview", "--stack", "dev", "--policy-pack", "packs/policies")
    assert code != 0
    assert f"this policy pack does not find the Python package policies in {environment}" in output
    assert "elsewhere take the directory that `make policy-pack` builds, and run `pulumi install` in it" in output
    assert "Traceback" not in output


def test_with_an_empty_virtual_environment_it_says_what_to_run(project: Project) -> None:
    pack = project.directory / "pack"
    policy_pack.build(ROOT, pack)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", pack / "venv"], check=True)
    code, output = project.run("preview", "--stack", "dev", "--policy-pack", "pack")
    assert code != 0
    assert f"this policy pack lacks the Python package pulumi: run `pulumi install` in {pack}" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("built", [True, False], ids=["built", "in the tree"])
def test_an_exported_state_is_analyzed(project: Project, elsewhere: Path, built: bool) -> None:
    """Without a backend's login, and without a quote of what the state holds in plain text."""
    resource = {"urn": TASK.urn, "custom": True, "id": "web:1", "type": TASK.type, "outputs": TASK.properties}
    resource |= {"inputs": TASK.properties}
    state = {"version": 3, "deployment": {"manifest": {}, "resources": [resource]}}
    project.write("state.json", json.dumps(state))
    pack = elsewhere if built else ROOT / "policies"
    code, output = project.run("policy", "analyze", "--file", "state.json", "--policy-pack", str(pack))
    assert code != 0, output
    assert "one or more mandatory policy violations were found" in output
    assert RULE in output
    assert "8080" in output
    assert "s3cret-in-state" not in output
    assert "Traceback" not in output
