"""Amazon ECS: clusters and their capacity."""

from collections.abc import Callable

from policies.properties import Malformed, Properties, References, Unknown
from policies.views.resource import Resource
from policies.views.strategy import StrategyEntry, strategy_entries


class Cluster(Resource):
    """An ECS cluster."""

    type = "aws:ecs/cluster:Cluster"
    label = "cluster"
    computed = frozenset({"capacityProviders", "defaultCapacityProviderStrategies", "settings"})
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

    @property
    def container_insights(self) -> str | None:
        """`disabled`, `enabled` or `enhanced`; None where only the account's default says. Raises Unknown."""
        settings = self.properties.children("settings")
        return next((s.text("value") for s in settings if s.text("name") == "containerInsights"), None)

    @property
    def exec_logging(self) -> str:
        """Where ECS Exec's sessions are recorded: NONE, OVERRIDE, or DEFAULT, as the tasks' awslogs. Raises Unknown."""
        configuration = self.properties.child("configuration")
        execute = configuration.child("executeCommandConfiguration") if configuration else None
        return (execute.text("logging") if execute else None) or "DEFAULT"


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


class AccountSettingDefault(Resource):
    """A setting of ECS for the whole account."""

    type = "aws:ecs/accountSettingDefault:AccountSettingDefault"
    label = "account setting"

    @property
    def trunks(self) -> bool:
        """Whether it lets instances hold more awsvpc tasks than they have network interfaces; one not known may."""
        try:
            return (self.properties.text("name"), self.properties.text("value")) == ("awsvpcTrunking", "enabled")
        except (Unknown, Malformed):
            return True


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
        return self.properties.nested(_PROVIDER, "autoScalingGroupArn")

    @property
    def of_a_group(self) -> bool:
        """Whether it provides the instances of an Auto Scaling group, and not ECS Managed Instances."""
        return self.properties.given(_PROVIDER)

    @property
    def name_given(self) -> str | None:
        """Its name in AWS. Raises Unknown."""
        return self.properties.text("name")

    @property
    def managed_scaling(self) -> bool:
        """Whether ECS scales the group; AWS's default is no. Raises Unknown."""
        return self._setting(lambda provider: _status(provider.child("managedScaling"))) == "ENABLED"

    @property
    def managed_draining(self) -> bool:
        """Whether ECS drains instances before they end; AWS's default is yes. Raises Unknown."""
        return self._setting(lambda provider: provider.text("managedDraining")) != "DISABLED"

    @property
    def termination_protection(self) -> bool:
        """Whether ECS protects instances with tasks from scale-in; AWS's default is no. Raises Unknown."""
        return self._setting(lambda provider: provider.text("managedTerminationProtection")) == "ENABLED"

    def _setting(self, read: Callable[[Properties], str | None]) -> str | None:
        try:
            provider = self.properties.child(_PROVIDER)
            return read(provider) if provider else None
        except Unknown:
            if self.computes_within(_PROVIDER, "aws:autoscaling/group:Group"):
                return None
            raise


_PROVIDER = "autoScalingGroupProvider"


def _status(scaling: Properties | None) -> str | None:
    return scaling.text("status") if scaling else None
