"""The presets: what each does to a rule, and that the shipped files say the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from policies.configuration.command import SHIPPED, main
from policies.configuration.files import canonical
from policies.configuration.presets import NAMES, PRACTICES, preset
from policies.pack import all_policies, rules
from policies.reserved import COULD_NOT_JUDGE, SUPPRESSED, SUPPRESSIONS
from policies.rule import ADVISORY, DISABLED, LOW, MANDATORY, Rule
from policies.stack import Stack
from tests.policies.harness import Pack, Res
from tests.policies.programs import container, containers

PORT = "ecs-task-definition-dynamic-host-port"


def declared(id: str, level: Any) -> Rule:
    return Rule(id, "", LOW, level, "", "", "", lambda stack: iter(()), Stack)


OFF, HINT, MUST = (declared(f"ecs-{level.value}", level) for level in (DISABLED, ADVISORY, MANDATORY))
PRACTICE = declared(PRACTICES[0], MANDATORY)
READS, UNJUDGED, LISTED = (
    declared(id, level) for id, level in ((SUPPRESSIONS, ADVISORY), (COULD_NOT_JUDGE, DISABLED), (SUPPRESSED, ADVISORY))
)


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("relaxed", ["disabled", "advisory", "advisory", "advisory", "advisory", "disabled", "advisory"]),
        ("recommended", ["disabled", "advisory", "mandatory", "mandatory", "advisory", "disabled", "advisory"]),
        ("strict", ["mandatory", "mandatory", "mandatory", "mandatory", "mandatory", "mandatory", "advisory"]),
        ("notes", ["disabled", "disabled", "disabled", "mandatory", "advisory", "disabled", "advisory"]),
    ],
)
def test_a_preset_gives_every_policy_a_level(name: str, levels: list[str]) -> None:
    policies = [OFF, HINT, MUST, PRACTICE, READS, UNJUDGED, LISTED]
    assert list(preset(name, policies).items()) == list(zip([policy.id for policy in policies], levels, strict=True))


def test_the_practices_are_rules_of_the_pack() -> None:
    levels = preset("notes", rules())
    mandatory = {id for id, level in levels.items() if level == "mandatory"}
    assert mandatory == set(levels) & set(PRACTICES)
    assert mandatory >= {
        "ecs-cluster-default-capacity-provider-strategy",
        "ecs-instances-ephemeral-ingress",
        "ecs-task-definition-dynamic-host-port",
        "ecs-task-definition-separate-roles",
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_presets_are_current(name: str) -> None:
    written = (SHIPPED / f"{name}.json").read_text()
    assert written == canonical(preset(name, all_policies())), "run `python -m policies.configuration presets`"


def test_the_shipped_presets_are_all_there_are(tmp_path: Path) -> None:
    assert main(["presets", "-o", str(tmp_path)]) == 0
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_text() for path in SHIPPED.iterdir()}
    assert set(made) == {f"{name}.json" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_pack_takes_every_preset(pack: Pack, name: str) -> None:
    levels: dict[str, str] = json.loads((SHIPPED / f"{name}.json").read_text())
    pack.configure({id: {"enforcementLevel": level} for id, level in levels.items()})
    ports = {"containerDefinitions": containers(container(hostPort=80))}
    found = pack.resource(Res("aws:ecs/taskDefinition:TaskDefinition", "fixed", ports))
    assert PORT in {finding.rule for finding in found}
    assert {finding.rule: finding.level for finding in found}.items() <= levels.items()
