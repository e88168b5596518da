"""Rules on the metadata service, the volumes and the addresses of container instances."""

from collections.abc import Iterator

from ecs_model.problem import dotted
from policies.properties import Properties
from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, each, rule
from policies.views.launches import Launches


@rule(
    id="ecs-instances-imdsv2",
    title="Container instances serve their metadata by IMDSv2 only",
    severity=HIGH,
    level=MANDATORY,
    why="By IMDSv1 a single forged request of a container's application gives away the instance role's credentials. "
    "IMDSv2 asks for a session token, which such a request cannot get.",
    fix="Set metadataOptions.httpTokens to required.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
)
def imdsv2(launches: Launches, options: Options) -> Iterator[Verdict]:
    """No token may be optional while the endpoint is on; what launches no container instances is not judged."""
    metadata = launches.metadata
    if metadata.enabled and metadata.tokens not in ("required", None) and launches.joins:
        yield Finding("its metadata service answers without a token (IMDSv1)")


@rule(
    id="ecs-instances-imdsv2-stated",
    title="Container instances state that they serve their metadata by IMDSv2 only",
    severity=MEDIUM,
    level=ADVISORY,
    why="Where a program does not say it, the account's default and the AMI decide: Amazon Linux 2023 asks for tokens, "
    "other images answer without one, and a change of image opens the instance role to forged requests.",
    fix="Set metadataOptions.httpTokens to required.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html",
)
def imdsv2_stated(launches: Launches, options: Options) -> Iterator[Verdict]:
    """The program says whether tokens are required, unless the endpoint is off."""
    metadata = launches.metadata
    if metadata.enabled and metadata.tokens is None and launches.joins:
        yield Finding("says nothing of metadataOptions.httpTokens")


@rule(
    id="ecs-instances-metadata-hop-limit",
    title="Containers in bridge mode do not reach the metadata service of their instance",
    severity=MEDIUM,
    level=ADVISORY,
    why="The answer of the metadata service that may travel further than one hop reaches containers in bridge mode: "
    "each of them can then take the instance role. Some monitoring daemons need it.",
    fix="Set metadataOptions.httpPutResponseHopLimit to 1, and give the tasks a task role.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
    options={"limit": Option("integer", "The highest number of hops that may be set.", 1)},
)
def metadata_hop_limit(launches: Launches, options: Options) -> Iterator[Verdict]:
    """The limit as written is judged; one that is left to the account or the AMI is not."""
    metadata = launches.metadata
    limit = metadata.hop_limit
    if metadata.enabled and limit is not None and limit > options["limit"] and launches.joins:
        yield Finding(f"httpPutResponseHopLimit is {limit}, above {options['limit']}")


@rule(
    id="ecs-instances-encrypted-volumes",
    title="The volumes of container instances are encrypted",
    severity=MEDIUM,
    level=ADVISORY,
    why="Images, container layers and Docker volumes lie on them, with whatever the containers write. Unless the "
    "account encrypts new volumes by default, a volume is in plain text when nothing is said.",
    fix="Set encrypted to true on the volume.",
    source="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
)
def encrypted_volumes(launches: Launches, options: Options) -> Iterator[Verdict]:
    """Every EBS volume that a launch template, a launch configuration or an instance describes."""

    def encrypted(volume: Properties) -> Iterator[Verdict]:
        ebs = launches.ebs(volume)
        if ebs and not ebs.flag("encrypted") and launches.joins:
            yield Finding(f"the volume of {dotted(volume.path)} is not encrypted")

    yield from each(launches.volumes, encrypted)


@rule(
    id="ecs-instances-no-public-address",
    title="Container instances have no public addresses",
    severity=MEDIUM,
    level=ADVISORY,
    why="An instance with a public address is one wrong ingress rule away from everybody. Clients come by the load "
    "balancer, people by Session Manager, and the way out is a NAT gateway's or VPC endpoints'; only where a VPC has "
    "neither do its instances need public addresses to reach ECS.",
    fix="Set associatePublicIpAddress to false, and launch them in private subnets with NAT or VPC endpoints.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-outbound.html",
)
def no_public_address(launches: Launches, options: Options) -> Iterator[Verdict]:
    """None is asked for; where nothing is said, the subnet decides, and that is not judged."""

    def private(interface: Properties) -> Iterator[Verdict]:
        key = "associatePublicIpAddress"
        if interface.flag(key) and launches.joins:
            yield Finding(f"{dotted((*interface.path, key))} is true")

    yield from each(launches.interfaces, private)
