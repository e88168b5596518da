"""A checkup: everything that must be true of a cluster on EC2 after a deployment, each finding with its fix."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ecs_model.checkup_finding import Found
from ecs_model.checkup_groups import attached, drained, moving, protected, refreshed, resumed
from ecs_model.checkup_instances import answering, connected, current, imaged, joined, metadata
from ecs_model.checkup_network import in_range, reachable
from ecs_model.checkup_services import roles, served, stable, strategy
from ecs_model.cluster_facts import ClusterFacts


class Check(StrEnum):
    """Something that must be true."""

    JOINED = "every instance of the groups joined the cluster"
    CONNECTED = "agents are connected"
    CURRENT = "agents are current"
    IMAGES = "AMIs are current"
    METADATA = "instance metadata asks for a token (IMDSv2)"
    SESSION = "Session Manager reaches every instance"
    STRATEGY = "the cluster has a default capacity provider strategy"
    PROVIDERS = "capacity providers are attached"
    DRAINING = "managed draining is on"
    PROTECTION = "managed termination protection is on"
    PROCESSES = "no Auto Scaling process is suspended"
    REFRESH = "no instance refresh has failed or is stuck"
    MOVING = "no instance waits to start or to end"
    INGRESS = "load balancers reach exactly the agents' dynamic ports"
    PORTS = "dynamic ports in use lie in the agents' range"
    ROLES = "tasks have an execution role and another task role"
    TARGETS = "targets of load balancers are healthy"
    STABLE = "services are stable"


_CHECKS: Mapping[Check, Callable[[ClusterFacts], Iterator[Found]]] = {
    Check.JOINED: joined,
    Check.CONNECTED: connected,
    Check.CURRENT: current,
    Check.IMAGES: imaged,
    Check.METADATA: metadata,
    Check.SESSION: answering,
    Check.STRATEGY: strategy,
    Check.PROVIDERS: attached,
    Check.DRAINING: drained,
    Check.PROTECTION: protected,
    Check.PROCESSES: resumed,
    Check.REFRESH: refreshed,
    Check.MOVING: moving,
    Check.INGRESS: reachable,
    Check.PORTS: in_range,
    Check.ROLES: roles,
    Check.TARGETS: served,
    Check.STABLE: stable,
}


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be."""

    check: Check
    subjects: tuple[str, ...]
    """Which instances, groups or services; all for the same reason."""
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{named(self.subjects)}: {self.what}. {self.fix}"


MOST_NAMED = 3


def named(subjects: tuple[str, ...]) -> str:
    """The first few by name, and how many more there are."""
    more = len(subjects) - MOST_NAMED
    return ", ".join(subjects[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def checkup(facts: ClusterFacts) -> list[Finding]:
    """Everything that is wrong, in the order of the checks; what is wrong for the same reason is one finding."""
    findings = []
    for check, find in _CHECKS.items():
        together: dict[tuple[str, str], list[str]] = defaultdict(list)
        for found in find(facts):
            together[found.what, found.fix].append(found.subject)
        findings += [Finding(check, tuple(subjects), what, fix) for (what, fix), subjects in together.items()]
    return findings
