"""Amazon ECS: clusters and their capacity."""

from policies.properties import References
from policies.views.resource import Resource
from policies.views.strategy import StrategyEntry, strategy_entries


class Cluster(Resource):
    """An ECS cluster."""

    type = "aws:ecs/cluster:Cluster"
    label = "cluster"
    computed = frozenset({"capacityProviders", "defaultCapacityProviderStrategies"})
    identity = ("id", "arn", "name")

    @property
    def cluster_name(self) -> str | None:
        """Its physical name. Raises Unknown."""
        return self.properties.text("name")

    @property
    def capacity_providers(self) -> References:
        """Providers written on the cluster itself, as pulumi-aws before version 6 allowed."""
        return self.properties.texts("capacityProviders")

    @property
    def has_capacity(self) -> bool:
        """Whether providers or a default strategy are written on the cluster itself."""
        return self.properties.given("capacityProviders") or self.properties.given("defaultCapacityProviderStrategies")

    @property
    def default_strategy(self) -> list[StrategyEntry]:
        """The default strategy written on the cluster itself, as pulumi-aws before version 6 allowed."""
        return strategy_entries(self.properties, "defaultCapacityProviderStrategies")


class ClusterCapacityProviders(Resource):
    """The association of a cluster with its capacity providers and default strategy."""

    type = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    label = "cluster capacity providers"

    @property
    def cluster(self) -> References:
        """The cluster's name."""
        return self.properties.reference("clusterName")

    @property
    def capacity_providers(self) -> References:
        """Names of the providers that the cluster may use."""
        return self.properties.texts("capacityProviders")

    @property
    def default_strategy(self) -> list[StrategyEntry]:
        """What a service gets that states neither a launch type nor a strategy."""
        return strategy_entries(self.properties, "defaultCapacityProviderStrategies")


class CapacityProvider(Resource):
    """A capacity provider of EC2 instances."""

    type = "aws:ecs/capacityProvider:CapacityProvider"
    label = "capacity provider"
    computed = frozenset({"cluster"})
    identity = ("id", "arn", "name")

    @property
    def cluster(self) -> References:
        """Managed Instances only: the one cluster that the provider belongs to."""
        return self.properties.reference("cluster")

    @property
    def auto_scaling_group(self) -> References:
        """The ARN of the group whose instances it provides."""
        return self.properties.nested("autoScalingGroupProvider", "autoScalingGroupArn")
