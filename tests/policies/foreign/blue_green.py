"""Python, EC2 with blue/green deployments by CodeDeploy: the deployment controller is not ECS's own."""

from tests.policies.harness import Res
from tests.policies.programs import arn, shop

GREEN = arn("elasticloadbalancing", "targetgroup/green/0123456789abcdef")
_shop = shop(deployed=True)

PROGRAM = [
    *_shop.but(
        _shop["service"].but(deploymentController={"type": "CODE_DEPLOY"}, desiredCount=2, schedulingStrategy="REPLICA")
    ),
    Res("aws:lb/targetGroup:TargetGroup", "green", {"arn": GREEN, "protocol": "HTTP", "targetType": "instance"}),
    Res("aws:codedeploy/application:Application", "app", {"name": "app", "computePlatform": "ECS"}),
]

EXPECTED = {
    ("ecs-task-definition-logging", "web"): "The shop's container logs nowhere.",
    ("ecs-task-definition-root-user", "web"): "The shop's container names no user.",
}
