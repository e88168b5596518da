"""What a container reaches at its own loopback address."""

import re
from collections.abc import Iterator, Mapping

_PORT = re.compile(r"(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]):([0-9]{1,5})(?![0-9])", re.ASCII | re.IGNORECASE)


_HOST = re.compile(r"(.*?)_?(?:HOST|HOSTNAME|ADDRESS|ADDR|SERVER)", re.IGNORECASE)
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


def loopback_pairs(variables: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The ports at the loopback address that two variables name together, as `DB_HOST=localhost` and `DB_PORT=5432`.

    Each with the name of the variable that has the address.
    """
    for name, value in variables.items():
        match = _HOST.fullmatch(name)
        if not match or value.strip().lower() not in _HERE:
            continue
        port = variables.get(f"{match[1]}_PORT" if match[1] else "PORT", "").strip()
        if match[1] and port.isascii() and port.isdecimal() and len(port) < 6:
            yield name, int(port)


def loopback_ports(text: str) -> list[int]:
    """The ports that a text names together with `localhost`, `127.0.0.1` or `[::1]`, sorted."""
    return sorted({int(port) for port in _PORT.findall(text)})
