"""Which scripts of some user data cloud-init runs when an instance starts.

Source: cloud-init, user-data formats, and `handlers/__init__.py` (`type_from_starts_with`).
"""

from ecs_model.operating_system import is_powershell
from ecs_model.user_data import written_lines

_SCRIPT = "text/x-shellscript"
_KNOWN = ("#cloud-config", "#cloud-boothook", "#include", "#part-handler", "#upstart-job", "## template:")
"""Beginnings by which cloud-init knows what is no script."""


def not_run(kind: str, part: str) -> str | None:
    """Why cloud-init does not run a part of some user data that tells the agent its settings; None where it does.

    `kind` is the part's content type, the empty text outside of a MIME message.
    """
    if kind not in ("", "text/plain", _SCRIPT) or is_powershell(part) or not written_lines(part):
        return None
    begun = part.lstrip()
    if begun.startswith("#!"):
        return None if begun == part else "begins with blanks before #!, which Amazon Linux 2023 does not run"
    if kind != _SCRIPT and begun.startswith(_KNOWN):
        return None
    return "begins with no #!, and is not run"
