"""The rule on container instances that AWS may take back."""

from collections.abc import Iterator

from ecs_model.agent import SPOT_DRAINING, drains_spot
from policies.relations import fleet, groups_launching
from policies.rule import ADVISORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.launches import Launches


@rule(
    id="ecs-instances-spot-draining",
    title="Container instances on Spot drain when AWS takes them back",
    severity=MEDIUM,
    level=ADVISORY,
    why="AWS gives a Spot instance two minutes' notice. An agent that is not told to drain lets them pass: its tasks "
    "are cut off, and load balancers send requests to them until the end.",
    fix=f"Set {SPOT_DRAINING}=true in the user data.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-instance-draining-linux-container.html",
)
def spot_draining(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The user data of all container instances that are Spot ones, or some of them, tells the agent to drain."""

    def drains(launches: Launches) -> Iterator[Verdict]:
        if not fleet(stack, launches):
            return
        groups = groups_launching(stack).get(launches, [])
        spot = launches.asks_for_spot or any(group.on_demand_percentage < 100 for group in groups)
        if spot and not drains_spot(launches.agent):
            yield Finding(f"launches Spot instances without {SPOT_DRAINING}", launches)

    yield from each(stack.all(Launches), drains)
