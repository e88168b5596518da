"""What one check finds."""

from typing import NamedTuple


class Found(NamedTuple):
    """One thing that is wrong."""

    subject: str
    """Which instance, group or service."""
    what: str
    """What is wrong with it, without full stop."""
    fix: str
    """What to do, a whole sentence."""
