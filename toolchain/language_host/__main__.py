"""Serve until the engine is done: prints the port, as the engine's plugins do, and ends quietly on a signal."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from .children import Children
from .service import LanguageRuntime

_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def main() -> int:
    """Serve one engine, whose address is the last argument; its options for logging mean nothing here."""
    parser = argparse.ArgumentParser(prog="pulumi-language-python")
    parser.add_argument("engine", nargs="?", default="")
    arguments, _ = parser.parse_known_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    children = Children()
    server = grpc.server(ThreadPoolExecutor(max_workers=64), options=_UNLIMITED)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageRuntime(arguments.engine, children), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # A killed engine sends no signal, but its child gets another parent.
    while not stop.wait(1) and os.getppid() == parent:
        pass
    children.stop()
    server.stop(None).wait()
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that still wait for a call must not delay the end.
    os._exit(code)
