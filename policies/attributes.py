"""The attributes of container instances that do not exist yet, as far as the program shows them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

from collections.abc import Mapping

from ecs_model.agent_variables import Variable
from ecs_model.instance_attributes import AVAILABILITY_ZONE, CPU_ARCHITECTURE, INSTANCE_TYPE, OS_TYPE, told
from ecs_model.instance_types import catalogue
from policies.placement import Room
from policies.properties import References
from policies.stack import Stack, remembered
from policies.views.auto_scaling_group import AutoScalingGroup
from policies.views.launches import Launches
from policies.views.security_group import Subnet


@remembered
def built_in(stack: Stack, room: Room) -> list[Mapping[str, str]]:
    """What instances of a room may have of ECS: a mapping for each type in each zone, without what is not known."""
    system = room.launches.system
    common = {OS_TYPE: system.value} if system else {}
    zones = _zones(stack, room.group) or [{}]
    return [{**common, **_of_type(type_), **zone} for type_ in room.types for zone in zones]


def custom(launches: Launches) -> Mapping[str, str] | None:
    """The custom attributes that user data gives; None where it may give others. Raises Unknown."""
    if any("put-attributes" in part for _, part in launches.user_data):
        return None
    return told(launches.agent.get(Variable.ATTRIBUTES))


def _of_type(name: str) -> Mapping[str, str]:
    known = catalogue().get(name)
    if known is None or len(known.architectures) != 1:
        return {INSTANCE_TYPE: name} if name else {}
    return {INSTANCE_TYPE: name, CPU_ARCHITECTURE: known.architectures[0].value}


def _zones(stack: Stack, group: AutoScalingGroup | None) -> list[Mapping[str, str]]:
    """The zones of a group; nothing where the program does not show all of them."""
    given = [(key, written) for key, written in group.places if written] if group else []
    if not group or not given:
        return []
    key, written = given[0]
    zones = [written] if key == "availabilityZones" else _of_subnets(stack, group, key, written)
    if any(zone.unknown or not zone.known for zone in zones):
        return []
    return [{AVAILABILITY_ZONE: name} for name in dict.fromkeys(name for zone in zones for name in zone.known)]


def _of_subnets(stack: Stack, group: AutoScalingGroup, key: str, written: References) -> list[References]:
    """The zones of a group's subnets; nothing where one of them may be another program's."""
    here = all(stack.find(Subnet, group, key, References((id,))) for id in written.known)
    if not here or (written.unknown and not group.computes_within(key, Subnet.type)):
        return []
    return [subnet.properties.reference("availabilityZone") for subnet in stack.find(Subnet, group, key, written)]
