"""Container instances under judgement: their dynamic host ports, what may come in, and from whom it should."""

from typing import NamedTuple

from ecs_model.agent_config import dynamic_ports
from ecs_model.agent_variables import PORT_RANGE
from ecs_model.operating_system import OperatingSystem
from ecs_model.ports import EPHEMERAL, KERNEL, PortRange
from policies.exposure import exposures
from policies.ingress import balancers_groups, balancers_in, groups_of, inflow, sources, subnets_of_balancer
from policies.properties import Unknown
from policies.relations import Fleet
from policies.stack import Stack
from policies.views.addresses import Address
from policies.views.launches import Launches
from policies.views.load_balancing import LoadBalancer
from policies.views.security_group import Ingress, SecurityGroup

SURELY = PortRange(max(EPHEMERAL.first, KERNEL.first), min(EPHEMERAL.last, KERNEL.last))
"""Dynamic host ports whichever of the two usual ranges an agent has."""
POSSIBLY = PortRange(min(EPHEMERAL.first, KERNEL.first), max(EPHEMERAL.last, KERNEL.last))
"""Dynamic host ports with at least one of them."""


class Agent(NamedTuple):
    """What is known of the range of dynamic host ports on some instances."""

    ports: PortRange | None
    """None where the user data is not known yet."""
    told: bool
    """Whether the user data names the range."""
    of_windows: bool = False
    """Whether Windows decides on the range."""

    @classmethod
    def of(cls, launches: Launches) -> "Agent":
        try:
            variables = launches.agent
        except Unknown:
            return cls(None, False)
        if launches.system is OperatingSystem.WINDOWS and PORT_RANGE not in variables:
            # The kernel's range is Linux's; Windows has one of its own.
            return cls(None, False, True)
        ports = dynamic_ports(variables)
        return cls(ports, str(ports) == variables.get(PORT_RANGE))

    def __str__(self) -> str:
        return f"the dynamic host ports {self.ports}" if self.ports else f"dynamic host ports such as {SURELY}"

    @property
    def explained(self) -> str:
        """Where the range comes from."""
        if self.ports is None:
            return (
                f"the agent's range is {'that of Windows' if self.of_windows else 'not known yet, with the user data'}"
            )
        if self.told:
            return f"the agent takes host ports from {self.ports} ({PORT_RANGE})"
        return (
            f"the agent takes host ports from {self.ports}, the kernel's range, "
            f"because the user data sets no valid {PORT_RANGE}"
        )

    def fix(self, source: str) -> str:
        """How to make the rule and the agent agree."""
        if self.ports is None:
            return f"Open exactly the range that the user data gives the agent to {source}."
        if self.told:
            return f"Open exactly {self.ports} to {source}."
        return f"Set {PORT_RANGE}={EPHEMERAL} in the user data, and open exactly {EPHEMERAL} to {source}."


class Instances:
    """The container instances under judgement, and what is around them."""

    def __init__(self, stack: Stack, instances: Fleet, allowed: frozenset[str]) -> None:
        self.stack, self.fleet, self.allowed = stack, instances, allowed
        self.agent = Agent.of(instances.launches)
        self.groups = groups_of(stack, instances.launches)

        self.inflow = inflow(stack, self.groups)
        """Everything that may come in."""
        self.exposures, unread = exposures(stack, instances)
        """The services that a load balancer reaches on them."""
        self.unread = [*self.inflow.unread, *unread]
        """What could not be read of their surroundings."""
        self.by_address = any(exposed.by_address for exposed in self.exposures)
        """Whether one of them has no security group to let in."""

    def is_balancers(self, cidr: Address) -> bool:
        """Whether addresses are such as a load balancer without security groups comes in by."""
        if cidr.is_private or not self.by_address:
            return self.by_address
        balancers = {balancer for exposed in self.exposures for balancer in exposed.load_balancers}
        bare = [balancer for balancer in balancers if balancer.by_address]
        return any(cidr.within(subnet) for found in bare for subnet in subnets_of_balancer(self.stack, found))

    def sources(self, ingress: Ingress) -> set[SecurityGroup]:
        """The security groups of the program that a rule lets in."""
        return sources(self.stack, self.groups, ingress)

    def lets_in_a_balancer(self, ingress: Ingress) -> bool:
        """Whether a load balancer comes in by a rule, as far as the program shows.

        A group of another program is taken for one's, and where the load balancers are another program's, whatever a
        range of dynamic host ports is open to.
        """
        sources, theirs = self.sources(ingress), balancers_groups(self.stack)
        if any(self.is_balancers(cidr) for cidr in ingress.cidrs):
            return True
        if sources & theirs or (ingress.groups and not sources):
            return True
        return not theirs and bool(sources - set(self.groups.found)) and ingress.ports in (EPHEMERAL, KERNEL)

    def served(self, ingress: Ingress) -> set[LoadBalancer | Address | None]:
        """Whom a rule is for: load balancers, addresses of one, None for whatever has a group of another program."""
        found: set[LoadBalancer | Address | None] = {cidr for cidr in ingress.cidrs if self.is_balancers(cidr)}
        for group in self.sources(ingress):
            found.update(balancers_in(self.stack, group))
        return found or {None}

    def named(self, ingress: Ingress) -> str:
        """Whom of the load balancers' a rule lets in, for a message."""
        sources = self.sources(ingress)
        names = sorted(map(str, sources & balancers_groups(self.stack) or sources))
        names += [str(cidr) for cidr in ingress.cidrs if self.is_balancers(cidr)]
        return ", ".join(names) or "a security group of another program"

    def may(self, *names: str) -> bool:
        """Whether the configuration allows a source under one of its names."""
        return not self.allowed.isdisjoint(names)
