"""How a request of the engine is answered that does not succeed."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from localaws import engine
from localaws.states import HAD, as_state
from localaws.wire import dump, hide, marks


@dataclass(frozen=True)
class _Status:
    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def speaking(method: Callable[..., Any]) -> Callable[..., Any]:
    """Refusals as plain messages; a mistake of ours as one that says so."""

    @wraps(method)
    def wrapper(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except engine.Refused as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except engine.HalfDone as error:
            _half_done(context, request, error)
        except Exception as error:
            traceback.print_exc()
            message = f"a mistake of the local AWS, {type(error).__name__}: {error} (see its log)"
            context.abort(grpc.StatusCode.INTERNAL, message)

    return wrapper


def _half_done(context: grpc.ServicerContext, request: Any, error: engine.HalfDone) -> NoReturn:
    given = request.properties if isinstance(request, provider_pb2.CreateRequest) else request.news
    state = as_state(error.state, given)
    # The engine keeps the inputs that were wanted, as if they had come to be.
    state.update({HAD: dump(hide(error.inputs, marks(given)))})
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reason)
    status.details.add().Pack(
        provider_pb2.ErrorResourceInitFailed(id=error.target.id, properties=state, inputs=given, reasons=[error.reason])
    )
    metadata = (("grpc-status-details-bin", status.SerializeToString()),)
    context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, error.reason, metadata))
    raise AssertionError("abort_with_status returned")
