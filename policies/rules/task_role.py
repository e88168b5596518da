"""Rules on what the roles of tasks trust and allow."""

from collections.abc import Iterator
from functools import partial

from ecs_model.iam_actions import TASKS_SERVICE
from ecs_model.policy_document import ADMINISTRATOR, EXECUTION_POLICY, POWER_USER
from policies.relations import task_elsewhere
from policies.role_policies import executes, permissions, trusts
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.iam import Role
from policies.views.task_definition import TaskDefinition

_CONDITIONS = {"aws:sourceaccount", "aws:sourcearn"}


@rule(
    id="ecs-task-definition-role-trust",
    title="The roles of a task definition trust ECS tasks",
    severity=HIGH,
    level=MANDATORY,
    why=f"ECS takes a task's roles as {TASKS_SERVICE}. Where a role does not trust it, no task starts, and "
    "one that trusts everybody is everybody's.",
    fix=f"Allow sts:AssumeRole to the service {TASKS_SERVICE} alone in the role's assumeRolePolicy.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
)
def role_trust(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Both roles, as far as they are in the program."""

    roles = dict.fromkeys([*_execution_roles(stack), *_task_roles(stack)])
    yield from each(roles, lambda role: trusts(role, (TASKS_SERVICE,)))


@rule(
    id="ecs-task-definition-role-trust-condition",
    title="A task role is taken on behalf of its own account only",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without a condition on the source, ECS may be made to take the role on behalf of somebody else (the confused "
    "deputy problem).",
    fix="Add a condition on aws:SourceAccount or aws:SourceArn to the role's assumeRolePolicy.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
)
def role_trust_condition(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Every statement of a task role's trust that lets ECS tasks in has one of the conditions."""

    def limits(role: Role) -> Iterator[Verdict]:
        trust = role.trust
        if trust and any(not statement.conditions & _CONDITIONS for statement in trust.trusts(TASKS_SERVICE)):
            yield Finding(f"trusts {TASKS_SERVICE} without a condition on the source", role)

    yield from each(_task_roles(stack), limits)


@rule(
    id="ecs-task-definition-task-role-no-execution-policy",
    title="A task role is no execution role",
    severity=MEDIUM,
    level=ADVISORY,
    why="Containers have no need to pull images and write logs: that is the agent's work, with the execution role.",
    fix=f"Take {EXECUTION_POLICY} from the task role, and give it to the execution role.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html",
)
def task_role_no_execution_policy(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The managed policy of execution roles is on no role that is a task role alone."""

    # One role for both purposes is another rule's finding.
    both = set(_execution_roles(stack))
    yield from each([role for role in _task_roles(stack) if role not in both], partial(executes, stack))


@rule(
    id="ecs-task-definition-role-no-wildcard-actions",
    title="The roles of a task definition allow what is needed, not whole services",
    severity=MEDIUM,
    level=ADVISORY,
    why="Whoever gets into a container has all that its role allows. A wildcard allows deleting and changing as well, "
    "and what AWS adds to the service later.",
    fix="Name the actions that are needed.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ec2-security-considerations.html",
    options={"allowedActions": Option("string", "Action patterns that may be allowed, such as cloudwatch:*.")},
)
def role_no_wildcard_actions(stack: Stack, options: Options) -> Iterator[Verdict]:
    """No statement of the task role or the execution role allows every action, every action of a service, or all that
    it does not name (NotAction). Of the policies that AWS manages, those of full access are reported by their names."""
    allowed = {pattern.lower() for pattern in options["allowedActions"]}

    def names_actions(role: Role) -> Iterator[Verdict]:
        found = permissions(stack, role)
        patterns = {pattern for statement in found.statements for pattern in statement.wildcards}
        wide = sorted(pattern for pattern in patterns if pattern.lower() not in allowed)
        wide += ["all but some actions"] * any(statement.allows_all_but_some for statement in found.statements)
        if wide:
            yield Finding(f"allows {', '.join(wide)}", role)
        for name in sorted(found.managed):
            if name.endswith("FullAccess") or name in (ADMINISTRATOR, POWER_USER):
                yield Finding(f"has the managed policy {name}", role)
        yield from [*found.unread, *found.unnamed]

    yield from each(dict.fromkeys([*_execution_roles(stack), *_task_roles(stack)]), names_actions)


def _execution_roles(stack: Stack) -> list[Role]:
    return [role for task in _tasks(stack) for role in stack.find(Role, task, "executionRoleArn", task.execution_role)]


def _task_roles(stack: Stack) -> list[Role]:
    found = [role for task in _tasks(stack) for role in stack.find(Role, task, "taskRoleArn", task.task_role)]
    return list(dict.fromkeys(found))


def _tasks(stack: Stack) -> list[TaskDefinition]:
    return [task for task in stack.all(TaskDefinition) if not task_elsewhere(stack, task)]
