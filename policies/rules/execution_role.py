"""What the agent needs to be allowed to start the tasks of a task definition."""

from collections.abc import Iterator

from ecs_model.iam_actions import ECR_TOKEN_ACTION, FILE_ACTIONS, is_in_ecr, reading_action
from ecs_model.policy_document import AGENT_POLICY, EXECUTION_POLICY, denied_actions, missing_actions
from policies.relations import task_elsewhere
from policies.role_policies import permissions, unsure
from policies.rule import ADVISORY, HIGH, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.container import ContainerDefinition
from policies.views.iam import Role
from policies.views.task_definition import TaskDefinition

_READ = frozenset({EXECUTION_POLICY, AGENT_POLICY})
"""The managed policies whose actions are known here: the ECR ones, and no secret."""


@rule(
    id="ecs-task-definition-execution-role-permissions",
    title="The execution role may read the secrets and files, and pull the images, of its task definition",
    severity=HIGH,
    level=ADVISORY,
    why="The agent reads secrets and environment files and pulls from ECR with the execution role. Where that may not, "
    "no task of the task definition starts (ResourceInitializationError, CannotPullContainerError). A policy on the "
    "secret or bucket itself may allow it instead, which the role does not show.",
    fix="Allow the action in a policy of the execution role, on exactly what the containers name.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
)
def execution_role_permissions(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Execution roles whose policies the program shows; those with other managed policies of AWS are not judged."""

    def allows(task: TaskDefinition) -> Iterator[Verdict]:
        if task_elsewhere(stack, task):
            return
        for role in stack.find(Role, task, "executionRoleArn", task.execution_role):
            yield from _missing(stack, task, role)

    yield from each(stack.all(TaskDefinition), allows)


def _missing(stack: Stack, task: TaskDefinition, role: Role) -> Iterator[Verdict]:
    found = permissions(stack, role)
    if found.foreign or not found.managed <= _READ:
        return
    allowed = {ECR_TOKEN_ACTION} if EXECUTION_POLICY in found.managed else set[str]()

    def lacks(container: ContainerDefinition) -> Iterator[Verdict]:
        for place, action in _needs(container):
            denied = denied_actions(found.statements, [action])
            if not denied and (action in allowed or not missing_actions(found.statements, [action])):
                yield from unsure(found, role, [action])
                continue
            unread = [*found.unread, *found.unnamed]
            if unread and not denied:
                yield from unread
            else:
                yield Finding(f"does not allow {action}, which {place} of container {container.name} needs", role)

    yield from each(task.containers, lacks)


def _needs(container: ContainerDefinition) -> Iterator[tuple[str, str]]:
    """The places of a container that the agent needs an action for, and the action; each action once."""
    found: dict[str, str] = {}
    for place, source in container.secret_sources:
        if source:
            found.setdefault(reading_action(source), place)
    for place in container.environment_files:
        found |= {action: found.get(action, place) for action in FILE_ACTIONS}
    if is_in_ecr(container.properties.text("image") or ""):
        found.setdefault(ECR_TOKEN_ACTION, "the image")
    yield from ((place, action) for action, place in found.items())
