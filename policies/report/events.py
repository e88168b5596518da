"""The engine's events of one preview, and what they say of policies.

`pulumi preview --json` writes them, one JSON object a line, where PULUMI_ENABLE_STREAMING_JSON_PREVIEW is `1`; their
fields are those of pulumi/pulumi, sdk/go/common/apitype/events.go.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

HOW = "Get them by `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 pulumi preview --json …`, standard output alone."
_CANNOT_JUDGE = "can't run policy "
"""How the SDK and the engine begin to say that a policy met a value that is not known yet."""
_COLOUR = re.compile(r"<\{%[^%]*%\}>")
"""The engine's own mark-up, in messages of a preview that was told, or believes, that colours can be shown."""
_SUMMARIES = ("policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent")
_LAST = "cancelEvent"
"""Ends every stream of events, whatever became of the preview."""


class EventsError(Exception):
    """Events from which nothing can be told; the text says why and what to do."""


class Kind(Enum):
    """What a policy event means: a violation at its level, or that the policy could not judge."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Finding:
    """What one policy said of one resource."""

    rule: str
    """The rule's id; with its pack's name before it where the pack is another one, as in `team/no-public-buckets`."""
    kind: Kind
    title: str
    """The rule's title as the engine repeats it; empty where the policy could not judge."""
    message: str
    """What was seen and what to do, without the title."""
    urn: str
    """Of the resource; empty where the engine names none."""


@dataclass(frozen=True)
class Preview:
    """A preview that came to its end."""

    stack: str
    findings: list[Finding]
    """Each once, in the order in which the engine told them."""
    judged: frozenset[str]
    """Ids of the rules that ran at all; a disabled one does not."""
    errors: list[str]
    """What went wrong besides policies."""

    def of(self, *kinds: Kind) -> list[Finding]:
        """The findings of some kinds."""
        return [finding for finding in self.findings if finding.kind in kinds]


def read(lines: Iterable[str], pack: str) -> Preview:
    """The preview of which these are the events; `pack` is the policy pack whose rules go without its name.

    Raises EventsError for what is no event, for events that were cut off, and for a preview that failed for another
    reason than a policy: then not every rule has judged.
    """
    events = [_event(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not events:
        raise EventsError(f"there are no events: the input is empty. {HOW}")
    if _LAST not in events[-1]:
        raise EventsError(
            f"the events are cut off after {len(events)} lines: the last one should be the engine's {_LAST}. {HOW}"
        )
    try:
        preview = Preview(_stack(events), _findings(events, pack), _judged(events, pack), _errors(events))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EventsError(f"the events lack what the engine tells ({type(error).__name__}: {error}). {HOW}") from None
    _check_end(events, preview)
    return preview


def _event(number: int, line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict) or "sequence" not in event:
        raise EventsError(f"line {number} is not an event of the engine, or only a part of one. {HOW}")
    return event


def _of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event[kind] for event in events if isinstance(event.get(kind), dict)]


def _stack(events: list[dict[str, Any]]) -> str:
    pre = [event.get("metadata", {}).get("urn", "") for event in _of(events, "resourcePreEvent")]
    urns = [*pre, *(event.get("resourceUrn", "") for event in _of(events, "policyEvent"))]
    return next((urn.split(":")[2] for urn in urns if urn.startswith("urn:pulumi:")), "")


def _findings(events: list[dict[str, Any]], pack: str) -> list[Finding]:
    return list(dict.fromkeys(_finding(event, pack) for event in _of(events, "policyEvent")))


def _finding(event: dict[str, Any], pack: str) -> Finding:
    rule, text, urn = _rule(event, event["policyName"], pack), _text(event), event.get("resourceUrn", "")
    if text.startswith(_CANNOT_JUDGE):
        return Finding(rule, Kind.NOT_JUDGED, "", text, urn)
    title, _, message = text.partition("\n")
    kind = Kind.MANDATORY if event["enforcementLevel"] == "mandatory" else Kind.ADVISORY
    return Finding(rule, kind, title, message.strip() or title, urn)


def _text(event: dict[str, Any]) -> str:
    return _COLOUR.sub("", event["message"]).strip()


def _rule(event: dict[str, Any], name: str, pack: str) -> str:
    return name if event["policyPackName"] == pack else f"{event['policyPackName']}/{name}"


def _judged(events: list[dict[str, Any]], pack: str) -> frozenset[str]:
    summaries = [summary for kind in _SUMMARIES for summary in _of(events, kind)]
    names = ((summary, [*summary.get("passed", []), *summary.get("failed", [])]) for summary in summaries)
    return frozenset(_rule(summary, name, pack) for summary, listed in names for name in listed)


def _errors(events: list[dict[str, Any]]) -> list[str]:
    told = _of(events, "diagnosticEvent")
    return [_text(event) for event in told if event.get("severity") == "error"]


def _check_end(events: list[dict[str, Any]], preview: Preview) -> None:
    if preview.of(Kind.MANDATORY):
        return
    summaries = _of(events, "summaryEvent")
    if summaries and summaries[-1].get("result") != "failed":
        return
    reason = "\n".join(f"  {line}" for error in preview.errors for line in error.splitlines())
    raise EventsError(
        "the preview failed for another reason than a policy, so not every rule has judged."
        + (f" The engine says:\n{reason}" if reason else " The engine's own output says why.")
    )
