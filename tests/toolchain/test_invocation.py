"""The whole environment and command line for a stack, with nothing run."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain import invocation
from toolchain.invocation import LocalAws

CLI = Path("/cache/bin/pulumi")
LOCAL = LocalAws(4711, "http://127.0.0.1:5000", Path("/project/.local/backends/one"))
USER = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/me",
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SESSION_TOKEN": "t",
    "AWS_CONFIG_FILE": "/c",
    "PULUMI_ACCESS_TOKEN": "pul-1",
    "PULUMI_BACKEND_URL": "s3://state",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/secret",
    "PULUMI_HOME": "/home/me/.pulumi",
    "PULUMI_STACK": "mine",
    "http_proxy": "http://proxy:3128",
    "HTTPS_PROXY": "http://proxy:3128",
    "all_proxy": "socks5://proxy",
    "grpc_proxy": "http://proxy:3128",
    "NO_PROXY": "intranet",
}


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """A CLI that is on the user's PATH."""
    path = tmp_path / "pulumi"
    path.touch()
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("up", ["--policy-pack", "policies"]),
        ("preview", ["--policy-pack", "policies"]),
        ("refresh", []),
        ("destroy", []),
    ],
)
def test_a_real_stack_has_the_users_environment_and_the_plain_command(
    official: Path, stack: str, command: str, options: list[str]
) -> None:
    environ = USER | {"PATH": f"{official.parent}:/usr/bin"}
    made = invocation.deployment(command, stack, ["--diff"], official, None, environ)
    assert made.argv == [str(official), command, "--stack", stack, *options, "--diff"]
    assert made.env == environ


def test_a_stack_may_have_a_configuration_of_the_policy_pack(tmp_path: Path) -> None:
    assert invocation.policy_configuration(tmp_path, "dev") is None
    own = tmp_path / "Pulumi.dev.policies.json"
    own.write_text("{}")
    found = invocation.policy_configuration(tmp_path, "dev")
    assert found == own

    def made(command: str, *arguments: str) -> list[str]:
        argv = invocation.deployment(command, "dev", arguments, CLI, None, USER, found).argv
        return argv[argv.index("dev") + 1 :]

    pack = ["--policy-pack", "policies"]
    assert made("up", "--diff") == [*pack, "--policy-pack-config", str(own), "--diff"]
    assert made("destroy") == []
    given = ["--policy-pack-config", "strict.json"]
    assert made("preview", *given) == [*pack, *given]
    assert made("preview", "--policy-pack=more") == [*pack, "--policy-pack=more"]


def test_our_own_cli_only_comes_first_on_path() -> None:
    made = invocation.deployment("up", "dev", [], CLI, None, USER)
    assert made.env == USER | {"PATH": "/cache/bin:/usr/bin:/bin"}
    assert invocation.environment("dev", CLI, None, {})["PATH"].startswith("/cache/bin:")


def test_any_command_on_a_real_stack_only_learns_the_stack(official: Path) -> None:
    environ = USER | {"PATH": f"{official.parent}:/usr/bin"}
    made = invocation.anything("dev", ["stack", "output"], official, None, environ)
    assert made.argv == [str(official), "stack", "output"]
    assert made.env == environ | {"PULUMI_STACK": "dev"}


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("up", ["--policy-pack", "policies", "--yes"]),
        ("preview", ["--policy-pack", "policies"]),
        ("refresh", ["--yes"]),
        ("destroy", ["--yes"]),
    ],
)
def test_the_local_stack_is_cut_off_from_everything_real(command: str, options: list[str]) -> None:
    made = invocation.deployment(command, "local", ["--diff"], CLI, LOCAL, USER)
    assert made.argv == [str(CLI), command, "--stack", "local", *options, "--diff"]
    assert made.env == {
        "PATH": "/cache/bin:/usr/bin:/bin",
        "HOME": "/home/me",
        "PULUMI_HOME": "/home/me/.pulumi",
        "NO_PROXY": "intranet",
        "AWS_ENDPOINT_URL": LOCAL.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "PULUMI_STACK": "local",
        "PULUMI_BACKEND_URL": "file:///project/.local/backends/one",
        "PULUMI_CONFIG_PASSPHRASE": "local",
        "PULUMI_DEBUG_PROVIDERS": "aws:4711",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def test_the_users_environment_is_not_changed() -> None:
    before = dict(USER)
    invocation.deployment("up", "local", [], CLI, LOCAL, USER)
    assert before == USER
