"""EC2: the addresses that rules of security groups let in."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple

_PRIVATE = [
    ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]
"""What nobody has on the internet: RFC 1918, RFC 6598 and RFC 4193, from which a VPC takes its addresses.

`ipaddress.is_private` is not asked: before Python 3.11.4 it looks at a block's two ends alone, and 0.0.0.0/1 passes.
"""


class Address(NamedTuple):
    """A CIDR block or prefix list that a rule lets in."""

    text: str

    @property
    def is_world(self) -> bool:
        """Whether it means everybody; half of the internet counts as well, for people write it in two halves."""
        network = self._network()
        return network is not None and network.prefixlen <= 1

    @property
    def is_private(self) -> bool:
        """Whether none of it is on the internet."""
        return any(self._lies_in(block) for block in _PRIVATE)

    def within(self, other: "Address") -> bool:
        """Whether all of it lies in another block."""
        network = other._network()
        return network is not None and self._lies_in(network)

    def _lies_in(self, block: IPv4Network | IPv6Network) -> bool:
        network = self._network()
        if network is None or network.version != block.version:
            return False
        return network.prefixlen >= block.prefixlen and network.network_address in block

    def _network(self) -> IPv4Network | IPv6Network | None:
        try:
            return ip_network(self.text, strict=False)
        except ValueError:
            return None

    def __str__(self) -> str:
        # Only what is an address for certain is quoted: anything else may be a secret.
        if self._network() or re.fullmatch(r"pl-[0-9a-f]{8,17}", self.text):
            return self.text
        return "addresses that are not quoted"
