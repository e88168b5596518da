"""Elastic Load Balancing: one instance is a target once for each of its ports; moto keeps one target an instance.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html.
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.exceptions import InvalidTargetError, TargetNotRunning
from moto.elbv2.models import FakeTargetGroup

from localaws.moto_fixes.patch import around, give

Target = dict[str, Any]


def _key(self: Any, target: Target) -> str:
    return f"{target['Id']}:{target.get('Port') or self.port}"


def _has(self: Any, target: Target) -> bool:
    """Whether a target is registered."""
    return _key(self, target) in self.targets


def _register(self: Any, targets: list[Target]) -> None:
    for target in targets:
        machine = self.ec2_backend.get_instance_by_id(target["Id"])
        if machine is not None and machine.state != "running":
            raise TargetNotRunning(instance_id=target["Id"])
        # The port is an integer in AWS's answers, wherever it came from.
        self.targets[_key(self, target)] = {"Id": target["Id"], "Port": int(target.get("Port") or self.port or 0)}
        self.deregistered_targets.pop(_key(self, target), None)


def _deregister(self: Any, targets: list[Target]) -> None:
    """DeregisterTargets: without a port, every port of the target."""
    for target in targets:
        keys = [_key(self, target)] if target.get("Port") else [k for k in self.targets if _id(k) == target["Id"]]
        gone = {key: self.targets.pop(key) for key in keys if key in self.targets}
        if not gone:
            raise InvalidTargetError()
        self.deregistered_targets |= gone


def _end(self: Any, instance_ids: list[str]) -> None:
    for key in [key for key in self.targets if _id(key) in instance_ids]:
        self.terminated_targets[key] = self.targets.pop(key)


def _id(key: str) -> str:
    return key.rpartition(":")[0]


@around(FakeTargetGroup, "health_for")
def _health(original: Any, self: Any, target: Target, ec2_backend: Any) -> Any:
    """moto looks targets up by their id alone: it is shown the one that is asked for."""
    shown = ("targets", "deregistered_targets", "terminated_targets")
    kept = {name: getattr(self, name) for name in shown}
    try:
        for name, targets in kept.items():
            found = targets.get(_key(self, target))
            setattr(self, name, {target["Id"]: found} if found else {})
        return original(self, target, ec2_backend)
    finally:
        for name, targets in kept.items():
            setattr(self, name, targets)


give(FakeTargetGroup, "has", _has)
give(FakeTargetGroup, "register", _register)
give(FakeTargetGroup, "deregister", _deregister)
give(FakeTargetGroup, "deregister_terminated_instances", _end)
