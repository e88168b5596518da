"""Go, no way to the internet: container instances reach AWS by VPC endpoints, and their egress names nothing else."""

from tests.policies.harness import Res
from tests.policies.programs import shop

ENDPOINTS = "sg-0dddddddddddddddd"
_shop = shop(deployed=True)
_SERVICES = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "ssm", "ssmmessages")


def _https(**destination: list[str]) -> dict[str, object]:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, "description": "AWS", **destination}


PROGRAM = [
    *_shop.but(
        Res(
            "aws:ec2/securityGroup:SecurityGroup",
            "endpoints",
            {"id": ENDPOINTS, "vpcId": "vpc-1", "ingress": [_https(cidrBlocks=["10.0.0.0/16"])], "egress": []},
        ),
        _shop["instances"]
        .but(egress=[_https(securityGroups=[ENDPOINTS]), _https(prefixListIds=["pl-6ea54007"])])
        .made(egress=["endpoints"]),
        _shop["alb"].but(internal=True),
    ),
    *(
        Res(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            name,
            {
                "serviceName": f"com.amazonaws.eu-central-1.{name}",
                "vpcEndpointType": "Interface",
                "privateDnsEnabled": True,
                "securityGroupIds": [ENDPOINTS],
            },
            {"securityGroupIds": ["endpoints"]},
        )
        for name in _SERVICES
    ),
]

EXPECTED = {
    ("ecs-task-definition-logging", "web"): "The shop's container logs nowhere.",
    ("ecs-task-definition-root-user", "web"): "The shop's container names no user.",
}
