"""The LanguageRuntime service: each call in terms of the modules beside this one."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from . import installation, packages, plugin, program
from .children import Children
from .environment import PythonEnvironment
from .errors import HostError

Call = TypeVar("Call", bound=Callable[..., Any])

_NO_DEBUGGER = "this language host cannot attach a debugger; install Pulumi from https://www.pulumi.com/docs/install/"
_NO_CODE = (
    "this repository's own language host writes no code (SDKs, converted programs): use an official installation, "
    "https://www.pulumi.com/docs/install/"
)


def _explained(call: Call) -> Call:
    """Turn a HostError into the call's status, which the CLI prints."""

    @wraps(call)
    def explained(self: LanguageRuntime, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(self, request, context)
        except HostError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return explained  # type: ignore[return-value]


def _explained_stream(call: Call) -> Call:
    @wraps(call)
    def explained(self: LanguageRuntime, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            yield from call(self, request, context)
        except HostError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return explained  # type: ignore[return-value]


class LanguageRuntime(language_pb2_grpc.LanguageRuntimeServicer):
    """Serves one engine; what it has no method for is answered UNIMPLEMENTED."""

    def __init__(self, engine: str, children: Children) -> None:
        self._engine = engine
        self._children = children

    def Handshake(  # noqa: N802
        self, request: language_pb2.LanguageHandshakeRequest, _: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _: empty_pb2.Empty, __: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    @_explained
    def GetRequiredPackages(  # noqa: N802
        self, request: language_pb2.GetRequiredPackagesRequest, _: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        found = map(packages.required, packages.installed(_environment(request.info)))
        attached = packages.attached(os.environ)
        wanted = [one for one in found if one is not None and one.name not in attached]
        return language_pb2.GetRequiredPackagesResponse(packages=wanted)

    @_explained
    def GetProgramDependencies(  # noqa: N802
        self, request: language_pb2.GetProgramDependenciesRequest, _: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        found = packages.installed(_environment(request.info), transitive=request.transitiveDependencies)
        dependencies = [language_pb2.DependencyInfo(name=one.name, version=one.version) for one in found]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    @_explained
    def Run(  # noqa: N802
        self, request: language_pb2.RunRequest, _: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        if request.attach_debugger:
            raise HostError(_NO_DEBUGGER)
        return program.run(request, _environment(request.info), self._engine, self._children)

    @_explained_stream
    def RunPlugin(  # noqa: N802
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        if request.attach_debugger:
            raise HostError(_NO_DEBUGGER)
        environment = _environment(request.info, plugin=request.kind != "analyzer")
        yield from plugin.run(request, environment, self._children, context)

    @_explained_stream
    def InstallDependencies(  # noqa: N802
        self, request: language_pb2.InstallDependenciesRequest, _: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        environment = _environment(request.info, plugin=request.is_plugin)
        directory = Path(request.info.program_directory)
        for text in installation.install(environment, directory, self._children, plugin=request.is_plugin):
            yield language_pb2.InstallDependenciesResponse(stdout=text)

    @_explained
    def About(  # noqa: N802
        self, request: language_pb2.AboutRequest, _: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        ask = "import json, platform, sys; print(json.dumps([sys.executable, platform.python_version()]))"
        python = _environment(request.info).python()
        answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
        executable, version = json.loads(answer.stdout)
        return language_pb2.AboutResponse(executable=executable, version=version, metadata={"toolchain": "pip"})

    def RuntimeOptionsPrompts(  # noqa: N802
        self, _: language_pb2.RuntimeOptionsRequest, __: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        """`pulumi new` needs to ask nothing: there is one toolchain."""
        return language_pb2.RuntimeOptionsResponse()

    def Template(  # noqa: N802
        self, _: language_pb2.TemplateRequest, __: grpc.ServicerContext
    ) -> language_pb2.TemplateResponse:
        """A template made for pip needs no change."""
        return language_pb2.TemplateResponse()

    @_explained
    def _refuse_code(self, request: Any, context: grpc.ServicerContext) -> Any:
        raise HostError(_NO_CODE)

    GeneratePackage = GenerateProgram = GenerateProject = Pack = Link = _refuse_code

    def Cancel(self, _: empty_pb2.Empty, __: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        # The engine goes on to shut down meanwhile, which is what frees a program that waits for it.
        threading.Thread(target=self._children.stop).start()
        return empty_pb2.Empty()


def _environment(info: language_pb2.ProgramInfo, *, plugin: bool = False) -> PythonEnvironment:
    return PythonEnvironment.of(info.root_directory, json_format.MessageToDict(info.options), plugin=plugin)
