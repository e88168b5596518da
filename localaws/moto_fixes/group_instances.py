"""Amazon EC2 Auto Scaling: which instances a group starts, where, and in which order it knows them.

Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html (zones),
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateOverrides.html.
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import FakeAutoScalingGroup

from localaws.moto_fixes import ssm
from localaws.moto_fixes.patch import around, give
from localaws.requirements import matching


@around(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
def _launch(original: Any, self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """One instance after the other, each in the zone that has the fewest; moto would take the first subnet for all."""
    subnets = [id_ for id_ in (self.vpc_zone_identifier or "").split(",") if id_]
    zones = list(self.availability_zones)
    ec2 = self.autoscaling_backend.ec2_backend
    places = [(ec2.get_subnet(id_).availability_zone, id_) for id_ in subnets] or [(zone, "") for zone in zones]
    try:
        for _ in range(count_needed):
            there = [state.availability_zone for state in self.instance_states]
            zone, subnet = min(places, key=lambda place: there.count(place[0]))
            self.availability_zones, self.vpc_zone_identifier = [zone], subnet or None
            original(self, 1, dict(propagated_tags))
    finally:
        self.availability_zones, self.vpc_zone_identifier = zones, ",".join(subnets) or None


@around(FakeAutoScalingGroup, "set_desired_capacity")
def _resize(original: Any, self: Any, new_capacity: int | None) -> None:
    """Its instances stay in the order of their launch, which moto loses where some end."""
    order = {state.instance.id: position for position, state in enumerate(self.instance_states)}
    original(self, new_capacity)
    self.instance_states.sort(key=lambda state: order.get(state.instance.id, len(order)))


def types(group: Any) -> list[str]:
    """The instance types that a group may start, the one it starts first in front; moto knows the template's own."""
    overrides = ((group.mixed_instances_policy or {}).get("LaunchTemplate") or {}).get("Overrides") or []
    described = [each["InstanceRequirements"] for each in overrides if each.get("InstanceRequirements")]
    if described:
        kind = ssm.architecture(group.account_id, group.region, group.image_id)
        return [name for each in described for name in matching(each, kind)]
    named = [each["InstanceType"] for each in overrides if each.get("InstanceType")]
    return named or [str(_TEMPLATE_TYPE.__get__(group))]


def _image_id(self: Any) -> str:
    """The AMI that `resolve:ssm:` leads to when an instance is launched."""
    image: str = _TEMPLATE_IMAGE.__get__(self)
    parameter = image.removeprefix("resolve:ssm:")
    if parameter == image:
        return image
    found = ssm.value(self.account_id, self.region, parameter)
    if found is None:
        raise ValidationError(f"The parameter {parameter} of the launch template was not found")
    return found


_TEMPLATE_TYPE: Any = FakeAutoScalingGroup.instance_type
_TEMPLATE_IMAGE: Any = FakeAutoScalingGroup.image_id
give(FakeAutoScalingGroup, "instance_type", property(lambda self: types(self)[0]))
give(FakeAutoScalingGroup, "image_id", property(_image_id))
