"""EC2: what launches container instances."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from ecs_model.agent_config import reserved_memory
from ecs_model.images import public_parameter
from ecs_model.operating_system import OperatingSystem, of_image, of_user_data
from ecs_model.user_data import NotUnderstood, agent_variables, typed_parts
from policies.properties import Malformed, Properties, References, Unknown
from policies.views.resource import Resource

Read = TypeVar("Read")


class Metadata(NamedTuple):
    """How the instance metadata service of some instances answers."""

    enabled: bool
    tokens: str | None
    """`required` where IMDSv2 alone is served; None where the program leaves it to the account or the AMI."""
    hop_limit: int | None
    """None where the program leaves it to the account or the AMI."""


class Launches(Resource):
    """Something that launches instances: it holds their user data and security groups."""

    user_data_keys: tuple[str, ...] = ("userData",)
    group_keys: tuple[str, ...] = ("vpcSecurityGroupIds",)
    image_key: str = "imageId"

    @property
    def image(self) -> str | None:
        """The image: its id, or the SSM parameter that holds it. Raises Unknown."""
        return self.properties.text(self.image_key)

    @property
    def image_parameter(self) -> str | None:
        """AWS's public SSM parameter that the image is taken from; None for one that is named in another way.

        Raises Unknown.
        """
        return public_parameter(self.image) if self.image else None

    @property
    def instance_type(self) -> str | None:
        """The instance type. Raises Unknown."""
        return self.properties.text("instanceType")

    @cached_property
    def agent(self) -> Mapping[str, str]:
        """The agent's variables that the user data sets. Raises Unknown."""
        for key in self.user_data_keys:
            text = self.properties.text(key)
            if text and re.fullmatch(r"[0-9a-f]{40}", text):
                # Launch configurations give back no more than the user data's SHA-1.
                raise self.properties.unknown(key)
            if text:
                try:
                    return MappingProxyType(agent_variables(text))
                except NotUnderstood:
                    raise self.properties.unknown(key) from None
        return MappingProxyType({})

    @property
    def reserved_memory(self) -> int:
        """MiB that the agent keeps from tasks. Raises Unknown."""
        reserved = reserved_memory(self.agent)
        if reserved is None:
            raise self.properties.unknown(self.user_data_keys[0])
        return reserved

    @property
    def asks_for_spot(self) -> bool:
        """Whether it asks for Spot instances itself. Raises Unknown."""
        market = self.properties.child("instanceMarketOptions")
        return (market is not None and market.text("marketType") == "spot") or self.properties.given("spotPrice")

    @property
    def joins(self) -> bool:
        """Whether its user data makes its instances container instances. Raises Unknown."""
        return any(name.startswith("ECS_") for name in self.agent)

    @property
    def user_data(self) -> Iterator[tuple[str, str]]:
        """The user data as it reads when decoded, with the property that holds it. Raises Unknown."""
        yield from ((key, part) for key, _, part in self.user_data_parts)

    @property
    def user_data_parts(self) -> Iterator[tuple[str, str, str]]:
        """The same with the content type of each part between the two, as `typed_parts` has it. Raises Unknown."""
        for key in self.user_data_keys:
            text = self.properties.text(key)
            if text:
                try:
                    parts = typed_parts(text)
                except NotUnderstood:
                    raise self.properties.unknown(key) from None
                yield from ((key, kind, part) for kind, part in parts)

    @property
    def system(self) -> OperatingSystem | None:
        """The operating system of its instances; None where neither image nor user data show it."""
        try:
            parameter = self.image_parameter
            found = of_image(parameter) if parameter else None
            return found or of_user_data([part for _, part in self.user_data])
        except (Unknown, Malformed):
            return None

    @property
    def shows_user_data(self) -> bool:
        """Whether it has user data that is known, understood or not."""
        try:
            return any(self.properties.value(key) for key in self.user_data_keys)
        except Unknown:
            return False

    @property
    def metadata(self) -> Metadata:
        """How the instances' metadata service answers; EC2's defaults where nothing is said."""
        written = self.properties.child("metadataOptions") or Properties({}, self)
        return Metadata(
            (self._option(written.text, "httpEndpoint") or "enabled") == "enabled",
            self._option(written.text, "httpTokens"),
            self._option(written.integer, "httpPutResponseHopLimit"),
        )

    def _option(self, read: Callable[[str], Read | None], key: str) -> Read | None:
        """A metadata option; None for one that AWS fills in."""
        try:
            return read(key)
        except Unknown:
            if self.computes("metadataOptions"):
                return None
            raise

    @property
    def interfaces(self) -> list[Properties]:
        """What says whether its instances get public addresses: it does itself. Raises Unknown."""
        return [self.properties]

    @property
    def volumes(self) -> list[Properties]:
        """What describes its volumes, each to be asked for the EBS one within. Raises Unknown."""
        root = self.properties.child("rootBlockDevice")
        return [*([root] if root else []), *self.properties.children("ebsBlockDevices")]

    def ebs(self, volume: Properties) -> Properties | None:
        """The settings of an EBS volume; None where it is another one. Raises Unknown."""
        return volume

    @property
    def profile(self) -> References:
        """The instance profile, by name or ARN."""
        return self.properties.reference("iamInstanceProfile")

    @property
    def security_groups(self) -> Iterator[tuple[str, References]]:
        """The instances' security groups, each with the property that names it."""
        for key in self.group_keys:
            yield key, self.properties.texts(key)


class LaunchTemplate(Launches):
    """A launch template."""

    type = "aws:ec2/launchTemplate:LaunchTemplate"
    label = "launch template"
    identity = ("id", "arn", "name")
    group_keys = ("vpcSecurityGroupIds", "securityGroupNames")

    @property
    def profile(self) -> References:
        """The instance profile, by ARN or name."""
        arn = self.properties.nested("iamInstanceProfile", "arn")
        return arn if arn.known else self.properties.nested("iamInstanceProfile", "name") or arn

    @property
    def interfaces(self) -> list[Properties]:
        """Its network interfaces. Raises Unknown."""
        return self.properties.children("networkInterfaces")

    @property
    def volumes(self) -> list[Properties]:
        """Its block device mappings."""
        return self.properties.children("blockDeviceMappings")

    def ebs(self, volume: Properties) -> Properties | None:
        """The settings of an EBS volume; None for an instance store. Raises Unknown."""
        return volume.child("ebs")

    @property
    def security_groups(self) -> Iterator[tuple[str, References]]:
        """Those of the template and of its network interfaces."""
        yield from super().security_groups
        for interface in self.interfaces:
            yield "networkInterfaces", interface.texts("securityGroups")


class LaunchConfiguration(Launches):
    """A launch configuration, the launch template's predecessor."""

    type = "aws:ec2/launchConfiguration:LaunchConfiguration"
    label = "launch configuration"
    identity = ("id", "arn", "name")
    user_data_keys = ("userData", "userDataBase64")
    group_keys = ("securityGroups",)


class Instance(Launches):
    """A single EC2 instance."""

    type = "aws:ec2/instance:Instance"
    label = "instance"
    computed = frozenset(
        {
            "vpcSecurityGroupIds",
            "securityGroups",
            "userData",
            "userDataBase64",
            "instanceMarketOptions",
            "iamInstanceProfile",
            "ami",
            "instanceType",
        }
    )
    image_key = "ami"
    user_data_keys = ("userData", "userDataBase64")
    group_keys = ("vpcSecurityGroupIds", "securityGroups")

    @property
    def template(self) -> tuple[References, ...]:
        """The launch template that it takes from what it does not say itself, by id and by name."""
        return tuple(self.properties.nested("launchTemplate", key) for key in ("id", "name"))
