"""A policy pack in a process of its own, asked over gRPC as the engine asks it, and what that costs."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2_grpc

ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass(frozen=True)
class Cost:
    """What it took to judge a program once."""

    analyze: float
    """Seconds for all resources by themselves."""
    analyze_stack: float
    """Seconds for the whole program."""
    cpu: float
    """Seconds of processor time of the pack's process for both."""
    findings: list[tuple[str, str, str]]
    """Policy, URN and message of each, sorted."""

    @property
    def total(self) -> float:
        """Seconds for both."""
        return self.analyze + self.analyze_stack


class Analyzer:
    """A running pack."""

    def __init__(self, process: "subprocess.Popen[str]", started: float) -> None:
        assert process.stdout
        self._process = process
        channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}", options=_UNLIMITED)
        self._stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        self._stub.GetAnalyzerInfo(empty_pb2.Empty())
        self.startup = time.perf_counter() - started
        """Seconds from the process's start until it told what it holds."""

    def judge(self, alone: Sequence[Any], whole: Any) -> Cost:
        """Asks about every resource and then about the program."""
        cpu, start = self._cpu(), time.perf_counter()
        answers = [self._stub.Analyze(request) for request in alone]
        middle = time.perf_counter()
        answers.append(self._stub.AnalyzeStack(whole))
        end = time.perf_counter()
        findings = [(d.policyName, d.urn, d.message) for answer in answers for d in answer.diagnostics]
        return Cost(middle - start, end - middle, self._cpu() - cpu, sorted(findings))

    @property
    def peak_memory(self) -> float:
        """MiB that the process had resident at most."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def caching(environment: Mapping[str, str], directory: str) -> dict[str, str]:
    """An environment in which Python keeps its bytecode in a directory of its own, whatever was said before."""
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": directory}


@contextmanager
def running(pack: str, environment: Mapping[str, str]) -> Iterator[Analyzer]:
    """The pack in a directory of this repository, started and at the end stopped."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", pack]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Analyzer(process, started)
        finally:
            process.terminate()
