"""What cannot work in a container's power over its instance, and in what is to bound it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

import re
from collections.abc import Iterator, Mapping

from ecs_model.agent_variables import CAPABLE_OF
from ecs_model.capacity import CapacitySettings
from ecs_model.containers import Container
from ecs_model.images import AmiFamily
from ecs_model.problem import Problem

_NO_NEW_PRIVILEGES = "no-new-privileges"
_OPTION = re.compile(rf"{_NO_NEW_PRIVILEGES}|({'|'.join(CAPABLE_OF)}):\S+")


def security_option_problems(container: Container) -> Iterator[Problem]:
    """Options that ECS would refuse on Linux, or that stand there twice."""
    options = container.docker_security_options
    for position, option in enumerate(options):
        path = ("dockerSecurityOptions", position)
        if not _OPTION.fullmatch(option):
            known = ", ".join([_NO_NEW_PRIVILEGES, *(f"{kind}:…" for kind in CAPABLE_OF)])
            yield Problem(path, f"{option!r} is no option that ECS takes on Linux: give {known}")
        elif option in options[:position]:
            yield Problem(path, f"{option!r} is there twice: keep it once")


def power_problems(containers: Mapping[str, Container], key: str, settings: CapacitySettings) -> Iterator[Problem]:
    """What the instances of one capacity provider would not let containers have."""
    for name, container in containers.items():
        if container.privileged and (reason := _forbids(settings)):
            yield Problem(
                ("containers", name, "privileged"),
                f"true is refused by the agents of capacity {key}, {reason}: set capacity.{key}.agent.allowPrivileged "
                "to true, or leave it out",
            )
        for position, option in enumerate(container.docker_security_options):
            variable = CAPABLE_OF.get(option.partition(":")[0])
            if variable and settings.agent.variables.get(variable) != "true":
                remedy = (
                    "whose amiFamily bottlerocket has no setting for that: leave it out, or use another amiFamily"
                    if settings.ami_family is AmiFamily.BOTTLEROCKET
                    else f"which need {variable}: set it to 'true' in capacity.{key}.agent.variables"
                )
                yield Problem(
                    ("containers", name, "dockerSecurityOptions", position),
                    f"{option!r} is not known to the agents of capacity {key}, {remedy}",
                )


def _forbids(settings: CapacitySettings) -> str | None:
    """Why no privileged container runs there, or None."""
    allowed = settings.agent.allow_privileged
    if allowed is None and settings.ami_family is AmiFamily.BOTTLEROCKET:
        return "as Bottlerocket has it unless told otherwise"
    return "whose allowPrivileged is false" if allowed is False else None
