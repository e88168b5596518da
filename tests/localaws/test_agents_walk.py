"""Whatever is called in whatever order: what instances, tasks, targets and counts tell agrees."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from tests.localaws.fleets import APP, Fleet, amount, host_ports

STEPS = 30
CONTAINERS = (
    APP,
    {**APP, "memory": 300, "cpu": 200},
    {**APP, "portMappings": [{"containerPort": 80, "hostPort": 8080}]},
)


class Walk:
    """Random calls to a cluster with a scaled capacity provider."""

    def __init__(self, fleet: Fleet, seed: int) -> None:
        self.fleet, self.chance = fleet, random.Random(seed)
        self.group = fleet.group(1, most=4)
        fleet.provider(self.group, drains=bool(seed % 2))
        self.targets = fleet.targets()
        self.services: list[str] = []

    def step(self) -> None:
        calls = [self.create, self.resize, self.deploy, self.stop, self.drain, self.activate, self.terminate]
        self.chance.choice(calls if self.services else [self.create])()

    def create(self) -> None:
        if len(self.services) == 3:
            self.fleet.ecs.delete_service(cluster=self.fleet.cluster, service=self.services.pop(0), force=True)
        balancer = {"targetGroupArn": self.targets, "containerName": "app", "containerPort": 80}
        chosen = self.chance.choice(CONTAINERS)
        self.services.append(self.fleet.service(self.chance.randint(2, 5), chosen, loadBalancers=[balancer]))

    def resize(self) -> None:
        self.fleet.update(self.chance.choice(self.services), desiredCount=self.chance.randint(0, 6))

    def deploy(self) -> None:
        self.fleet.update(self.chance.choice(self.services), forceNewDeployment=True)

    def stop(self) -> None:
        tasks = self.fleet.tasks()
        if tasks:
            self.fleet.ecs.stop_task(cluster=self.fleet.cluster, task=self.chance.choice(tasks)["taskArn"])

    def drain(self) -> None:
        self._set(self.chance.choice(self.fleet.instances() or [None]), "DRAINING")

    def activate(self) -> None:
        self._set(next((each for each in self.fleet.instances() if each["status"] == "DRAINING"), None), "ACTIVE")

    def _set(self, instance: dict[str, Any] | None, status: str) -> None:
        if instance is not None:
            arns = [instance["containerInstanceArn"]]
            self.fleet.ecs.update_container_instances_state(
                cluster=self.fleet.cluster, containerInstances=arns, status=status
            )

    def terminate(self) -> None:
        for instance in self.fleet.instances()[:1]:
            self.fleet.asg.terminate_instance_in_auto_scaling_group(
                InstanceId=instance["ec2InstanceId"], ShouldDecrementDesiredCapacity=self.chance.random() < 0.5
            )

    def check(self) -> int:
        """That everything agrees; how many tasks it looked at."""
        instances, tasks = self.fleet.instances(), self.fleet.tasks()
        running = [task for task in tasks if task["lastStatus"] == "RUNNING"]
        targets: set[tuple[str, int]] = set()
        for instance in instances:
            own = [task for task in running if task["containerInstanceArn"] == instance["containerInstanceArn"]]
            ports = [port for task in own for port in host_ports(task)]
            assert max(Counter(ports).values(), default=1) == 1
            assert instance["runningTasksCount"] == len(own)
            for name, key in (("CPU", "cpu"), ("MEMORY", "memory")):
                used = sum(int(task[key]) for task in own)
                assert amount(instance, name) == amount(instance, name, "registered") - used >= 0
            targets |= {(instance["ec2InstanceId"], port) for port in ports}
        assert sum(instance["runningTasksCount"] for instance in instances) == len(running)
        assert self.fleet.healthy(self.targets) == targets
        cluster = self.fleet.ecs.describe_clusters(clusters=[self.fleet.cluster])["clusters"][0]
        assert (cluster["runningTasksCount"], cluster["pendingTasksCount"]) == (len(running), len(tasks) - len(running))
        for name in self.services:
            of_service = [task for task in running if task["group"] == f"service:{name}"]
            service = self.fleet.described(name)
            assert service["runningCount"] == len(of_service)
            assert sum(each["runningCount"] for each in service["deployments"]) == len(of_service)
        machines = {each["InstanceId"] for each in self.fleet.described_group(self.group)["Instances"]}
        assert {each["ec2InstanceId"] for each in instances} == machines
        assert self.fleet.desired(self.group) <= 4
        return len(running)


@pytest.mark.parametrize("seed", range(3))
def test_everything_agrees_after_any_calls(lab: Any, seed: int) -> None:
    walk = Walk(Fleet(lab), seed)
    looked_at = 0
    for _ in range(STEPS):
        walk.step()
        looked_at += walk.check()
    assert looked_at > STEPS
