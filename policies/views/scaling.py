"""Application Auto Scaling: what changes the number of a service's tasks."""

import re

from policies.properties import References
from policies.views.resource import Resource


class ScalableTarget(Resource):
    """Something whose size Application Auto Scaling changes."""

    type = "aws:appautoscaling/target:Target"
    label = "scaling target"

    @property
    def counts_tasks(self) -> bool:
        """Whether it is the number of an ECS service's tasks. Raises Unknown."""
        return self.properties.text("scalableDimension") == "ecs:service:DesiredCount"

    @property
    def service(self) -> References:
        """The name of the ECS service."""
        return self._part("service")

    @property
    def cluster(self) -> References:
        """The name of the service's cluster."""
        return self._part("cluster")

    def _part(self, part: str) -> References:
        written = self.properties.reference("resourceId")
        found = [re.fullmatch(r"service/(?P<cluster>[^/]+)/(?P<service>[^/]+)", text) for text in written.known]
        return References(tuple(match[part] for match in found if match), written.unknown)
