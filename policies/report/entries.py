"""The rules that a report lists: all of the pack's, and those of other packs that found something."""

from dataclasses import dataclass

from policies.pack import rules
from policies.report.events import Preview
from policies.rule import MANDATORY, Rule


@dataclass(frozen=True)
class Entry:
    """A rule as a report describes it."""

    id: str
    title: str
    mandatory: bool = False
    """By default; a finding has the level that the preview's configuration gave it."""
    severity: str = ""
    """`low`, `medium`, `high` or `critical`; empty where the rule belongs to another pack."""
    why: str = ""
    fix: str = ""
    source: str = ""


def entries(preview: Preview) -> list[Entry]:
    """One entry a rule, sorted by id: the pack's own first."""
    own = [_own(rule) for rule in rules()]
    known = {entry.id for entry in own}
    titles: dict[str, str] = {}
    for finding in preview.findings:
        if finding.rule not in known:
            titles[finding.rule] = titles.get(finding.rule) or finding.title
    return own + [Entry(id, titles[id] or id) for id in sorted(titles)]


def _own(rule: Rule) -> Entry:
    severity = rule.severity.value
    return Entry(rule.id, rule.title, rule.level is MANDATORY, severity, rule.why, rule.fix, rule.source)
