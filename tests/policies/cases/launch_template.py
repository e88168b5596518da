"""The metadata service of container instances."""

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import JOINED, shop

IMDSV2 = "ecs-instances-imdsv2"
HOPS = "ecs-instances-metadata-hop-limit"

NEW = shop(deployed=False)["template"]
V2 = {"httpEndpoint": "enabled", "httpTokens": "required"}
INSTANCE = Res("aws:ec2/instance:Instance", "single", {"userData": JOINED, "instanceType": "m7i.large"})
CONFIGURATION = Res("aws:ec2/launchConfiguration:LaunchConfiguration", "old", {"userDataBase64": JOINED})
SEEN = "answers without a token"

CASES = [
    good(IMDSV2, "a token is required", [NEW.but(metadataOptions=V2)]),
    good(IMDSV2, "the endpoint is off", [NEW.but(metadataOptions={"httpEndpoint": "disabled"})]),
    good(IMDSV2, "no container instances", [NEW.but(userData="IyEvYmluL3NoCg==")]),
    good(IMDSV2, "a token is required whatever the user data", [NEW.but(userData=UNKNOWN, metadataOptions=V2)]),
    bad(IMDSV2, "nothing said", [NEW], ("template", SEEN)),
    bad(IMDSV2, "optional", [NEW.but(metadataOptions={"httpTokens": "optional"})], ("template", SEEN)),
    bad(IMDSV2, "a single instance", [INSTANCE], ("single", SEEN)),
    bad(IMDSV2, "a launch configuration", [CONFIGURATION], ("old", SEEN)),
    unknown(IMDSV2, "tokens not known", [NEW.but(metadataOptions={"httpTokens": UNKNOWN})], "httpTokens"),
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
]
