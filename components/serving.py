"""The components as a Pulumi package."""

import dataclasses
import inspect
from importlib.metadata import version
from typing import Any

import pulumi
from pulumi.provider.experimental import component, component_provider_host
from pulumi.provider.experimental.analyzer import Analyzer, PropertyDefinition

import components
from components.tokens import PACKAGE


class DefaultsAnalyzer(Analyzer):
    """Knows what Pulumi's own does not: that fields with a default are optional, and what inherited ones are for."""

    def analyze_type(
        self, typ: type, *, is_component_output: bool
    ) -> tuple[dict[str, PropertyDefinition], dict[str, str]]:
        properties, mapping = super().analyze_type(typ, is_component_output=is_component_output)
        defaulted = _defaulted(typ)
        for schema_name, python_name in mapping.items():
            if python_name in defaulted:
                properties[schema_name].optional = True
        return properties, mapping

    def get_docstring(self, typ: type, name: str) -> str | None:
        """A property's description, for an inherited one that of the class that declares it."""
        described = (
            super(DefaultsAnalyzer, self).get_docstring(each, name)
            for each in typ.__mro__
            if each is typ or dataclasses.is_dataclass(each)
        )
        return next((inspect.cleandoc(text) for text in described if text), None)


def _defaulted(typ: Any) -> set[str]:
    if not dataclasses.is_dataclass(typ):
        return set()
    missing = dataclasses.MISSING
    return {
        field.name
        for field in dataclasses.fields(typ)
        if field.default is not missing or field.default_factory is not missing
    }


def all_components() -> list[type[pulumi.ComponentResource]]:
    """Every component of the package."""
    exported = (getattr(components, name) for name in components.__all__)
    return [each for each in exported if isinstance(each, type) and issubclass(each, pulumi.ComponentResource)]


def serve() -> None:
    """Runs the component provider until the engine ends it."""
    setattr(component, "Analyzer", DefaultsAnalyzer)  # noqa: B010 - a module's name, which mypy does not let us assign
    component_provider_host(all_components(), PACKAGE, version=version(PACKAGE))
