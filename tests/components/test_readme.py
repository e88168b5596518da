"""The program in README.md does what the text beside it says."""

import re
from pathlib import Path

from tests.components.component_harness import deploy

README = Path(__file__).resolve().parents[2] / "README.md"


def test_container_instances_alone_are_attached_to_the_cluster_that_they_join() -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    graph = deploy(lambda: exec(compile(program, str(README), "exec"), {}))
    attached = graph.one("ecs.ClusterCapacityProviders").inputs
    provider = graph.one("ecs.CapacityProvider")
    assert attached["capacityProviders"] == ["its-own", f"{provider.name}-1a2b3c4"]
    assert attached["defaultCapacityProviderStrategies"] == [{"capacityProvider": "its-own", "weight": 1}]
    assert attached["clusterName"] == "an-existing-cluster"
    assert graph.waits_for(graph.one("ecs.ClusterCapacityProviders"), provider)
