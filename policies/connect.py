"""Who calls services on container instances through ECS Service Connect, past every load balancer."""

from policies.exposure import runs_on
from policies.ingress import groups_of
from policies.relations import Fleet, fleet, service_elsewhere
from policies.stack import Stack, remembered
from policies.views.launches import Launches
from policies.views.security_group import SecurityGroup
from policies.views.service import Service


def callers(stack: Stack, instances: Fleet) -> set[SecurityGroup]:
    """The security groups that may come in to some instances' dynamic host ports, for a proxy on them takes one.

    Those are of the tasks and container instances in the program whose services are part of Service Connect; none where
    no service on these instances offers a port. Raises Unknown.
    """
    offers = any(each.offers_ports and runs_on(stack, each, instances) for each in stack.all(Service))
    return _groups(stack) if offers else set()


@remembered
def _groups(stack: Stack) -> set[SecurityGroup]:
    """The security groups of all that is part of Service Connect. Raises Unknown."""
    members = [each for each in stack.all(Service) if each.connects]
    found: set[SecurityGroup] = set()
    for each in members:
        if not service_elsewhere(stack, each):
            found.update(stack.find(SecurityGroup, each, "networkConfiguration", each.security_groups))
    for launches in stack.all(Launches):
        instances = fleet(stack, launches)
        if instances and any(runs_on(stack, each, instances) for each in members):
            found.update(groups_of(stack, launches).found)
    return found
