"""The rule on what tasks with network interfaces of their own reach of their container instance."""

from collections.abc import Iterator

from ecs_model.agent_config import blocks_metadata
from ecs_model.agent_variables import BLOCK_IMDS
from ecs_model.network_modes import NetworkMode
from policies.exposure import runs_on
from policies.relations import Fleet, fleet, task_definitions
from policies.rule import ADVISORY, MEDIUM, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.use import services_beside
from policies.views.launches import Launches
from policies.views.service import Service


@rule(
    id="ecs-instances-block-imds-for-awsvpc",
    title="Tasks in awsvpc mode do not reach the metadata service of their container instance",
    severity=MEDIUM,
    level=ADVISORY,
    why="Whatever the hop limit, tasks with network interfaces of their own reach the metadata service of their "
    "instance, and with it the instance role, unless the agent keeps them away.",
    fix=f"Set {BLOCK_IMDS}=true in the user data; on Bottlerocket it is awsvpc-block-imds in settings.ecs.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ec2-security-considerations.html",
)
def block_imds_for_awsvpc(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The user data of container instances on which services run awsvpc tasks tells the agent to keep them away."""

    def instances(launches: Launches) -> Iterator[Verdict]:
        found = fleet(stack, launches)
        if found and launches.metadata.enabled:
            yield from each(services_beside(stack, found), lambda service: _blocked(stack, service, found))

    yield from each(stack.all(Launches), instances)


def _blocked(stack: Stack, service: Service, instances: Fleet) -> Iterator[Verdict]:
    tasks = task_definitions(stack, service)
    if not any(task.network_mode is NetworkMode.AWSVPC for task in tasks) or not runs_on(stack, service, instances):
        return
    if not blocks_metadata(instances.launches.agent):
        yield Finding(f"runs tasks in network mode awsvpc without {BLOCK_IMDS}", instances.launches)
