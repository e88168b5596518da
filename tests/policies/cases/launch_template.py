"""The metadata service, the volumes and the addresses of container instances."""

from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_LIST, Res
from tests.policies.programs import JOINED, shop

IMDSV2 = "ecs-instances-imdsv2"
HOPS = "ecs-instances-metadata-hop-limit"

NEW = shop(deployed=False)["template"]
STATED = "ecs-instances-imdsv2-stated"
V1 = {"httpTokens": "optional"}
V2 = {"httpEndpoint": "enabled", "httpTokens": "required"}
INSTANCE = Res("aws:ec2/instance:Instance", "single", {"userData": JOINED, "instanceType": "m7i.large"})
CONFIGURATION = Res("aws:ec2/launchConfiguration:LaunchConfiguration", "old", {"userDataBase64": JOINED})
VOLUMES = "ecs-instances-encrypted-volumes"


def volumes(*ebs: Any, **further: Any) -> list[Res]:
    return [NEW.but(blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": volume} for volume in ebs], **further)]


ADDRESS = "ecs-instances-no-public-address"
PUBLIC = {"associatePublicIpAddress": "true"}


def interfaces(*written: dict[str, Any]) -> Res:
    return NEW.but(networkInterfaces=list(written))


SEEN = "answers without a token"

CASES = [
    good(IMDSV2, "a token is required", [NEW.but(metadataOptions=V2)]),
    good(IMDSV2, "the endpoint is off", [NEW.but(metadataOptions={"httpEndpoint": "disabled"})]),
    good(IMDSV2, "no container instances", [NEW.but(userData="IyEvYmluL3NoCg==")]),
    good(IMDSV2, "a token is required whatever the user data", [NEW.but(userData=UNKNOWN, metadataOptions=V2)]),
    good(IMDSV2, "left to the account and the AMI", [NEW.but(metadataOptions=None)]),
    bad(IMDSV2, "optional", [NEW.but(metadataOptions=V1)], ("template", SEEN)),
    bad(IMDSV2, "a single instance", [INSTANCE.but(metadataOptions=V1)], ("single", SEEN)),
    bad(IMDSV2, "a launch configuration", [CONFIGURATION.but(metadataOptions=V1)], ("old", SEEN)),
    unknown(IMDSV2, "tokens not known", [NEW.but(metadataOptions={"httpTokens": UNKNOWN})], "httpTokens"),
    good(STATED, "required", [NEW.but(metadataOptions=V2)]),
    good(STATED, "optional, which is another rule's", [NEW.but(metadataOptions=V1)]),
    good(STATED, "the endpoint is off", [NEW.but(metadataOptions={"httpEndpoint": "disabled"})]),
    good(STATED, "no container instances", [NEW.but(metadataOptions=None, userData="IyEvYmluL3NoCg==")]),
    bad(STATED, "nothing said", [NEW.but(metadataOptions=None)], ("template", "says nothing of")),
    bad(STATED, "a launch configuration", [CONFIGURATION], ("old", "says nothing of")),
    unknown(STATED, "tokens not known", [NEW.but(metadataOptions={"httpTokens": UNKNOWN})], "httpTokens"),
    good(HOPS, "one hop", [NEW.but(metadataOptions={**V2, "httpPutResponseHopLimit": 1})]),
    good(HOPS, "left to the account", [NEW.but(metadataOptions=V2)]),
    good(
        HOPS,
        "the endpoint is off",
        [NEW.but(metadataOptions={"httpEndpoint": "disabled", "httpPutResponseHopLimit": 2})],
    ),
    good(HOPS, "no container instances", [NEW.but(userData="", metadataOptions={"httpPutResponseHopLimit": 2})]),
    good(HOPS, "two are allowed", [NEW.but(metadataOptions={"httpPutResponseHopLimit": 2})], **{"limit": 2}),
    bad(
        HOPS, "two hops", [NEW.but(metadataOptions={**V2, "httpPutResponseHopLimit": 2})], ("template", "is 2, above 1")
    ),
    unknown(HOPS, "limit not known", [NEW.but(metadataOptions={"httpPutResponseHopLimit": UNKNOWN})], "HopLimit"),
    good(VOLUMES, "encrypted", volumes({"encrypted": "true", "volumeSize": 30})),
    good(VOLUMES, "none described", [NEW]),
    good(VOLUMES, "no container instances", volumes({"volumeSize": 30}, userData="")),
    bad(
        VOLUMES,
        "one of two",
        volumes({"encrypted": "true"}, {"encrypted": "false"}),
        ("template", "the volume of blockDeviceMappings[1] is not encrypted"),
    ),
    bad(VOLUMES, "nothing said", volumes({"volumeSize": 30}), ("template", "blockDeviceMappings[0] is not encrypted")),
    good(
        VOLUMES, "an instance store", [NEW.but(blockDeviceMappings=[{"deviceName": "/dev/xvdb", "virtualName": "e0"}])]
    ),
    good(VOLUMES, "of an instance", [INSTANCE.but(rootBlockDevice={"encrypted": True}), CONFIGURATION]),
    bad(
        VOLUMES,
        "of others",
        [
            INSTANCE.but(rootBlockDevice={"volumeSize": 30}),
            CONFIGURATION.but(ebsBlockDevices=[{"deviceName": "/dev/xvdb", "encrypted": False}]),
        ],
        ("single", "the volume of rootBlockDevice is not encrypted"),
        ("old", "the volume of ebsBlockDevices[0] is not encrypted"),
    ),
    unknown(VOLUMES, "not known", volumes({"encrypted": UNKNOWN}), "encrypted"),
    good(ADDRESS, "nothing said", [NEW, INSTANCE, CONFIGURATION]),
    good(ADDRESS, "refused", [interfaces({"associatePublicIpAddress": "false"})]),
    good(ADDRESS, "no container instances", [interfaces(PUBLIC).but(userData=None)]),
    bad(
        ADDRESS,
        "of a template",
        [interfaces({"deviceIndex": 0}, PUBLIC)],
        ("template", "networkInterfaces[1].associatePublicIpAddress is true"),
    ),
    bad(
        ADDRESS,
        "of others",
        [INSTANCE.but(associatePublicIpAddress=True), CONFIGURATION.but(associatePublicIpAddress=True)],
        ("single", "associatePublicIpAddress is true"),
        ("old", "associatePublicIpAddress is true"),
    ),
    unknown(
        ADDRESS,
        "not known",
        [interfaces({"associatePublicIpAddress": UNKNOWN})],
        "template: networkInterfaces[0].associatePublicIpAddress",
    ),
    unknown(ADDRESS, "interfaces not known", [NEW.but(networkInterfaces=UNKNOWN_LIST)], "networkInterfaces"),
]
