"""A cluster with a capacity provider of ECS Managed Instances, through boto3 on the local AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localaws.fleets import Described, Fleet

POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances"
TASK: Described = {"requiresCompatibilities": ["MANAGED_INSTANCES"], "networkMode": "awsvpc", "cpu": "512"}
APP: Described = {"name": "app", "image": "nginx", "memory": 1000}
SMALL: Described = {
    "vCpuCount": {"min": 2, "max": 4},
    "memoryMiB": {"min": 4096},
    "allowedInstanceTypes": ["m7i.*", "m7g.*"],
}
PENDING = "not in an ACTIVE state"


class Managed(Fleet):
    """The cluster, the roles, and what the tests ask of them."""

    def __init__(self, lab: Any) -> None:
        super().__init__(lab)
        self.iam = lab.boto("iam")
        self.group_id = self.ec2.create_security_group(GroupName=self.cluster, Description="x", VpcId=self.vpc)[
            "GroupId"
        ]

    def role(self, service: str, name: str, *policies: str, path: str = "/") -> str:
        """A role's ARN."""
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        made = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document)["Role"]
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        return str(made["Arn"])

    def settings(self, *, role_name: str | None = None, path: str = "/", **template: Any) -> Described:
        """A managedInstancesProvider."""
        name = role_name or self.lab.name("ecsInstanceRole")
        self.role("ec2.amazonaws.com", name, path=path)
        profile = self.iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]
        self.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
        return {
            "infrastructureRoleArn": self.role("ecs.amazonaws.com", self.lab.name("infrastructure"), POLICY),
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": profile,
                "networkConfiguration": {"subnets": self.subnets, "securityGroups": [self.group_id]},
                "instanceRequirements": SMALL,
                **template,
            },
        }

    def managed(self, settings: Described | None = None, *, active: bool = True, **more: Any) -> str:
        """A capacity provider, ready for use unless `active` is false."""
        name = str(self.lab.name("own"))
        whole = {**(settings or self.settings()), **more}
        self.ecs.create_capacity_provider(name=name, cluster=self.cluster, managedInstancesProvider=whole)
        if active:
            with pytest.raises(ClientError, match=PENDING):
                self.attach(name)
            self.attach(name)
        return name

    def attach(self, *names: str) -> None:
        """Make them the cluster's, the first one its default."""
        strategy = [{"capacityProvider": name, "weight": 1} for name in names[:1]]
        self.ecs.put_cluster_capacity_providers(
            cluster=self.cluster, capacityProviders=list(names), defaultCapacityProviderStrategy=strategy
        )

    def provider_of(self, name: str) -> Described:
        """What ECS tells of a capacity provider."""
        return dict(self.ecs.describe_capacity_providers(capacityProviders=[name])["capacityProviders"][0])

    def own_service(self, provider: str, desired: int, container: Described = APP, **more: Any) -> str:
        """A service on that capacity provider."""
        definition = self.task(container, **{**TASK, **more})
        network = {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.group_id]}}
        mode = more.get("networkMode", "awsvpc")
        return self.service(
            desired,
            taskDefinition=definition,
            capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}],
            **({"networkConfiguration": network} if mode == "awsvpc" else {}),
        )

    def types(self) -> list[str]:
        """The types of the container instances."""
        told = [{item["name"]: item.get("value") for item in each["attributes"]} for each in self.instances()]
        return sorted(str(each["ecs.instance-type"]) for each in told)
