"""What cannot work in the names of hosts that a container has or knows."""

import ipaddress
import re
from collections.abc import Iterator

from ecs_model.containers import Container
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")


def host_problems(container: Container, mode: NetworkMode) -> Iterator[Problem]:
    """Everything wrong with host names and DNS, which tasks of mode awsvpc have none of their own of."""
    own = {
        "hostname": container.hostname,
        "extraHosts": container.extra_hosts,
        "dnsServers": container.dns_servers,
        "dnsSearchDomains": container.dns_search_domains,
    }
    for key, given in own.items():
        if given and mode is NetworkMode.AWSVPC:
            yield Problem((key,), "is not supported in network mode awsvpc: leave it out, or use bridge")
    if container.hostname is not None and not _HOST.fullmatch(container.hostname):
        yield Problem(("hostname",), f"{container.hostname!r} is no host name: use letters, digits, hyphens and dots")
    for name, address in container.extra_hosts.items():
        if not _HOST.fullmatch(name):
            yield Problem(("extraHosts", name), f"{name!r} is no host name: use letters, digits, hyphens and dots")
        elif not _is_address(address):
            yield Problem(("extraHosts", name), f"{address!r} is no IP address, such as 10.0.0.7")
    yield from _dns_problems(container)


def _dns_problems(container: Container) -> Iterator[Problem]:
    for position, address in enumerate(container.dns_servers):
        if not _is_address(address):
            yield Problem(("dnsServers", position), f"{address!r} is no IP address, such as 10.0.0.2")
    for position, domain in enumerate(container.dns_search_domains):
        if not _HOST.fullmatch(domain):
            yield Problem(("dnsSearchDomains", position), f"{domain!r} is no domain, such as example.com")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
