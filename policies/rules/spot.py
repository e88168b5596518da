"""The rule on container instances that AWS may take back."""

from collections.abc import Iterator

from ecs_model.agent_config import drains_spot
from ecs_model.agent_variables import SPOT_DRAINING
from policies.relations import Fleet, fleet, groups_launching, groups_of_provider
from policies.rule import ADVISORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.launches import Launches


@rule(
    id="ecs-instances-spot-draining",
    title="Container instances on Spot drain when AWS takes them back",
    severity=MEDIUM,
    level=ADVISORY,
    why="AWS gives a Spot instance two minutes' notice. Where neither a capacity provider drains it nor its agent is "
    "told to, they pass: its tasks are cut off, and load balancers send requests to them until the end.",
    fix=f"Let the group's capacity provider drain (managedDraining), or set {SPOT_DRAINING}=true in the user data.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html",
)
def spot_draining(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Container instances of which some are Spot ones are drained by the capacity provider of their group, as they are
    where it does not say, or by their agent, as the user data tells it."""

    def drains(launches: Launches) -> Iterator[Verdict]:
        instances = fleet(stack, launches)
        if not instances or not _asks_for_spot(stack, launches) or _is_managed(stack, instances):
            return
        if not drains_spot(launches.agent):
            yield Finding(f"launches Spot instances without managed draining or {SPOT_DRAINING}", launches)

    yield from each(stack.all(Launches), drains)


def _asks_for_spot(stack: Stack, launches: Launches) -> bool:
    groups = groups_launching(stack).get(launches, [])
    return launches.asks_for_spot or any(group.on_demand_percentage < 100 for group in groups)


def _is_managed(stack: Stack, instances: Fleet) -> bool:
    """Whether capacity providers drain all groups of some instances."""
    groups = groups_launching(stack).get(instances.launches, [])
    drained = [group for p in instances.providers if p.managed_draining for group in groups_of_provider(stack, p)]
    return bool(groups) and set(groups) <= set(drained)
