"""The command line, with a local AWS and a CLI that only record what they were asked."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.support import ROOT, executable
from toolchain import __main__ as command
from toolchain import cli, local_aws
from toolchain.errors import ToolchainError
from toolchain.invocation import LocalAws
from toolchain.language_host import room

LOCAL_AWS = """
import json, pathlib, sys
pathlib.Path("asked").open("a").write(" ".join(sys.argv[1:]) + "\\n")
"""
ANSWER = """
if sys.argv[1] in ("ensure", "status"):
    print("started for you", file=sys.stderr)
    backend = pathlib.Path(sys.argv[3], "backend").absolute()
    (backend / ".pulumi/stacks/trial").mkdir(parents=True, exist_ok=True)
    (backend / ".pulumi/stacks/trial/local.json").write_text('{"version": 3}')
    print(json.dumps({"provider_port": 4711, "endpoint": "http://127.0.0.1:1", "backend": str(backend), "pid": 1}))
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project with this tree's toolchain, whose CLI prints how it was called and exits with 7."""
    root = tmp_path / "clone"
    (root / "localaws").mkdir(parents=True)
    (root / "toolchain").symlink_to(ROOT / "toolchain")
    (root / "localaws" / "__main__.py").write_text(LOCAL_AWS + ANSWER)
    (root / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
    for stack in ("local", "dev"):
        (root / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    executable(root / "bin" / cli.LANGUAGE_HOST, "exit 0")
    report = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]))"
    answer = f'[ "$1" = version ] && {{ echo v{cli.needed_version()}; exit; }}'
    executable(root / "bin" / "pulumi", f"{answer}\n{sys.executable} -c '{report}' \"$@\"\nexit 7")
    return root


RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {tree!r})
from toolchain import __main__ as command
command.ROOT = Path({root!r})
sys.exit(command.main(sys.argv[1:]))
"""


def start(root: Path, *arguments: str, **env: str) -> subprocess.Popen[str]:
    environ = {"PATH": f"{root / 'bin'}:/usr/bin:/bin", "HOME": str(root), "LANG": "C.UTF-8", **env}
    argv = [sys.executable, "-c", RUN.format(tree=str(ROOT), root=str(root)), *arguments]
    return subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")


def run(root: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    with start(root, *arguments, **env) as process:
        output, said = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, output, said)


def asked(root: Path) -> list[str]:
    path = root / "asked"
    return path.read_text().splitlines() if path.exists() else []


def test_a_real_stack_is_run_as_typed_and_starts_nothing(clone: Path) -> None:
    answer = run(clone, "up", "--stack", "dev", "--diff", AWS_PROFILE="mine")
    argv, directory, env = json.loads(answer.stdout)
    assert answer.returncode == 7
    assert argv == ["up", "--stack", "dev", "--policy-pack", "policies", "--diff"]
    assert directory == str(clone)
    assert env["AWS_PROFILE"] == "mine"
    assert not [name for name in env if name.startswith("PULUMI_")]
    assert asked(clone) == []


def test_the_local_stack_is_the_default_and_starts_its_aws(clone: Path) -> None:
    answer = run(clone, "up", AWS_PROFILE="mine")
    argv, directory, env = json.loads(answer.stdout)
    assert answer.returncode == 7
    assert argv == ["up", "--stack", "local", "--policy-pack", "policies", "--yes"]
    assert directory == str(clone)
    assert "AWS_PROFILE" not in env
    assert env["PULUMI_DEBUG_PROVIDERS"] == "aws:4711"
    assert env["PULUMI_BACKEND_URL"] == f"file://{clone}/.local/backend"
    assert asked(clone) == [f"ensure --directory {clone}/.local"]
    assert "started for you" in answer.stderr


def test_its_directory_can_be_named(clone: Path, tmp_path: Path) -> None:
    env = json.loads(run(clone, "pulumi", "stack", ECS_LOCAL_DIRECTORY=str(tmp_path / "else")).stdout)[2]
    assert env["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/else/backend"


@pytest.mark.parametrize("given", [[], ["elsewhere"]], ids=["in build", "elsewhere"])
def test_the_policy_pack_is_built_where_one_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    monkeypatch.setattr(command, "BUILT_PACK", tmp_path / "build" / "policy-pack")
    target = tmp_path.joinpath(*given) if given else tmp_path / "build" / "policy-pack"
    assert command.main(["policy-pack", *map(str, [target] if given else [])]) == 0
    assert (target / "PulumiPolicy.yaml").is_file()
    assert f"Built {target}. To use it: cd {target} && pulumi install" in capsys.readouterr().err
    (target / "mine").write_text("")
    assert command.main(["policy-pack", str(target)]) == 1
    assert "holds more than an earlier build of the policy pack (mine)" in capsys.readouterr().err


def test_any_command_is_passed_as_it_is(clone: Path) -> None:
    argv, _, env = json.loads(run(clone, "pulumi", "--stack", "dev", "stack", "output", "--json").stdout)
    assert argv == ["stack", "output", "--json"]
    assert env["PULUMI_STACK"] == "dev"


@pytest.mark.parametrize("name", ["up", "preview", "refresh", "destroy", "pulumi", "describe"])
def test_an_unknown_stack_is_refused_before_anything_starts(clone: Path, name: str) -> None:
    answer = run(clone, name, "--stack", "staging")
    assert answer.returncode == 1
    assert "there is no stack 'staging'" in answer.stderr
    assert "take STACK=dev|local" in answer.stderr
    assert answer.stdout == ""
    assert asked(clone) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits one variable alone")
@pytest.mark.parametrize("arguments", [["up"], ["preview"], ["pulumi", "up"], ["up", "--stack", "dev"]])
def test_a_configuration_that_is_too_long_is_refused_before_anything_starts(clone: Path, arguments: list[str]) -> None:
    for stack in ("local", "dev"):
        (clone / f"Pulumi.{stack}.yaml").write_text(f"config: {{ trial:long: {'x' * 140_000} }}\n")
    answer = run(clone, *arguments)
    assert answer.returncode == 1
    assert "the stack's configuration is 140,017 bytes long as JSON" in answer.stderr
    assert "131,057 are the most" in answer.stderr or room.most() != 131_057
    assert "ecs-on-ec2:serviceFiles" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    assert asked(clone) == []
    assert run(clone, "destroy", "--stack", "dev").returncode == 7


def running_pulumi(root: Path) -> subprocess.Popen[bytes]:
    """A process called pulumi that holds the local stack's lock."""
    (root / "busy").mkdir()
    shutil.copy("/bin/sleep", root / "busy" / "pulumi")
    process = subprocess.Popen([root / "busy" / "pulumi", "60"])
    lock = root / ".local/backend/.pulumi/locks/organization/trial/local/one.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": process.pid, "hostname": socket.gethostname()}))
    return process


@pytest.mark.parametrize("arguments", [["up"], ["refresh"], ["destroy"], ["pulumi", "up", "--yes"]])
def test_a_command_that_changes_the_stack_waits_for_another(clone: Path, arguments: list[str]) -> None:
    with running_pulumi(clone) as other, start(clone, *arguments) as waiting:
        assert waiting.stderr is not None
        assert waiting.stdout is not None
        said = next(line for line in waiting.stderr if "process" in line)
        assert f"Another pulumi command (process {other.pid}) is at work on the stack 'local': waiting" in said
        assert waiting.poll() is None
        other.terminate()
        other.wait(10)
        argv = json.loads(waiting.stdout.read())[0]
        assert waiting.wait(20) == 7
    assert argv[0] == arguments[-1] or argv == arguments[1:]


@pytest.mark.parametrize("arguments", [["preview"], ["pulumi", "stack", "output"], ["pulumi", "cancel"], ["pulumi"]])
def test_a_command_that_only_looks_waits_for_nobody(clone: Path, arguments: list[str]) -> None:
    with running_pulumi(clone) as other:
        answer = run(clone, *arguments)
        assert other.poll() is None
        other.terminate()
    assert answer.returncode == 7
    assert "waiting" not in answer.stderr


def test_a_real_stack_waits_for_nobody(clone: Path) -> None:
    with running_pulumi(clone) as other:
        assert run(clone, "up", "--stack", "dev").returncode == 7
        other.terminate()


@pytest.mark.parametrize("arguments", [["setup"], ["up"], ["path"]])
def test_an_incomplete_virtual_environment_is_a_sentence(arguments: list[str]) -> None:
    argv = [sys.executable, "-S", "-m", "toolchain", *arguments]
    answer = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: .venv is incomplete (No module named '")
    assert answer.stderr.endswith("'): remove it and run `make setup`\n")
    assert answer.stderr.count("\n") == 1


def test_a_package_lost_later_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(*_: object) -> None:
        raise importlib.metadata.PackageNotFoundError("pulumi")

    monkeypatch.setattr(cli, "find", find)
    assert command.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: .venv is incomplete (No package metadata was found for pulumi): remove it")


def test_setup_names_the_cli_and_how_to_type_it(clone: Path) -> None:
    answer = run(clone, "setup")
    assert answer.returncode == 0
    assert f"Using Pulumi CLI {cli.needed_version()} from PATH: {clone}/bin/pulumi" in answer.stderr
    assert "export PATH" not in answer.stderr
    cached = cli.cache_directory(cli.needed_version(), {"HOME": str(clone)}) / "official" / "bin"
    cached.mkdir(parents=True)
    for path in (clone / "bin").iterdir():
        path.rename(cached / path.name)
    answer = run(clone, "setup")
    assert f'export PATH="{cached}:$PATH"' in answer.stderr
    assert run(clone, "path").stdout == f"{cached}/pulumi\n"


@pytest.mark.parametrize("arguments", [[], ["upp"], ["stop"]])
def test_an_unknown_command_shows_the_usage(clone: Path, arguments: list[str]) -> None:
    answer = run(clone, *arguments)
    assert answer.returncode == 2
    assert answer.stderr == command.USAGE + "\n"


def test_a_local_aws_that_fails_is_a_sentence(clone: Path) -> None:
    (clone / "localaws" / "__main__.py").write_text("import sys\nsys.exit('port 5000 is taken by another program')\n")
    answer = run(clone, "up")
    assert answer.returncode == 1
    assert "port 5000 is taken by another program" in answer.stderr
    assert "error: the local AWS did not ensure, for the reason above" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("answer", ["", "[]", "null", "{}", '{"provider_port": "x", "endpoint": "", "backend": ""}'])
def test_a_local_aws_that_answers_nonsense_is_a_sentence(tmp_path: Path, answer: str) -> None:
    (tmp_path / "localaws.py").write_text(f"print({answer!r})")
    with pytest.raises(ToolchainError, match="run `make stop` and try again"):
        local_aws.ensure(tmp_path, tmp_path)


def test_a_local_aws_that_hangs_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "localaws.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setattr(local_aws, "LIMIT", 0.5)
    with pytest.raises(ToolchainError, match="did not ensure within 0 s"):
        local_aws.ensure(tmp_path, tmp_path)


def test_the_real_local_aws_keeps_to_the_contract(tmp_path: Path) -> None:
    place = tmp_path / "l"
    try:
        found = local_aws.ensure(ROOT, place)
        assert isinstance(found, LocalAws)
        assert found == local_aws.ensure(ROOT, place)
        assert found.backend.is_dir()
        assert 0 < found.provider_port < 65536
    finally:
        local_aws.stop(ROOT, place)


DESCRIBING = """
case "$1 $2" in
  "version "*) echo v{version} ;;
  "config --json") echo '{{"aws:region": {{"value": "eu-west-1"}}, "trial:password": {{"secret": true}}}}' ;;
  "stack output") echo '{{"cluster": "c"}}' ;;
  *) exit 0 ;;
esac
"""


@pytest.mark.parametrize(("stack", "endpoint"), [("dev", None), ("local", "http://127.0.0.1:1")])
def test_a_stack_is_described_without_its_secrets(clone: Path, stack: str, endpoint: str | None) -> None:
    executable(clone / "bin" / "pulumi", DESCRIBING.format(version=cli.needed_version()))
    answer = run(clone, "describe", "--stack", stack)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "outputs": {"cluster": "c"},
        "config": {"aws:region": "eu-west-1"},
        "endpoint": endpoint,
    }


def test_no_local_aws_is_started_to_be_described(clone: Path) -> None:
    says_no = "import sys\nsys.exit(sys.argv[1] == 'status' or 'was to ' + sys.argv[1])\n"
    (clone / "localaws" / "__main__.py").write_text(says_no)
    answer = run(clone, "describe")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "error: no local AWS runs, and so nothing is deployed there: begin with `make up`\n"


def test_a_stack_that_pulumi_does_not_know_cannot_be_described(clone: Path) -> None:
    refusing = f'[ "$1" = version ] && {{ echo v{cli.needed_version()}; exit; }}\necho "no stack named dev" >&2; exit 1'
    executable(clone / "bin" / "pulumi", refusing)
    answer = run(clone, "describe", "--stack", "dev")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "error: `pulumi config` failed for dev: no stack named dev" in answer.stderr
    assert "pulumi login" not in answer.stderr


def test_where_nobody_is_logged_in_it_says_how_to(clone: Path) -> None:
    version = f'[ "$1" = version ] && {{ echo v{cli.needed_version()}; exit; }}\n'
    asking = f'{version}echo "PULUMI_ACCESS_TOKEN must be set" >&2; exit 1'
    executable(clone / "bin" / "pulumi", asking)
    said = run(clone, "describe", "--stack", "dev").stderr
    assert "PULUMI_ACCESS_TOKEN must be set: log in to the stack's backend first (`pulumi login`)" in said


def test_a_description_takes_no_further_words(clone: Path) -> None:
    answer = run(clone, "describe", "--stack", "dev", "--json")
    assert answer.returncode == 1
    assert "error: describe takes no --json: give at most --stack STACK" in answer.stderr
