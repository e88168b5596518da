"""Rules on the roles that tasks use."""

from collections.abc import Iterator

from ecs_model.iam_actions import TASKS_SERVICE
from policies.properties import References
from policies.relations import task_elsewhere
from policies.rule import ADVISORY, HIGH, LOW, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.container import ContainerDefinition
from policies.views.iam import Role, role_name
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-separate-roles",
    title="A task definition does not use one role as execution role and as task role",
    severity=HIGH,
    level=MANDATORY,
    why="The agent pulls images and reads secrets with the execution role, the containers call AWS with the task role: "
    "one role for both hands the containers every secret and image of the agent. Whether two roles that are yet to "
    "be created are one shows only in the relations of the whole program, so this rule judges the stack.",
    fix="Create one role for each purpose, and set executionRoleArn to the one and taskRoleArn to the other.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
    options={"allowedFamilies": Option("string", "Families of task definitions whose roles are not judged.")},
)
def separate_roles(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Two roles that are set differ, on every task definition that may run on container instances."""

    def roles(task: TaskDefinition) -> Iterator[Verdict]:
        if task_elsewhere(stack, task):
            return
        if _allowed(task, options):
            return
        if task.execution_role and task.task_role:
            yield from _same_role(stack, task)

    yield from each(stack.all(TaskDefinition), roles)


def _same_role(stack: Stack, task: TaskDefinition) -> Iterator[Verdict]:
    execution, own = task.execution_role, task.task_role
    if not execution.unknown and not own.unknown:
        if _are_one(execution, own):
            yield Finding(f"executionRoleArn and taskRoleArn are the same role{_named(own)}", task)
        return
    ours = stack.find(Role, task, "executionRoleArn", execution)
    theirs = stack.find(Role, task, "taskRoleArn", own)
    if len(ours) == len(theirs) == 1 and ours == theirs:
        yield Finding(f"executionRoleArn and taskRoleArn are the same role {ours[0].name}", task)
    elif execution.unknown and not ours:
        yield task.properties.unknown("executionRoleArn")
    elif own.unknown and not theirs:
        yield task.properties.unknown("taskRoleArn")
    elif set(ours) & set(theirs):
        yield task.properties.unknown("executionRoleArn")


def _are_one(one: References, other: References) -> bool:
    (account, name), (other_account, other_name) = role_name(one.known[0]), role_name(other.known[0])
    return name == other_name and (account == other_account or None in (account, other_account))


def _named(role: References) -> str:
    """The role's name, where it is one for certain; anything else may be a secret."""
    account, name = role_name(role.known[0])
    return f" {name}" if account else ""


@rule(
    id="ecs-task-definition-task-role",
    title="A task definition has a task role",
    severity=MEDIUM,
    level=ADVISORY,
    why="Without a task role of their own, containers that call AWS may fall back to the role of the container "
    "instance, which every task on it shares.",
    fix="Set taskRoleArn to a role that allows what the containers need, and nothing where they need nothing.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    options={"allowedFamilies": Option("string", "Families of task definitions that need no task role.")},
)
def has_task_role(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """taskRoleArn is set."""
    if not task.elsewhere and not task.task_role and not _allowed(task, options):
        yield Finding("taskRoleArn is not set")


@rule(
    id="ecs-task-definition-execution-role",
    title="A task definition has an execution role",
    severity=LOW,
    level=ADVISORY,
    why="Without an execution role the agent pulls images and writes logs with the role of the container instance, "
    "which then must hold those permissions for all tasks.",
    fix=f"Set executionRoleArn to a role that {TASKS_SERVICE} may assume and that may pull the images.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    options={"allowedFamilies": Option("string", "Families of task definitions that need no execution role.")},
)
def has_execution_role(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """executionRoleArn is set."""
    if not task.elsewhere and not task.execution_role and not _allowed(task, options):
        yield Finding("executionRoleArn is not set")


@rule(
    id="ecs-task-definition-secrets-execution-role",
    title="A task definition whose containers get secrets or environment files has an execution role",
    severity=HIGH,
    level=MANDATORY,
    why="The agent reads secrets, registry credentials and environment files with the execution role alone: without "
    "one, ECS refuses the task definition or its tasks do not start.",
    fix="Set executionRoleArn to a role that may read them.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
)
def secrets_execution_role(task: TaskDefinition, options: Options) -> Iterator[Verdict]:
    """Where secrets, log secrets, registry credentials or environment files are used, executionRoleArn is set."""

    def needs(container: ContainerDefinition) -> Iterator[Verdict]:
        for setting in container.needs_execution_role:
            yield Finding(f"container {container.name} has {setting}, but executionRoleArn is not set")

    if not task.elsewhere and not task.execution_role:
        yield from each(task.containers, needs)


def _allowed(task: TaskDefinition, options: Options) -> bool:
    return bool(options["allowedFamilies"]) and task.family in options["allowedFamilies"]
