"""Programs of other people's, each of which breaks one practice, refused by the pack in their first preview."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.report.__main__ import main as report
from tests.end_to_end.harness import Run, Workbench, program
from tests.end_to_end.inventory import Account

pytestmark = pytest.mark.xdist_group("practices")

STRATEGY = "ecs-cluster-default-capacity-provider-strategy"
HOST_PORT = "ecs-task-definition-dynamic-host-port"
ROLES = "ecs-task-definition-separate-roles"
INGRESS = "ecs-instances-ephemeral-ingress"
GOOD = (Path(__file__).parent / "programs" / "good.py").read_text()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with program(tmp_path_factory.mktemp("practices"), GOOD) as made:
        yield made


@pytest.mark.parametrize(
    ("rule", "seen", "good", "bad"),
    [
        pytest.param(
            STRATEGY, "has no default capacity provider strategy",
            GOOD[GOOD.index("attached = ") : GOOD.index("balancer = ")], "attached = provider\n", id="no-association",
        ),
        pytest.param(
            STRATEGY, "defaultCapacityProviderStrategies",
            GOOD[GOOD.index("    default_capacity_") : GOOD.index(")\n\nbalancer = ")], "", id="no-default-strategy",
        ),
        pytest.param(HOST_PORT, "fixed host port 8080", '"hostPort": 0', '"hostPort": 8080', id="fixed-host-port"),
        pytest.param(ROLES, "the same role", "task_role.arn", "execution_role.arn", id="one-role"),
        pytest.param(ROLES, "taskRoleArn is not set", "    task_role_arn=task_role.arn,\n", "", id="no-task-role"),
        pytest.param(
            INGRESS, "no ingress rule",
            GOOD[GOOD.index("aws.vpc.SecurityGroupIngressRule(") : GOOD.index("cluster = ")], "", id="no-ingress",
        ),
        pytest.param(
            INGRESS, "32768-60999", ', f"ECS_DYNAMIC_HOST_PORT_RANGE={PORTS}"', "", id="agent-has-the-kernels-range"
        ),
        pytest.param(INGRESS, "50000-60000", 'PORTS = "49153-65535"', 'PORTS = "50000-60000"', id="other-range"),
        pytest.param(
            INGRESS, "0.0.0.0/0",
            "referenced_security_group_id=balancer_group.id", 'cidr_ipv4="0.0.0.0/0"', id="open-to-the-world",
        ),
    ],
)  # fmt: skip
def test_a_program_that_breaks_a_practice_is_refused(
    bench: Workbench, rule: str, seen: str, good: str, bad: str
) -> None:
    assert GOOD.count(good) == 1
    (bench.project / "__main__.py").write_text(GOOD.replace(good, bad))
    account = Account(bench.aws().endpoint)
    before = account.inventory()

    preview = bench.preview()

    assert preview.code != 0
    assert mandatory(preview) == {rule}, preview.said
    assert any(seen in message for _, _, message in preview.findings), preview.said
    assert account.inventory() == before


def mandatory(run: Run) -> set[str]:
    """The rules that refuse; others may have advice."""
    return {policy for policy, level, _ in run.findings if level == "mandatory"}


def test_a_refused_preview_is_reported_to_ci(bench: Workbench, tmp_path: Path) -> None:
    (bench.project / "__main__.py").write_text(GOOD.replace("task_role.arn", "execution_role.arn"))
    events, log = tmp_path / "events.jsonl", tmp_path / "report.sarif"
    events.write_text("".join(json.dumps(event) + "\n" for event in bench.preview().events))

    assert report(["--sarif", str(log), str(events)]) == 1

    results = json.loads(log.read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results if result["level"] == "error"] == [ROLES]


def test_up_refuses_in_its_own_preview(bench: Workbench) -> None:
    (bench.project / "__main__.py").write_text(GOOD.replace("task_role.arn", "execution_role.arn"))
    account = Account(bench.aws().endpoint)
    before = account.inventory()

    refused = bench.text("up")

    assert refused.code != 0
    assert ROLES in refused.output
    assert account.inventory() == before


def test_a_program_that_keeps_the_practices_is_deployed(bench: Workbench) -> None:
    (bench.project / "__main__.py").write_text(GOOD)
    preview, up = bench.preview(), bench.up()
    assert (preview.code, up.code) == (0, 0), preview.said + up.said
    assert mandatory(preview) == mandatory(up) == set(), preview.said
    assert up.changes["create"] > 15
    (cluster,) = Account(bench.aws().endpoint).clusters()
    assert len(cluster["defaultCapacityProviderStrategy"]) == 1
