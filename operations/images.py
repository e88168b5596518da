"""Reads which AMI each container instance runs, and when it was made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ecs_model.fleet import Fleet

if TYPE_CHECKING:
    from operations.reading import Reader

AMI = "ecs.ami-id"
"""The attribute by which an instance says its AMI."""
_FILTER = 200


def read(reader: Reader, fleet: Fleet) -> tuple[dict[str, str], dict[str, datetime]]:
    """The AMI by container instance, and the date by AMI; EC2 is asked only for instances that do not say theirs."""
    amis = {each.id: each.attributes[AMI] for each in fleet.instances.values() if each.attributes.get(AMI)}
    silent = {e.ec2_instance_id: e.id for e in fleet.instances.values() if e.id not in amis and e.ec2_instance_id}
    for start in range(0, len(silent), _FILTER):
        filters = [{"Name": "instance-id", "Values": list(silent)[start : start + _FILTER]}]
        for reservation in reader.pages("ec2", "DescribeInstances", "Reservations", Filters=filters):
            for each in reservation["Instances"]:
                amis[silent[each["InstanceId"]]] = each["ImageId"]
    return amis, _dates(reader, sorted(set(amis.values())))


def _dates(reader: Reader, amis: list[str]) -> dict[str, datetime]:
    dates = {}
    for start in range(0, len(amis), _FILTER):
        filters = [{"Name": "image-id", "Values": amis[start : start + _FILTER]}]
        # An old AMI is deprecated, and those are what the age is asked for.
        for image in reader.pages("ec2", "DescribeImages", "Images", Filters=filters, IncludeDeprecated=True):
            if image.get("CreationDate"):
                dates[image["ImageId"]] = datetime.fromisoformat(image["CreationDate"])
    return dates
