"""The checks of dynamic host ports: what load balancers may reach is what agents hand out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ecs_model.checkup_finding import Found
from ecs_model.cluster_facts import ClusterFacts, Deployed, Ingress, Machine
from ecs_model.ports import PortRange

_WORLD = ("0.0.0.0/0", "::/0")


def reachable(facts: ClusterFacts) -> Iterator[Found]:
    """Instances at whose dynamic ports a load balancer cannot arrive, or somebody else can, or at too many."""
    if facts.ingress is None:
        return
    rules: dict[str, list[Ingress]] = defaultdict(list)
    for each in facts.ingress:
        rules[each.group].append(each)
    for machine in facts.machines:
        if machine.port_range is None or not machine.security_groups:
            continue
        own = [rule for group in machine.security_groups for rule in rules[group]]
        balancers = {
            (name, groups)
            for service in facts.services
            if _may_be_on(service, machine)
            for name, groups in service.balancers.items()
        }
        for name, groups in sorted(balancers):
            yield from _from_balancer(machine, machine.port_range, own, name, groups)
        yield from _from_world(machine, machine.port_range, own)


def _may_be_on(service: Deployed, machine: Machine) -> bool:
    provider = machine.container.capacity_provider if machine.container else None
    return not service.providers or provider in service.providers


def _from_balancer(
    machine: Machine, range_: PortRange, rules: Iterable[Ingress], name: str, groups: tuple[str, ...]
) -> Iterator[Found]:
    opened = [rule.ports for rule in rules if rule.source in groups and rule.ports.overlaps(range_)]
    anywhere = any(rule.source in _WORLD and rule.ports.covers(range_) for rule in rules)
    if anywhere or any(ports == range_ for ports in opened):
        return
    where = ", ".join(machine.security_groups)
    wanted = f"Let security group {' or '.join(groups)} in at TCP {range_} of {where}, and nothing wider."
    if not any(ports.covers(range_) for ports in opened):
        may = f"only {', '.join(map(str, opened))}" if opened else "none"
        yield Found(machine.id, f"its agent hands out ports {range_}, and load balancer {name} reaches {may}", wanted)
    else:
        may = ", ".join(map(str, opened))
        yield Found(machine.id, f"load balancer {name} reaches {may}, and its agent hands out only {range_}", wanted)


def _from_world(machine: Machine, range_: PortRange, rules: Iterable[Ingress]) -> Iterator[Found]:
    for rule in rules:
        if rule.source in _WORLD and rule.ports.overlaps(range_):
            yield Found(
                machine.id,
                f"{rule.group} opens {rule.ports}, where its tasks' dynamic ports are, to {rule.source}",
                "Let in the load balancer's security group instead.",
            )


def in_range(facts: ClusterFacts) -> Iterator[Found]:
    """Instances with dynamic ports outside their agent's range: it was started with another."""
    for machine in facts.machines:
        if machine.port_range is None or machine.container is None:
            continue
        placed = machine.container.tasks
        outside = sorted({str(p) for task in placed for p in task.dynamic_ports if p.number not in machine.port_range})
        if outside:
            yield Found(
                machine.id,
                f"tasks have the dynamic ports {', '.join(outside)}, outside its agent's range {machine.port_range}",
                "Its ecs.config was changed after the agent's start, or by hand: replace the instance.",
            )
