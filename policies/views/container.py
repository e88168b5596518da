"""Amazon ECS: the containers of a task definition."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from ecs_model.memory import placed_memory
from ecs_model.ports import PortRange
from policies.properties import Properties


class PortMapping(NamedTuple):
    """A port mapping of a container definition."""

    place: str
    container_port: int | None
    host_port: int
    """0 where the port is dynamic."""
    protocol: str
    """`tcp` or `udp`; what is neither counts as tcp, ECS's default."""


class ContainerDefinition:
    """One container of a task definition."""

    def __init__(self, properties: Properties, position: int) -> None:
        self.properties = properties
        self._position = position

    @property
    def name(self) -> str:
        """Its name; its position in the list where it has none."""
        return self.given_name or f"number {self._position + 1}"

    @property
    def given_name(self) -> str | None:
        """Its name; None where it has none."""
        return self.properties.text("name")

    @property
    def port_mappings(self) -> list[Properties]:
        """The port mappings, each to be read with `port_mapping`."""
        return self.properties.children("portMappings")

    @property
    def ports(self) -> list[PortRange]:
        """The ports that it says it listens on. Raises Malformed."""
        found: list[PortRange] = []
        for written in self.port_mappings:
            port = written.integer("containerPort")
            with suppress(ValueError):
                found.append(PortRange.parse(written.text("containerPortRange") or f"{port or 0}-{port or 0}"))
        return found

    @property
    def variables(self) -> dict[str, str]:
        """Its environment variables, as far as they are written in it."""
        written = self.properties.children("environment")
        return {variable.text("name") or "": variable.text("value") or "" for variable in written}

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """What it is told: its environment, entry point and command, each text with its place."""
        for variable in self.properties.children("environment"):
            yield f"environment[{variable.path[-1]}]", variable.text("value") or ""
        for key in ("entryPoint", "command"):
            for position, word in enumerate(self.properties.texts(key).known):
                yield f"{key}[{position}]", word

    def command(self, key: str) -> tuple[str, ...]:
        """The words of its `command`, its `entryPoint`, or the command of its `healthCheck`."""
        if key != "healthCheck":
            return self.properties.texts(key).known
        check = self.properties.child(key)
        return check.texts("command").known if check else ()

    @property
    def memory(self) -> int | None:
        """The hard limit in MiB."""
        return self.properties.integer("memory")

    @property
    def memory_reservation(self) -> int | None:
        """The soft limit in MiB."""
        return self.properties.integer("memoryReservation")

    @property
    def placed_memory(self) -> int:
        """MiB that placement counts."""
        return placed_memory(self.memory, self.memory_reservation)

    @property
    def cpu(self) -> int:
        """Its CPU units; 0 where it does not say."""
        return self.properties.integer("cpu") or 0

    @property
    def essential(self) -> bool:
        """Whether the task stops with it; so where nothing is said."""
        return self.properties.value("essential") is None or self.properties.flag("essential")

    @property
    def capabilities(self) -> tuple[str, ...]:
        """The Linux capabilities that it adds to Docker's default ones."""
        linux = self.properties.child("linuxParameters")
        capabilities = linux.child("capabilities") if linux else None
        return capabilities.texts("add").known if capabilities else ()

    @property
    def links(self) -> tuple[str, ...]:
        """Names of the containers that it is linked to."""
        return tuple(link.split(":")[0] for link in self.properties.texts("links").known)

    @property
    def dependencies(self) -> Iterator[tuple[str | None, str | None]]:
        """The containers that it waits for, each with the condition."""
        for written in self.properties.children("dependsOn"):
            condition = written.text("condition")
            yield written.text("containerName"), condition.upper() if condition else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its Docker labels."""
        labels = self.properties.value("dockerLabels")
        return tuple(labels) if isinstance(labels, Mapping) else ()

    def label(self, name: str) -> str | None:
        """The value of one of its Docker labels."""
        labels = self.properties.child("dockerLabels")
        return labels.text(name) if labels else None

    @property
    def log_driver(self) -> str | None:
        """The driver of its log configuration; None where it has none."""
        logs = self.properties.child("logConfiguration")
        return logs.text("logDriver") if logs else None

    def has_log_option(self, name: str) -> bool:
        """Whether its log configuration gives an option."""
        options = self._log_options
        return options is not None and options.given(name)

    def log_option(self, name: str) -> str | None:
        """The value of an option of its log configuration."""
        options = self._log_options
        return options.text(name) if options else None

    @property
    def log_options(self) -> tuple[str, ...]:
        """The names of its log configuration's options."""
        logs = self.properties.child("logConfiguration")
        options = logs.value("options") if logs else None
        return tuple(options) if isinstance(options, Mapping) else ()

    @property
    def _log_options(self) -> Properties | None:
        logs = self.properties.child("logConfiguration")
        return logs.child("options") if logs else None

    @property
    def secret_sources(self) -> Iterator[tuple[str, str | None]]:
        """Where the agent reads a secret for it: the place within the container definition, and the name or ARN."""
        logs = self.properties.child("logConfiguration")
        for holder, key, place in (
            (self.properties, "secrets", "secrets"),
            (logs, "secretOptions", "logConfiguration.secretOptions"),
        ):
            for position, secret in enumerate(holder.children(key) if holder else ()):
                yield f"{place}[{position}]", secret.text("valueFrom")
        credentials = self.properties.child("repositoryCredentials")
        if credentials:
            yield "repositoryCredentials", credentials.text("credentialsParameter")

    @property
    def environment_files(self) -> Iterator[str]:
        """The places of the environment files that the agent reads for it from S3."""
        for position, _ in enumerate(self.properties.children("environmentFiles")):
            yield f"environmentFiles[{position}]"

    @property
    def needs_execution_role(self) -> Iterator[str]:
        """The settings that the agent reads secrets or files for, which takes an execution role."""
        for key in ("secrets", "environmentFiles"):
            if self.properties.children(key):
                yield key
        logs = self.properties.child("logConfiguration")
        if logs and logs.children("secretOptions"):
            yield "logConfiguration.secretOptions"
        if self.properties.given("repositoryCredentials"):
            yield "repositoryCredentials"


def port_mapping(properties: Properties) -> PortMapping:
    """A port mapping read with its types. Raises Malformed."""
    position = properties.path[-1]
    protocol = (properties.text("protocol") or "tcp").lower()
    return PortMapping(
        f"portMappings[{position}]",
        properties.integer("containerPort"),
        properties.integer("hostPort") or 0,
        protocol if protocol == "udp" else "tcp",
    )
