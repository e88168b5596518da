"""Amazon ECS."""

from __future__ import annotations

from typing import Any

from tests.localaws.case import Case
from tests.localaws.making import Properties, cluster, containers, registry, served, subnets, task, template


def auto_scaling_group(lab: Any, joins: str = "") -> str:
    name = lab.name("asg")
    lab.boto("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=1,
        VPCZoneIdentifier=subnets(lab, count=1)[0],
        LaunchTemplate={"LaunchTemplateId": template(lab, joins)},
        NewInstancesProtectedFromScaleIn=True,
    )
    found = lab.boto("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return str(found["AutoScalingGroups"][0]["AutoScalingGroupARN"])


def provider(lab: Any, joins: str = "") -> str:
    """A capacity provider that ECS scales."""
    name = lab.name("cp")
    lab.boto("ecs").create_capacity_provider(
        name=name,
        autoScalingGroupProvider={
            "autoScalingGroupArn": auto_scaling_group(lab, joins),
            "managedScaling": {"status": "ENABLED"},
        },
    )
    return str(name)


VOLUMES = [
    {"name": "data", "hostPath": "/var/data"},
    {"name": "tmp"},
    {
        "name": "cache",
        "dockerVolumeConfiguration": {
            "scope": "shared",
            "autoprovision": True,
            "driver": "local",
            "driverOpts": {"type": "tmpfs"},
            "labels": {"team": "web"},
        },
    },
    {
        "name": "files",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-01234567",
            "rootDirectory": "/",
            "transitEncryption": "ENABLED",
            "transitEncryptionPort": 2999,
            "authorizationConfig": {"accessPointId": "fsap-01234567", "iam": "ENABLED"},
        },
    },
]
LAUNCHED = [{"name": "data", "configuredAtLaunch": True}]


def _service(lab: Any) -> Properties:
    joined = lab.name("cluster")
    name = provider(lab, joined)
    return {
        "cluster": cluster(lab, name, name=joined),
        "taskDefinition": task(lab, volumes=LAUNCHED),
        "volumeConfiguration": {
            "name": "data",
            "managedEbsVolume": {
                "roleArn": "arn:aws:iam::123456789012:role/infrastructure",
                "encrypted": True,
                "sizeInGb": 20,
                "volumeType": "gp3",
                "iops": 3000,
                "throughput": 125,
                "fileSystemType": "xfs",
            },
        },
        "desiredCount": 2,
        "capacityProviderStrategies": [{"capacityProvider": name, "base": 1, "weight": 10}],
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "deploymentMaximumPercent": 150,
        "deploymentMinimumHealthyPercent": 50,
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": True,
        "availabilityZoneRebalancing": "ENABLED",
        "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
        "waitForSteadyState": True,
        "sigintRollback": True,
        "orderedPlacementStrategies": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "binpack", "field": "memory"},
        ],
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
        "loadBalancers": [{"targetGroupArn": served(lab), "containerName": "app", "containerPort": 80}],
        "serviceRegistries": {"registryArn": registry(lab), "containerName": "app", "containerPort": 80},
        "healthCheckGracePeriodSeconds": 30,
        "tags": {"a": "1"},
    }


CASES = [
    Case(
        "aws:ecs/accountSettingDefault:AccountSettingDefault",
        lambda lab: {"name": "awsvpcTrunking", "value": "enabled"},
        lambda lab, r: {"value": "disabled"},
        {"name": "containerInsights"},
        lambda lab, r: lab.boto("ecs").put_account_setting_default(name=r.id, value="enhanced"),
        "value",
        computed="principalArn",
    ),
    Case(
        "aws:ecs/cluster:Cluster",
        lambda lab: {"settings": [{"name": "containerInsights", "value": "enabled"}], "tags": {"a": "1"}},
        lambda lab, r: {"settings": [{"name": "containerInsights", "value": "disabled"}], "tags": {"a": "2", "b": "3"}},
        {"name": "other"},
        lambda lab, r: lab.boto("ecs").update_cluster(
            cluster=r.id, settings=[{"name": "containerInsights", "value": "enhanced"}]
        ),
        "settings",
    ),
    Case(
        "aws:ecs/capacityProvider:CapacityProvider",
        lambda lab: {
            "autoScalingGroupProvider": {
                "autoScalingGroupArn": auto_scaling_group(lab),
                "managedTerminationProtection": "ENABLED",
                "managedDraining": "ENABLED",
                "managedScaling": {
                    "status": "ENABLED",
                    "targetCapacity": 90,
                    "minimumScalingStepSize": 1,
                    "maximumScalingStepSize": 10,
                    "instanceWarmupPeriod": 60,
                },
            },
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            "autoScalingGroupProvider": {
                **r.inputs["autoScalingGroupProvider"],
                "managedScaling": {"status": "ENABLED", "targetCapacity": 80},
            }
        },
        {"autoScalingGroupProvider": {"autoScalingGroupArn": "arn:other"}},
        lambda lab, r: lab.boto("ecs").update_capacity_provider(
            name=r.inputs["name"],
            autoScalingGroupProvider={"managedScaling": {"status": "ENABLED", "targetCapacity": 55}},
        ),
        "autoScalingGroupProvider",
    ),
    Case(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        lambda lab: {
            "clusterName": cluster(lab),
            "capacityProviders": ["FARGATE", name := provider(lab)],
            "defaultCapacityProviderStrategies": [{"capacityProvider": name, "base": 1, "weight": 100}],
        },
        lambda lab, r: {
            "defaultCapacityProviderStrategies": [{**r.inputs["defaultCapacityProviderStrategies"][0], "weight": 50}]
        },
        {"clusterName": "other"},
        lambda lab, r: lab.boto("ecs").put_cluster_capacity_providers(
            cluster=r.id,
            capacityProviders=r.inputs["capacityProviders"],
            defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
        ),
        "defaultCapacityProviderStrategies",
        computed="",
    ),
    Case(
        "aws:ecs/taskDefinition:TaskDefinition",
        lambda lab: {
            "family": lab.name("family"),
            "containerDefinitions": containers(),
            "networkMode": "bridge",
            "executionRoleArn": "arn:aws:iam::123456789012:role/e",
            "taskRoleArn": "arn:aws:iam::123456789012:role/t",
            "requiresCompatibilities": ["EC2"],
            "cpu": "256",
            "memory": "512",
            "pidMode": "task",
            "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            "volumes": VOLUMES,
            "tags": {"a": "1"},
            "placementConstraints": [{"type": "memberOf", "expression": "attribute:x == y"}],
        },
        lambda lab, r: {"tags": {"b": "2"}},
        {"containerDefinitions": containers("nginx:2")},
        lambda lab, r: lab.boto("ecs").tag_resource(resourceArn=r.state["arn"], tags=[{"key": "a", "value": "behind"}]),
        "tags",
    ),
    Case(
        "aws:ecs/service:Service",
        _service,
        lambda lab, r: {
            "desiredCount": 3,
            "taskDefinition": task(lab, volumes=LAUNCHED),
            "deploymentMaximumPercent": 200,
            "tags": {"b": "1"},
            "forceNewDeployment": True,
            "enableExecuteCommand": False,
            "alarms": {"alarmNames": [], "enable": False, "rollback": False},
            "availabilityZoneRebalancing": "DISABLED",
            "serviceRegistries": None,
        },
        {"name": "other"},
        lambda lab, r: lab.boto("ecs").update_service(cluster=r.inputs["cluster"], service=r.id, desiredCount=7),
        "desiredCount",
    ),
]
