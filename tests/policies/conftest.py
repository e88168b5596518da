"""The real policy pack in a process of its own, asked over gRPC as the engine asks it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from policy_harness import Pack  # noqa: E402 - lies beside this file


@pytest.fixture(scope="session")
def process() -> Iterator[Pack]:
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "policies"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Pack(int(process.stdout.readline()))
        finally:
            process.terminate()


@pytest.fixture
def pack(process: Pack) -> Pack:
    """The pack with its default configuration."""
    process.configure({})
    return process
