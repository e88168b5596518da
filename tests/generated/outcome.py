"""What becomes of settings: refused with a precise error, accepted by the policy pack as well, or something else."""

import io
import json
import re
import runpy
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import pulumi
from pulumi.runtime.proto import analyzer_pb2 as proto

import settings
from ecs_model.problem import Problem
from ecs_model.stack import StackSettings
from service_files import Located
from tests.components.component_harness import Graph, Registered, deploy
from tests.generated.bases import ROOT, Raw
from tests.policies.harness import CANNOT_JUDGE, UNKNOWN
from tests.policies.inprocess import analyzer
from tests.policies.recording import STACKS, recorded

STACK = "dev"
FAILED = "the rule itself failed"


class Verdict(Enum):
    """The two that may be, and the third that may not."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    THIRD = "third outcome"


@dataclass(frozen=True)
class Outcome:
    """A verdict; for the third its reason in a few words, the same for the same defect, and all that is known."""

    verdict: Verdict
    reason: str = ""
    detail: str = ""


def outcome(raw: Raw) -> Outcome:
    """Reads settings, and previews the program with them, under mocks and the policy pack."""
    raw = {key: _by_the_engine(value) for key, value in raw.items()}
    try:
        problems = settings.judge(raw, STACK, ROOT).problems
    except Exception as error:
        return _crash("settings.judge", error)
    try:
        graph = previewed(raw)
    except pulumi.RunError as error:
        return _refusal(raw, problems, str(error))
    except Exception as error:
        return _crash("the program", error)
    if problems:
        return Outcome(Verdict.THIRD, "settings with problems were deployed", "\n".join(map(str, problems)))
    return _judged(graph)


def _by_the_engine(section: Any) -> Any:
    """A section as Pulumi's engine hands it over: what is no object comes as text."""
    if isinstance(section, dict | list):
        return section
    return settings._decoded(section if isinstance(section, str) else json.dumps(section))


def previewed(raw: Raw, *, preview: bool = True) -> Graph:
    """The program's preview with these settings, or its deployment."""
    program = str(ROOT / "__main__.py")
    config = {"aws:region": "eu-central-1"} | {f"ecs-on-ec2:{key}": value for key, value in raw.items()}
    with redirect_stderr(io.StringIO()):  # where the SDK prints a traceback of every error
        return deploy(lambda: runpy.run_path(program, run_name="__main__"), stack=STACK, preview=preview, config=config)


def _refusal(raw: Raw, problems: list[Located], text: str) -> Outcome:
    if not problems:
        return _refusal_by_aws(text)
    for problem in problems:
        if problem.namespace and (why := _imprecise(raw, problem.problem)):
            return Outcome(Verdict.THIRD, f"imprecise: {why}", str(problem))
        if str(problem) not in text:
            return Outcome(Verdict.THIRD, "a problem is not told", f"{problem}\n{text}")
    return Outcome(Verdict.REFUSED)


def _refusal_by_aws(text: str) -> Outcome:
    """What only AWS's answers can tell, such as how many zones a region has: the text begins with the setting."""
    path = tuple(text.partition(": ")[0].split("."))
    named = len(path) > 1 and settings._type_at(StackSettings, path) is not None
    return Outcome(Verdict.REFUSED) if named else Outcome(Verdict.THIRD, f"refused late: {text[:120]}", text)


def _imprecise(raw: Raw, problem: Problem) -> str:
    """Why a problem does not lead a person to the setting, if so."""
    if not problem.path:
        return "no section is named"
    if settings._type_at(StackSettings, problem.path[:-1]) is None:
        return f"there is no such place: {_general(problem)}"
    if len(problem.message) < 10 or "\n" in problem.message.strip():
        return f"no sentence: {_general(problem)}"
    value: Any = raw
    for step in problem.path[:-1]:
        if isinstance(step, str):
            value = value.get(step, {}) if isinstance(value, dict) else {}
        elif isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return f"there is no such item: {_general(problem)}"
    return ""


def _general(problem: Problem) -> str:
    return ".".join(str(step) for step in problem.path if isinstance(step, str))


def _crash(where: str, error: BaseException) -> Outcome:
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if str(ROOT) in frame.filename]
    ours = [frame for frame in ours if ".venv" not in frame.filename and "/tests/" not in frame.filename] or ours
    place = f"{ours[-1].filename.removeprefix(str(ROOT) + '/')}:{ours[-1].lineno}" if ours else ""
    told = "".join(traceback.format_exception(error))
    return Outcome(Verdict.THIRD, f"{type(error).__name__} in {where} at {place}", told[-6000:])


def _judged(graph: Graph) -> Outcome:
    """What the pack says of it: nothing that is mandatory."""
    for said in findings(graph):
        if said.enforcementLevel == proto.MANDATORY:
            return Outcome(Verdict.THIRD, f"mandatory {said.policyName}", said.message)
        if FAILED in said.message or said.message.startswith(CANNOT_JUDGE):
            return Outcome(Verdict.THIRD, f"not judged: {said.policyName}", said.message)
    return Outcome(Verdict.ACCEPTED)


def findings(graph: Graph) -> Iterator[Any]:
    """All that the pack says of a preview."""
    asked, whole = _pack(), proto.AnalyzeStackRequest()
    for resource in graph.resources:
        request = resource.request
        if not request.custom:
            continue
        alone = proto.AnalyzeRequest(urn=resource.urn, type=resource.type, name=resource.name)
        alone.properties.CopyFrom(request.object)
        alone.options.ignoreChanges.extend(request.ignoreChanges)
        yield from asked.Analyze(alone, None).diagnostics
        _add(whole, resource)
    yield from asked.AnalyzeStack(whole, None).diagnostics


def _add(whole: Any, resource: Registered) -> None:
    """A resource as the stack's policies see it in a first preview: with what AWS will choose unknown."""
    request = resource.request
    message = whole.resources.add(urn=resource.urn, type=resource.type, name=resource.name)
    message.properties.CopyFrom(request.object)
    known = {"name": f"{resource.name}-1a2b3c4"} if "name" in _computed()[1].get(resource.type, ()) else {}
    unknown = dict.fromkeys(_computed()[0].get(resource.type, ()), UNKNOWN) | {"arn": UNKNOWN, "id": UNKNOWN}
    message.properties.update({k: v for k, v in {**unknown, **known}.items() if k not in request.object})
    message.dependencies.extend(request.dependencies)
    message.options.ignoreChanges.extend(request.ignoreChanges)
    for key, urns in request.propertyDependencies.items():
        message.propertyDependencies[key].urns.extend(urns.urns)


@cache
def _pack() -> Any:
    return analyzer()


@cache
def _computed() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What the provider adds to a type's inputs in real previews: the properties that are unknown, and the others."""
    unknown: dict[str, set[str]] = {}
    known: dict[str, set[str]] = {}
    for resource in (resource for stack in STACKS for resource in recorded(stack).resources):
        for key, value in resource["properties"].items():
            chosen = unknown if value == UNKNOWN else known
            chosen.setdefault(resource["type"], set()).add(key)
    return unknown, known


def same_defect(reason: str) -> str:
    """A reason without what differs between settings of the same defect."""
    return re.sub(r"'[^']*'|\d+", "…", reason)
