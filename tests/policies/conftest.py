"""The real policy pack in a process of its own, asked over gRPC as the engine asks it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.policies.harness import Pack

ROOT = Path(__file__).parents[2]


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
