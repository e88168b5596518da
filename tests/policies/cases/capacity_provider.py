"""Capacity providers."""

from dataclasses import replace
from typing import Any

from tests.policies.case import bad, good, unknown
from tests.policies.harness import UNKNOWN, UNKNOWN_OBJECT, Res
from tests.policies.programs import shop

PROTECTION = "ecs-capacity-provider-termination-protection"
NAME = "ecs-capacity-provider-name"
DRAINING = "ecs-capacity-provider-managed-draining"
SCALING = "ecs-capacity-provider-managed-scaling"
ATTACHED = "ecs-capacity-provider-attached"
RULES = (PROTECTION, NAME, DRAINING, SCALING, ATTACHED)

NEW, DONE = shop(deployed=False), shop(deployed=True)
SCALED = {"managedScaling": {"status": "ENABLED"}}


def provider(base: Res = DONE["capacity"], /, **settings: Any) -> Res:
    """The shop's capacity provider with nothing but its group and some settings."""
    group = base.properties["autoScalingGroupProvider"]["autoScalingGroupArn"]
    return base.but(autoScalingGroupProvider={"autoScalingGroupArn": group, **settings})


def protected(base: Res = DONE["capacity"], /, **settings: Any) -> Res:
    return provider(base, managedTerminationProtection="ENABLED", **settings)


_managed = Res(
    "aws:ecs/capacityProvider:CapacityProvider",
    "own",
    {"name": "own", "cluster": "shop", "managedInstancesProvider": {"infrastructureRoleArn": UNKNOWN}},
)
_second = provider().but(name="second").made(autoScalingGroupProvider=["fleet"])
_guarded, _bare = DONE["fleet"].but(protectFromScaleIn=True), DONE.without("association")
_named_later = DONE["association"].but(capacityProviders=[UNKNOWN])

CASES = [
    *(good(rule, "shop, previewed", NEW) for rule in RULES),
    *(good(rule, "shop, deployed", DONE) for rule in RULES),
    *(good(rule, "Managed Instances", [DONE["cluster"], _managed]) for rule in RULES),
    good(PROTECTION, "all of it", DONE.but(_guarded, protected(**SCALED))),
    good(PROTECTION, "another program's group", [protected(**SCALED)]),
    bad(
        PROTECTION,
        "a group that lets its instances go",
        NEW.but(protected(NEW["capacity"], **SCALED)),
        ("fleet", "does not protect its instances from scale-in, and capacity provider capacity has managed"),
    ),
    bad(
        PROTECTION,
        "no managed scaling",
        DONE.but(_guarded, protected()),
        ("capacity", "has managed termination protection without managed scaling"),
    ),
    bad(
        PROTECTION,
        "neither, the scaling switched off",
        DONE.but(protected(managedScaling={"status": "DISABLED"})),
        ("capacity", "without managed scaling"),
        ("fleet", "does not protect"),
    ),
    bad(
        PROTECTION,
        "managed scaling that AWS is left to fill in",
        NEW.but(NEW["fleet"].but(protectFromScaleIn=True), protected(NEW["capacity"], managedScaling=UNKNOWN_OBJECT)),
        ("capacity", "without managed scaling"),
    ),
    unknown(
        PROTECTION,
        "protection not known",
        [
            *DONE.but(
                provider(managedTerminationProtection=UNKNOWN, **SCALED).made(autoScalingGroupProvider=["cluster"])
            )
        ],
        "capacity provider capacity: autoScalingGroupProvider.managedTerminationProtection",
    ),
    unknown(
        PROTECTION,
        "the group's part not known",
        DONE.but(DONE["fleet"].but(protectFromScaleIn=UNKNOWN), protected(**SCALED)),
        "Auto Scaling group fleet: protectFromScaleIn",
    ),
    good(NAME, "prefix within", [provider().but(name="my-ecs_1")]),
    bad(NAME, "reserved", [provider().but(name="ECS-web")], ("capacity", "the name 'ECS-web' begins with 'ecs'")),
    bad(NAME, "a dot", [provider().but(name="web.1")], ("capacity", "the name 'web.1' is not a name. Use at most 255")),
    bad(NAME, "too long", [provider().but(name="x" * 256)], ("capacity", "is not a name")),
    unknown(NAME, "not known", [provider().but(name=UNKNOWN)], "capacity provider capacity: name"),
    good(DRAINING, "left out", [provider()]),
    bad(DRAINING, "off", [provider(managedDraining="DISABLED")], ("capacity", "managedDraining is DISABLED")),
    unknown(
        DRAINING,
        "not known",
        [provider(managedDraining=UNKNOWN)],
        "capacity provider capacity: autoScalingGroupProvider.managedDraining",
    ),
    bad(SCALING, "left out", [provider()], ("capacity", "managed scaling is not enabled")),
    bad(SCALING, "off", [provider(managedScaling={"status": "DISABLED"})], ("capacity", "is not enabled")),
    unknown(
        SCALING,
        "not known",
        [provider(managedScaling={"status": UNKNOWN})],
        "capacity provider capacity: autoScalingGroupProvider.managedScaling.status",
    ),
    good(ATTACHED, "a program without clusters", _bare.without("cluster")),
    bad(ATTACHED, "no association", _bare, ("capacity", "no cluster of the program has it")),
    bad(
        ATTACHED,
        "the second of two",
        DONE.but(replace(_second, name="second")),
        ("second", "no cluster of the program has it"),
    ),
    bad(
        ATTACHED,
        "another program's cluster with another provider",
        DONE.without("cluster").but(DONE["association"].but(capacityProviders=["other"])),
        ("capacity", "no cluster of the program has it"),
    ),
    good(ATTACHED, "by a name known later", DONE.but(_named_later)),
    unknown(
        ATTACHED,
        "by a name that may be another's",
        DONE.but(_named_later.made(capacityProviders=[])),
        "cluster capacity providers association: capacityProviders",
    ),
    unknown(
        ATTACHED,
        "beside one by a name that may be the second's",
        DONE.but(replace(_second, name="second"), DONE["association"].but(capacityProviders=["capacity", UNKNOWN])),
        "cluster capacity providers association: capacityProviders",
    ),
]
