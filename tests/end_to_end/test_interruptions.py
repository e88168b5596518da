"""What `make up` makes of the remains of a killed run, and of an AWS that is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.harness import ROOT, SECONDS, Run
from tests.end_to_end.inventory import Account
from toolchain import local_aws
from toolchain.local_stack import StackFiles, project_name


@dataclass(frozen=True)
class Make:
    """What `make` runs once its set-up is done, with a local AWS of its own."""

    directory: Path

    @property
    def place(self) -> Path:
        return self.directory / "aws"

    @property
    def env(self) -> dict[str, str]:
        home = str(self.directory / "pulumi-home")
        return dict(os.environ) | {"ECS_LOCAL_DIRECTORY": str(self.place), "PULUMI_HOME": home}

    def argv(self, command: str) -> list[str]:
        return [sys.executable, "-m", "toolchain", command, "--skip-preview", "--non-interactive", "--color", "never"]

    def run(self, command: str) -> Run:
        answer = subprocess.run(
            self.argv(command), env=self.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        return Run(answer.returncode, answer.stdout)

    def account(self) -> Account:
        return Account(local_aws.ensure(ROOT, self.place).endpoint)

    def files(self) -> StackFiles:
        return StackFiles(local_aws.ensure(ROOT, self.place).backend, project_name(ROOT), "local")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made = Make(tmp_path)
    try:
        yield made
    finally:
        local_aws.stop(ROOT, made.place)


def test_up_goes_on_after_a_killed_run_and_begins_anew_after_a_killed_aws(make: Make) -> None:
    account = make.account()
    before = account.inventory()
    _kill_half_way(make, account)

    up = make.run("up")

    assert up.code == 0, up.output
    assert "was killed and left the stack locked" in up.output
    assert len(account.inventory()["services"]) == 3
    destroyed = make.run("destroy")
    assert destroyed.code == 0, destroyed.output
    assert {kind: ids - before[kind] for kind, ids in account.inventory().items() if ids - before[kind]} == {}

    assert make.run("up").code == 0
    os.kill(json.loads((make.place / "localaws.json").read_text())["pid"], signal.SIGKILL)

    anew = make.run("up")

    assert anew.code == 0, anew.output
    assert "The new local AWS is empty" in anew.output
    assert "unchanged" not in anew.output
    assert len(make.account().inventory()["services"]) == 3


def _kill_half_way(make: Make, account: Account) -> None:
    """SIGKILL the engine once the first resources exist, while it creates others that nothing depends on yet."""
    with subprocess.Popen(
        make.argv("up"), env=make.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as engine:  # fmt: skip
        deadline = time.monotonic() + 60
        while not account.all("logs", "describe_log_groups", "logGroups"):
            assert engine.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        # The toolchain has become pulumi: it is the engine that ends here.
        engine.kill()
    assert engine.returncode == -signal.SIGKILL
    assert account.inventory()["load balancers"] == set()
    assert make.files().locked()


def test_up_needs_no_network(make: Make) -> None:
    isolated = ["unshare", "--map-root-user", "--net"]
    try:
        allowed = subprocess.run([*isolated, "true"], capture_output=True, check=False, timeout=30).returncode == 0
    except OSError:
        allowed = False
    if not allowed:
        pytest.skip("this machine does not let an ordinary user make a network namespace (unshare -rn)")
    script = f"{_LOOPBACK_UP}; import os, sys; os.execv(sys.argv[1], sys.argv[1:])"

    answer = subprocess.run(
        [*isolated, sys.executable, "-c", script, *make.argv("up")], env=make.env, cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stdout
    assert "ecs-on-ec2@v" in answer.stdout
    (state,) = make.place.glob("backends/*/.pulumi/stacks/*/local.json")
    resources = json.loads(state.read_text())["checkpoint"]["latest"]["resources"]
    assert [resource["type"] for resource in resources].count("aws:ecs/service:Service") == 3


_LOOPBACK_UP = (
    "import fcntl, socket, struct; s = socket.socket(); fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x1 | 0x40))"
)
"""SIOCSIFFLAGS with IFF_UP and IFF_RUNNING."""
