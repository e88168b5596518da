"""The Pulumi provider `aws` of the local AWS: the engine's protocol on one side, the type declarations on the other.

Protocol: pulumi, proto/pulumi/provider.proto. What is secret in the inputs is secret in what AWS tells of it; a
provider that did not accept secrets would leave that to the engine, which knows nothing of `tagsAll`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from localaws import aws, engine, functions, schema
from localaws.answers import speaking
from localaws.check import check
from localaws.creations import Creations
from localaws.kind import Kind, Target
from localaws.sessions import Sessions, configured
from localaws.states import HAD, as_state, had_inputs, told_inputs
from localaws.types import KINDS
from localaws.wire import Properties, Secret, dump, hide, load, marks


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the declared types on one emulated AWS. Several provider instances, told apart by their connections."""

    def __init__(self, endpoint: aws.Endpoint, creations: Creations) -> None:
        self.endpoint, self.creations = endpoint, creations
        self._sessions = Sessions()

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

    @speaking
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._sessions.keep(context.peer(), configured(self.endpoint, load(request.args)))
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._sessions.cancel(context.peer())
        return empty_pb2.Empty()

    def _target(self, request: Any, context: grpc.ServicerContext, **known: Any) -> Target:
        kind = _kind(request.urn)
        session = self._sessions.of(context.peer())
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

    @speaking
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

    @speaking
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        kind, new = _kind(request.urn), load(request.news)
        old = had_inputs(request.olds, request.old_inputs)
        seen = [*engine.changes(kind, old, new), *engine.changes(kind, told_inputs(kind, old, request.olds), new)]
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

    @speaking
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(request, context, inputs=load(request.properties))
        if request.preview:
            preview = engine.previewed(target, creating=True)
            return provider_pb2.CreateResponse(properties=as_state(preview, request.properties))
        with self.creations.of(request.urn) as creation:
            try:
                state = engine.create(target)
            finally:
                creation.id = target.id
        return provider_pb2.CreateResponse(id=target.id, properties=as_state(state, request.properties))

    @speaking
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, state = load(request.inputs), load(request.properties)
        target = self._target(request, context, id=request.id, inputs=inputs, state=state)
        found = engine.read(target)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=target.id,
            properties=as_state(found, request.properties, request.inputs),
            inputs=dump(hide(engine.found_inputs(target, found), marks(request.inputs))),
        )

    @speaking
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(
            request,
            context,
            id=request.id,
            inputs=load(request.news),
            old_inputs=told_inputs(_kind(request.urn), had_inputs(request.olds, request.old_inputs), request.olds),
            state={key: value for key, value in load(request.olds).items() if key != HAD},
        )
        if request.preview:
            preview = engine.previewed(target, creating=False)
            return provider_pb2.UpdateResponse(properties=as_state(preview, request.news))
        return provider_pb2.UpdateResponse(properties=as_state(engine.update(target), request.news))

    @speaking
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        target = self._target(
            request, context, id=request.id, inputs=load(request.old_inputs), state=load(request.properties)
        )
        engine.delete(target)
        return empty_pb2.Empty()

    # Functions

    @speaking
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        function = functions.FUNCTIONS.get(request.tok)
        if function is None:
            raise engine.Refused(_unserved("function", request.tok, functions.FUNCTIONS))
        session = self._sessions.of(context.peer())
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
