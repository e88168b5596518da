"""What a stack's settings ask for: copies of its services' tasks, and the capacity providers that they run on."""

import math
from dataclasses import dataclass

from ecs_model.capacity import PurchaseOption
from ecs_model.placement_rules import SERVICE_DEFAULT, chosen_strategies, spreads_zones
from ecs_model.planning.fleet_need import Wanted
from ecs_model.planning.supply import Provider
from ecs_model.stack import StackSettings
from ecs_model.strategy import shares
from ecs_model.task_needs import Task
from ecs_model.task_source import from_settings

ASKS_ABOUT_TASKS = "a placement constraint asks about other tasks, which a plan cannot know"
"""Why a service is not planned."""


@dataclass(frozen=True)
class Need:
    """What to plan for."""

    wanted: tuple[Wanted, ...]
    providers: tuple[Provider, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    """The names of services that are not planned, and why, as the end of a sentence."""
    daemons: tuple[Task, ...] = ()
    """What every container instance runs one of."""


def with_headroom(copies: int, headroom: float) -> int:
    """So many copies and `headroom` percent more, rounded up."""
    return math.ceil(copies * (1 + headroom / 100) - 1e-9)


def stack_need(settings: StackSettings, headroom: float = 0.0, *, peak: bool = False) -> Need:
    """The desired copies of all services, or with `peak` the most that their scaling allows; `headroom` in percent.

    The strategy shares a service's copies among its providers as ECS does, the headroom last.
    """
    wanted, left_out = [], []
    daemons = []
    for key, service in settings.services.items():
        most = service.scaling.max_count if peak and service.scaling else 0
        copies = with_headroom(max(service.desired_count, most), headroom)
        # An empty list leaves the choice to ECS.
        spread = spreads_zones(chosen_strategies(service.placement_strategies) or SERVICE_DEFAULT)
        places = {None: 1} if service.daemon else shares(settings.strategy(service), copies)
        for provider, number in places.items():
            try:
                task = from_settings(key, service, provider)
                if service.daemon:
                    daemons.append(task)
                else:
                    wanted.append(Wanted(key, task, number, spread))
            except ValueError:
                left_out.append((key, ASKS_ABOUT_TASKS))
                break
    providers = tuple(
        Provider(
            name,
            tuple(capacity.instance_types),
            capacity.image_architecture,
            capacity.purchase_option is PurchaseOption.SPOT,
            capacity.agent,
            capacity.root_volume_size,
            most=capacity.max_size,
        )
        for name, capacity in settings.capacity.items()
    )
    return Need(tuple(each for each in wanted if each.copies), providers, tuple(left_out), tuple(daemons))
