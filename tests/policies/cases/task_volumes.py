"""Amazon EFS volumes of tasks."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Res
from tests.policies.programs import shop

ENCRYPTION, AUTHORIZATION = "ecs-task-definition-efs-transit-encryption", "ecs-task-definition-efs-authorization"
BOTH = (ENCRYPTION, AUTHORIZATION)
WEB = shop(deployed=True)["web"]
POINT = {"accessPointId": "fsap-0123456789abcdef0"}
ON = {"transitEncryption": "ENABLED"}


def efs(**settings: Any) -> list[Res]:
    """The shop's task with a volume of its host and one of EFS."""
    configuration = {"fileSystemId": "fs-0123456789abcdef0", **settings}
    return [WEB.but(volumes=[{"name": "host"}, {"name": "files", "efsVolumeConfiguration": configuration}])]


def elsewhere(tasks: list[Res]) -> list[Res]:
    return [task.but(requiresCompatibilities=["FARGATE"]) for task in tasks]


PLAIN = efs(transitEncryption="DISABLED", authorizationConfig=POINT, rootDirectory="/data")

CASES = [
    *(good(rule, "no volumes", [WEB]) for rule in BOTH),
    *(good(rule, "Fargate", elsewhere(PLAIN)) for rule in BOTH),
    *(good(rule, "all of it", efs(**ON, authorizationConfig={**POINT, "iam": "ENABLED"})) for rule in BOTH),
    *(good(rule, "id of the file system not known", efs(**ON, fileSystemId=UNKNOWN)) for rule in BOTH),
    bad(ENCRYPTION, "left out", efs(), ("web", "volumes[1] does not set transitEncryption to ENABLED")),
    bad(ENCRYPTION, "off", PLAIN, ("web", "volumes[1] does not set transitEncryption to ENABLED")),
    good(AUTHORIZATION, "none", efs(rootDirectory="/data")),
    good(AUTHORIZATION, "none, empty", efs(authorizationConfig={})),
    good(AUTHORIZATION, "switched off", efs(authorizationConfig={"iam": "DISABLED"})),
    good(AUTHORIZATION, "the root", efs(**ON, authorizationConfig=POINT, rootDirectory="/")),
    good(AUTHORIZATION, "a directory without an access point",
         efs(**ON, authorizationConfig={"iam": "ENABLED"}, rootDirectory="/data")),
    good(AUTHORIZATION, "an access point not known", efs(**ON, authorizationConfig={"accessPointId": UNKNOWN})),
    bad(AUTHORIZATION, "an access point", efs(authorizationConfig=POINT),
        ("web", "volumes[1] has an access point without transitEncryption ENABLED")),
    bad(AUTHORIZATION, "an access point not known", efs(authorizationConfig={"accessPointId": UNKNOWN}),
        ("web", "volumes[1] has an access point without transitEncryption ENABLED")),
    bad(AUTHORIZATION, "IAM", efs(transitEncryption="DISABLED", authorizationConfig={"iam": "ENABLED"}),
        ("web", "volumes[1] has IAM authorization without transitEncryption ENABLED")),
    bad(AUTHORIZATION, "a directory", efs(**ON, authorizationConfig=POINT, rootDirectory="/data"),
        ("web", "volumes[1] has an access point and a rootDirectory other than /")),
    bad(AUTHORIZATION, "both", PLAIN,
        ("web", "volumes[1] has an access point without"), ("web", "and a rootDirectory other than /")),
    *(unknown(rule, "volumes", [WEB.but(volumes=UNKNOWN_LIST)], "web: volumes") for rule in BOTH),
    unknown(ENCRYPTION, "encryption", efs(transitEncryption=UNKNOWN), "efsVolumeConfiguration.transitEncryption"),
    unknown(AUTHORIZATION, "authorization", efs(authorizationConfig=UNKNOWN_OBJECT), "efsVolumeConfiguration.autho"),
    unknown(AUTHORIZATION, "encryption", efs(authorizationConfig=POINT, transitEncryption=UNKNOWN), "transitEncryp"),
    unknown(AUTHORIZATION, "directory", efs(**ON, authorizationConfig=POINT, rootDirectory=UNKNOWN), "rootDirectory"),
]  # fmt: skip
