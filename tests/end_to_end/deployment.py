"""One deployed environment: what its settings say, and what AWS's API says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ecs_model.agent_config import dynamic_ports
from ecs_model.ports import PortRange
from ecs_model.user_data import agent_variables
from tests.end_to_end.harness import Run, Workbench, config_file, read_config
from tests.end_to_end.inventory import Account
from tests.end_to_end.seeds import seed


class Deployment:
    """An environment of this repository, deployed when first looked at."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.config = config_file(bench.directory, bench.stack)
        self.account = Account(bench.aws().endpoint)
        if bench.stack == "prod":
            seed(self.account, self.config)
        self.before = self.account.inventory()
        """What existed before anything was deployed."""

    @cached_property
    def preview(self) -> Run:
        """The first preview."""
        return self.bench.preview()

    @cached_property
    def up(self) -> Run:
        """The first deployment, after its preview."""
        assert self.preview.code == 0, self.preview.said
        return self.bench.up()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The environment's settings as first deployed, by section."""
        return read_config(self.config)

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        return self.bench.outputs()

    # ECS

    @property
    def cluster(self) -> dict[str, Any]:
        """The only cluster of the account."""
        (found,) = self.account.clusters()
        return dict(found)

    def services(self) -> dict[str, dict[str, Any]]:
        """The cluster's services by the key that the settings have for them."""
        found = {service["serviceName"]: service for service in self.account.services(self.cluster["clusterArn"])}
        keys = self.outputs["services"]
        assert set(keys.values()) == set(found)
        assert set(keys) == set(self.settings["services"])
        return {key: found[name] for key, name in keys.items()}

    def tasks(self) -> dict[str, dict[str, Any]]:
        """The task definitions that the services run, by service."""
        describe = self.account.ecs.describe_task_definition
        return {
            key: describe(taskDefinition=service["taskDefinition"])["taskDefinition"]
            for key, service in self.services().items()
        }

    def scaling(self) -> dict[str, Scaling]:
        """What scales services, by the service's key; only of those that are scaled."""
        keys = {f"service/{self.outputs['cluster']}/{name}": key for key, name in self.outputs["services"].items()}
        targets = self._scaled("describe_scalable_targets", "ScalableTargets")
        policies = self._scaled("describe_scaling_policies", "ScalingPolicies")
        actions = self._scaled("describe_scheduled_actions", "ScheduledActions")
        return {
            keys[target["ResourceId"]]: Scaling(
                target,
                [policy for policy in policies if policy["ResourceId"] == target["ResourceId"]],
                [action for action in actions if action["ResourceId"] == target["ResourceId"]],
            )
            for target in targets
        }

    def _scaled(self, operation: str, key: str) -> list[dict[str, Any]]:
        return self.account.all("application-autoscaling", operation, key, ServiceNamespace="ecs")

    def strategy(self, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A strategy of the settings as the API tells it: with the providers' names."""
        names = self.outputs["capacityProviders"]
        items = ({"weight": 0, "base": 0} | item for item in written)
        return by_provider([item | {"capacityProvider": names[item["capacityProvider"]]} for item in items])

    def providers(self) -> dict[str, dict[str, Any]]:
        """The capacity providers by the settings' key."""
        names = self.outputs["capacityProviders"]
        assert set(names) == set(self.settings["capacity"])
        found = {provider["name"]: provider for provider in self.account.capacity_providers(names.values())}
        return {key: found[name] for key, name in names.items()}

    # Container instances

    def fleets(self) -> dict[str, Fleet]:
        """The container instances by the settings' key, found as ECS finds them: through the capacity provider."""
        listed = self.account.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
        groups = {group["AutoScalingGroupARN"]: group for group in listed}
        fleets = {
            key: Fleet(self.account, groups.pop(provider["autoScalingGroupProvider"]["autoScalingGroupArn"]))
            for key, provider in self.providers().items()
        }
        assert not groups, "Auto Scaling groups without a capacity provider"
        return fleets

    # Load balancers

    def balancers(self) -> dict[str, dict[str, Any]]:
        """The load balancers by the settings' key."""
        listed = self.account.all("elbv2", "describe_load_balancers", "LoadBalancers")
        by_address = {balancer["DNSName"]: balancer for balancer in listed}
        keys = self.outputs["loadBalancers"]
        assert set(keys.values()) == set(by_address)
        assert set(keys) == set(self.settings["loadBalancers"])
        return {key: by_address[address] for key, address in keys.items()}

    def listeners(self, balancer: dict[str, Any]) -> dict[int, dict[str, Any]]:
        """A load balancer's listeners by port."""
        arn = balancer["LoadBalancerArn"]
        found = self.account.all("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        return {listener["Port"]: listener for listener in found}

    def target_groups(self) -> dict[str, dict[str, Any]]:
        """All target groups of the account by ARN."""
        found = self.account.all("elbv2", "describe_target_groups", "TargetGroups")
        return {group["TargetGroupArn"]: group for group in found}

    def ingress(self, group: str) -> list[dict[str, Any]]:
        """What a security group lets in."""
        where = [{"Name": "group-id", "Values": [group]}]
        found = self.account.all("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=where)
        return [rule for rule in found if not rule["IsEgress"]]

    # IAM

    def role_policies(self, arn: str, *attached: str) -> list[dict[str, Any]]:
        """The statements of a role's inline policies; beside them it has those of these ARNs, and no others."""
        name, iam = arn.rpartition("/")[2], self.account.iam
        found = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert {policy["PolicyArn"] for policy in found} == {*attached}
        documents = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        return [statement for document in documents for statement in parsed(document)["Statement"]]

    def trust(self, arn: str) -> list[dict[str, Any]]:
        """The statements that say who may assume a role."""
        role = self.account.iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]
        statements: list[dict[str, Any]] = parsed(role["AssumeRolePolicyDocument"])["Statement"]
        return statements


@dataclass(frozen=True)
class Scaling:
    """The scalable target of a service, its policies and its scheduled actions."""

    target: dict[str, Any]
    policies: list[dict[str, Any]]
    actions: list[dict[str, Any]]

    @property
    def tracked(self) -> dict[str, float]:
        """The values that are kept, by the metric's name."""
        chosen = [
            policy["TargetTrackingScalingPolicyConfiguration"]
            for policy in self.policies
            if policy["PolicyType"] == "TargetTrackingScaling"
        ]
        return {_metric(tracking): tracking["TargetValue"] for tracking in chosen}

    @property
    def steps(self) -> dict[str, list[dict[str, Any]]]:
        """The steps of the other policies, by the policy's ARN."""
        return {
            policy["PolicyARN"]: policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
            for policy in self.policies
            if policy["PolicyType"] == "StepScaling"
        }


def _metric(tracking: dict[str, Any]) -> str:
    predefined = tracking.get("PredefinedMetricSpecification")
    return str(
        predefined["PredefinedMetricType"] if predefined else tracking["CustomizedMetricSpecification"]["MetricName"]
    )


class Fleet:
    """The container instances of one Auto Scaling group, as their next instance will be."""

    def __init__(self, account: Account, group: dict[str, Any]) -> None:
        self.group = group
        mixed = group.get("MixedInstancesPolicy")
        launch = mixed["LaunchTemplate"]["LaunchTemplateSpecification"] if mixed else group["LaunchTemplate"]
        self.distribution = mixed["InstancesDistribution"] if mixed else None
        self.overrides = [item.get("InstanceType") for item in mixed["LaunchTemplate"]["Overrides"]] if mixed else []
        self.version = launch["Version"]
        (found,) = account.ec2.describe_launch_template_versions(
            LaunchTemplateId=launch["LaunchTemplateId"], Versions=[self.version]
        )["LaunchTemplateVersions"]
        self.template = found["LaunchTemplateData"]
        self.template_id = launch["LaunchTemplateId"]

    @property
    def security_groups(self) -> list[str]:
        """The instances' security groups."""
        (interface,) = self.template["NetworkInterfaces"]
        return list(interface["Groups"])

    @property
    def variables(self) -> dict[str, str]:
        """What the user data tells the ECS agent."""
        return agent_variables(self.template["UserData"])

    @property
    def ports(self) -> PortRange:
        """The agent's dynamic host ports."""
        return dynamic_ports(self.variables)


def by_provider(strategy: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A strategy in an order of its own: AWS keeps none."""
    return sorted(strategy, key=lambda item: str(item["capacityProvider"]))


def parsed(document: str | dict[str, Any]) -> dict[str, Any]:
    """A policy document, which botocore has parsed already or not."""
    found: dict[str, Any] = json.loads(document) if isinstance(document, str) else document
    return found
