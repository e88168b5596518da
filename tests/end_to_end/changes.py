"""A live cluster changes in every way that its settings can: `python -m tests.end_to_end.changes`.

After each change one `up` has to be enough: services run on what is attached, nothing was deleted before they had
moved, and the next `up` changes nothing. One stack lives through all of them. Took 13 minutes on two busy cores.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import Run, edited_config, environment

SERVICE = "aws:ecs/service:Service"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
GROUP = "aws:autoscaling/group:Group"
IN_USE = {PROVIDER, GROUP, "aws:lb/targetGroup:TargetGroup", "aws:lb/loadBalancer:LoadBalancer"}
"""What services use, so that it has to outlast their move."""
SPOT = {"instanceTypes": ["t3.medium"], "maxSize": 3}
Sections = Callable[[str], AbstractContextManager[Any]]


def resized(sections: Sections) -> None:
    with sections("capacity") as capacity:
        capacity["general"] |= {"minSize": 2, "maxSize": 6}


def by_attributes(sections: Sections) -> None:
    with sections("capacity") as capacity:
        del capacity["general"]["instanceTypes"]
        capacity["general"]["instanceRequirements"] = {"vcpus": {"min": 2}, "memory": {"min": 4096}}


def by_types(sections: Sections) -> None:
    with sections("capacity") as capacity:
        del capacity["general"]["instanceRequirements"]
        capacity["general"]["instanceTypes"] = ["t3.medium"]


def on_bottlerocket(sections: Sections) -> None:
    with sections("capacity") as capacity:
        capacity["general"]["amiFamily"] = "bottlerocket"


def on_arm(sections: Sections) -> None:
    with sections("capacity") as capacity:
        capacity["general"] |= {"amiFamily": "al2023", "instanceTypes": ["t4g.medium"]}
        capacity["spot"]["instanceTypes"] = ["t4g.medium", "m7g.medium"]
    with sections("services") as services:
        for service in services.values():
            service["cpuArchitecture"] = "arm64"


def on_intel(sections: Sections) -> None:
    with sections("capacity") as capacity:
        capacity["general"]["instanceTypes"] = capacity["spot"]["instanceTypes"] = ["t3.medium"]
    with sections("services") as services:
        for service in services.values():
            del service["cpuArchitecture"]


def other_default(sections: Sections) -> None:
    with sections("cluster") as cluster:
        cluster["defaultCapacityProviderStrategy"] = [{"capacityProvider": "general", "weight": 1}]


def _worker(sections: Sections, provider: str) -> None:
    with sections("services") as services:
        services["worker"] |= {
            "networkMode": "awsvpc", "cpu": 256, "memory": 512,
            "capacityProviderStrategy": [{"capacityProvider": provider, "weight": 1}],
        }  # fmt: skip


def to_fargate(sections: Sections) -> None:
    with sections("cluster") as cluster:
        cluster["fargate"] = True
    _worker(sections, "FARGATE")


def to_managed_instances(sections: Sections) -> None:
    with sections("cluster") as cluster:
        del cluster["fargate"]
    with sections("managedInstances") as managed:
        managed["own"] = {}
    _worker(sections, "own")


def bought_otherwise(sections: Sections) -> None:
    with sections("managedInstances") as managed:
        managed["own"]["purchaseOption"] = "spot"


def back_to_instances(sections: Sections) -> None:
    with sections("managedInstances") as managed:
        managed.clear()
    _worker(sections, "spot")


def of_another_kind(sections: Sections) -> None:
    with sections("capacity") as capacity:
        del capacity["spot"]
    with sections("managedInstances") as managed:
        managed["spot"] = {}


def of_the_first_kind(sections: Sections) -> None:
    with sections("managedInstances") as managed:
        managed.clear()
    with sections("capacity") as capacity:
        capacity["spot"] = SPOT


def renamed(sections: Sections) -> None:
    with sections("capacity") as capacity:
        capacity["cheap"] = capacity.pop("spot")
    _worker(sections, "cheap")


def in_the_default_vpc(sections: Sections) -> None:
    with sections("network") as network:
        network.clear()
        network["default"] = True


def in_an_own_vpc(sections: Sections) -> None:
    with sections("network") as network:
        network.clear()
        network["create"] = {"cidr": "10.20.0.0/16"}


def without_the_last_service(sections: Sections) -> None:
    with sections("services") as services:
        del services["worker"]


def without_its_provider(sections: Sections) -> None:
    with sections("capacity") as capacity:
        del capacity["cheap"]


CHANGES: tuple[Callable[[Sections], None], ...] = (
    resized, by_attributes, by_types, on_bottlerocket, on_arm, on_intel, other_default, to_fargate,
    to_managed_instances, bought_otherwise, back_to_instances, of_another_kind, of_the_first_kind, renamed,
    in_the_default_vpc, in_an_own_vpc, without_the_last_service, without_its_provider,
)  # fmt: skip


@dataclass
class Walk:
    """One stack, and what was not as it should be."""

    live: Deployment
    wrong: list[str] = field(default_factory=list)

    def expect(self, true: bool, said: str) -> None:
        """Note what is wrong."""
        if not true:
            print(f"WRONG: {said}", file=sys.stderr, flush=True)
            self.wrong.append(said)

    def step(self, name: str, *options: str) -> None:
        """Deploy, and look at what came of it."""
        began = time.monotonic()
        up = self.live.bench.up(*options)
        self.expect(up.code == 0, f"{name}: {up.said}")
        self.expect(too_early(up) == [], f"{name}: deleted before the services had moved: {too_early(up)}")
        self.expect(stranded(self.live) == [], f"{name}: {stranded(self.live)}")
        again = self.live.bench.up()
        self.expect(again.code == 0 and again.steps == set(), f"{name}, the second time: {again.steps} {again.said}")
        ops = {step.op for step in up.steps if step.type in IN_USE | {SERVICE}}
        print(f"{name}: {', '.join(sorted(ops)) or 'nothing'}; {time.monotonic() - began:.0f} s", flush=True)


def too_early(up: Run) -> list[str]:
    """What services use, deleted before the last of them was made or changed."""
    done = [
        (event["sequence"], event["resOutputsEvent"]["metadata"]) for event in up.events if "resOutputsEvent" in event
    ]
    moved = max((at for at, each in done if each["type"] == SERVICE and each["op"] in ("create", "update")), default=0)
    return [
        each["urn"] for at, each in done if each["op"].startswith("delete") and each["type"] in IN_USE and at < moved
    ]


def stranded(live: Deployment) -> list[str]:
    """Services that do not run as they should, or not on what is attached to the cluster and has instances."""
    cluster = live.cluster
    found = []
    for each in live.account.services(cluster["clusterArn"]):
        used = {item["capacityProvider"] for item in each["capacityProviderStrategy"]}
        if each["runningCount"] != each["desiredCount"] or not used <= set(cluster["capacityProviders"]):
            found.append(f"{each['serviceName']}: {each['runningCount']} of {each['desiredCount']} on {sorted(used)}")
    return found


def main() -> int:
    """Returns 1 where anything was not as it should be."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory, environment(Path(directory) / "local", "local") as bench:
        walk = Walk(live := Deployment(bench))
        walk.expect(live.up.code == 0, live.up.said)
        for change in CHANGES:
            change(lambda section: edited_config(live.config, section))
            walk.step(change.__name__)
        (group,) = bench.urns(GROUP)
        walk.step("group_replaced", "--replace", group)
        ended = bench.destroy()
        walk.expect(ended.code == 0, ended.said)
        after = live.account.inventory()
        left = {kind: after[kind] - live.before[kind] for kind in after if after[kind] - live.before[kind]}
        walk.expect(left == {}, f"left behind: {left}")
    print(f"{len(CHANGES) + 1} changes, {len(walk.wrong)} wrong, {time.monotonic() - began:.0f} s")
    return 1 if walk.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
