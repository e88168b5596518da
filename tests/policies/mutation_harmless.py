"""Changes of our own stacks that break no practice of ECS on EC2, each with the reason why no rule finds it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Harmless:
    """Changes that no rule has to find."""

    changes: str
    """The resource type, the property and the change, with * for any text; where it matters, the name goes before."""
    reason: str


_REFUSED = "AWS refuses it, or the provider before that, whatever the program is about: no practice of ECS"
_DEFAULT = "AWS's own default is as good, or the same"
_TASTE = "a choice with two good sides, which nothing that the program shows decides"
_ELSEWHERE = "what AWS's network or another service does; that an instance reaches ECS shows in no single property"
_OPERATOR = "how the provider waits, replaces or deletes; the service that runs is the same"

_CERTIFICATE = "which certificate a listener has is no practice of ECS; that it has one, its listener shows"
_BUCKET = "that a load balancer logs is judged; AWS refuses a bucket that it may not write to"

_BY_TYPE: dict[str, dict[str, tuple[str, ...]]] = {
    "aws:acm/certificate:Certificate": {
        _CERTIFICATE: ("*",),
    },
    "aws:acm/certificateValidation:CertificateValidation": {
        _CERTIFICATE: ("*",),
    },
    "aws:route53/record:Record": {
        "by what name clients find a load balancer is no practice of ECS": ("*",),
    },
    "aws:s3/bucket:Bucket": {
        _BUCKET: ("*",),
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        _BUCKET: ("*",),
    },
    "aws:s3/bucketPolicy:BucketPolicy": {
        _BUCKET: ("*",),
    },
    "aws:iam/role:Role": {
        _OPERATOR: ("forceDetachPolicies *", "ignoreChanges *"),
        _DEFAULT: ("maxSessionDuration *", "path *", "assumeRolePolicy.Version dropped"),
        "the trust is as narrow as before: a wildcard means the actions of sts that such a principal can call": (
            'assumeRolePolicy.Statement.* "[*]"',
        ),
        "the role is an execution role": ("*-execution: managedPolicyArns *",),
        "AWS asks for a condition on the source on task roles; its page on execution roles has none": (
            "*-execution: assumeRolePolicy.Statement.*.Condition dropped",
        ),
        "one of aws:SourceAccount and aws:SourceArn is enough against a confused deputy": (
            "assumeRolePolicy.Statement.*.Condition.*",
        ),
    },
    "aws:iam/rolePolicy:RolePolicy": {
        _DEFAULT: ("policy.Version *",),
        _REFUSED: (
            "policy.Statement dropped",
            "policy.Statement emptied",
            "policy.Statement.*.Action dropped",
            "policy.Statement.*.Action emptied",
            "policy.Statement.*.Effect dropped",
            "policy.Statement.*.Resource dropped",
            "policy.Statement.*.Resource emptied",
        ),
        "what the containers call shows in no resource; that the agent may write its logs is the log group's matter": (
            "policy.Statement.* dropped",
        ),
    },
    "aws:autoscaling/group:Group": {
        _TASTE: (
            "capacityRebalance *",
            "instanceRefresh dropped",
            "instanceRefresh.preferences*",
            "mixedInstancesPolicy.instancesDistribution*",
        ),
        _DEFAULT: ("healthCheckGracePeriod dropped", "metricsGranularity dropped"),
        _OPERATOR: (
            "forceDelete *",
            "forceDeleteWarmPool *",
            "ignoreFailedScalingActivities *",
            "waitForCapacityTimeout dropped",
        ),
        _REFUSED: (
            "launchTemplate dropped",
            "launchTemplate.id dropped",
            "mixedInstancesPolicy dropped",
            "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId dropped",
            "mixedInstancesPolicy.launchTemplate.overrides dropped",
            "mixedInstancesPolicy.launchTemplate.overrides emptied",
            "mixedInstancesPolicy.launchTemplate.overrides.[*].instanceType dropped",
            "vpcZoneIdentifiers dropped",
            "vpcZoneIdentifiers emptied",
        ),
        "the other types are enough": ("mixedInstancesPolicy.launchTemplate.overrides.[*] dropped",),
        "its tasks are small enough for any instance type": ("local-spot: *t3.nano*",),
        "these instance types are arm64, as that one": ("dev-spot: *t4g.large*",),
        "the strategy's other group still lies in two zones": ("vpcZoneIdentifiers.[*] dropped",),
        "ECS's own tag is there still, and its value means nothing": ("tags.*",),
    },
    "aws:appautoscaling/*": {"how far and when a service is scaled is the team's": ("*",)},
    "aws:cloudwatch/metricAlarm:*": {"who hears of what is the team's": ("*",)},
    "aws:servicediscovery/*": {"under which name a service is found, and how long, is the team's": ("*",)},
    "aws:ec2/eip:Eip": {_ELSEWHERE: ("*",)},
    "aws:ec2/internetGateway:InternetGateway": {_ELSEWHERE: ("*",)},
    "aws:ec2/natGateway:NatGateway": {_ELSEWHERE: ("*",)},
    "aws:ec2/route:Route": {_ELSEWHERE: ("*",)},
    "aws:ec2/routeTable:RouteTable": {_ELSEWHERE: ("*",)},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {_ELSEWHERE: ("*",)},
    "aws:ec2/subnet:Subnet": {_ELSEWHERE: ("*",)},
    "aws:ec2/vpc:Vpc": {_ELSEWHERE: ("*",)},
    "aws:ec2/launchTemplate:LaunchTemplate": {
        "the volume is the AMI's own, which the program does not show": (
            "blockDeviceMappings dropped",
            "blockDeviceMappings emptied",
            "blockDeviceMappings.[*] dropped",
            "blockDeviceMappings.[*].ebs dropped",
        ),
        _DEFAULT: (
            "blockDeviceMappings.*.deleteOnTermination dropped",
            "blockDeviceMappings.*.volumeSize dropped",
            "blockDeviceMappings.*.volumeType dropped",
            "metadataOptions.httpEndpoint dropped",
            "metadataOptions.httpPutResponseHopLimit dropped",
            "networkInterfaces.[*].deleteOnTermination *",
            "networkInterfaces.[*].deviceIndex dropped",
        ),
        _TASTE: ("blockDeviceMappings.*.deleteOnTermination false", "tagSpecifications*", "updateDefaultVersion *"),
        _REFUSED: ("blockDeviceMappings.[*].deviceName dropped", "imageId dropped", "instanceType dropped"),
        "these instance types are arm64": ("imageId *amazon-linux-2023/arm64*",),
        "the subnet decides then, whose own default the rule leaves alone": (
            "networkInterfaces.[*].associatePublicIpAddress dropped",
        ),
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        _DEFAULT: ("path *",),
        _OPERATOR: ("ignoreChanges *",),
        "the agent tries again until the policy is there": ("dependsOn *",),
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        "how long logs are kept, and what they cost, is the team's": ("retentionInDays *",),
        _OPERATOR: ("skipDestroy *",),
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        _DEFAULT: ("description *", "vpcId *"),
        _OPERATOR: ("revokeRulesOnDelete *",),
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        _TASTE: ("description *",),
        _REFUSED: ("cidrIpv4 dropped",),
        "what the tasks themselves reach is the team's": ("*tasks-out: *",),
    },
    "aws:ecs/capacityProvider:CapacityProvider": {
        "without a group it is one of ECS Managed Instances, or AWS refuses it": ("autoScalingGroupProvider dropped",),
        _DEFAULT: (
            "autoScalingGroupProvider.managedDraining dropped",
            "autoScalingGroupProvider.managedScaling.* dropped",
            "autoScalingGroupProvider.managedTerminationProtection dropped",
        ),
        _TASTE: ("autoScalingGroupProvider.managedTerminationProtection DISABLED",),
    },
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
        "what is left is a whole strategy": (
            "defaultCapacityProviderStrategies.[*] dropped",
            "defaultCapacityProviderStrategies.[*].base dropped",
            "defaultCapacityProviderStrategies.[*].weight *",
        ),
    },
    "aws:ecs/cluster:Cluster": {
        "no service of this stack allows ECS Exec, so nothing is left unlogged": ("configuration *",),
    },
    "aws:ecs/service:Service": {
        "the cluster's default strategy takes its place": (
            "capacityProviderStrategies dropped",
            "capacityProviderStrategies emptied",
        ),
        "what is left is a whole strategy": (
            "capacityProviderStrategies.[*] dropped",
            "capacityProviderStrategies.[*].base dropped",
        ),
        "another entry has a weight": ("capacityProviderStrategies.[*].weight *",),
        "no load balancer reaches this service: one copy, or none, is the team's choice": (
            "deploymentMinimumHealthyPercent 0",
            "desiredCount *",
        ),
        _DEFAULT: (
            "deploymentMaximumPercent dropped",
            "deploymentMinimumHealthyPercent dropped",
            "availabilityZoneRebalancing *",
            "schedulingStrategy dropped",
            "orderedPlacementStrategies dropped",
            "orderedPlacementStrategies emptied",
            "orderedPlacementStrategies.[*] dropped",
        ),
        _TASTE: (
            "enableEcsManagedTags *",
            "enableExecuteCommand dropped",
            "propagateTags *",
        ),
        _OPERATOR: ("forceNewDeployment *", "waitForSteadyState *", "sigintRollback *"),
        "the circuit breaker rolls back already; which alarms do so too is the team's": ("alarms*",),
        "a service is found by its load balancer, or not at all, if the team likes": ("serviceRegistries*",),
        "a service that no load balancer reaches is a service, too": (
            "loadBalancers dropped",
            "loadBalancers emptied",
            "loadBalancers.[*] dropped",
        ),
        _REFUSED: (
            "loadBalancers.[*].targetGroupArn dropped",
            "taskDefinition dropped",
            "networkConfiguration.subnets emptied",
        ),
        "how long tasks take to start, the program does not show": ("healthCheckGracePeriodSeconds dropped",),
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "what the image does with it, the program does not show": (
            "containerDefinitions.*.command*",
            "containerDefinitions.*.environment*",
            "containerDefinitions.*.secrets dropped",
            "containerDefinitions.*.secrets emptied",
            "containerDefinitions.*.secrets.[*] dropped",
        ),
        _DEFAULT: (
            "containerDefinitions.[*].cpu dropped",
            "containerDefinitions.[*].essential dropped",
            "containerDefinitions.[*].healthCheck.interval dropped",
            "containerDefinitions.[*].healthCheck.retries dropped",
            "containerDefinitions.[*].healthCheck.startPeriod dropped",
            "containerDefinitions.[*].healthCheck.timeout dropped",
            "containerDefinitions.[*].mountPoints.[*].readOnly dropped",
            "containerDefinitions.[*].portMappings.[*].hostPort dropped",
            "containerDefinitions.[*].portMappings.[*].protocol dropped",
            "containerDefinitions.[*].systemControls dropped",
            "containerDefinitions.[*].volumesFrom dropped",
            "networkMode dropped",
            "requiresCompatibilities dropped",
            "requiresCompatibilities emptied",
            "requiresCompatibilities.[*] dropped",
        ),
        "where the image writes beside its read-only root, the program does not show": (
            "containerDefinitions.[*].mountPoints dropped",
            "containerDefinitions.[*].mountPoints emptied",
            "containerDefinitions.[*].mountPoints.[*] dropped",
            "containerDefinitions.[*].mountPoints.[*].readOnly true",
        ),
        "ECS starts the task again until the policy is there": ("dependsOn *",),
        "no load balancer names it": (
            "*-worker: containerDefinitions.[*].name *",
            "*-worker: *.portMappings [[]{*80}, {*",
        ),
        "its instances have room for that": ("prod-*: containerDefinitions.[*].memory 3900 *",),
        "another container of the task is essential": ("containerDefinitions.[*].essential false",),
        "which containers need each other, nothing else in the program says": (
            "containerDefinitions.[*].dependsOn*",
            "containerDefinitions.[*].links*",
        ),
        "on EC2 the log stream then has the container's id as its name": (
            "containerDefinitions.[*].logConfiguration.options.awslogs-stream-prefix dropped",
        ),
        "whether containers wait for their logs, and how many of these may be lost, is the team's": (
            "containerDefinitions.[*].logConfiguration.options.m* dropped",
        ),
        "a limit beyond the instance limits nothing; placement counts the reservation": (
            "containerDefinitions.[*].memory 9999999",
        ),
        "the reservation alone, or the limit alone, is enough for placement": (
            "containerDefinitions.[*].memory dropped",
            "containerDefinitions.[*].memoryReservation dropped",
        ),
        _TASTE: ("containerDefinitions.[*].linuxParameters*",),
        "no load balancer reaches this container": (
            "containerDefinitions.[*].portMappings dropped",
            'networkMode "none"',
        ),
        "the service allows ECS Exec, which needs to write": ("containerDefinitions.[*].readonlyRootFilesystem *",),
        _OPERATOR: ("skipDestroy *", "trackLatest *"),
        _REFUSED: (
            "containerDefinitions.[*].mountPoints.[*].containerPath dropped",
            "containerDefinitions.[*].mountPoints.[*].sourceVolume dropped",
            "containerDefinitions.*.secrets.[*].name dropped",
            "containerDefinitions.*.secrets.[*].valueFrom dropped",
            "containerDefinitions.*.portMappings.[*].containerPort dropped",
            "containerDefinitions.*.portMappings.[*].protocol *",
        ),
    },
    "aws:lb/listener:Listener": {
        _REFUSED: (
            "certificateArn dropped",
            "defaultActions emptied",
            "defaultActions.[*].fixedResponse*",
            "port dropped",
        ),
        _DEFAULT: ("defaultActions.[*].redirect.port dropped", "protocol dropped"),
        _TASTE: ("port *", "defaultActions.[*].redirect.port *"),
    },
    "aws:lb/listenerRule:ListenerRule": {
        _REFUSED: ("actions emptied", "actions.[*].targetGroupArn dropped", "conditions*"),
        _DEFAULT: ("priority dropped",),
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "AWS refuses to log to a bucket before its policy, and the next deployment has both": (
            "dependsOn without aws:s3/bucketPolicy:*",
        ),
        _DEFAULT: (
            "clientKeepAlive dropped",
            "desyncMitigationMode dropped",
            "enable* dropped",
            "idleTimeout dropped",
            "internal dropped",
            "loadBalancerType dropped",
            "preserveHostHeader dropped",
            "xffHeaderProcessingMode dropped",
        ),
        _TASTE: (
            "accessLogs.prefix dropped",
            "enable* true",
            "enableHttp2 false",
            "internal true",
            "preserveHostHeader true",
        ),
        _REFUSED: ("subnets*",),
    },
    "aws:lb/targetGroup:TargetGroup": {
        _DEFAULT: (
            "deregistrationDelay dropped",
            "healthCheck dropped",
            "healthCheck.* dropped",
            "proxyProtocolV2 dropped",
            "slowStart dropped",
            "targetType dropped",
        ),
        _TASTE: ("stickiness*",),
        _REFUSED: ("healthCheck.enabled false", "port *", "protocol dropped", "proxyProtocolV2 true", "vpcId dropped"),
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "a prefix list of the team's own says whose addresses it holds": ("*tasks-in: prefixListId *",),
        "whom the load balancer lets in is its own matter": ("*balancer-in-*: *",),
        "the clients that the service names come in, at whatever port of it": ("*service-*-from-*: *",),
        "the load balancer alone comes in, at whatever port of the task's own address": ("*tasks-in: *Port *",),
        _TASTE: ("description dropped", '*tasks-in: ipProtocol "-1"'),
        _REFUSED: ("referencedSecurityGroupId dropped",),
    },
}


def _rows() -> Iterator[Harmless]:
    for type_, reasons in _BY_TYPE.items():
        for reason, changes in reasons.items():
            yield from (Harmless(f"{type_} {change}", reason) for change in changes)


HARMLESS = tuple(_rows())

UNBROKEN = {
    "ecs-auto-scaling-group-zones": "each group of our stacks lies in two zones, and one group that does is enough",
    "ecs-cluster-bare-default-capacity-provider-strategy": "our clusters have capacity, in several places",
    "ecs-instances-spot-draining": "our capacity providers drain, and our agents are told to as well",
    "ecs-service-depends-on-capacity": "a service's cluster is made from what attaches its providers as well",
    "ecs-service-placement-constraint-count": "it takes constraints on a service and on its task definition",
}
"""Rules that no single change of our stacks breaks, with the reason."""
