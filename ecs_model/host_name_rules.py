"""What cannot work in the names of hosts that a container has or knows."""

import ipaddress
import re
from collections.abc import Iterator

from ecs_model.containers import Container, NetworkMode
from ecs_model.problem import Problem

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")


def host_problems(container: Container, mode: NetworkMode) -> Iterator[Problem]:
    """Everything wrong with `hostname` and `extraHosts`, which tasks of mode awsvpc do not have."""
    for key, given in (("hostname", container.hostname), ("extraHosts", container.extra_hosts)):
        if given and mode is NetworkMode.AWSVPC:
            yield Problem((key,), "is not supported in network mode awsvpc: leave it out, or use bridge")
    if container.hostname is not None and not _HOST.fullmatch(container.hostname):
        yield Problem(("hostname",), f"{container.hostname!r} is no host name: use letters, digits, hyphens and dots")
    for name, address in container.extra_hosts.items():
        if not _HOST.fullmatch(name):
            yield Problem(("extraHosts", name), f"{name!r} is no host name: use letters, digits, hyphens and dots")
        elif not _is_address(address):
            yield Problem(("extraHosts", name), f"{address!r} is no IP address, such as 10.0.0.7")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
