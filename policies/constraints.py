"""What the placement constraints of services ask of container instances."""

from typing import TYPE_CHECKING, NamedTuple

from ecs_model.placement_rules import read
from ecs_model.problem import dotted
from policies.properties import Malformed, Unknown
from policies.relations import service_elsewhere, task_definitions
from policies.stack import Stack, remembered
from policies.views.service import Service
from policies.views.task_definition import TaskDefinition

if TYPE_CHECKING:
    from ecs_model.query_expression import Expression
    from ecs_model.query_outcome import Outlook

_CONSTRAINTS = "placementConstraints"


class Asked(NamedTuple):
    """A memberOf constraint of a service, or of its task definition."""

    owner: Service | TaskDefinition
    position: int
    expression: "Expression"

    @property
    def place(self) -> str:
        """Where its expression stands."""
        return dotted((_CONSTRAINTS, self.position, "expression"))

    def refuses(self, instance: "Outlook") -> bool:
        """Whether an instance does not match for certain."""
        # Only here, because loading it takes time in every start of the policy pack.
        from ecs_model.query_outcome import outcome

        return outcome(self.expression, instance) is False


@remembered
def asked(stack: Stack, service: Service) -> tuple[list[Asked], list[Exception]]:
    """The memberOf constraints of a service's tasks on container instances, and why some cannot be judged.

    Raises Unknown. Expressions that ECS refuses are left out.
    """
    owners: list[Service | TaskDefinition] = [service, *task_definitions(stack, service)]
    constrained = [owner for owner in owners if owner.properties.given(_CONSTRAINTS)]
    found: list[Asked] = []
    unread: list[Exception] = []
    if constrained and not service.is_daemon and not service_elsewhere(stack, service):
        for owner in constrained:
            try:
                _read(owner, found, unread)
            except (Unknown, Malformed) as reason:
                unread.append(reason)
    return found, unread


def _read(owner: Service | TaskDefinition, found: list[Asked], unread: list[Exception]) -> None:
    if isinstance(owner, TaskDefinition) and owner.elsewhere:
        return
    for position, expression in read(owner.placement_constraints):
        if not isinstance(expression, ValueError):
            found.append(Asked(owner, position, expression))
        elif not expression.certain:
            # ECS may take it, and what it means then is not known.
            unread.append(owner.properties.children(_CONSTRAINTS)[position].unknown("expression"))
