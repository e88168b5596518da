"""Taking over resources that exist: those of a cluster made in the console, or by another tool."""

import pulumi

from ecs_model.adoption import FIXED, Adopted, adoption_problems, short_type, unmet
from ecs_model.problem import Problem, refuse


class Adoption:
    """Imports the live resources that a map names in place of making new ones, wherever the program makes them.

    Made before the components. What the program wants otherwise is changed in place by the same deployment, and the
    preview shows it; what the AWS provider could change only by a replacement stays as it is.
    """

    def __init__(self, adopted: Adopted) -> None:
        refuse("Adoption", adoption_problems(adopted))
        self._adopted = adopted
        self._made: dict[str, set[str]] = {}
        if adopted:
            pulumi.runtime.register_stack_transformation(self._transformed)

    def check(self) -> None:
        """To be called last. Raises InvalidSettings where no resource of the program has a name that is adopted."""
        refuse("Adoption", self.unmet())

    def unmet(self) -> list[Problem]:
        """To be asked last. What is adopted by a name that no resource of the program has."""
        return list(unmet(self._adopted, self._made))

    def _transformed(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        type_ = short_type(args.type_)
        self._made.setdefault(type_, set()).add(args.name)
        id_ = self._adopted.get(type_, {}).get(args.name)
        if id_ is None:
            return None
        kept = pulumi.ResourceOptions(import_=id_, ignore_changes=[*FIXED[type_]])
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, kept))
