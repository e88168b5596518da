"""Python, two fleets: x86_64 mostly on Spot, and Graviton on Spot alone, both drained by their capacity providers."""

from tests.policies.harness import Res
from tests.policies.programs import arn, container, containers, shop, user_data

GRAVITON = arn("autoscaling", "autoScalingGroup:2a3b:autoScalingGroupName/graviton")
_shop = shop(deployed=True)
_JOINED = user_data("ECS_CLUSTER=shop", "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535")
_SPECIFICATION = {"launchTemplateId": "lt-0cccccccccccccccc", "launchTemplateName": "template-1", "version": "1"}
_TYPES = [{"instanceType": name} for name in ("m6i.large", "m6a.large", "m5.large")]
_ARM = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
_STRATEGY = [{"capacityProvider": "graviton", "weight": 1, "base": 0}]

PROGRAM = [
    *_shop.but(
        _shop["fleet"]
        .but(
            launchTemplate=None,
            mixedInstancesPolicy={
                "instancesDistribution": {"onDemandBaseCapacity": 0, "onDemandPercentageAboveBaseCapacity": 25},
                "launchTemplate": {"launchTemplateSpecification": _SPECIFICATION, "overrides": _TYPES},
            },
        )
        .made(launchTemplate=[], mixedInstancesPolicy=["template"]),
        _shop["association"]
        .but(capacityProviders=["capacity", "graviton"])
        .made(capacityProviders=["capacity", "graviton-capacity"]),
        _shop["web"].but(runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}),
    ),
    Res(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "graviton-template",
        {
            **_shop["template"].properties,
            "id": "lt-0eeeeeeeeeeeeeeee",
            "name": "graviton-1",
            "imageId": "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
            "instanceType": "m7g.large",
            "userData": _JOINED,
            "instanceMarketOptions": {"marketType": "spot"},
        },
        {"userData": ["cluster"], "vpcSecurityGroupIds": ["instances"]},
    ),
    Res(
        "aws:autoscaling/group:Group",
        "graviton",
        {
            **_shop["fleet"].properties,
            "name": "graviton",
            "arn": GRAVITON,
            "launchTemplate": {"id": "lt-0eeeeeeeeeeeeeeee", "name": "graviton-1", "version": "1"},
        },
        {"launchTemplate": ["graviton-template"]},
    ),
    Res(
        "aws:ecs/capacityProvider:CapacityProvider",
        "graviton-capacity",
        {
            "name": "graviton",
            "autoScalingGroupProvider": {
                "autoScalingGroupArn": GRAVITON,
                "managedScaling": {"status": "ENABLED", "targetCapacity": 100},
                "managedDraining": "ENABLED",
                "managedTerminationProtection": "DISABLED",
            },
        },
        {"autoScalingGroupProvider": ["graviton"]},
    ),
    Res(
        "aws:ecs/taskDefinition:TaskDefinition",
        "batch",
        {
            **_shop["web"].properties,
            "family": "batch",
            "arn": arn("ecs", "task-definition/batch:4"),
            "runtimePlatform": _ARM,
            "containerDefinitions": containers(container() | {"portMappings": [], "user": "1000"}),
            "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.cpu-architecture == arm64"}],
        },
        {"executionRoleArn": ["execution"], "taskRoleArn": ["task"]},
    ),
    Res(
        "aws:ecs/service:Service",
        "batch-service",
        {
            "cluster": arn("ecs", "cluster/shop"),
            "taskDefinition": arn("ecs", "task-definition/batch:4"),
            "desiredCount": 2,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "capacityProviderStrategies": _STRATEGY,
            "placementConstraints": [
                {"type": "memberOf", "expression": "not(attribute:ecs.instance-type =~ t.*)"},
                {"type": "memberOf", "expression": "attribute:ecs.os-type == linux"},
            ],
        },
        {"cluster": ["cluster"], "taskDefinition": ["batch"], "capacityProviderStrategies": ["graviton-capacity"]},
        after=["association"],
    ),
]

EXPECTED = {
    ("ecs-task-definition-logging", "web"): "The shop's container logs nowhere.",
    ("ecs-task-definition-root-user", "web"): "The shop's container names no user.",
    ("ecs-task-definition-logging", "batch"): "The batch container logs nowhere either.",
}
