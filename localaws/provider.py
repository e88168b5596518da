"""The Pulumi provider `aws` of the local AWS: the engine's protocol on one side, the type declarations on the other.

Protocol: pulumi, proto/pulumi/provider.proto. What is secret in the inputs is secret in what AWS tells of it; a
provider that did not accept secrets would leave that to the engine, which knows nothing of `tagsAll`.
"""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from importlib.metadata import version
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from localaws import aws, engine, functions, schema
from localaws.check import check
from localaws.creations import Creations
from localaws.kind import Kind, Target
from localaws.types import KINDS
from localaws.wire import Properties, Secret, dump, hide, load, marks

MAX_SESSIONS = 1000
HAD = "__had"
"""In the state of a resource that is half done: the inputs that it has, in place of those that were wanted."""


@dataclass(frozen=True)
class Session:
    """What one provider instance was configured with."""

    region: aws.Region
    default_tags: Mapping[str, str]
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class _Status:
    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def _speaking(method: Callable[..., Any]) -> Callable[..., Any]:
    """Refusals as plain messages; a mistake of ours as one that says so."""

    @wraps(method)
    def wrapper(self: Provider, request: Any, context: grpc.ServicerContext) -> Any:
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


def _state(state: Properties, *given: struct_pb2.Struct) -> struct_pb2.Struct:
    """A state for the engine, its secrets marked as they were given."""
    secret: Properties = {}
    for struct in given:
        secret |= marks(struct)
    return dump(hide(state, {"tagsAll": secret.get("tags"), **secret}))


def _had(state: struct_pb2.Struct, inputs: struct_pb2.Struct) -> Properties:
    """The inputs that a resource has: those of its last deployment, unless that was half done."""
    known = load(state)
    return known[HAD] if HAD in known else load(inputs)


def _told(kind: Kind, had: Properties, state: struct_pb2.Struct) -> Properties:
    """The same, but for what AWS told otherwise."""
    known = load(state)
    return had | {prop: known[prop] for prop in kind.told if prop in known}


def _half_done(context: grpc.ServicerContext, request: Any, error: engine.HalfDone) -> NoReturn:
    given = request.properties if isinstance(request, provider_pb2.CreateRequest) else request.news
    state = _state(error.state, given)
    # The engine keeps the inputs that were wanted, as if they had come to be.
    state.update({HAD: dump(hide(error.inputs, marks(given)))})
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reason)
    status.details.add().Pack(
        provider_pb2.ErrorResourceInitFailed(id=error.target.id, properties=state, inputs=given, reasons=[error.reason])
    )
    metadata = (("grpc-status-details-bin", status.SerializeToString()),)
    context.abort_with_status(_Status(grpc.StatusCode.UNKNOWN, error.reason, metadata))
    raise AssertionError("abort_with_status returned")


def _list(value: Any) -> list[str]:
    """A list of the provider's configuration, which may come as JSON text."""
    found = json.loads(value) if isinstance(value, str) else value or []
    return [str(item) for item in found]


def _object(value: Any) -> Properties:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value or {})


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the declared types on one emulated AWS. Several provider instances, told apart by their connections."""

    def __init__(self, endpoint: aws.Endpoint, creations: Creations) -> None:
        self.endpoint, self.creations = endpoint, creations
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    # The instance

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": version("pulumi-aws")}))

    def Parameterize(self, request: Any, context: Any) -> Any:  # noqa: N802
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the local AWS cannot be parameterized")

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        some = load(request.old_inputs) != load(request.news)
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_SOME if some else kinds.DIFF_NONE)

    @_speaking
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        config = load(request.args)
        allowed, forbidden = _list(config.get("allowedAccountIds")), _list(config.get("forbiddenAccountIds"))
        if (allowed and aws.ACCOUNT not in allowed) or aws.ACCOUNT in forbidden:
            raise engine.Refused(
                f"the local AWS is account {aws.ACCOUNT} and stands in for no other: aws:allowedAccountIds is "
                f"{', '.join(allowed) or 'not set'}, aws:forbiddenAccountIds is {', '.join(forbidden) or 'not set'}. "
                "Use the stack's real AWS, or change them in its Pulumi.<stack>.yaml."
            )
        if not config.get("region"):
            raise engine.Refused("aws:region is not set: pulumi config set aws:region us-east-1")
        tags = _object(_object(config.get("defaultTags")).get("tags"))
        session = Session(aws.Region(self.endpoint, str(config["region"])), tags)
        with self._lock:
            self._sessions[context.peer()] = session
            while len(self._sessions) > MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        session = self._sessions.get(context.peer())
        if session is not None:
            session.cancelled.set()
        return empty_pb2.Empty()

    def _session(self, context: grpc.ServicerContext) -> Session:
        with self._lock:
            session = self._sessions.get(context.peer())
            alike = {(item.region.name, str(item.default_tags)) for item in self._sessions.values()}
            if session is None and len(alike) == 1:
                # gRPC connects anew after half an hour without a call, as when a person is asked for confirmation.
                session = next(reversed(self._sessions.values()))
        if session is None:
            raise engine.Refused("the connection to the local AWS was lost, or never configured: run the command again")
        return session

    def _target(self, request: Any, context: grpc.ServicerContext, **known: Any) -> Target:
        kind = _kind(request.urn)
        session = self._session(context)
        region = str(known.get("inputs", {}).get("region") or known.get("state", {}).get("region") or "")
        return Target(
            kind,
            aws.Region(self.endpoint, region) if region else session.region,
            request.urn.rpartition("::")[2],
            session.default_tags,
            cancelled=session.cancelled,
            timeout=getattr(request, "timeout", 0.0),
            **known,
        )

    # Resources

    @_speaking
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(request, context)
        inputs, failures = check(
            target.kind,
            target.region,
            target.name,
            request.randomSeed or request.urn.encode(),
            load(request.olds),
            load(request.news),
        )
        return provider_pb2.CheckResponse(
            inputs=dump(hide(inputs, marks(request.news))),
            failures=[provider_pb2.CheckFailure(property=prop, reason=reason) for prop, reason in failures],
        )

    @_speaking
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind, new = _kind(request.urn), load(request.news)
        old = _had(request.olds, request.old_inputs)
        seen = [*engine.changes(kind, old, new), *engine.changes(kind, _told(kind, old, request.olds), new)]
        changed = [prop for prop in dict.fromkeys(seen) if prop not in request.ignoreChanges]
        replaces = engine.replacing(kind, old, new, changed)
        response = provider_pb2.DiffResponse
        return response(
            changes=response.DIFF_SOME if changed else response.DIFF_NONE,
            diffs=changed,
            replaces=sorted(replaces),
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(replaces) and engine.deletes_first(kind, old, new),
            detailedDiff={prop: _difference(prop, old, new, prop in replaces) for prop in changed},
        )

    @_speaking
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(request, context, inputs=load(request.properties))
        if request.preview:
            preview = engine.previewed(target, creating=True)
            return provider_pb2.CreateResponse(properties=_state(preview, request.properties))
        with self.creations.of(request.urn) as creation:
            try:
                state = engine.create(target)
            finally:
                creation.id = target.id
        return provider_pb2.CreateResponse(id=target.id, properties=_state(state, request.properties))

    @_speaking
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, state = load(request.inputs), load(request.properties)
        target = self._target(request, context, id=request.id, inputs=inputs, state=state)
        found = engine.read(target)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=target.id,
            properties=_state(found, request.properties, request.inputs),
            inputs=dump(hide(engine.found_inputs(target, found), marks(request.inputs))),
        )

    @_speaking
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(
            request,
            context,
            id=request.id,
            inputs=load(request.news),
            old_inputs=_told(_kind(request.urn), _had(request.olds, request.old_inputs), request.olds),
            state={key: value for key, value in load(request.olds).items() if key != HAD},
        )
        if request.preview:
            preview = engine.previewed(target, creating=False)
            return provider_pb2.UpdateResponse(properties=_state(preview, request.news))
        return provider_pb2.UpdateResponse(properties=_state(engine.update(target), request.news))

    @_speaking
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(
            request, context, id=request.id, inputs=load(request.old_inputs), state=load(request.properties)
        )
        engine.delete(target)
        return empty_pb2.Empty()

    # Functions

    @_speaking
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        function = functions.FUNCTIONS.get(request.tok)
        if function is None:
            raise engine.Refused(_unserved("function", request.tok, functions.FUNCTIONS))
        session = self._session(context)
        arguments = load(request.args)
        unknown = sorted(set(arguments) - set(schema.inputs(request.tok)))
        if unknown:
            reason = f"{request.tok} has no argument {unknown[0]!r}"
            failure = provider_pb2.CheckFailure(property=unknown[0], reason=reason)
            return provider_pb2.InvokeResponse(failures=[failure])
        region = aws.Region(self.endpoint, arguments["region"]) if "region" in arguments else session.region
        found = functions.call(request.tok, region, arguments)
        if marks(request.args):
            found = {key: Secret(value) for key, value in found.items()}
        result: Any = {"return": dump(found)}
        return provider_pb2.InvokeResponse(**result)


def _kind(urn: str) -> Kind:
    token = urn.split("::")[2].rpartition("$")[2]
    if token not in KINDS:
        raise engine.Refused(_unserved("resource type", token, KINDS))
    return KINDS[token]


def _unserved(what: str, token: str, served: Mapping[str, Any]) -> str:
    return (
        f"the local AWS does not serve the {what} {token}. It serves what this project uses: "
        f"{', '.join(sorted(served))}. Leave it out for the local stack, or declare it in localaws/."
    )


def _difference(prop: str, old: Properties, new: Properties, replaces: bool) -> Any:
    kind = "DELETE" if prop not in new else "UPDATE" if prop in old else "ADD"
    value = provider_pb2.PropertyDiff.Kind.Value(kind + "_REPLACE" * replaces)
    return provider_pb2.PropertyDiff(kind=value, inputDiff=True)
