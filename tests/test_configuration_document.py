"""docs/configuration.md and the JSON Schema of a stack's file: current, complete, and of one mind with settings.py."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from ecs_model.stack import StackSettings
from scripts.configuration import (
    DOCUMENT,
    ROOT,
    SCHEMA,
    SERVICE_FILE,
    anchor,
    classes,
    document,
    schema,
    service_file,
    text,
)
from settings import read

MADE = schema()
CHECKED = jsonschema.Draft202012Validator(MADE)
CHECKED_SERVICES = jsonschema.Draft202012Validator(service_file(MADE))
STACKS = sorted(ROOT.glob("Pulumi.*.yaml"))
UNIT = (
    r"seconds|minutes|MiB|GiB|bytes|percent|days|copies|units?\b|instances|tasks|zones|port|number|times|weight|count|"
    r"GPUs|failures|successes|values in a row|operations|\d-\d"
)


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, definition in MADE["$defs"].items():
        for key, property_ in definition.get("properties", {}).items():
            yield f"{name}.{key}", property_


def errors(config: dict[str, Any]) -> list[str]:
    return [error.message for error in CHECKED.iter_errors({"config": config})]


def local() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["config"]
    return copy.deepcopy(config)


def test_the_files_are_current() -> None:
    again = "run `python -m scripts.configuration`"
    assert document(MADE) == DOCUMENT.read_text(), again
    assert text(MADE) == SCHEMA.read_text(), again
    assert text(service_file(MADE)) == SERVICE_FILE.read_text(), again


def test_every_setting_says_what_it_means_and_what_it_is_without_being_set() -> None:
    settings = dict(described())
    assert len(settings) > 200
    assert [name for name, property_ in settings.items() if not property_.get("description")] == []
    required = {f"{name}.{key}" for name, made in MADE["$defs"].items() for key in made.get("required", [])}
    assert [name for name, property_ in settings.items() if "default" not in property_ and name not in required] == []


def test_every_number_says_its_unit() -> None:
    numbers = {
        name: property_["description"]
        for name, property_ in described()
        if {"integer", "number"} & {each.get("type") for each in [property_, *property_.get("anyOf", [])]}
    }
    assert len(numbers) > 50
    assert {name: text for name, text in numbers.items() if not re.search(UNIT, text, re.IGNORECASE)} == {}


def test_every_kind_of_settings_has_its_table() -> None:
    written = DOCUMENT.read_text()
    headings = re.findall(r"^## `(.*)`$", written, re.MULTILINE)
    assert len(headings) == len(classes(StackSettings)) - 1
    links = set(re.findall(r"\]\(#(.*?)\)", written))
    assert links == {anchor(heading) for heading in headings}
    assert "| `desiredCount` | whole number | `1` |" in written
    assert "| `memoryReservation` |" in written


@pytest.mark.parametrize("stack", STACKS, ids=lambda path: path.name)
def test_the_stacks_follow_the_schema_and_lead_editors_to_it(stack: Any) -> None:
    written = stack.read_text()
    assert list(CHECKED.iter_errors(yaml.safe_load(written))) == []
    first = written.splitlines()[0]
    assert (ROOT / first.removeprefix("# yaml-language-server: $schema=")).resolve() == SCHEMA


def test_what_settings_refuse_to_read_the_schema_refuses_as_well() -> None:
    def broken(*path: str, value: Any) -> dict[str, Any]:
        config = local()
        place = config
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return config

    worker = ("ecs-on-ec2:services", "worker")
    assert errors(local()) == []
    for config, said in (
        (broken(*worker, "desiredCont", value=1), "'desiredCont' was unexpected"),
        (broken(*worker, "desiredCount", value="2"), "'2' is not of type 'integer'"),
        (broken(*worker, "networkMode", value="bridged"), "'bridged' is not one of"),
        (broken("ecs-on-ec2:servises", value={}), "'ecs-on-ec2:servises' is not valid under any of the given schemas"),
    ):
        sections = {key.partition(":")[2]: value for key, value in config.items() if key.startswith("ecs-on-ec2:")}
        assert read(sections, "local")[1] != []
        assert any(said in each for each in errors(config)), errors(config)
    without = {key: value for key, value in local().items() if key != "ecs-on-ec2:capacity"}
    assert ["is not valid under any of the given schemas" in each for each in errors(without)] == [True]
    assert errors(without | {"ecs-on-ec2:managedInstances": {"own": {}}}) == []
    assert errors(broken("aws:profile", value="mine")) == []


@pytest.mark.parametrize("stack", STACKS, ids=lambda path: path.name)
def test_the_services_of_the_stacks_follow_the_schema_of_a_service_file(stack: Any) -> None:
    services = yaml.safe_load(stack.read_text())["config"]["ecs-on-ec2:services"]
    assert len(services) == 3
    assert list(CHECKED_SERVICES.iter_errors(services)) == []


def test_the_service_file_of_the_tests_follows_the_schema_and_leads_editors_to_it() -> None:
    (file,) = (ROOT / "tests" / "generated" / "service_files").glob("*.yaml")
    first = file.read_text().splitlines()[0]
    assert (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve() == SERVICE_FILE
    assert list(CHECKED_SERVICES.iter_errors(yaml.safe_load(file.read_text()))) == []


def test_the_schema_of_a_service_file_refuses_what_settings_refuse_and_has_nothing_beside() -> None:
    worker = local()["ecs-on-ec2:services"]["worker"]
    for broken, said in (
        ({"worker": worker | {"desiredCont": 1}}, "'desiredCont' was unexpected"),
        ({"worker": worker | {"desiredCount": "2"}}, "'2' is not of type 'integer'"),
        ({"worker": {}}, "'containers' is a required property"),
        ({"worker": None}, "None is not of type 'object'"),
        ([worker], "is not of type 'object'"),
    ):
        found = [error.message for error in CHECKED_SERVICES.iter_errors(broken)]
        assert any(said in each for each in found), found
    made = service_file(MADE)
    named = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(made)))
    assert named == set(made["$defs"])
    assert {"ServiceSettings", "Container"} <= named
    assert "CapacitySettings" not in named


def test_a_default_that_is_written_out_is_the_default() -> None:
    config = local()
    sections = {key.partition(":")[2]: value for key, value in config.items() if key.startswith("ecs-on-ec2:")}
    full = copy.deepcopy(sections)
    for section, name in (("capacity", "CapacitySettings"), ("services", "ServiceSettings")):
        properties = MADE["$defs"][name]["properties"]
        for key in full[section]:
            full[section][key] = {
                setting: property_["default"] for setting, property_ in properties.items() if "default" in property_
            } | full[section][key]
    assert len(json.dumps(full)) > 2 * len(json.dumps(sections))
    assert read(full, "local") == read(sections, "local")


def test_settings_are_called_as_one_writes_them() -> None:
    settings = {place.rpartition(".")[2] for place, _ in described()}
    named = {name for _, property_ in described() for name in re.findall(r"`(\w+)`", property_["description"])}
    assert named & settings
    miswritten = {name for name in named - settings if name[0].lower() + name[1:] in settings}
    # ECS's own parameters, in answers and in IAM.
    assert miswritten == set()
    assert not any("_" in name and name.islower() for name in named)
