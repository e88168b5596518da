"""Everything that a deployment can leave behind in an AWS account, asked of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-central-1"


class Account:
    """The AWS behind an endpoint, by its ordinary API."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def __getattr__(self, service: str) -> Any:
        """The client of a service, such as `account.ecs`."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service, region_name=REGION, endpoint_url=self._endpoint, aws_access_key_id="test",
                aws_secret_access_key="test", config=Config(proxies={}, retries={"total_max_attempts": 2}),
            )  # fmt: skip
        return self._clients[service]

    def all(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """Every page of a listing."""
        client = getattr(self, service)
        if not client.can_paginate(operation):
            return list(getattr(client, operation)(**arguments)[key])
        return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[key]]

    def clusters(self) -> list[Any]:
        """The clusters that are not deleted."""
        arns = self.all("ecs", "list_clusters", "clusterArns")
        found = self.ecs.describe_clusters(clusters=arns, include=["SETTINGS", "TAGS"])["clusters"]
        return [cluster for cluster in found if cluster["status"] != "INACTIVE"]

    def services(self, cluster: str) -> list[Any]:
        """The services of a cluster that are not deleted."""
        arns = self.all("ecs", "list_services", "serviceArns", cluster=cluster)
        found = self.ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
        return [service for service in found if service["status"] != "INACTIVE"]

    def capacity_providers(self, names: Iterable[str]) -> list[Any]:
        """Those of these capacity providers that are not deleted; moto cannot list them without their names."""
        found = self.ecs.describe_capacity_providers(capacityProviders=list(names))["capacityProviders"]
        return [provider for provider in found if provider["status"] != "INACTIVE"]

    def inventory(self) -> dict[str, set[str]]:
        """What exists, by its kind; capacity providers aside."""
        return {kind: set(ids) for kind, ids in {**self._of_ec2(), **self._of_others()}.items()}

    def _ec2(self, operation: str, key: str, id_: str, keep: Callable[[Any], bool] = lambda _: True) -> list[str]:
        return [item[id_] for item in self.all("ec2", operation, key) if keep(item)]

    def _of_ec2(self) -> dict[str, Iterable[str]]:
        reservations = self.all("ec2", "describe_instances", "Reservations")
        instances = [instance for reservation in reservations for instance in reservation["Instances"]]
        ended = {i["InstanceId"] for i in instances if i["State"]["Name"] == "terminated"}
        return {
            "instances": {i["InstanceId"] for i in instances} - ended,
            "volumes": self._ec2("describe_volumes", "Volumes", "VolumeId"),
            "launch templates": self._ec2("describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
            "security groups": self._ec2("describe_security_groups", "SecurityGroups", "GroupId"),
            "rules": self._ec2("describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"),
            "VPCs": self._ec2("describe_vpcs", "Vpcs", "VpcId"),
            "subnets": self._ec2("describe_subnets", "Subnets", "SubnetId"),
            "route tables": self._ec2("describe_route_tables", "RouteTables", "RouteTableId"),
            "internet gateways": self._ec2("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
            "NAT gateways": self._ec2(
                "describe_nat_gateways", "NatGateways", "NatGatewayId", lambda nat: nat["State"] != "deleted"
            ),
            "addresses": self._ec2("describe_addresses", "Addresses", "AllocationId"),
            # moto keeps the interfaces of instances that have ended.
            "interfaces": self._ec2(
                "describe_network_interfaces",
                "NetworkInterfaces",
                "NetworkInterfaceId",
                lambda interface: interface.get("Attachment", {}).get("InstanceId") not in ended,
            ),
            "endpoints": self._ec2(
                "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", lambda end: end["State"] != "deleted"
            ),
        }

    def _of_others(self) -> dict[str, Iterable[str]]:
        clusters = [cluster["clusterName"] for cluster in self.clusters()]
        balancers = [lb["LoadBalancerArn"] for lb in self.all("elbv2", "describe_load_balancers", "LoadBalancers")]
        groups = self.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
        return {
            "clusters": clusters,
            "services": [service["serviceArn"] for name in clusters for service in self.services(name)],
            "task definitions": self.all("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"),
            "Auto Scaling groups": [group["AutoScalingGroupName"] for group in groups],
            "load balancers": balancers,
            "listeners": [listener for arn in balancers for listener in self._listeners(arn)],
            "target groups": [g["TargetGroupArn"] for g in self.all("elbv2", "describe_target_groups", "TargetGroups")],
            "roles": [role["RoleName"] for role in self.all("iam", "list_roles", "Roles")],
            "customer policies": [p["Arn"] for p in self.all("iam", "list_policies", "Policies", Scope="Local")],
            "instance profiles": [
                p["InstanceProfileName"] for p in self.all("iam", "list_instance_profiles", "InstanceProfiles")
            ],
            "scalable targets": self._scaled("describe_scalable_targets", "ScalableTargets", "ScalableTargetARN"),
            "scaling policies": self._scaled("describe_scaling_policies", "ScalingPolicies", "PolicyARN"),
            "scheduled actions": self._scaled("describe_scheduled_actions", "ScheduledActions", "ScheduledActionARN"),
            "alarms": [alarm["AlarmName"] for alarm in self.all("cloudwatch", "describe_alarms", "MetricAlarms")],
            "dashboards": [
                board["DashboardName"] for board in self.all("cloudwatch", "list_dashboards", "DashboardEntries")
            ],
            "namespaces": [found["Id"] for found in self.all("servicediscovery", "list_namespaces", "Namespaces")],
            "registries": [found["Id"] for found in self.all("servicediscovery", "list_services", "Services")],
            "schedules": [found["Name"] for found in self.all("scheduler", "list_schedules", "Schedules")],
            "buckets": [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]],
            "certificates": [
                found["CertificateArn"] for found in self.all("acm", "list_certificates", "CertificateSummaryList")
            ],
            "records": [
                f"{record['Name']} {record['Type']}"
                for zone in self.all("route53", "list_hosted_zones", "HostedZones")
                for record in self.all(
                    "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]
                )
                # moto keeps the zones of namespaces that are gone, which begin with these.
                if record["Type"] not in ("NS", "SOA")
            ],
            "log groups": [group["logGroupName"] for group in self.all("logs", "describe_log_groups", "logGroups")],
        }

    def _scaled(self, operation: str, key: str, id_: str) -> list[str]:
        return [item[id_] for item in self.all("application-autoscaling", operation, key, ServiceNamespace="ecs")]

    def _listeners(self, balancer: str) -> list[str]:
        found = self.all("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=balancer)
        return [listener["ListenerArn"] for listener in found]
