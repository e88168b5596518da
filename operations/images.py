"""Reads which AMI each container instance runs, its name, and when it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ecs_model.fleet import Fleet
from operations.conversion import Answer

if TYPE_CHECKING:
    from operations.reading import Reader

AMI = "ecs.ami-id"
"""The attribute by which an instance says its AMI."""
_FILTER = 200


@dataclass(frozen=True)
class Images:
    """The AMI by container instance; by AMI when it was made, and its name."""

    amis: dict[str, str]
    dates: dict[str, datetime]
    names: dict[str, str]


def read(reader: Reader, fleet: Fleet) -> Images:
    """The AMIs of the fleet; EC2 is asked for instances only where they do not say theirs."""
    amis = {each.id: each.attributes[AMI] for each in fleet.instances.values() if each.attributes.get(AMI)}
    silent = {e.ec2_instance_id: e.id for e in fleet.instances.values() if e.id not in amis and e.ec2_instance_id}
    for start in range(0, len(silent), _FILTER):
        filters = [{"Name": "instance-id", "Values": list(silent)[start : start + _FILTER]}]
        for reservation in reader.pages("ec2", "DescribeInstances", "Reservations", Filters=filters):
            for each in reservation["Instances"]:
                amis[silent[each["InstanceId"]]] = each["ImageId"]
    dates, names = {}, {}
    for image in described(reader, sorted(set(amis.values()))):
        names[image["ImageId"]] = image.get("Name", "")
        if image.get("CreationDate"):
            dates[image["ImageId"]] = datetime.fromisoformat(image["CreationDate"])
    return Images(amis, dates, names)


def described(reader: Reader, amis: list[str]) -> Iterator[Answer]:
    """EC2's descriptions of AMIs, deprecated ones among them."""
    for start in range(0, len(amis), _FILTER):
        filters = [{"Name": "image-id", "Values": amis[start : start + _FILTER]}]
        # An old AMI is deprecated, and those are what the age is asked for.
        yield from reader.pages("ec2", "DescribeImages", "Images", Filters=filters, IncludeDeprecated=True)
