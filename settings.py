"""The stack's configuration: the only place that reads it, and refuses what cannot work before anything is deployed."""

import dataclasses
import json
import os
import sys
import types
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel, to_snake

import service_files
from ecs_model.problem import Path, Problem, under
from ecs_model.rule_conditions import CONDITIONS
from ecs_model.stack import StackSettings
from service_files import Located

NAMESPACE = "ecs-on-ec2"
LOCAL_STACK = "local"
NOTHING_DEPLOYED = "cannot work; nothing was deployed:"


_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""What the AWS provider takes it from as well."""
_MISSING = "is missing, and has no default: set it"
_ALLOWED = dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number")
_ALLOWED |= dict.fromkeys(("float_type", "float_parsing"), "a number")
_ALLOWED |= dict.fromkeys(("bool_type", "bool_parsing"), "true or false")
_ALLOWED |= dict.fromkeys(("dict_type", "dataclass_type", "mapping_type"), "settings (name: value)")
_ALLOWED |= {"list_type": "a list", "string_type": "text"}
"""What pydantic's kinds of error ask for, in words for people who write YAML."""
_PROVIDERS = (("capacity",), ("managedInstances",))
_STRATEGIES = ("defaultCapacityProviderStrategy", "capacityProviderStrategy")
_ROUTED = tuple((way, name) for way in ("loadBalancer", "discovery") for name in ("containerName", "containerPort"))
_OF_CONTAINERS = (
    "dependsOn",
    "links",
    "startTimeout",
    "volumes",
    "kmsKeys",
    "firelensConfiguration",
    "logDriver",
    "connect",
    "proxyConfiguration",
    "volumesFrom",
)
"""The settings that are judged by other containers than their own."""
_NAMES = ("capacityProvider", "containerName", "sourceVolume", "name")
_LISTS_OF_NAMES = (("links",), ("clients",))
"""The settings that name another part."""
_BALANCED = (("healthCheckGracePeriod",), ("scaling", "requests"))
"""What only a service with a load balancer has."""
_READABLE = (
    "is marked as a secret, but settings end up readable in task definitions and user data: keep the value in "
    "Secrets Manager and give its ARN under the container's secrets"
)


class SettingsError(Exception):
    """A stack's settings cannot be read, or cannot work; the text says why."""


class _Configuration(BaseModel):
    """Gives the core's dataclasses the configuration's spelling, and forbids keys that nobody reads."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)
    stack: StackSettings


def load() -> StackSettings:
    """The running stack's settings, with its parts called as they were first.

    Raises pulumi.RunError with every problem, each with its place; logs warnings.
    """
    stack = pulumi.get_stack()
    if stack == LOCAL_STACK:
        _require_local_aws(os.environ)
    judged = _running(stack)
    whole = {**get_config_env(), **CONFIG.get()}
    strays = _strays(stack, whole)
    problems = [*_region_problems(stack, whole), *judged.problems]
    if judged.settings is None or problems or strays:
        raise pulumi.RunError("\n".join([_message(problems)] * bool(problems) + strays))
    for warning in judged.settings.warnings():
        pulumi.log.warn(str(judged.located(warning)))
    return judged.settings.first_named()


def _running(stack: str) -> "Judged":
    """The running stack's settings, with its parts called as they are now."""
    raw, secret = _raw_configuration()
    return judge(raw, stack, _project_directory(), secret)


@dataclasses.dataclass(frozen=True)
class Judged:
    """A stack's settings, None where they cannot be read, with every problem in them."""

    stack: str
    settings: StackSettings | None
    files: Mapping[str, str]
    """The file of each service that is in one of its own."""
    problems: list[Located]

    def located(self, problem: Problem) -> Located:
        """A problem in the file that it is in."""
        return _located(self.stack, problem, self.files)

    def now(self, problem: Problem) -> Located:
        """The same for one whose path names parts as they were called first."""
        path = self.settings.called(problem.path) if self.settings else problem.path
        return self.located(Problem(path, problem.message))


def judge(raw: Mapping[str, Any], stack: str, directory: FilePath, secret: Sequence[str] = ()) -> Judged:
    """Settings of raw sections and of the service files that they name, relative to the project's directory.

    `secret` as for `read`.
    """
    own, patterns = raw.get(service_files.SECTION, {}), raw.get(service_files.SETTING, [])
    if not isinstance(own, Mapping) or not isinstance(patterns, list):
        joined = service_files.Joined({}, complete=False)  # for one of them is told of as of a wrong type
    else:
        joined = service_files.join(own, patterns, directory, _file(stack))
        raw = {**raw, service_files.SECTION: joined.services} if joined.files else raw
    settings, problems = read(raw, stack, secret)
    if not joined.complete or {service_files.SECTION, service_files.SETTING} & {*secret}:
        problems = [problem for problem in problems if not _names_service(problem.path)]
    in_files = [_located(stack, problem, joined.files) for problem in [*joined.patterns, *problems]]
    return Judged(stack, settings, joined.files, [*joined.problems, *in_files])


def read(raw: Mapping[str, Any], stack: str, secret: Sequence[str] = ()) -> tuple[StackSettings | None, list[Problem]]:
    """Settings of raw sections (`{"network": {...}}`), None where they cannot be read; and every problem in them.

    `secret` are the names of sections that were left out because they hold a secret.
    """
    sections = {"name": stack} | dict(raw)
    settings, found = _parse(sections)
    if settings is not None and not secret:
        return settings, list(settings.problems())
    unreadable = [Problem((key,), _READABLE) for key in secret] + found
    removed: list[Path] = [(key,) for key in secret]
    while places := [place for problem in found if (place := _place(problem)) not in removed]:
        # What lacks a required setting, perhaps since it was taken out just now, goes as a whole.
        removed += places
        settings, found = _parse({"name": stack} | _without(sections, removed))
    further = settings.problems() if settings else iter(())
    return None, unreadable + [problem for problem in further if not _follows(problem.path, removed, raw)]


def read_file(stack: str, directory: FilePath) -> tuple[StackSettings, str | None]:
    """The settings in a stack's file, `Pulumi.STACK.yaml`, as they are before any deployment; and its region.

    Raises SettingsError with every problem, each with its place.
    """
    file = directory / _file(stack)
    if not file.is_file():
        known = ", ".join(sorted(path.name.split(".")[1] for path in directory.glob("Pulumi.*.yaml"))) or "none"
        raise SettingsError(f"there is no {file.name}: the stacks with settings are {known}")
    import engine_yaml  # here, for the engine reads it otherwise

    try:
        whole = (engine_yaml.read(file.read_text()) or {}).get("config") or {}
    except (engine_yaml.Unreadable, AttributeError, ValueError) as error:
        raise SettingsError(f"{file.name} cannot be read: {error}") from None
    prefix = f"{NAMESPACE}:"
    values = {key.removeprefix(prefix): value for key, value in whole.items() if key.startswith(prefix)}
    secret = [key for key, value in sorted(values.items()) if isinstance(value, dict) and "secure" in value]
    raw = {key: _decoded(value) for key, value in values.items() if key not in secret}
    judged = judge(raw, stack, directory, secret)
    if judged.settings is None or judged.problems:
        raise SettingsError(_message(judged.problems, "cannot work:"))
    region = whole.get("aws:region")
    return judged.settings, str(region) if region else None


def main(arguments: Sequence[str]) -> int:
    """`python -m settings STACK` prints a stack's settings as JSON, for what may not import this module."""
    try:
        settings, region = read_file(arguments[0], FilePath.cwd())
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    found = TypeAdapter(StackSettings).dump_python(settings, mode="json")
    print(json.dumps({"region": region, "settings": found}))
    return 0


def _place(problem: Problem) -> Path:
    """What to take out where a setting cannot be read; of a list everything, or its other positions would shift."""
    path = problem.path[:-1] if problem.message == _MISSING else problem.path
    position = next((i for i, step in enumerate(path) if isinstance(step, int)), len(path))
    return path[:position]


def _parse(sections: Mapping[str, Any]) -> tuple[StackSettings | None, list[Problem]]:
    try:
        # Strict, or true would be the number 1 and "yes" true; as JSON, where an enumeration is text all the same.
        return _Configuration.model_validate_json(json.dumps({"stack": sections}), strict=True).stack, []
    except ValidationError as error:
        return None, [_problem(detail) for detail in error.errors(include_url=False)]


def _problem(detail: Any) -> Problem:
    path: Path = tuple(detail["loc"][1:])
    kind, seen = detail["type"], detail["input"]
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return Problem(path, _unknown_key(path))
    if kind in ("missing", "missing_argument"):
        return Problem(path, _MISSING)
    allowed = _ALLOWED.get(kind) or detail["msg"].removeprefix("Input should be ")
    if kind == "string_type" and isinstance(seen, int | float):
        allowed = "text: write it in quotes"
    elif kind == "string_type" and path[-2:-1] == ("placementConstraints",):
        allowed = "an expression, such as 'attribute:ecs.instance-type =~ m7i.*'"
        if isinstance(seen, dict) and seen.get("type") == "distinctInstance":
            allowed += ", and set distinctInstances to true for this"
    if seen is None or seen == "":
        return Problem(path, f"is empty: give {allowed}, or leave it out")
    return Problem(path, f"{_short(seen)} is not allowed: give {allowed}")


def _short(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _unknown_key(path: Path) -> str:
    known = sorted(_settings_at(path[:-1]))
    import difflib

    close = difflib.get_close_matches(str(path[-1]), known, 1)
    return f"is not a setting here{f': did you mean {close[0]}?' if close else '.'} Known: {', '.join(known)}"


def _settings_at(path: Path) -> list[str]:
    """The configuration's keys at a path, in their camelCase spelling."""
    found = _type_at(StackSettings, path)
    return [to_camel(field.name) for field in dataclasses.fields(found)] if dataclasses.is_dataclass(found) else []


def _type_at(type_: Any, path: Path) -> Any:
    if typing.get_origin(type_) in (types.UnionType, typing.Union):
        type_ = next(part for part in typing.get_args(type_) if part is not types.NoneType)
    if not path:
        return type_
    if dataclasses.is_dataclass(type_):
        hints = typing.get_type_hints(type_)
        return _type_at(hints.get(to_snake(str(path[0]))), path[1:])
    arguments = typing.get_args(type_)
    return _type_at(arguments[-1], path[1:]) if arguments else None


def _without(value: Any, paths: list[Path]) -> Any:
    """A deep copy of `value` that lacks everything at `paths`."""
    gone = {path[0] for path in paths if len(path) == 1}
    deeper = [path for path in paths if len(path) > 1]
    if isinstance(value, Mapping):
        kept = ((key, inner) for key, inner in value.items() if key not in gone)
        return {key: _without(inner, [p[1:] for p in deeper if p[0] == key]) for key, inner in kept}
    if isinstance(value, list):
        items = ((i, inner) for i, inner in enumerate(value) if i not in gone)
        return [_without(inner, [p[1:] for p in deeper if p[0] == i]) for i, inner in items]
    return value


def _follows(path: Path, removed: list[Path], raw: Mapping[str, Any]) -> bool:
    """Whether a setting may look wrong only because one that could not be read was left out."""
    return any(
        path[: len(gone)] == gone[: len(path)] or (_refers(path, gone) and not _is_wrong_anyway(path, gone, raw))
        for gone in removed
    )


def _is_wrong_anyway(path: Path, gone: Path, raw: Mapping[str, Any]) -> bool:
    """Whether a setting that refers to things of the kind that is gone names another one, or none of them at all."""
    if gone[:1] in _PROVIDERS and path[-1] != "capacityProvider":
        return True
    if path[-1] not in _NAMES and path[-2:-1] not in _LISTS_OF_NAMES:
        return False
    named = str(_value_at(raw, path)).split(":")[0]
    key = gone[3:4] if gone[2:3] in (("containers",), ("volumes",)) else gone[1:2]
    return bool(key) and key != (named,)


def _value_at(raw: Any, path: Path) -> Any:
    for step in path:
        raw = raw[step]
    return raw


def _refers(path: Path, gone: Path) -> bool:
    """Whether the setting at `path` refers to the kind of things that is gone: capacity, containers, volumes, …"""
    if gone[:1] in _PROVIDERS:
        return any(step in _STRATEGIES for step in path)
    if gone[:1] == ("loadBalancers",):
        return path[-1:] == ("name",) and any(step in ("loadBalancer", "loadBalancers") for step in path)
    if gone[:1] == ("namespace",):
        return path[-1:] == ("discovery",)
    if gone[:1] == ("connectNamespace",):
        return path[-1:] == ("connect",)
    if gone[:1] == ("services",) and (len(gone) == 2 or gone[1:2] != path[1:2]):
        return path[-2:-1] == ("clients",) if len(gone) == 2 else _is_same_rule(path, gone)
    of_task = gone[:1] in (("services",), ("scheduledTasks",), ("run",))
    return of_task and gone[:2] == path[:2] and _refers_within(path[2:], gone[2:])


def _is_same_rule(path: Path, gone: Path) -> bool:
    """Whether a service's rule may be the same as another's only because a condition of that one is gone."""
    return gone[2:3] in (("loadBalancer",), ("loadBalancers",)) and path[-1] in CONDITIONS


def _names_service(path: Path) -> bool:
    """Whether a setting names services, of which some may be in a file that cannot be read."""
    before = path[:1] == ("run",) and path[-2:-1] == ("before",)
    return before or path[-2:-1] == ("clients",) or path[:2] == ("formerNames", service_files.SECTION)


def _refers_within(path: Path, gone: Path) -> bool:
    """The same within a service, whose setting `gone` is left out."""
    if gone[:1] in (("loadBalancer",), ("loadBalancers",)):
        return path in _BALANCED
    if gone[:1] == ("networkMode",):
        return path in (("discovery",), ("connect",), ("proxyConfiguration",), ("deployment", "strategy"))
    if gone[:1] == ("volumes",):
        return path[-1:] == ("sourceVolume",)
    names_container = path in _ROUTED or path[:1] == ("loadBalancers",) or any(step in _OF_CONTAINERS for step in path)
    return gone[:1] == ("containers",) and names_container


def _project_directory() -> FilePath:
    """Where Pulumi.yaml is; under Pulumi's mocks, which do not know it, where this is."""
    told = FilePath(pulumi.get_root_directory() or "")
    return told if told.is_absolute() else FilePath(__file__).parent


def _raw_configuration() -> tuple[dict[str, Any], list[str]]:
    """The sections, and the names of those that were left out because they hold a secret."""
    whole = {**get_config_env(), **CONFIG.get()}
    prefix = f"{NAMESPACE}:"
    values = {key.removeprefix(prefix): value for key, value in whole.items() if key.startswith(prefix)}
    secret = [key for key in sorted(values) if is_config_secret(prefix + key)]
    return {key: _decoded(value) for key, value in values.items() if key not in secret}, secret


def _decoded(value: Any) -> Any:
    """Pulumi hands objects over as JSON and everything else as text."""
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value
    except ValueError:
        return value


def _region_problems(stack: str, whole: Mapping[str, str]) -> Iterator[Located]:
    """No region, which the AWS provider tells at its first resource alone."""
    if any([whole.get("aws:region"), *map(os.environ.get, _REGIONS)]):
        return
    import botocore.session  # here, for nearly every stack says its region
    from botocore.exceptions import BotoCoreError

    profile = whole.get("aws:profile") or os.environ.get("AWS_PROFILE") or None
    try:
        if botocore.session.Session(profile=profile).get_config_variable("region"):
            return
    except BotoCoreError:
        pass  # no such profile, which the provider tells of
    problem = Problem(("aws:region",), "is missing: set the AWS region to deploy to, such as eu-central-1")
    yield Located(_file(stack), problem)


def _strays(stack: str, keys: Collection[str]) -> list[str]:
    """The lines on keys of a namespace that is close to ours: nobody reads them, and Pulumi says nothing of it."""
    spaces = {key: key.partition(":")[0] for key in sorted(keys)}
    found = [key for key, space in spaces.items() if space != NAMESPACE and _resembles_ours(space)]
    lines = [f"  Pulumi.{stack}.yaml, {key}: did you mean {NAMESPACE}:{key.partition(':')[2]}?" for key in found]
    what = "1 key is" if len(found) == 1 else f"{len(found)} keys are"
    return [f"{what} read by nobody; nothing was deployed:", *lines] if found else []


def _resembles_ours(space: str) -> bool:
    limit = 0.8  # that of ecs-on-eks
    # No more can be alike than the shorter one has; so nothing is loaded for `aws` alone.
    if 2 * min(len(space), len(NAMESPACE)) <= limit * (len(space) + len(NAMESPACE)):
        return False
    import difflib

    return difflib.SequenceMatcher(None, space.lower().replace("_", "-"), NAMESPACE).ratio() > limit


def refuse(problems: Iterable[Problem], *within: str, begun: bool = False) -> None:
    """End the program where the settings cannot follow on those of the last deployment, or name what it does not have.

    `within` leads to the settings whose problems they are; `begun` says that this comes after the first resource, so
    that something is made already in a run without a preview.
    """
    found = list(under(problems, *within))
    if found:
        judged = _running(pulumi.get_stack())
        what = "cannot work:" if begun and not pulumi.runtime.is_dry_run() else NOTHING_DEPLOYED
        raise pulumi.RunError(_message([judged.now(problem) for problem in found], what))


def _require_local_aws(environment: Mapping[str, str]) -> None:
    attached = environment.get("PULUMI_DEBUG_PROVIDERS", "")
    if not any(part.strip().startswith("aws:") for part in attached.split(",")):
        raise pulumi.RunError(
            "the stack local runs against this machine's own AWS only, and that is not attached: use `make up` (or "
            '`make pulumi ARGS="..."`), which starts it; for a real account use another stack, such as dev'
        )


def _message(problems: Sequence[Located], what: str = NOTHING_DEPLOYED) -> str:
    count = len(problems)
    head = f"{count} setting{'s' if count != 1 else ''} {what}"
    return "\n".join([head, *(f"  {problem}" for problem in problems)])


def _located(stack: str, problem: Problem, files: Mapping[str, str]) -> Located:
    section, key = (*problem.path, None, None)[:2]
    if section == service_files.SECTION and key in files:
        return Located(files[str(key)], Problem(problem.path[1:], problem.message))
    return Located(_file(stack), problem, f"{NAMESPACE}:")


def _file(stack: str) -> str:
    return f"Pulumi.{stack}.yaml"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
