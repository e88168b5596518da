"""Amazon ECS: services."""

from collections.abc import Iterator
from typing import NamedTuple

from ecs_model.placement_rules import PlacementConstraint, PlacementStrategy
from policies.properties import Properties, References
from policies.views.resource import Resource
from policies.views.strategy import StrategyEntry, only_fargate, strategy_entries
from policies.views.task_definition import Launch, placement_constraints


class ServiceTarget(NamedTuple):
    """A service's registration with a load balancer."""

    target_group: References
    container: str | None
    port: int | None


class Service(Resource):
    """An ECS service."""

    type = "aws:ecs/service:Service"
    label = "service"
    identity = ("id", "arn", "name")
    computed = frozenset(
        {
            "cluster",
            "launchType",
            "capacityProviderStrategies",
            "deploymentCircuitBreaker",
            "deploymentConfiguration",
            "deploymentController",
            "networkConfiguration",
        }
    )

    @property
    def cluster(self) -> References:
        """The cluster's name or ARN."""
        return self.properties.reference("cluster")

    @property
    def cluster_names(self) -> list[str]:
        """The cluster's name, where it is known."""
        return [text.rsplit("/", 1)[-1] for text in self.cluster.known]

    @property
    def task_definition(self) -> References:
        """The task definition's ARN, or its family with or without a revision."""
        return self.properties.reference("taskDefinition")

    @property
    def launch_type(self) -> str | None:
        """The launch type, where the service states one."""
        launch = self.properties.text("launchType")
        return launch.upper() if launch else None

    @property
    def strategy(self) -> list[StrategyEntry]:
        """The service's own capacity provider strategy."""
        return strategy_entries(self.properties, "capacityProviderStrategies")

    @property
    def security_groups(self) -> References:
        """The security groups of its tasks' own network interfaces (awsvpc). Raises Unknown."""
        network = self.properties.child("networkConfiguration")
        return network.texts("securityGroups") if network else References()

    @property
    def load_balancers(self) -> Iterator[ServiceTarget]:
        """Where it registers its tasks."""
        for written in self.properties.children("loadBalancers"):
            yield ServiceTarget(
                written.reference("targetGroupArn"), written.text("containerName"), written.integer("containerPort")
            )

    @property
    def connects(self) -> bool:
        """Whether it is part of Service Connect."""
        connect = self.properties.child("serviceConnectConfiguration")
        return connect is not None and connect.flag("enabled")

    @property
    def offers_ports(self) -> bool:
        """Whether it offers ports to others by Service Connect."""
        connect = self.properties.child("serviceConnectConfiguration")
        return connect is not None and connect.flag("enabled") and bool(connect.children("services"))

    @property
    def is_daemon(self) -> bool:
        """Whether it keeps one task on every container instance (`DAEMON`) instead of a number of copies."""
        return (self.properties.text("schedulingStrategy") or "REPLICA").upper() == "DAEMON"

    @property
    def controller(self) -> str:
        """What deploys it: `ECS` itself where nothing else is said, `CODE_DEPLOY`, or `EXTERNAL`. Raises Unknown."""
        controller = self.properties.child("deploymentController")
        return ((controller.text("type") if controller else None) or "ECS").upper()

    @property
    def rolls(self) -> bool:
        """Whether ECS replaces its tasks by rolling deployments, as it does where nothing else is said."""
        configuration = self.properties.child("deploymentConfiguration")
        strategy = configuration.text("strategy") if configuration else None
        return self.controller == "ECS" and (strategy or "ROLLING").upper() == "ROLLING"

    @property
    def network(self) -> Properties | None:
        """The subnets and security groups of its tasks' own network interfaces (awsvpc). Raises Unknown."""
        return self.properties.child("networkConfiguration")

    @property
    def placement_strategies(self) -> list[PlacementStrategy]:
        """The order in which instances take its tasks. Raises Unknown."""
        written = self.properties.children("orderedPlacementStrategies")
        return [PlacementStrategy(item.text("type"), item.text("field") or "") for item in written]

    @property
    def placement_constraints(self) -> list[PlacementConstraint]:
        """What an instance must meet to take its tasks. Raises Unknown."""
        return placement_constraints(self.properties)

    @property
    def allows_exec(self) -> bool:
        """Whether people may open a shell in its containers (ECS Exec). Raises Unknown."""
        return self.properties.flag("enableExecuteCommand")

    @property
    def is_load_balanced(self) -> bool:
        """Whether it registers its tasks with a load balancer."""
        return self.properties.given("loadBalancers")

    @property
    def desired_count(self) -> int | None:
        """How many copies of the task it wants; None where it does not say."""
        return self.properties.integer("desiredCount")

    @property
    def minimum_healthy_percent(self) -> int | None:
        """Percent of the desired count that keeps running in a deployment; None where it does not say."""
        return self.properties.integer("deploymentMinimumHealthyPercent")

    @property
    def maximum_percent(self) -> int | None:
        """Percent of the desired count that may run in a deployment; None where it does not say."""
        return self.properties.integer("deploymentMaximumPercent")

    @property
    def elsewhere(self) -> bool | None:
        """Whether its tasks run on Fargate or outside AWS; None where only the cluster's default says."""
        if self.launch_type:
            return self.launch_type in (Launch.FARGATE, Launch.EXTERNAL)
        if self.strategy:
            return only_fargate([entry.provider for entry in self.strategy])
        return None
