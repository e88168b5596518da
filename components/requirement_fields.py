"""What instance requirements have in common, whoever chooses the instances by them."""

from collections.abc import Sequence
from typing import TypedDict

from ecs_model.instance_requirements import InstanceRequirements


class RequirementFields(TypedDict):
    """Arguments of both resources' instance requirements, as EC2 spells their values."""

    cpu_manufacturers: Sequence[str] | None
    instance_generations: Sequence[str] | None
    burstable_performance: str
    bare_metal: str
    allowed_instance_types: Sequence[str] | None
    excluded_instance_types: Sequence[str] | None
    on_demand_max_price_percentage_over_lowest_price: int | None
    spot_max_price_percentage_over_lowest_price: int | None


def requirement_fields(wanted: InstanceRequirements, *, spot: bool) -> RequirementFields:
    """Those of `wanted`; the limit of Spot's price counts for Spot instances alone."""
    return {
        "cpu_manufacturers": sorted(each.value for each in wanted.cpu_manufacturers) or None,
        "instance_generations": ["current", "previous"] if wanted.previous_generations else ["current"],
        "burstable_performance": wanted.burstable.value,
        "bare_metal": wanted.bare_metal.value,
        "allowed_instance_types": sorted(wanted.allowed_types) or None,
        "excluded_instance_types": sorted(wanted.excluded_types) or None,
        "on_demand_max_price_percentage_over_lowest_price": wanted.on_demand_price_limit,
        "spot_max_price_percentage_over_lowest_price": wanted.spot_price_limit if spot else None,
    }
