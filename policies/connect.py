"""Who calls services on container instances through ECS Service Connect, past every load balancer."""

from collections.abc import Sequence

from policies.exposure import runs_on
from policies.ingress import groups_of
from policies.relations import Fleet, fleet, service_elsewhere
from policies.stack import Stack, remembered
from policies.views.launches import Launches
from policies.views.security_group import Ingress, SecurityGroup
from policies.views.service import Service


def callers(stack: Stack, instances: Fleet, ingress: Ingress) -> set[SecurityGroup]:
    """The security groups that may come in to some instances' dynamic host ports, for a proxy on them takes one.

    Those are of the tasks and container instances in the program whose services are part of Service Connect; none where
    no service on these instances offers a port. A rule that AWS alone repeats on a deployed group is perhaps taken away
    by this very deployment, with the service that it was for: then all tasks and instances may have been clients.
    Raises Unknown.
    """
    if any(each.offers_ports and runs_on(stack, each, instances) for each in stack.all(Service)):
        return _members(stack)
    group = ingress.written_on
    repeated = isinstance(group, SecurityGroup) and not group.writes("ingress")
    return _groups(stack, stack.all(Service)) if repeated else set()


@remembered
def _members(stack: Stack) -> set[SecurityGroup]:
    """The security groups of all that is part of Service Connect. Raises Unknown."""
    return _groups(stack, [each for each in stack.all(Service) if each.connects])


def _groups(stack: Stack, services: Sequence[Service]) -> set[SecurityGroup]:
    """The security groups of services' tasks and of the instances that they run on. Raises Unknown."""
    found: set[SecurityGroup] = set()
    for each in services:
        if not service_elsewhere(stack, each):
            found.update(stack.find(SecurityGroup, each, "networkConfiguration", each.security_groups))
    for launches in stack.all(Launches):
        instances = fleet(stack, launches)
        if instances and any(runs_on(stack, each, instances) for each in services):
            found.update(groups_of(stack, launches).found)
    return found
