"""The volumes of a task, and the paths at which its containers see them."""

import re
from collections.abc import Mapping

from ecs_model.containers import Container


def writable_volume(container: str, path: str) -> str:
    """The name of the volume behind a writable path: `/var/cache` of nginx -> `nginx--var-cache`.

    No two paths have the same: a slash becomes a hyphen, what else is no letter or digit an underscore and its code.
    """
    return f"{container}--{re.sub('[^A-Za-z0-9]', _coded, path.strip('/'))}"


def _coded(match: re.Match[str]) -> str:
    return "-" if match[0] == "/" else "".join(f"_{byte:02x}" for byte in match[0].encode())


def writable_volumes(containers: Mapping[str, Container]) -> list[str]:
    """The names of the volumes behind all writable paths of a task, sorted."""
    return sorted(writable_volume(name, path) for name, c in containers.items() for path in c.writable_paths)
