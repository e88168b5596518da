"""Amazon EC2 Auto Scaling: the groups that container instances belong to."""

from collections.abc import Iterator

from policies.properties import Properties, References, Unknown
from policies.views.resource import Resource


class AutoScalingGroup(Resource):
    """An Auto Scaling group."""

    type = "aws:autoscaling/group:Group"
    label = "Auto Scaling group"
    computed = frozenset({"launchTemplate", "mixedInstancesPolicy", "availabilityZones", "vpcZoneIdentifiers"})
    identity = ("id", "arn", "name")

    @property
    def launches(self) -> Iterator[tuple[str, References]]:
        """The launch templates or configuration of its instances, each with the property that names it."""
        yield "launchConfiguration", self.properties.reference("launchConfiguration")
        for name in ("id", "name"):
            yield "launchTemplate", self.properties.nested("launchTemplate", name)
        yield from self._mixed()

    @property
    def templates(self) -> Iterator[tuple[str, Properties]]:
        """Every launch template specification, each with the property that holds it. Raises Unknown."""
        key = "launchTemplate"
        plain = self.properties.child(key)
        if plain:
            yield key, plain
        key = "mixedInstancesPolicy"
        mixed = self._mixed_template()
        for holder in (mixed, *self.overrides) if mixed else ():
            specification = holder.child("launchTemplateSpecification")
            if specification:
                yield key, specification

    @property
    def overrides(self) -> list[Properties]:
        """What the mixed instances policy says of each instance type. Raises Unknown."""
        mixed = self._mixed_template()
        return mixed.children("overrides") if mixed else []

    @property
    def overrides_templates(self) -> bool:
        """Whether some of its instance types have launch templates of their own. Raises Unknown."""
        return any(override.given("launchTemplateSpecification") for override in self.overrides)

    @property
    def on_demand_percentage(self) -> int:
        """How many of a hundred instances beyond the base are not Spot; 100, AWS's default, where it does not say.

        Raises Unknown.
        """
        policy = self.properties.child("mixedInstancesPolicy")
        try:
            distribution = policy.child("instancesDistribution") if policy else None
            percentage = distribution.integer("onDemandPercentageAboveBaseCapacity") if distribution else None
        except Unknown:
            if self.computes_within("mixedInstancesPolicy", "aws:ec2/launchTemplate:LaunchTemplate"):
                return 100
            raise
        return 100 if percentage is None else percentage

    @property
    def is_refreshed(self) -> bool:
        """Whether a change replaces its instances (instance refresh)."""
        return self.properties.given("instanceRefresh")

    @property
    def suspended(self) -> tuple[str, ...]:
        """The processes that do not run. Raises Unknown."""
        processes = self.properties.texts("suspendedProcesses")
        if processes.unknown:
            raise self.properties.unknown("suspendedProcesses")
        return processes.known

    @property
    def protects_from_scale_in(self) -> bool:
        """Whether new instances are protected from scale-in. Raises Unknown."""
        return self.properties.flag("protectFromScaleIn")

    @property
    def ignores_tags(self) -> bool:
        """Whether the program leaves the tags to others."""
        return any(path.startswith("tags") for path in self.surroundings.ignored)

    @property
    def states_desired_capacity(self) -> bool:
        """Whether the program sets the desired capacity again at every update. Only its inputs show that."""
        return self.properties.given("desiredCapacity") and "desiredCapacity" not in self.surroundings.ignored

    @property
    def is_fixed(self) -> bool:
        """Whether its bounds, as far as they are known, allow one number of instances alone."""
        least, most = (self.properties.reference(key).known for key in ("minSize", "maxSize"))
        return bool(least) and least == most

    @property
    def most_instances(self) -> int | None:
        """How many instances it has at most; None where the program leaves that to others. Raises Unknown."""
        return None if "maxSize" in self.surroundings.ignored else self.properties.integer("maxSize")

    def tag(self, name: str) -> Properties | None:
        """The tag of that name: `key`, `value`, `propagateAtLaunch`. Raises Unknown."""
        return next((tag for tag in self.properties.children("tags") if tag.text("key") == name), None)

    @property
    def places(self) -> Iterator[tuple[str, References]]:
        """Its subnets and its availability zones, each with the property that names them."""
        for key in ("vpcZoneIdentifiers", "availabilityZones"):
            yield key, self.properties.texts(key)

    def _mixed_template(self) -> Properties | None:
        policy = self.properties.child("mixedInstancesPolicy")
        return policy.child("launchTemplate") if policy else None

    def _mixed(self) -> Iterator[tuple[str, References]]:
        key = "mixedInstancesPolicy"
        try:
            policy = self.properties.child(key)
            mixed = policy.child("launchTemplate") if policy else None
            for holder in (mixed, *mixed.children("overrides")) if mixed else ():
                for name in ("launchTemplateId", "launchTemplateName"):
                    yield key, holder.nested("launchTemplateSpecification", name)
        except Unknown:
            yield key, References(unknown=True)


class AutoScalingGroupTag(Resource):
    """A tag of an Auto Scaling group as a resource of its own."""

    type = "aws:autoscaling/tag:Tag"
    label = "Auto Scaling group tag"

    @property
    def group(self) -> References:
        """The group, by its name."""
        return self.properties.reference("autoscalingGroupName")

    @property
    def tag(self) -> Properties | None:
        """The tag: `key`, `value`, `propagateAtLaunch`. Raises Unknown."""
        return self.properties.child("tag")
