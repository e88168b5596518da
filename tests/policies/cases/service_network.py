"""The network interfaces of a service's tasks."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_OBJECT
from tests.policies.programs import shop

NETWORK, GROUPS = "ecs-service-network-configuration", "ecs-service-awsvpc-security-groups"

NEW, DONE = shop(deployed=False), shop(deployed=True)
_service, _web = DONE["service"], DONE["web"]
_awsvpc = _web.but(networkMode="awsvpc")
_network = {"subnets": ["subnet-0a1a"], "securityGroups": ["sg-0dddddddddddddddd"], "assignPublicIp": False}
_connected = _service.but(networkConfiguration=_network)
_bare = _service.but(networkConfiguration={"subnets": ["subnet-0a1a"], "securityGroups": []})
_later = NEW["service"].but(networkConfiguration=UNKNOWN_OBJECT)
_fargate = {"launchType": "FARGATE", "capacityProviderStrategies": []}

CASES = [
    *(good(NETWORK, f"bridge, {when}", program) for when, program in (("previewed", NEW), ("deployed", DONE))),
    good(NETWORK, "bridge, not given and so computed", NEW.but(_later)),
    good(NETWORK, "awsvpc", DONE.but(_awsvpc, _connected)),
    good(
        NETWORK,
        "awsvpc, ids not known",
        NEW.but(
            NEW["web"].but(networkMode="awsvpc"),
            _later.but(networkConfiguration={"subnets": [UNKNOWN]}).made(networkConfiguration=["instances"]),
        ),
    ),
    unknown(
        NETWORK,
        "awsvpc, none of it known",
        NEW.but(NEW["web"].but(networkMode="awsvpc"), _later.made(networkConfiguration=["instances"])),
        "service: networkConfiguration",
    ),
    bad(
        NETWORK,
        "public addresses",
        DONE.but(_awsvpc, _connected.but(networkConfiguration={**_network, "assignPublicIp": True})),
        ("service", "asks for public addresses (assignPublicIp)"),
    ),
    good(NETWORK, "task of another program", DONE.but(_connected).without("web")),
    good(NETWORK, "Fargate", DONE.but(_awsvpc, _service.but(**_fargate))),
    good(NETWORK, "task sets", DONE.but(_awsvpc, _service.but(deploymentController={"type": "EXTERNAL"}))),
    bad(NETWORK, "awsvpc without", DONE.but(_awsvpc), ("service", "has no networkConfiguration, which the network")),
    bad(
        NETWORK,
        "awsvpc without, previewed",
        NEW.but(NEW["web"].but(networkMode="awsvpc"), _later),
        ("service", "has no networkConfiguration"),
    ),
    *(
        bad(
            NETWORK,
            f"{mode} with",
            DONE.but(_web.but(networkMode=mode), _connected),
            ("service", f"the network mode {mode} of task definition web does not take"),
        )
        for mode in ("bridge", "host", "none")
    ),
    unknown(NETWORK, "mode not known", DONE.but(_web.but(networkMode=UNKNOWN).made(networkMode=["task"])), "web: netw"),
    unknown(
        NETWORK,
        "whether given not known",
        NEW.but(_later.made(networkConfiguration=["instances"])),
        "service: networkConfiguration",
    ),
    good(GROUPS, "bridge", DONE),
    good(GROUPS, "one", DONE.but(_awsvpc, _connected)),
    good(
        GROUPS,
        "one not known",
        NEW.but(
            _later.but(networkConfiguration={"subnets": ["subnet-0a1a"], "securityGroups": [UNKNOWN]}).made(
                networkConfiguration=["instances"]
            )
        ),
    ),
    good(GROUPS, "Fargate", DONE.but(_awsvpc, _bare.but(**_fargate))),
    bad(GROUPS, "none", DONE.but(_awsvpc, _bare), ("service", "names no securityGroups")),
    bad(
        GROUPS,
        "left out",
        DONE.but(_awsvpc, _service.but(networkConfiguration={"subnets": ["subnet-0a1a"]})),
        ("service", "names no securityGroups"),
    ),
    unknown(
        GROUPS,
        "none of it known",
        NEW.but(_later.made(networkConfiguration=["instances"])),
        "service: networkConfiguration",
    ),
]
