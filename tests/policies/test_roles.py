"""ecs-task-definition-separate-roles: judged from the relations of the whole program."""

from typing import Any

import pytest

from tests.policies.harness import CANNOT_JUDGE, UNKNOWN, Diagnostic, Pack, Res, secret
from tests.policies.programs import Program, arn, shop

RULE = "ecs-task-definition-separate-roles"
EXECUTION, TASK = arn("iam", "role/service/execution"), arn("iam", "role/task")


def judge(pack: Pack, program: Program) -> list[Diagnostic]:
    return [found for found in pack.stack(*program) if found.rule == RULE]


def task(name: str = "web", **properties: Any) -> Res:
    return Res("aws:ecs/taskDefinition:TaskDefinition", name, {"family": name, **properties})


@pytest.mark.parametrize("deployed", [False, True])
def test_two_roles_are_good(pack: Pack, deployed: bool) -> None:
    assert judge(pack, shop(deployed)) == []


@pytest.mark.parametrize("deployed", [False, True])
def test_one_role_of_the_program_is_not(pack: Pack, deployed: bool) -> None:
    program = shop(deployed)
    one = program["execution"].properties["arn"]
    (found,) = judge(pack, program.but(program["web"].but(taskRoleArn=one).made(taskRoleArn=["execution"])))
    assert (found.level, found.resource) == ("mandatory", "web")
    assert found.text.startswith("A task definition does not use one role as execution role and as task role\n")
    assert "task definition web: executionRoleArn and taskRoleArn are the same role execution" in found.message
    assert "Create one role for each purpose" in found.message


@pytest.mark.parametrize(
    ("execution", "own", "same"),
    [
        (EXECUTION, TASK, False),
        (EXECUTION, EXECUTION, True),
        (EXECUTION, "execution", True),
        ("execution", "execution", True),
        (EXECUTION, "task", False),
        (EXECUTION, EXECUTION.replace("123456789012", "210987654321"), False),
    ],
)
def test_roles_given_as_text(pack: Pack, execution: str, own: str, same: bool) -> None:
    found = judge(pack, Program(task(executionRoleArn=execution, taskRoleArn=own)))
    assert len(found) == same


def test_a_missing_role_is_not_the_same_role(pack: Pack) -> None:
    assert judge(pack, Program(task(executionRoleArn=EXECUTION))) == []


def test_a_role_to_be_created_differs_from_an_existing_one(pack: Pack) -> None:
    role = Res("aws:iam/role:Role", "execution", {"name": "execution-1234567", "arn": UNKNOWN})
    mixed = task(executionRoleArn=UNKNOWN, taskRoleArn=TASK).made(executionRoleArn=["execution"])
    assert judge(pack, Program(role, mixed)) == []
    again = mixed.but(taskRoleArn=arn("iam", "role/execution-1234567"))
    assert len(judge(pack, Program(role, again))) == 1


def test_a_role_reached_through_another_resource_is_followed(pack: Pack) -> None:
    role = Res("aws:iam/role:Role", "only", {"name": "only", "arn": UNKNOWN})
    attachment = Res("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "grant", {"role": "only"}, {"role": ["only"]})
    both = task(executionRoleArn=UNKNOWN, taskRoleArn=UNKNOWN)
    found = judge(pack, Program(role, attachment, both.made(executionRoleArn=["only"], taskRoleArn=["grant"])))
    assert "are the same role only" in found[0].message


def test_roles_that_cannot_be_told_apart_are_said_and_hide_nothing(pack: Pack) -> None:
    unclear = task("unclear", executionRoleArn=UNKNOWN, taskRoleArn=UNKNOWN)
    bad = task("bad", executionRoleArn=EXECUTION, taskRoleArn=EXECUTION)
    for order in ((unclear, bad), (bad, unclear)):
        violation, unknown = judge(pack, Program(*order))
        assert (violation.level, violation.resource) == ("mandatory", "bad")
        assert unknown.level == "advisory"
        assert CANNOT_JUDGE in unknown.text
        assert "task definition unclear: executionRoleArn" in unknown.text


@pytest.mark.parametrize("kind", ["FARGATE", "EXTERNAL"])
def test_tasks_that_never_run_on_container_instances_are_not_judged(pack: Pack, kind: str) -> None:
    same = {"executionRoleArn": EXECUTION, "taskRoleArn": EXECUTION}
    written = task(requiresCompatibilities=[kind], **same)
    assert judge(pack, Program(written)) == []
    used = Res("aws:ecs/service:Service", "service", {"launchType": kind, "taskDefinition": "web:3"})
    assert judge(pack, Program(task(**same), used)) == []
    also_on_ec2 = Res("aws:ecs/service:Service", "other", {"launchType": "EC2", "taskDefinition": "web"})
    assert len(judge(pack, Program(task(**same), used, also_on_ec2))) == 1


def test_a_fargate_strategy_counts_as_fargate(pack: Pack) -> None:
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    service = Res("aws:ecs/service:Service", "s", {"taskDefinition": "web", "capacityProviderStrategies": strategy})
    assert judge(pack, Program(task(executionRoleArn=EXECUTION, taskRoleArn=EXECUTION), service)) == []


def test_what_is_no_role_is_not_quoted(pack: Pack) -> None:
    (found,) = judge(pack, Program(task(executionRoleArn=secret("hunter2"), taskRoleArn=secret("hunter2"))))
    assert "are the same role." in found.message
    assert "hunter2" not in found.text


def test_a_malformed_role_is_a_violation(pack: Pack) -> None:
    (found,) = judge(pack, Program(task(executionRoleArn=["a"], taskRoleArn=TASK)))
    assert found.level == "mandatory"
    assert "executionRoleArn is a list, not a text" in found.message


def test_families_can_be_left_out(pack: Pack) -> None:
    pack.configure({RULE: {"allowedFamilies": ["web"]}})
    (found,) = judge(
        pack, Program(*(task(name, executionRoleArn=EXECUTION, taskRoleArn=EXECUTION) for name in ("web", "api")))
    )
    assert found.resource == "api"


def test_roles_made_from_several_are_not_told_apart(pack: Pack) -> None:
    roles = [Res("aws:iam/role:Role", name, {"name": name, "arn": UNKNOWN}) for name in ("one", "two")]
    mixed = task(executionRoleArn=UNKNOWN, taskRoleArn=UNKNOWN).made(executionRoleArn=["one", "two"])
    (unknown,) = judge(pack, Program(*roles, mixed.made(taskRoleArn=["two"])))
    assert (unknown.level, CANNOT_JUDGE in unknown.text) == ("advisory", True)
