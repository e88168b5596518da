"""Rules on services whose containers people may open a shell in (ECS Exec)."""

from collections.abc import Iterator

from ecs_model.iam_actions import EXECUTE_COMMAND_ACTIONS, SESSION_POLICIES
from policies.relations import service_elsewhere, task_definitions
from policies.role_policies import allows
from policies.rule import ADVISORY, HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.iam import Role
from policies.views.service import Service

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"


@rule(
    id="ecs-service-execute-command-task-role",
    title="A service that allows ECS Exec has a task role",
    severity=HIGH,
    level=MANDATORY,
    why="The agent of ECS Exec runs in the task and calls Systems Manager with the task role. ECS refuses a service "
    "that allows ECS Exec where its task definition has none.",
    fix=f"Set taskRoleArn to a role that allows {', '.join(EXECUTE_COMMAND_ACTIONS)}.",
    source=_SOURCE,
)
def execute_command_task_role(stack: Stack, options: Options) -> Iterator[Verdict]:
    """taskRoleArn is set where enableExecuteCommand is, as far as the task definition is in the program."""

    def has_role(service: Service) -> Iterator[Verdict]:
        for task in task_definitions(stack, service):
            if not task.task_role and _allows_exec(stack, service):
                yield Finding(f"sets enableExecuteCommand, but {task} has no taskRoleArn", service)

    yield from each(stack.all(Service), has_role)


@rule(
    id="ecs-service-execute-command-permissions",
    title="The task role of a service that allows ECS Exec allows what that needs",
    severity=HIGH,
    level=ADVISORY,
    why="Without these permissions the agent of ECS Exec does not start in the task, and every attempt to open a shell "
    "fails. The service runs all the same.",
    fix="Allow the actions on all resources, or set enableExecuteCommand to false on the services of this role.",
    source=_SOURCE,
)
def execute_command_permissions(stack: Stack, options: Options) -> Iterator[Verdict]:
    """AWS's managed policies, or statements that allow the same; a role outside the program is not judged."""

    def role_allows(service: Service) -> Iterator[Verdict]:
        if not _allows_exec(stack, service):
            return
        for task in task_definitions(stack, service):
            for role in stack.find(Role, task, "taskRoleArn", task.task_role):
                yield from allows(stack, role, EXECUTE_COMMAND_ACTIONS, SESSION_POLICIES)

    yield from each(stack.all(Service), role_allows)


def _allows_exec(stack: Stack, service: Service) -> bool:
    return service.allows_exec and not service_elsewhere(stack, service)
