"""Running a plugin that is written in Python: a policy pack (an analyzer) or a component provider."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path

import grpc
from pulumi.runtime.proto import language_pb2

from .children import Children
from .environment import PythonEnvironment
from .errors import HostError
from .policy_proxy import PolicyProxy

Response = language_pb2.RunPluginResponse
_LAST_WORDS = 5.0
"""Seconds for the other stream of a process that has ended."""
_MOST_SAID = 4096
"""Bytes, of which a sentence may be what the engine is told."""


def run(
    request: language_pb2.RunPluginRequest,
    environment: PythonEnvironment,
    children: Children,
    context: grpc.ServicerContext,
) -> Iterator[Response]:
    """What the plugin prints, and at the end its exit code unless that is 0."""
    if request.kind == "analyzer":
        yield from _policy_pack(request, environment, children, context)
    else:
        yield from _plugin(request, environment, children, context)


def _plugin(
    request: language_pb2.RunPluginRequest,
    environment: PythonEnvironment,
    children: Children,
    context: grpc.ServicerContext,
) -> Iterator[Response]:
    directory = Path(request.info.program_directory)
    if not (directory / "__main__.py").is_file():
        raise HostError(f"{directory} cannot run as a plugin: it has no __main__.py")
    argv = [environment.python(), str(directory), *request.args]
    variables = environment.variables(os.environ) | _variables(request)
    child = children.start(argv, variables, request.pwd or None, subprocess.PIPE, subprocess.PIPE)
    context.add_callback(child.kill)
    yield from _output(child, children)


def _policy_pack(
    request: language_pb2.RunPluginRequest,
    environment: PythonEnvironment,
    children: Children,
    context: grpc.ServicerContext,
) -> Iterator[Response]:
    argv = [environment.python(), "-u", "-m", "pulumi.policy", *request.args, request.info.program_directory]
    proxy = PolicyProxy()
    context.add_callback(proxy.close)
    yield Response(stdout=f"{proxy.port}\n".encode())
    try:
        variables = environment.variables(os.environ) | proxy.configuration() | _variables(request)
        if not context.is_active():
            return
        try:
            child = children.start(argv, variables, request.info.program_directory, subprocess.PIPE, subprocess.PIPE)
        except HostError as error:
            proxy.fail(str(error))
            raise
        context.add_callback(child.kill)
        yield from _output(child, children, _port_reader(proxy, environment))
    finally:
        proxy.close()


def _port_reader(proxy: PolicyProxy, environment: PythonEnvironment) -> Callable[[bytes, bytes], None]:
    def read(line: bytes, said: bytes) -> None:
        try:
            proxy.attach(int(line))
        except ValueError:
            text = line.decode(errors="replace").strip()
            proxy.fail(
                f"its first line must be the port it serves on, but it printed {text!r}"
                if text
                else _sentence(said) or environment.lack_of("pulumi") or "it ended too early"
            )

    return read


def _sentence(said: bytes) -> str | None:
    """What a pack's own placeholder for Python says of why it cannot start."""
    first = said.decode(errors="replace").partition("\n")[0]
    return first.removeprefix("error: ") if first.startswith("error: ") else None


def _output(
    child: subprocess.Popen[bytes], children: Children, first_line: Callable[[bytes, bytes], None] | None = None
) -> Iterator[Response]:
    """Both streams as they come; `first_line` takes away the first line of stdout, which is empty for a dead child, and
    gets what stderr had first."""
    arrived: queue.SimpleQueue[Response | None] = queue.SimpleQueue()
    said = bytearray()

    def read_stdout(stream: BufferedReader) -> None:
        if first_line:
            line = stream.readline()
            if not line:
                # The engine may end before it shows what comes by the other stream.
                errors.join(_LAST_WORDS)
            first_line(line, bytes(said))
        while data := stream.read1():
            arrived.put(Response(stdout=data))
        arrived.put(None)

    def read_stderr(stream: BufferedReader) -> None:
        while data := stream.read1():
            if len(said) < _MOST_SAID:
                said.extend(data)
            arrived.put(Response(stderr=data))
        arrived.put(None)

    errors = threading.Thread(target=read_stderr, args=(child.stderr,), daemon=True)
    errors.start()
    threading.Thread(target=read_stdout, args=(child.stdout,), daemon=True).start()
    for _ in range(2):
        yield from iter(arrived.get, None)
    code = children.wait(child)
    if code:
        yield Response(exitcode=code)


def _variables(request: language_pb2.RunPluginRequest) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in request.env if "=" in entry)
