"""What tasks in awsvpc mode reach of their container instance."""

import base64
from dataclasses import replace

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN
from tests.policies.programs import Program, shop, user_data

BLOCK = "ecs-instances-block-imds-for-awsvpc"

NEW, DONE = shop(deployed=False), shop(deployed=True)
AWSVPC = NEW.but(NEW["web"].but(networkMode="awsvpc"))
SAID = ("template", "runs tasks in network mode awsvpc without ECS_AWSVPC_BLOCK_IMDS")


def told(base: Program, *lines: str) -> Program:
    return base.but(base["template"].but(userData=user_data("ECS_CLUSTER=shop", *lines)))


def options(base: Program, endpoint: str, **made_from: list[str]) -> Program:
    written = {"httpEndpoint": endpoint, "httpTokens": "required", "httpPutResponseHopLimit": 1}
    return base.but(base["template"].but(metadataOptions=written).made(**made_from))


def bottlerocket(line: str) -> Program:
    text = f'[settings.ecs]\ncluster = "shop"\n{line}\n'
    return AWSVPC.but(AWSVPC["template"].but(userData=base64.b64encode(text.encode()).decode()))


def elsewhere(base: Program) -> Program:
    return base.but(
        base["web"].but(networkMode="awsvpc"),
        base["service"].but(launchType="FARGATE", capacityProviderStrategies=None).made(capacityProviderStrategies=[]),
    )


OTHERS = DONE.without("cluster", "association", "capacity").but(
    DONE["web"].but(networkMode="awsvpc"), DONE["service"].but(launchType="EC2", capacityProviderStrategies=None)
)

CASES = [
    good(BLOCK, "bridge, previewed", NEW),
    good(BLOCK, "bridge, deployed", DONE),
    good(BLOCK, "bridge, user data not known", NEW.but(NEW["template"].but(userData=UNKNOWN))),
    good(BLOCK, "blocked", told(AWSVPC, "ECS_AWSVPC_BLOCK_IMDS=true")),
    good(BLOCK, "blocked on Bottlerocket", bottlerocket("awsvpc-block-imds = true")),
    good(
        BLOCK, "no metadata service", AWSVPC.but(AWSVPC["template"].but(metadataOptions={"httpEndpoint": "disabled"}))
    ),
    good(BLOCK, "an endpoint that AWS fills in", options(told(AWSVPC, "ECS_AWSVPC_BLOCK_IMDS=true"), UNKNOWN)),
    good(BLOCK, "on Fargate", elsewhere(DONE)),
    good(BLOCK, "no service", AWSVPC.without("service")),
    good(BLOCK, "another cluster's service", OTHERS.but(OTHERS["service"].but(cluster="other"))),
    bad(BLOCK, "not blocked", AWSVPC, SAID),
    bad(BLOCK, "told not to", told(AWSVPC, "ECS_AWSVPC_BLOCK_IMDS=false"), SAID),
    bad(BLOCK, "Bottlerocket by itself", bottlerocket(""), SAID),
    bad(BLOCK, "a cluster of another program", OTHERS, SAID),
    bad(BLOCK, "two services", AWSVPC.but(replace(AWSVPC["service"], name="second")), SAID),
    bad(BLOCK, "not blocked, with an endpoint that AWS fills in", options(AWSVPC, UNKNOWN), SAID),
    unknown(
        BLOCK,
        "endpoint not known",
        options(AWSVPC, UNKNOWN, metadataOptions=["instances"]),
        "template: metadataOptions.httpEndpoint",
    ),
    unknown(BLOCK, "user data not known", AWSVPC.but(AWSVPC["template"].but(userData=UNKNOWN)), "template: userData"),
]
