"""Rules on the roles that tasks use."""

from collections.abc import Iterator

from policies.properties import References
from policies.relations import task_elsewhere
from policies.rule import HIGH, MANDATORY, Finding, Option, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.iam import Role, role_name
from policies.views.task_definition import TaskDefinition


@rule(
    id="ecs-task-definition-separate-roles",
    title="A task definition has an execution role and a task role, and they are two",
    severity=HIGH,
    level=MANDATORY,
    why="The agent pulls images and reads secrets with the execution role, the containers call AWS with the task role: "
    "one role for both hands the containers every secret and image of the agent. Without a task role containers may "
    "fall back to the instance's role. Whether two roles that are yet to be created are one shows only in the "
    "relations of the whole program, so this rule judges the stack.",
    fix="Create one role for each purpose, and set executionRoleArn to the one and taskRoleArn to the other.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html",
    options={"allowedFamilies": Option("string", "Families of task definitions whose roles are not judged.")},
)
def separate_roles(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Both roles are set and differ, on every task definition that may run on container instances."""

    def roles(task: TaskDefinition) -> Iterator[Verdict]:
        if task_elsewhere(stack, task):
            return
        if options["allowedFamilies"] and task.family in options["allowedFamilies"]:
            return
        written = {"executionRoleArn": task.execution_role, "taskRoleArn": task.task_role}
        missing = [key for key, role in written.items() if not role]
        if missing:
            yield Finding(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set", task)
        else:
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
