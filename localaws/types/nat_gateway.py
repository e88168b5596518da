"""Amazon VPC: NAT gateways and their Elastic IP addresses."""

from __future__ import annotations

from collections.abc import Callable

from localaws import tags
from localaws.aws import ACCOUNT
from localaws.kind import REGISTRY, ApiObject, Call, Failed, Kind, Target
from localaws.wire import Properties

GATEWAY_SECONDS = 10 * 60.0
"""The provider's default time-out for a NAT gateway."""


def _address(target: Target) -> ApiObject | None:
    found: Properties = target.call("describe_addresses", "Addresses[0]", AllocationIds=[target.id])
    arn = target.region.ec2_arn(ACCOUNT, "elastic-ip", target.id)
    return {**found, "arn": arn, "privateIp": found.get("PrivateIpAddress")}


EIP = Kind(
    "aws:ec2/eip:Eip",
    service="ec2",
    source=REGISTRY + "ec2/eip/",
    create=Call("allocate_address", only=frozenset({"domain"})),
    identity="AllocationId",
    read=_address,
    delete=lambda r: r.call("release_address", AllocationId=r.id),
    tag=tags.ec2,
    tag_specification="elastic-ip",
    retry=frozenset({"AuthFailure", "InvalidIPAddress.InUse"}),
    replaces=frozenset({"domain"}),
    computed=frozenset(
        {
            "domain",
            "instance",
            "networkBorderGroup",
            "networkInterface",
            "publicIpv4Pool",
            "ipamPoolId",
        }
    ),
    names={"instance": "InstanceId", "networkInterface": "NetworkInterfaceId"},
)


def _nat_gateway(target: Target) -> ApiObject | None:
    found: Properties | None = target.call(
        "describe_nat_gateways", "NatGateways[?State!='deleted'] | [0]", NatGatewayIds=[target.id]
    )
    if found is None:
        return None
    address = (found.get("NatGatewayAddresses") or [{}])[0]
    return {**found, **address, "privateIp": address.get("PrivateIp")}


def _until(wanted: Callable[[str | None], bool]) -> Callable[[Target], None]:
    def wait(target: Target) -> None:
        for over in target.polls(GATEWAY_SECONDS):
            found = target.call("describe_nat_gateways", "NatGateways[0]", NatGatewayIds=[target.id])
            state = found and found["State"]
            if wanted(state):
                return
            if state == "failed" or over:
                raise Failed(f"the gateway is {state}: {found.get('FailureMessage', 'AWS gives no reason')}")

    return wait


def _delete_nat_gateway(target: Target) -> None:
    target.call("delete_nat_gateway", NatGatewayId=target.id)
    _until(lambda state: state in (None, "deleted"))(target)


_NAT_PROPS = frozenset({"allocationId", "connectivityType", "privateIp", "subnetId"})
NAT_GATEWAY = Kind(
    "aws:ec2/natGateway:NatGateway",
    service="ec2",
    source=REGISTRY + "ec2/natgateway/",
    create=Call("create_nat_gateway", only=_NAT_PROPS),
    identity="NatGateway.NatGatewayId",
    read=_nat_gateway,
    delete=_delete_nat_gateway,
    settle=_until(lambda state: state == "available"),
    tag=tags.ec2,
    tag_specification="natgateway",
    replaces=_NAT_PROPS,
    computed=frozenset(
        {
            "privateIp",
            "vpcId",
            "availabilityMode",
            "availabilityZoneAddresses",
            "secondaryAllocationIds",
            "secondaryPrivateIpAddressCount",
            "secondaryPrivateIpAddresses",
        }
    ),
    defaults={"connectivityType": "public"},
    names={"privateIp": ("privateIp", "PrivateIpAddress")},
)

KINDS = (EIP, NAT_GATEWAY)
