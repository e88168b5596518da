"""Amazon EC2: what has dependants is not deleted; launch templates.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/, by the operation's name.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_block_store import IOPS_REQUIRED_VOLUME_TYPES
from moto.ec2.models.instances import Instance
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data
from moto.elbv2.models import elbv2_backends

from localaws.moto_fixes.patch import around, before, give


def balancers(backend: Any) -> list[Any]:
    """The load balancers of an EC2 backend's account and region."""
    return list(elbv2_backends[backend.account_id][backend.region_name].load_balancers.values())


def _instances(backend: Any) -> list[Any]:
    return [
        item
        for reservation in backend.reservations.values()
        for item in reservation.instances
        if item._state.name not in ("terminated", "shutting-down")
    ]


def live_interfaces(backend: Any) -> list[Any]:
    """The network interfaces, without those of instances that have ended."""
    ended = ("terminated", "shutting-down")
    return [item for item in backend.enis.values() if item.instance is None or item.instance._state.name not in ended]


def _live_gateways(backend: Any) -> list[Any]:
    return [item for item in backend.nat_gateways.values() if item.state != "deleted"]


def live_endpoints(backend: Any) -> list[Any]:
    """The VPC endpoints that have not been deleted."""
    return [item for item in backend.vpc_end_points.values() if item.state != "deleted"]


@before(EC2Backend, "delete_nat_gateway")
def _delete_nat_gateway(self: Any, nat_gateway_id: str) -> None:
    """DeleteNatGateway: its network interface goes, and its address is free."""
    gateway = self.nat_gateways.get(nat_gateway_id)
    if gateway is None:
        raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
    for address in self.addresses:
        if address.eni is gateway._eni:
            self.disassociate_address(association_id=address.association_id)
    self.enis.pop(gateway._eni.id, None)


@before(EC2Backend, "delete_subnet")
def _delete_subnet(self: Any, subnet_id: str) -> None:
    used = any(
        (
            any(item.subnet_id == subnet_id for item in _instances(self)),
            any(item.subnet_id == subnet_id for item in _live_gateways(self)),
            any(subnet_id in [subnet.id for subnet in item.subnets] for item in balancers(self)),
            any(subnet_id in (item.subnet_ids or []) for item in live_endpoints(self)),
            any(item.subnet.id == subnet_id for item in live_interfaces(self)),
        )
    )
    if used:
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    for table in self.route_tables.values():
        for association in [key for key, subnet in table._associations.items() if subnet == subnet_id]:
            del table._associations[association]


@before(EC2Backend, "delete_vpc")
def _delete_vpc(self: Any, vpc_id: str) -> None:
    used = any(
        (
            any(item.vpc is not None and item.vpc.id == vpc_id for item in self.internet_gateways.values()),
            any(not group.is_default for group in self.groups.get(vpc_id, {}).values()),
            any(item.vpc_id == vpc_id for item in live_endpoints(self)),
        )
    )
    if used:
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


@before(EC2Backend, "detach_internet_gateway")
def _detach_gateway(self: Any, internet_gateway_id: str, vpc_id: str) -> None:
    public = any(
        (
            any(item.connectivity_type != "private" and item.vpc_id == vpc_id for item in _live_gateways(self)),
            any(item.vpc_id == vpc_id and item.scheme == "internet-facing" for item in balancers(self)),
            any(item.public_ip and item.vpc_id == vpc_id for item in _instances(self)),
        )
    )
    if public:
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
            "detaching the gateway."
        )


@before(EC2Backend, "release_address")
def _release_address(self: Any, address: str | None = None, allocation_id: str | None = None) -> None:
    for item in self.addresses:
        if item.allocation_id and item.allocation_id == allocation_id and item.association_id:
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {item.public_ip} is in use.")


# moto goes on telling the tags of the creation.
give(LaunchTemplate, "tags", property(lambda self: self.get_tags(), lambda self, _: None))


@around(EC2Backend, "create_launch_template")
def _create_template(original: Any, self: Any, name: str, description: str, data: Any, tag_spec: Any) -> Any:
    """CreateLaunchTemplate: the template's own tags are no part of what it launches."""
    specifications = [
        item for item in data.get("TagSpecifications", []) if item.get("ResourceType") != "launch-template"
    ]
    data = {key: value for key, value in data.items() if key != "TagSpecifications"}
    return original(self, name, description, {**data, "TagSpecifications": specifications}, tag_spec)


@around(LaunchTemplate, "create_version")
def _create_version(original: Any, self: Any, data: dict[str, Any], description: str) -> Any:
    """CreateLaunchTemplateVersion: user data is kept as CreateLaunchTemplate keeps it.

    moto 5.2.5 leaves it a plain string in every version but the first, and then fails its own assertion in
    `moto/ec2/models/launch_templates.py`, `LaunchTemplateVersion.user_data`, when a group launches an instance.
    """
    user_data = data.get("UserData")
    if isinstance(user_data, str):
        data = {**data, "UserData": parse_user_data(user_data)}
    return original(self, data, description)


_IMAGE_GIB = 8
_LEAST_IOPS = 100


@around(Instance, "add_block_device")
def _add_block_device(
    original: Any, self: Any, size: Any, device: str, snapshot: Any, *rest: Any, volume_type: str | None
) -> None:
    """RunInstances: a device without a size has the image's own; moto refuses it, as it does io1 and io2.

    Of the operations a second that such a type needs nothing arrives here: EBS's least is told.
    """
    provisioned = volume_type in IOPS_REQUIRED_VOLUME_TYPES
    size = size or (None if snapshot else _IMAGE_GIB)
    original(self, size, device, snapshot, *rest, volume_type="gp3" if provisioned else volume_type)
    if provisioned:
        volume = self.ec2_backend.volumes[self.block_device_mapping[device].volume_id]
        volume.volume_type, volume.iops = volume_type, _LEAST_IOPS
