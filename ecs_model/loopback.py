"""What a container reaches at its own loopback address."""

import re

_PORT = re.compile(r"(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]):([0-9]{1,5})(?![0-9])", re.ASCII | re.IGNORECASE)


def loopback_ports(text: str) -> list[int]:
    """The ports that a text names together with `localhost`, `127.0.0.1` or `[::1]`, sorted."""
    return sorted({int(port) for port in _PORT.findall(text)})
