"""SARIF 2.1.0 (OASIS), within the part of it that GitHub's code scanning reads."""

import hashlib
import re
from typing import Any

from policies.pack import NAME
from policies.report.entries import Entry
from policies.report.events import Finding, Kind, Preview
from policies.report.subjects import SECURITY

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Kind.MANDATORY: "error", Kind.ADVISORY: "warning", Kind.NOT_JUDGED: "note"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
"""In the middle of the ranges that code scanning shows as critical, high, medium and low."""
_AUTO_NAMED = re.compile(r"-[0-9a-f]{7}\b")
"""What Pulumi appends to a name that the program leaves to it: another one in every preview."""


def sarif(preview: Preview, entries: list[Entry], place: str) -> dict[str, Any]:
    """The report as a SARIF log. `place` is the file, relative to the repository, that the findings are shown at.

    A program has no lines by resource, so every finding stands at the first line of its stack's configuration; the URN
    is its logical location. `automationDetails` keeps the stacks of one repository apart.
    """
    positions = {entry.id: position for position, entry in enumerate(entries)}
    run = {
        "tool": {"driver": {"name": NAME, "rules": [_rule(entry) for entry in entries]}},
        "automationDetails": {"id": f"{NAME}/{preview.stack}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, positions[finding.rule], place) for finding in preview.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(entry: Entry) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": entry.id,
        "shortDescription": {"text": entry.title},
        "defaultConfiguration": {"level": _LEVELS[Kind.MANDATORY if entry.mandatory else Kind.ADVISORY]},
    }
    if entry.severity:
        described["fullDescription"] = {"text": entry.why}
        described["help"] = {
            "text": f"{entry.why}\n\n{entry.fix}",
            "markdown": f"**Why.** {entry.why}\n\n**Fix.** {entry.fix}\n\n[Reference]({entry.source})",
        }
        described["helpUri"] = entry.source
        # Code scanning ranks whatever has a score or this tag among security alerts.
        secures = entry.id in SECURITY
        score = {"security-severity": _SCORES[entry.severity]} if secures else {}
        described["properties"] = {**score, "tags": ["ecs", "security" if secures else "reliability"]}
    return described


def _result(finding: Finding, position: int, place: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": place}, "region": {"startLine": 1}},
    }
    if finding.urn:
        name = finding.urn.rpartition("::")[2]
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": finding.urn, "kind": "resource"}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": position,
        "level": _LEVELS[finding.kind],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding)},
    }


def _fingerprint(finding: Finding) -> str:
    """The same in every preview of the same program.

    Under this name, since code scanning reads no other, and would take findings at one line of one rule for one.
    """
    told = "\n".join([finding.rule, finding.urn, _AUTO_NAMED.sub("", finding.message)])
    return hashlib.sha256(told.encode(errors="backslashreplace")).hexdigest()[:32]
