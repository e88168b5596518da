"""What the rules have in common while the engine asks them: suppressions, and what came of them."""

from collections.abc import Collection
from dataclasses import dataclass, field

from policies.suppressions import Suppression


@dataclass
class Ledger:
    """One operation's suppressions, and what is to be said at its end."""

    suppressions: tuple[Suppression, ...] = ()
    suppressed: dict[tuple[str, str, str], Suppression] = field(default_factory=dict)
    """By rule, URN and message."""
    unjudged: dict[tuple[str, str], None] = field(default_factory=dict)
    """Rule and place, in the order in which they came up."""

    malformed: dict[str, str] = field(default_factory=dict)
    """By what cannot be read, the rule that says so."""

    def begin(self, suppressions: Collection[Suppression]) -> None:
        """Starts anew, with the suppressions of the configuration."""
        self.suppressions = tuple(suppressions)
        self.suppressed.clear()
        self.unjudged.clear()
        self.malformed.clear()

    def suppresses(self, rule: str, urn: str | None, message: str) -> bool:
        """Whether a finding is suppressed, which is noted."""
        for suppression in self.suppressions:
            if suppression.covers(rule, urn or ""):
                self.suppressed[rule, urn or "", message] = suppression
                return True
        return False

    def tells(self, rule: str, wrong: str) -> bool:
        """Whether it is this rule's to say what cannot be read: the first one that meets it says so for all."""
        return self.malformed.setdefault(wrong, rule) == rule

    def note_unjudged(self, rule: str, place: str) -> None:
        """Notes what a rule could not judge."""
        self.unjudged[rule, place] = None


LEDGER = Ledger()
"""The pack runs in a process of its own for every operation."""
