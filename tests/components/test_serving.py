"""The components as a Pulumi package for other languages: what its schema says."""

import json
from typing import Any

import pytest
from pulumi.provider.experimental import component

import components
from components.serving import DefaultsAnalyzer, all_components
from components.tokens import PACKAGE


@pytest.fixture
def schema(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(component, "Analyzer", DefaultsAnalyzer)
    served = component.ComponentProvider(all_components(), PACKAGE, None, "1.2.3")
    parsed: dict[str, Any] = json.loads(served.schema or "")
    return parsed


def test_every_component_is_served(schema: dict[str, Any]) -> None:
    kinds = {token.rsplit(":", maxsplit=1)[-1] for token in schema["resources"]}
    assert kinds == {
        "Alarms",
        "CapacitySettlement",
        "Cluster",
        "ConnectNamespace",
        "ContainerInstances",
        "Dashboard",
        "LoadBalancer",
        "ManagedInstances",
        "Namespace",
        "Network",
        "OneOffTask",
        "ScheduledTask",
        "Service",
        "ServiceAccess",
        "ServiceScaling",
        "TaskDefinition",
    }
    assert kinds <= set(components.__all__)


@pytest.mark.parametrize(
    ("resource", "required"),
    [
        ("Alarms", ["clusterName", "settings"]),
        ("CapacitySettlement", ["after", "capacityProviders", "clusterName", "defaultStrategy"]),
        ("Dashboard", ["clusterName"]),
        ("Cluster", ["capacity", "settings", "subnetIds", "vpcId"]),
        ("ContainerInstances", ["clusterName", "settings", "subnetIds", "vpcId"]),
        ("LoadBalancer", ["subnetIds", "vpcId"]),
        ("Namespace", ["domain", "vpcId"]),
        ("Network", ["settings"]),
        ("OneOffTask", ["capacityProviderStrategy", "clusterArn", "task"]),
        ("ScheduledTask", ["capacityProviderStrategy", "clusterArn", "task", "timing"]),
        ("Service", ["capacityProviderStrategy", "clusterArn", "taskDefinitionArn"]),
        ("ServiceAccess", []),
        ("ServiceScaling", ["clusterName", "serviceName", "settings"]),
        ("TaskDefinition", ["containers"]),
    ],
)
def test_only_what_has_no_default_is_required(schema: dict[str, Any], resource: str, required: list[str]) -> None:
    served = schema["resources"][f"{PACKAGE}:index:{resource}"]
    assert sorted(served["requiredInputs"]) == required
    assert set(served["inputProperties"]) > set(required) or resource in ("CapacitySettlement", "Namespace", "Network")


def test_a_default_makes_a_nested_setting_optional(schema: dict[str, Any]) -> None:
    assert "required" not in schema["types"][f"{PACKAGE}:index:CapacitySettings"]
    requirements = schema["types"][f"{PACKAGE}:index:InstanceRequirements"]
    assert sorted(requirements["required"]) == ["memory", "vcpus"]
    assert "accelerators" in requirements["properties"]


def test_inputs_are_described(schema: dict[str, Any]) -> None:
    described = [
        property_.get("description")
        for served in schema["resources"].values()
        for property_ in served["inputProperties"].values()
    ]
    assert len(described) > 30
    assert all(described)


def test_what_belongs_to_inputs_is_described_whatever_class_declares_it(schema: dict[str, Any]) -> None:
    described = {
        f"{token.rsplit(':', maxsplit=1)[-1]}.{name}": property_.get("description")
        for token, type_ in schema["types"].items()
        for name, property_ in type_.get("properties", {}).items()
    }
    assert len(described) > 150
    assert [name for name, text in described.items() if not text] == []
    assert described["ContainerArgs.readonlyRootFilesystem"].startswith("Whether the container's root filesystem")
    assert described["ContainerArgs.image"] == "Registry, repository and tag or digest."
    assert "\n    " not in "".join(described.values())
