"""Taking over what exists: which live resource stands for which of the program's."""

import re
from collections.abc import Iterator, Mapping

from ecs_model.problem import Problem, of_these

Adopted = Mapping[str, Mapping[str, str]]
"""Live resources: their type, such as ecs.Cluster, then the program's name for each and the id it is imported by."""

FIXED: Mapping[str, tuple[str, ...]] = {
    "acm.Certificate": ("domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"),
    "appautoscaling.Target": ("resourceId", "scalableDimension", "serviceNamespace"),
    "autoscaling.Group": ("name", "namePrefix"),
    "cloudwatch.Dashboard": ("dashboardName",),
    "cloudwatch.LogGroup": ("name", "namePrefix", "kmsKeyId", "logGroupClass"),
    "cloudwatch.MetricAlarm": ("name",),
    "ec2.Eip": ("domain",),
    "ec2.InternetGateway": (),
    "ec2.LaunchTemplate": ("name", "namePrefix"),
    "ec2.NatGateway": ("allocationId", "connectivityType", "subnetId"),
    "ec2.RouteTable": ("vpcId",),
    "ec2.SecurityGroup": ("name", "namePrefix", "description", "vpcId"),
    "ec2.Subnet": ("availabilityZone", "cidrBlock", "vpcId"),
    "ec2.Vpc": ("cidrBlock",),
    "ec2.VpcEndpoint": ("serviceName", "vpcEndpointType", "vpcId"),
    "ecs.CapacityProvider": (
        "name",
        "autoScalingGroupProvider.autoScalingGroupArn",
        "managedInstancesProvider.instanceLaunchTemplate.capacityOptionType",
    ),
    "ecs.Cluster": ("name",),
    "ecs.ClusterCapacityProviders": ("clusterName",),
    "ecs.Service": ("name", "cluster", "schedulingStrategy"),
    "iam.InstanceProfile": ("name", "namePrefix", "path"),
    "iam.Role": ("name", "namePrefix", "path"),
    "iam.RolePolicy": ("name", "namePrefix", "role"),
    "iam.RolePolicyAttachment": ("policyArn", "role"),
    "lb.Listener": ("loadBalancerArn",),
    "lb.ListenerRule": ("listenerArn",),
    "lb.LoadBalancer": ("name", "namePrefix", "internal", "loadBalancerType"),
    "lb.TargetGroup": (
        "name",
        "namePrefix",
        "ipAddressType",
        "port",
        "protocol",
        "protocolVersion",
        "targetType",
        "vpcId",
    ),
    "s3.Bucket": ("bucket", "bucketPrefix"),
    "scheduler.Schedule": ("name", "namePrefix", "groupName"),
    "servicediscovery.HttpNamespace": ("name", "description"),
    "servicediscovery.PrivateDnsNamespace": ("name", "vpc"),
    "servicediscovery.Service": ("name", "namespaceId", "healthCheckCustomConfig"),
    "vpc.SecurityGroupEgressRule": ("securityGroupId",),
    "vpc.SecurityGroupIngressRule": ("securityGroupId",),
}
"""The types that can be adopted, and of each the properties that the AWS provider changes only by a replacement, as its
pages of https://www.pulumi.com/registry/packages/aws/api-docs/ say: an adopted resource keeps them as they are."""


def short_type(token: str) -> str:
    """A resource's type as settings write it: `aws:ecs/cluster:Cluster` is ecs.Cluster; empty of other providers."""
    found = re.fullmatch(r"aws:(\w+)/\w+:(\w+)", token)
    return f"{found[1]}.{found[2]}" if found else ""


def adoption_problems(adopted: Adopted) -> Iterator[Problem]:
    """What cannot be adopted; whether the program has resources of these names only its run can tell."""
    owners: dict[tuple[str, str], str] = {}
    for type_, ids in adopted.items():
        if type_ not in FIXED:
            yield Problem((type_,), f"is no type that can be adopted{of_these(type_, FIXED)}")
        for name, id_ in ids.items():
            if not id_.strip():
                yield Problem((type_, name), "is empty: give the id that the live resource is imported by")
                continue
            first = owners.setdefault((type_, id_), name)
            if first != name:
                yield Problem((type_, name), f"is {id_}, which {first} adopts already: a resource is adopted once")


def unmet(adopted: Adopted, made: Mapping[str, set[str]]) -> Iterator[Problem]:
    """What no resource of a program stands for; `made` are the names of what it made by their types."""
    for type_, ids in adopted.items():
        known = made.get(type_, set())
        for name in sorted(set(ids) - known):
            otherwise = "take the name from a preview"
            yield Problem((type_, name), f"is no {type_} of this program{of_these(name, known, otherwise)}")
