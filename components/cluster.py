"""An ECS cluster, made together with its container instances."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.arguments import typed
from components.attachment import Attachment
from components.container_instances import ContainerInstances, ContainerInstancesArgs
from components.managed_instances import ManagedInstances, ManagedInstancesArgs
from components.naming import first_name, within
from components.role_args import NOWHERE_ELSE, RoleArgs
from components.tokens import token
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.managed_instances import ManagedInstancesSettings
from ecs_model.problem import Problem, refuse, under
from ecs_model.sessions import ExecuteCommandSettings
from ecs_model.strategy import FARGATE, StrategyItem, name_problem
from ecs_model.strategy import problems as strategy_problems


@dataclass
class ClusterArgs:
    """A cluster, its capacity, and the strategy that says where services run unless they say otherwise."""

    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Subnets of the container instances."""
    capacity: Mapping[str, CapacitySettings]
    """Container instances, one entry a capacity provider; strategies name these keys."""
    settings: ClusterSettings
    """The default capacity provider strategy, without which a cluster cannot be built, and Container Insights."""
    load_balancers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Security groups of the load balancers that reach tasks here, by a name of yours."""
    udp_load_balancers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Security groups of those of them that send UDP to dynamic host ports here."""
    public_addresses: bool = False
    """Give the container instances public addresses."""
    managed_instances: Mapping[str, ManagedInstancesSettings] = field(default_factory=dict)
    """ECS Managed Instances, one entry a capacity provider; strategies name these keys, too."""
    former_capacity_providers: Mapping[str, str] = field(default_factory=dict)
    """The names of the last deployment's capacity providers, by their keys. Those that this one has no more, or has
    anew, stay attached while services still use them; a CapacitySettlement takes them off."""
    settled: bool = False
    """A CapacitySettlement of this cluster has the last word: what services need is attached beside what is."""
    roles: RoleArgs = NOWHERE_ELSE
    """Where the instances' roles stand in IAM, and what bounds them; those of tasks and services that are made of a
    stack's settings, too."""

    def problems(self, name: str) -> Iterator[Problem]:
        """What AWS would refuse; `name` is the component's, which the capacity providers are called after."""
        attached = [*self.capacity, *self.managed_instances, *(sorted(FARGATE) if self.settings.fargate else [])]
        default = self.settings.default_capacity_provider_strategy
        strategy = strategy_problems(default, attached, self.managed_instances)
        yield from under(strategy, "settings", "defaultCapacityProviderStrategy")
        yield from under(self.roles.problems(), "roles")
        if self.settings.execute_command is not None:
            yield from under(self.settings.execute_command.problems(), "settings", "executeCommand")
        for key, settings in self.capacity.items():
            yield from under(settings.problems(), "capacity", key)
            if reason := name_problem(f"{name}-{key}"):
                yield Problem(("capacity", key), reason)
        for key, managed in self.managed_instances.items():
            yield from under(managed.problems(), "managedInstances", key)
            if reason := name_problem(f"{name}-{key}"):
                yield Problem(("managedInstances", key), reason)
            if key in self.capacity:
                yield Problem(("managedInstances", key), "is in capacity as well, and strategies name both: rename it")


class Cluster(pulumi.ComponentResource):
    """An ECS cluster with its container instances and its default capacity provider strategy."""

    name: pulumi.Output[str]
    """The cluster's name."""
    arn: pulumi.Output[str]
    """The cluster's ARN, known once its capacity providers are attached: a service that takes it waits for them."""
    capacity_provider_names: pulumi.Output[dict[str, str]]
    """The capacity providers' names by their keys."""
    security_group_ids: pulumi.Output[dict[str, str]]
    """The container instances' security groups by the same keys, those of Managed Instances among them."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = typed(ClusterArgs, args)
        refuse(f"Cluster {name}", args.problems(name))
        super().__init__(token("Cluster"), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._first = first_name(name, opts)
        cluster = aws.ecs.Cluster(
            name,
            settings=[
                aws.ecs.ClusterSettingArgs(name="containerInsights", value=args.settings.container_insights.value)
            ],
            configuration=_configuration(args.settings.execute_command) if args.settings.execute_command else None,
            opts=self._child,
        )
        joined = self._trunking(name, cluster.name) if args.settings.awsvpc_trunking else cluster.name
        self._fargate = sorted(FARGATE) if args.settings.fargate else []
        self._instances = {key: self._capacity(name, key, args, joined) for key in args.capacity}
        self._managed = {
            key: ManagedInstances(
                f"{name}-{key}",
                ManagedInstancesArgs(cluster.name, args.vpc_id, args.subnet_ids, settings, args.roles),
                self._child,
            )
            for key, settings in args.managed_instances.items()
        }
        self._managed_settings = dict(args.managed_instances)
        attachment = self._attachment(name, args)
        self.leaving = attachment.leaving() if attachment.former else pulumi.Output.from_input([])
        attached = attachment.make(cluster.name, self.leaving, settled=args.settled)
        self.sessions = args.settings.execute_command
        self.roles = args.roles
        self.name = cluster.name
        self.arn = pulumi.Output.all(cluster.arn, *attached).apply(lambda known: str(known[0]))
        self.capacity_provider_names = pulumi.Output.all(**self.providers())
        self.security_group_ids = pulumi.Output.all(**self.instance_groups())
        self.register_outputs(
            {
                "name": self.name,
                "arn": self.arn,
                "capacityProviderNames": self.capacity_provider_names,
                "securityGroupIds": self.security_group_ids,
            }
        )

    def _trunking(self, name: str, cluster_name: pulumi.Output[str]) -> pulumi.Output[str]:
        """The cluster's name, known once the account has trunking: instances that start before would have none."""
        setting = aws.ecs.AccountSettingDefault(
            f"{name}-awsvpc-trunking",
            name="awsvpcTrunking",
            value="enabled",
            # Other stacks' instances may rely on it by then.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        return pulumi.Output.all(cluster_name, setting.value).apply(lambda both: str(both[0]))

    def _capacity(self, name: str, key: str, args: ClusterArgs, cluster_name: pulumi.Output[str]) -> ContainerInstances:
        return ContainerInstances(
            f"{name}-{key}",
            ContainerInstancesArgs(
                cluster_name=cluster_name,
                vpc_id=args.vpc_id,
                subnet_ids=args.subnet_ids,
                settings=args.capacity[key],
                load_balancers=args.load_balancers,
                udp_load_balancers=args.udp_load_balancers,
                public_addresses=args.public_addresses,
                roles=args.roles,
            ),
            within(self, f"{name}-{key}", f"{self._first}-{key}"),
        )

    def _attachment(self, name: str, args: ClusterArgs) -> Attachment:
        names = self.providers()
        strategy = [
            aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                capacity_provider=names.get(item.capacity_provider, item.capacity_provider),
                weight=item.weight,
                base=item.base,
            )
            for item in args.settings.default_capacity_provider_strategy
        ]
        former = list(args.former_capacity_providers.values())
        return Attachment(name, self, self.staying_providers(), former, strategy, self.has_managed_instances)

    def staying_providers(self) -> list[pulumi.Input[str]]:
        """The names of all capacity providers that are to be attached, Fargate's among them where it is on."""
        return [*self.providers().values(), *self._fargate]

    def providers(self) -> dict[str, pulumi.Output[str]]:
        """The capacity providers' names by their capacity's key, the keys known at once."""
        return {key: made.capacity_provider_name for key, made in (self._instances | self._managed).items()}

    def scaled_providers(self) -> dict[str, pulumi.Output[str]]:
        """Those that scale an Auto Scaling group, and so have a reservation in CloudWatch."""
        return {key: instances.capacity_provider_name for key, instances in self._instances.items()}

    @property
    def has_managed_instances(self) -> bool:
        """Whether some of its capacity is of ECS Managed Instances."""
        return bool(self._managed)

    def managed_of(self, strategy: Sequence[StrategyItem]) -> dict[str, ManagedInstancesSettings]:
        """The Managed Instances that tasks of a strategy, which names keys, may be placed on."""
        used = {item.capacity_provider for item in strategy if item.weight or item.base}
        return {key: settings for key, settings in self._managed_settings.items() if key in used}

    def instance_groups(self) -> dict[str, pulumi.Output[str]]:
        """The container instances' security groups by their capacity's key, the keys known at once."""
        return {key: made.security_group_id for key, made in (self._instances | self._managed).items()}


def _configuration(sessions: ExecuteCommandSettings) -> aws.ecs.ClusterConfigurationArgs:
    log = aws.ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
        cloud_watch_log_group_name=sessions.log_group,
        cloud_watch_encryption_enabled=sessions.encrypted_logs if sessions.log_group else None,
        s3_bucket_name=sessions.bucket,
        s3_key_prefix=sessions.prefix,
        s3_bucket_encryption_enabled=sessions.encrypted_logs if sessions.bucket else None,
    )
    return aws.ecs.ClusterConfigurationArgs(
        execute_command_configuration=aws.ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
            kms_key_id=sessions.kms_key,
            logging="OVERRIDE" if sessions.elsewhere else "DEFAULT",
            log_configuration=log if sessions.elsewhere else None,
        )
    )
