"""Rules on the metadata service of container instances."""

from collections.abc import Iterator

from policies.rule import ADVISORY, HIGH, MANDATORY, MEDIUM, Finding, Option, Options, Verdict, rule
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
    """The token is required, or the endpoint is off; what launches no container instances is not judged."""
    metadata = launches.metadata
    if metadata.enabled and not metadata.token_required and launches.joins:
        yield Finding("its metadata service answers without a token (IMDSv1)")


@rule(
    id="ecs-instances-metadata-hop-limit",
    title="Containers in bridge mode do not reach the metadata service of their instance",
    severity=MEDIUM,
    level=ADVISORY,
    why="The answer of the metadata service that may travel further than one hop reaches containers in bridge mode: "
    "each of them can then take the instance role. Some monitoring daemons need it.",
    fix="Set metadataOptions.httpPutResponseHopLimit to 1, and give the tasks a task role.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html",
    options={"limit": Option("integer", "The highest number of hops that may be set.", 1)},
)
def metadata_hop_limit(launches: Launches, options: Options) -> Iterator[Verdict]:
    """The limit as written is judged; one that is left to the account or the AMI is not."""
    metadata = launches.metadata
    limit = metadata.hop_limit
    if metadata.enabled and limit is not None and limit > options["limit"] and launches.joins:
        yield Finding(f"httpPutResponseHopLimit is {limit}, above {options['limit']}")
