"""The language host under the real engine: a person must see what the official one would show."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.toolchain.support import VIRTUALENV, Project, wait_for
from toolchain import configuration
from toolchain.language_host import room

PACK = """
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def forbid(args, report):
    if args.resource_type == "trial:index:Thing":
        report(f"no Thing in {pulumi.get_stack()} of {pulumi.Config('trial').get('team')}")

PolicyPack("trial", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("no-things", "Things are forbidden.", forbid),
])
"""
THING = """
import pulumi

class Thing(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("trial:index:Thing", name)
        self.register_outputs({})

Thing("one")
"""


def test_a_program_runs_and_a_second_time_changes_nothing(project: Project) -> None:
    project.write("__main__.py", THING + "print('said by the program')\npulumi.export('answer', 42)\n")
    code, output = project.up()
    assert code == 0, output
    assert "said by the program" in output
    assert "answer: 42" in output
    assert "+ 2 created" in output
    assert "2 unchanged" in project.up()[1]


def test_configuration_reaches_the_program_with_its_secrets(project: Project) -> None:
    project.run("config", "set", "plain", "p1", "--stack", "dev")
    project.run("config", "set", "--secret", "hidden", "s3cret", "--stack", "dev")
    project.write(
        "__main__.py",
        "import pulumi\nconfig = pulumi.Config()\n"
        "pulumi.export('plain', config.require('plain'))\npulumi.export('hidden', config.require_secret('hidden'))\n"
        "pulumi.export('where', [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])\n",
    )
    code, output = project.up()
    assert code == 0, output
    outputs = json.loads(project.run("stack", "output", "--json", "--stack", "dev")[1])
    assert outputs["plain"] == "p1"
    assert outputs["hidden"] == "[secret]"
    assert outputs["where"] == ["trial", "dev", "organization"]


def test_an_exception_shows_the_programs_own_frames_and_no_others(project: Project) -> None:
    project.write("__main__.py", "def build():\n    raise ValueError('too small')\n\nbuild()\n")
    code, output = project.up()
    assert code == 1
    assert "error: Program failed with an unhandled exception:" in output
    assert f'File "{project.directory}/__main__.py", line 4, in <module>' in output
    assert "ValueError: too small" in output
    assert output.count("ValueError: too small") == 1
    assert "executor.py" not in output
    assert "language_host" not in output
    assert "non-zero exit code" not in output


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import pulumi\npulumi.Config().require('must')", "Missing required configuration variable 'trial:must'"),
        ("import pulumi\nraise pulumi.RunError('settings are wrong')", "error: settings are wrong"),
        ("import sys\nsys.exit(7)", "program exited with non-zero exit code: 7"),
    ],
)
def test_a_program_that_gives_up_fails_as_with_the_official_host(project: Project, program: str, message: str) -> None:
    project.write("__main__.py", program)
    code, output = project.up()
    assert code == 1
    assert message in output
    assert "an unhandled error occurred: program exited with non-zero exit code" in output
    assert "Traceback" not in output


def test_a_missing_program_is_named(project: Project) -> None:
    (project.directory / "__main__.py").unlink()
    code, output = project.up()
    assert code == 1
    assert f"unable to find main python program `__main__.py` in `{project.directory}`" in output


def test_a_missing_virtual_environment_is_named(project: Project) -> None:
    project.write("Pulumi.yaml", "name: trial\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n")
    code, output = project.up()
    assert code != 0
    assert f"the virtual environment {project.directory}/.venv does not exist: run `pulumi install` in" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("option", ["toolchain: poetry", "typechecker: mypy"])
def test_an_option_that_is_not_served_is_refused(project: Project, option: str) -> None:
    project.write("Pulumi.yaml", f"name: trial\nruntime:\n  name: python\n  options:\n    {option}\n")
    code, output = project.up()
    assert code != 0
    assert f"this language host does not serve the runtime option {option.split(':')[0]}" in output


def write_pack(project: Project, program: str = PACK, virtualenv: str = VIRTUALENV) -> None:
    project.write(
        "pack/PulumiPolicy.yaml",
        f"runtime:\n  name: python\n  options:\n    virtualenv: {virtualenv}\nversion: 0.0.1\n",
    )
    project.write("pack/__main__.py", program)


def test_a_policy_pack_refuses_and_knows_its_stack_and_configuration(project: Project) -> None:
    write_pack(project)
    project.run("config", "set", "team", "red", "--stack", "dev")
    project.write("__main__.py", THING)
    code, output = project.run("preview", "--stack", "dev", "--policy-pack", "pack")
    assert code != 0
    assert "no-things" in output
    assert "no Thing in dev of red" in output
    assert "Traceback" not in output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits one variable alone")
@pytest.mark.parametrize("pack", [[], ["--policy-pack", "pack"]], ids=["program", "policy pack"])
def test_a_configuration_that_is_too_long_is_told_with_what_to_do(project: Project, pack: list[str]) -> None:
    write_pack(project)
    limit = room.most()
    assert limit is not None
    fits = limit - len('{"trial:long":""}')

    def preview(length: int, name: str) -> tuple[int, str]:
        file = project.write(name, f"config: {{ trial:long: {'x' * length} }}\n")
        return project.run("preview", "--stack", "dev", "--config-file", str(file), *pack)

    code, output = preview(fits, "fits.yaml")
    assert code == 0, output
    code, output = preview(fits + 1, "longer.yaml")
    assert code != 0
    assert f"configuration is {limit + 1:,} bytes long as JSON" in output
    assert "ecs-on-ec2:serviceFiles" in output
    assert "Errno" not in output
    assert "Traceback" not in output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits one variable alone")
def test_a_secret_counts_in_plain_text_and_is_not_told(project: Project) -> None:
    project.run("config", "set", "--secret", "hidden", "s3cret" * 21_830, "--stack", "dev")
    project.run("config", "set", "plain", "x" * 200, "--stack", "dev")
    assert configuration.least_length(project.directory / "Pulumi.dev.yaml") < 300
    length = len(json.dumps({"trial:hidden": "s3cret" * 21_830, "trial:plain": "x" * 200}, separators=(",", ":")))
    code, output = project.run("preview", "--stack", "dev")
    assert code != 0
    assert f"configuration is {length:,} bytes long as JSON" in output
    assert "s3cret" not in output


@pytest.mark.parametrize("variable", ["http_proxy", "grpc_proxy"])
def test_a_proxy_of_the_shell_does_not_come_between_engine_program_and_pack(project: Project, variable: str) -> None:
    """On a real stack the variables stay: AWS may be reached through them, and no proxy listens on this port."""
    project.env[variable] = "http://127.0.0.1:9"
    write_pack(project)
    project.write(
        "__main__.py",
        f"import os\nimport pulumi\npulumi.export('proxy', os.environ['{variable}'])\n"
        "pulumi.export('direct', os.environ['no_grpc_proxy'])\n",
    )
    project.env["no_proxy"] = "intranet"
    code, output = project.up("--policy-pack", "pack")
    assert code == 0, output
    assert 'proxy : "http://127.0.0.1:9"' in output
    assert 'direct: "intranet,127.0.0.1,localhost"' in output


def test_a_policy_pack_lets_pass_what_it_allows(project: Project) -> None:
    write_pack(project)
    code, output = project.up("--policy-pack", "pack")
    assert code == 0, output
    assert "trial@v0.0.1" in output


def test_a_policy_pack_that_crashes_ends_the_run_and_shows_why(project: Project) -> None:
    write_pack(project, "raise ValueError('a broken pack')\n")
    begin = time.monotonic()
    code, output = project.up("--policy-pack", "pack")
    assert code != 0
    assert "ValueError: a broken pack" in output
    assert time.monotonic() - begin < 30


def test_a_policy_pack_without_its_virtual_environment_says_so(project: Project) -> None:
    write_pack(project, virtualenv=".venv")
    code, output = project.up("--policy-pack", "pack")
    assert code != 0
    assert f"the virtual environment {project.directory}/pack/.venv does not exist" in output


def test_a_component_provider_gives_its_schema(project: Project) -> None:
    project.write("boxes/PulumiPlugin.yaml", f"runtime:\n  name: python\n  options:\n    virtualenv: {VIRTUALENV}\n")
    project.write(
        "boxes/__main__.py",
        "from typing import TypedDict\nimport pulumi\n"
        "from pulumi.provider.experimental import component_provider_host\n\n"
        "class BoxArgs(TypedDict):\n    size: pulumi.Input[int]\n\n"
        "class Box(pulumi.ComponentResource):\n"
        "    def __init__(self, name: str, args: BoxArgs, opts: pulumi.ResourceOptions | None = None) -> None:\n"
        "        super().__init__('boxes:index:Box', name, {}, opts)\n\n"
        "if __name__ == '__main__':\n    component_provider_host(name='boxes', components=[Box])\n",
    )
    # pulumi_aws is installed in the same virtual environment; a provider that runs already needs no download.
    project.env["PULUMI_DEBUG_PROVIDERS"] = "aws:1"
    code, output = project.run("package", "get-schema", "./boxes")
    assert code == 0, output
    assert "boxes:index:Box" in json.loads(output[output.index("{") :])["resources"]


def test_that_it_makes_no_sdk_is_said_in_a_sentence(project: Project) -> None:
    schema = {"name": "trial", "version": "0.1.0", "resources": {"trial:index:Thing": {"isComponent": True}}}
    project.write("schema.json", json.dumps(schema))
    code, output = project.run("package", "gen-sdk", "schema.json", "--language", "python")
    assert code != 0
    assert "this repository's own language host writes no code" in " ".join(output.split())
    assert "https://www.pulumi.com/docs/install/" in output


def test_install_makes_the_virtual_environment_and_installs_the_requirements(project: Project) -> None:
    project.env["PIP_NO_INDEX"] = "1"
    project.write("Pulumi.yaml", "name: trial\nruntime:\n  name: python\n  options:\n    virtualenv: own\n")
    project.write("requirements.txt", "./thing\n")
    project.write("thing/pyproject.toml", "this is no TOML")
    code, output = project.run("install")
    assert (project.directory / "own" / "bin" / "python").exists()
    assert code != 0
    assert "installing the requirements failed with exit code" in output
    project.write("requirements.txt", "")
    code, output = project.run("install")
    assert code == 0, output
    assert "Finished installing dependencies" in output


def test_about_names_the_python(project: Project) -> None:
    code, output = project.run("about", "--json")
    assert code == 0, output
    found = json.loads(output[output.index("{") :])
    assert found["runtime"]["executable"] == f"{VIRTUALENV}/bin/python"


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start_sleeping(project: Project) -> tuple[subprocess.Popen[str], list[int]]:
    project.write(
        "__main__.py",
        "import os, pathlib, time\n"
        "pathlib.Path('pids.new').write_text(f'{os.getpid()} {os.getppid()}')\nos.rename('pids.new', 'pids')\n"
        "time.sleep(300)\n",
    )
    process = project.start("up", "--yes", "--skip-preview", "--stack", "dev")
    pids = project.directory / "pids"
    assert wait_for(pids.exists)
    return process, [int(pid) for pid in pids.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cancels_the_update_and_leaves_no_process(project: Project, number: signal.Signals) -> None:
    process, pids = start_sleeping(project)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "error: update canceled" in output
    assert "Traceback" not in output
    assert "KeyboardInterrupt" not in output
    assert wait_for(lambda: not any(map(is_running, pids)))


def test_a_killed_cli_leaves_no_process(project: Project) -> None:
    process, pids = start_sleeping(project)
    assert all(map(is_running, pids))
    process.kill()
    process.communicate(timeout=60)
    assert wait_for(lambda: not any(map(is_running, pids)))
