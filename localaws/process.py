"""The background process: moto's server and the provider, on loopback ports. Started by `background`, never by hand."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from localaws.creations import Creations

LOOPBACK = "127.0.0.1"
IDENTITY_PATH = "/localaws-instance"
CREATIONS_PATH = "/localaws-creations"
IDENTITY_METHOD = "localaws.Instance"
THREADS = 64


def _bind_failure(port: int, error: OSError) -> SystemExit:
    return SystemExit(f"port {port} on {LOOPBACK} cannot be had: {error.strerror or error}; choose another, or none")


def _moto(instance: str, port: int, creations: Creations) -> Any:
    """moto's server, which also tells the instance that it belongs to, and what the provider created."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    moto = DomainDispatcherApplication(create_backend_app)
    one_at_a_time = threading.Lock()  # moto's backends iterate over dictionaries that other requests change

    ours = {IDENTITY_PATH: instance.encode, CREATIONS_PATH: creations.told}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = ours.get(environ["PATH_INFO"])
        if told is None:
            with one_at_a_time:
                answer: Iterable[bytes] = moto(environ, start_response)
            return answer
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [told()]

    class Handler(MotoRequestHandler):
        def log_request(self, *_: object) -> None:
            """The log is for what goes wrong."""

    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError as error:
        raise _bind_failure(port, error) from error
    listening.listen(128)
    return make_server(
        LOOPBACK,
        listening.getsockname()[1],
        application,
        threaded=True,
        request_handler=Handler,
        fd=listening.detach(),
    )


def _provider(instance: str, endpoint: str, log: Path, creations: Creations) -> tuple[Any, int]:
    import grpc
    from pulumi.runtime.proto import provider_pb2_grpc

    from localaws.aws import Endpoint
    from localaws.provider import Provider

    clients = Endpoint(endpoint, log)
    threading.Thread(target=clients.warm, daemon=True).start()
    size = ("grpc.max_receive_message_length", 400 * 1024 * 1024)
    server = grpc.server(ThreadPoolExecutor(THREADS), options=[size, ("grpc.so_reuseport", 0)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(clients, creations), server)
    tell = grpc.unary_unary_rpc_method_handler(lambda request, context: instance.encode())
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(IDENTITY_METHOD, {"Get": tell}),))
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    return server, port


def main() -> None:
    """Serve until told to end, or until nobody can find this process any more."""
    parser = argparse.ArgumentParser(prog="python -m localaws.process")
    parser.add_argument("directory", type=Path)
    parser.add_argument("instance")
    parser.add_argument("endpoint_port", type=int)
    arguments = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    from localaws import background, moto_fixes
    from localaws.aws import forget_credentials

    place = background.Place(arguments.directory)
    state = background.State.of_process(os.getpid(), arguments.instance)
    forget_credentials()
    moto_fixes.apply()
    creations = Creations()
    moto = _moto(arguments.instance, arguments.endpoint_port, creations)
    threading.Thread(target=moto.serve_forever, daemon=True).start()
    _, provider_port = _provider(arguments.instance, f"http://{LOOPBACK}:{moto.port}", place.log, creations)
    place.write(state.serving(moto.port, provider_port))
    until = background.watched(os.environ)
    while not ended.wait(2.0):
        if not place.belongs_to(arguments.instance) or (until and not until.alive):
            break
    sys.stdout.flush()
    os._exit(0)  # request threads may hang in a wait; nothing of theirs is to be kept


if __name__ == "__main__":
    main()
