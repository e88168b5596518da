"""Stands between the engine and a policy pack that has to know the stack's configuration before it starts.

The engine sends the configuration to a running pack (`ConfigureStack`); the Python SDK reads it from environment
variables when the process starts (`pulumi/policy/__main__.py`). So the engine is given this proxy's port; the pack
starts when the configuration has come, and from then on calls pass through as they are.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2

from . import room

_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_DIRECT = [*_UNLIMITED, ("grpc.enable_http_proxy", 0)]
"""For the pack's channel: gRPC would ask an HTTP proxy for this machine's own loopback as well."""
_PARTING = 2.0
"""Seconds for calls that were answered with a failure to reach the engine, which else sees a broken connection."""
_HANDSHAKE = "/pulumirpc.Analyzer/Handshake"
_CONFIGURE = "/pulumirpc.Analyzer/ConfigureStack"
_Configuration = analyzer_pb2.AnalyzerStackConfigureRequest


class PolicyProxy(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Serves `pulumirpc.Analyzer` on a free loopback port for one policy pack."""

    def __init__(self) -> None:
        self._configuration: Future[_Configuration | None] = Future()
        self._pack: Future[grpc.Channel] = Future()
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(max_workers=32), handlers=[self], options=_UNLIMITED)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def configuration(self) -> dict[str, str]:
        """Wait for the engine; the environment variables by which the pack learns its stack, empty without one."""
        given = self._configuration.result()
        if given is None:
            return {}
        variables = {
            "PULUMI_ORGANIZATION": given.organization,
            "PULUMI_PROJECT": given.project,
            "PULUMI_STACK": given.stack,
            "PULUMI_DRY_RUN": "true" if given.dry_run else "false",
            room.VARIABLE: json.dumps(dict(given.config), separators=(",", ":")),
        }
        return {name: value for name, value in variables.items() if value}

    def attach(self, port: int) -> None:
        """The pack answers on this port: tell it the configuration in full and let the calls through."""
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_DIRECT)
        given = self._configuration.result()
        try:
            if given is not None:
                channel.unary_unary(_CONFIGURE)(given.SerializeToString())
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
                self.fail(f"it refused the stack's configuration: {error.details()}")
                return
        self._pack.set_result(channel)

    def fail(self, why: str) -> None:
        """The pack never came up, or is gone: calls that wait for it fail with this sentence."""
        self._configure(None)
        with self._lock:
            if not self._pack.done():
                self._pack.set_exception(RuntimeError(why))

    def close(self) -> None:
        """Serve no longer."""
        self.fail("the policy pack was stopped")
        self._server.stop(_PARTING)

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """The handler of one call; messages pass undecoded."""
        method: str = details.method
        if not method.startswith("/pulumirpc.Analyzer/"):
            return None
        answers: dict[str, Callable[[bytes], bytes]] = {_CONFIGURE: self._configured, _HANDSHAKE: lambda _: b""}
        answer = answers.get(method)
        return grpc.unary_unary_rpc_method_handler(
            (lambda request, _: answer(request)) if answer else self._forward(method)
        )

    def _configured(self, request: bytes) -> bytes:
        self._configure(_Configuration.FromString(request))
        return b""

    def _configure(self, given: _Configuration | None) -> None:
        with self._lock:
            if not self._configuration.done():
                self._configuration.set_result(given)

    def _forward(self, method: str) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        def forward(request: bytes, context: grpc.ServicerContext) -> bytes:
            # `pulumi policy publish` and the like ask without a stack.
            self._configure(None)
            try:
                call: Any = self._pack.result().unary_unary(method)
                answer: bytes = call(request)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())
            except RuntimeError as error:
                context.abort(grpc.StatusCode.UNKNOWN, f"policy pack not started: {error}")
            return answer

        return forward
