"""What a stack presupposes and does not make: the network, the certificate and the bucket of prod."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.harness import edited_config
from tests.end_to_end.inventory import REGION, Account


def seed(account: Account, config: Path) -> None:
    """Make what prod's configuration names, and put the real ids in place of those written there."""
    with edited_config(config, "network") as network:
        _network(account, network["existing"])
    with edited_config(config, "loadBalancers") as balancers:
        certificate = account.acm.request_certificate(DomainName="*.example.com")
        balancers["public"]["certificateArn"] = certificate["CertificateArn"]
        account.s3.create_bucket(
            Bucket=balancers["public"]["accessLogs"]["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION}
        )


def _network(account: Account, existing: dict[str, object]) -> None:
    vpc = account.ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    existing["vpcId"] = vpc
    for position, kind in enumerate(("publicSubnetIds", "privateSubnetIds")):
        existing[kind] = [
            account.ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.60.{2 * position + zone}.0/24", AvailabilityZone=f"{REGION}{'ab'[zone]}"
            )["Subnet"]["SubnetId"]
            for zone in range(2)
        ]
