"""Amazon EC2: launch templates."""

from __future__ import annotations

from botocore.model import Shape

from localaws import schema, tags
from localaws.convert import find, to_api
from localaws.kind import REGISTRY, ApiObject, AutoName, Kind, Step, Target
from localaws.wire import Properties

TOKEN = "aws:ec2/launchTemplate:LaunchTemplate"  # noqa: S105
_NAMES = {
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "securityGroupNames": "SecurityGroups",
    "name": "LaunchTemplateName",
    "networkInterfaces.securityGroups": "Groups",
    "networkInterfaces.ipv4Addresses": "PrivateIpAddresses",
    "description": "VersionDescription",
    "latestVersion": "LatestVersionNumber",
    "defaultVersion": "DefaultVersionNumber",
}
_DATA = frozenset(
    {
        "blockDeviceMappings",
        "capacityReservationSpecification",
        "cpuOptions",
        "creditSpecification",
        "disableApiStop",
        "disableApiTermination",
        "ebsOptimized",
        "enclaveOptions",
        "hibernationOptions",
        "iamInstanceProfile",
        "imageId",
        "instanceInitiatedShutdownBehavior",
        "instanceMarketOptions",
        "instanceRequirements",
        "instanceType",
        "kernelId",
        "keyName",
        "licenseSpecifications",
        "maintenanceOptions",
        "metadataOptions",
        "monitoring",
        "networkInterfaces",
        "placement",
        "privateDnsNameOptions",
        "ramDiskId",
        "securityGroupNames",
        "tagSpecifications",
        "userData",
        "vpcSecurityGroupIds",
    }
)
"""The properties that are a version's own."""


def _version(target: Target) -> Properties:
    """A version's parameters."""
    shape: Shape = target.region.model("ec2", "create_launch_template").input_shape.members["LaunchTemplateData"]
    data = {}
    for prop in sorted(_DATA & set(target.inputs)):
        member = find(prop, prop, _NAMES, shape.members)
        assert member is not None, prop
        data[member] = to_api(target.inputs[prop], shape.members[member], prop, _NAMES)
    text = {"VersionDescription": target.inputs["description"]} if target.inputs.get("description") else {}
    return {"LaunchTemplateData": data, **text}


def _create(target: Target) -> str:
    pairs = [{"Key": key, "Value": value} for key, value in target.all_tags.items()]
    tagged = {"TagSpecifications": [{"ResourceType": "launch-template", "Tags": pairs}]} if pairs else {}
    return str(
        target.call(
            "create_launch_template",
            "LaunchTemplate.LaunchTemplateId",
            LaunchTemplateName=target.inputs["name"],
            **_version(target),
            **tagged,
        )
    )


def _read(target: Target) -> ApiObject | None:
    found: Properties | None = target.call(
        "describe_launch_templates", "LaunchTemplates[0]", LaunchTemplateIds=[target.id]
    )
    if found is None:
        return None
    version: Properties = target.call(
        "describe_launch_template_versions",
        "LaunchTemplateVersions[0]",
        LaunchTemplateId=target.id,
        Versions=[str(found["LatestVersionNumber"])],
    )
    account = target.call("sts.get_caller_identity", "Account")
    return {
        **version["LaunchTemplateData"],
        **found,
        "VersionDescription": version.get("VersionDescription"),
        "arn": target.region.ec2_arn(account, "launch-template", target.id),
    }


def _new_version(target: Target) -> None:
    number = target.call(
        "create_launch_template_version",
        "LaunchTemplateVersion.VersionNumber",
        LaunchTemplateId=target.id,
        **_version(target),
    )
    if target.inputs.get("updateDefaultVersion"):
        target.call("modify_launch_template", LaunchTemplateId=target.id, DefaultVersion=str(number))


def _default_version(target: Target) -> None:
    version = str(target.inputs["defaultVersion"])
    target.call("modify_launch_template", LaunchTemplateId=target.id, DefaultVersion=version)


def _one_default(inputs: Properties) -> list[tuple[str, str]]:
    if "defaultVersion" in inputs and "updateDefaultVersion" in inputs:
        return [("defaultVersion", "excludes updateDefaultVersion: set one of them")]
    return []


LAUNCH_TEMPLATE = Kind(
    TOKEN,
    service="ec2",
    source=REGISTRY + "ec2/launchtemplate/",
    create=_create,
    also_created=_DATA | {"name", "description"},
    read=_read,
    updates=(
        Step(_DATA | {"description"}, _new_version),
        Step(frozenset({"defaultVersion"}), _default_version),
    ),
    delete=lambda r: r.call("delete_launch_template", LaunchTemplateId=r.id),
    tag=tags.ec2,
    name=AutoName(128),
    check=_one_default,
    replaces=frozenset({"name", "namePrefix"}),
    computed=frozenset({"defaultVersion", "metadataOptions", "networkPerformanceOptions"}),
    recomputed=frozenset({"latestVersion", "defaultVersion"}),
    settings=frozenset({"updateDefaultVersion"}),
    names=_NAMES,
)
assert set(schema.bare(schema.inputs(TOKEN))) >= _DATA

KINDS = (LAUNCH_TEMPLATE,)
