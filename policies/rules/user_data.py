"""Rules on the user data of container instances."""

from collections.abc import Iterator

from ecs_model.agent_variables import CLUSTER
from ecs_model.boot_script import not_run
from ecs_model.secrets import secret_in
from ecs_model.user_data import is_encoded
from policies.properties import References, Unknown
from policies.relations import clusters_of_provider, fleet
from policies.rule import ADVISORY, HIGH, MANDATORY, Finding, Options, Verdict, each, rule
from policies.stack import Stack
from policies.views.cluster import Cluster
from policies.views.launches import Launches, LaunchTemplate

_DEFAULT = "default"
"""The cluster that an agent joins where nothing names one."""


@rule(
    id="ecs-instances-join-cluster",
    title="The instances of a capacity provider join the cluster that it is attached to",
    severity=HIGH,
    level=MANDATORY,
    why="The agent joins the cluster that ECS_CLUSTER names, and the cluster default where nothing does. Instances "
    "that join another cluster than their capacity provider's never take its tasks, and it scales out in vain.",
    fix="Write ECS_CLUSTER with the cluster's name to /etc/ecs/ecs.config in the user data.",
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html",
)
def join_cluster(stack: Stack, options: Options) -> Iterator[Verdict]:
    """The name in the user data is that of a cluster the provider is attached to; user data that is not known yet is
    taken for right where it is made from such a cluster."""

    def joins(launches: Launches) -> Iterator[Verdict]:
        instances = fleet(stack, launches)
        if not instances or not instances.providers:
            return
        attached = stack.in_order([c for p in instances.providers for c in clusters_of_provider(stack, p)])
        if not attached:
            return
        try:
            named = launches.agent.get(CLUSTER, _DEFAULT)
        except Unknown:
            # What is there and cannot be read may name any cluster, whatever it was made from.
            if launches.shows_user_data or not set(attached) & set(_made_from(stack, launches)):
                raise
            return
        # A name that is not known yet raises here: it may be the one.
        if any(named in cluster.identities() for cluster in attached) or named in [c.cluster_name for c in attached]:
            return
        wanted = ", ".join(sorted(cluster.name for cluster in attached))
        seen = "another cluster" if CLUSTER in launches.agent else "no cluster, and so joins default,"
        yield Finding(f"its user data names {seen} while its capacity provider belongs to {wanted}", launches)

    yield from each(stack.all(Launches), joins)


def _made_from(stack: Stack, launches: Launches) -> list[Cluster]:
    """The clusters that user data which is not known yet was made from."""
    unknown = References(unknown=True)
    return [c for key in launches.user_data_keys for c in stack.find(Cluster, launches, key, unknown)]


@rule(
    id="ecs-instances-no-secrets-in-user-data",
    title="The user data of container instances holds no secrets",
    severity=HIGH,
    level=MANDATORY,
    why="Whoever may describe instances or launch templates reads their user data, and so does every container that "
    "reaches the metadata service.",
    fix="Keep the secret in Secrets Manager or Parameter Store, and read it on the instance with the instance's role.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html",
)
def no_secrets_in_user_data(launches: Launches, options: Options) -> Iterator[Verdict]:
    """Nothing in it has the name or the shape of a secret, or is handed to a command as a password.

    The secret itself is never quoted.
    """
    for key, part in launches.user_data:
        kind = secret_in(part)
        if kind and launches.joins:
            yield Finding(f"{key} holds what looks like {kind}")


@rule(
    id="ecs-instances-user-data-encoded",
    title="The user data of a launch template is base64",
    severity=HIGH,
    level=MANDATORY,
    why="EC2 refuses a launch template whose user data is plain text (InvalidUserData.Malformed). Other than for a "
    "single instance, the provider does not encode it.",
    fix="Encode it: base64.b64encode(text.encode()).decode() in Python.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
)
def user_data_encoded(template: LaunchTemplate, options: Options) -> Iterator[Verdict]:
    """The user data of what launches container instances."""
    text = template.properties.text("userData")
    if text and not is_encoded(text) and template.joins:
        yield Finding("userData is plain text")


@rule(
    id="ecs-instances-user-data-script",
    title="The script that tells the agent its cluster begins with #!",
    severity=HIGH,
    level=ADVISORY,
    why="What begins with #! alone is run at boot. A blank line before it, as indented text of Python or TypeScript "
    "brings, is enough: on Amazon Linux 2023 the script fails, and the instance joins the cluster default instead. "
    "Amazon Linux 2 forgave the blank (amazon-ecs-cli#1167).",
    fix="Let the text begin with #!/bin/bash, in its very first column: textwrap.dedent(text).lstrip() in Python.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
)
def user_data_script(launches: Launches, options: Options) -> Iterator[Verdict]:
    """Every script in the user data that writes the agent's settings, in a MIME message as well."""
    for key, kind, part in launches.user_data_parts:
        if reason := not_run(kind, part):
            yield Finding(f"the script of {key} {reason}")
