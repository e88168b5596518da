"""The policies that judge no resource but what the others made of it: suppressions, and what could not be judged."""

import datetime
from collections.abc import Collection, Iterator

from policies import suppressions
from policies.ledger import LEDGER
from policies.rule import ADVISORY, DISABLED, LOW, MEDIUM, Finding, Option, Options, Rule, Verdict
from policies.stack import Stack
from policies.views.resource import Resource

SUPPRESSIONS, SUPPRESSED, COULD_NOT_JUDGE = suppressions.UNSUPPRESSIBLE
_SOURCE = "https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/"


class Root(Resource):
    """The stack itself, which every operation of the engine begins with."""

    type = "pulumi:pulumi:Stack"
    label = "stack"


def reserved(known: Collection[str]) -> tuple[Rule, list[Rule]]:
    """The reserved policy that comes before the rules whose ids are `known`, and those that come after them."""

    def read_suppressions(root: Root, options: Options) -> Iterator[Verdict]:
        """Every suppression names a rule, resources, a reason and a day on which it ends, and is not past that day."""
        valid, problems = suppressions.read(options["suppressions"], known, datetime.date.today())
        LEDGER.begin(valid)
        yield from (Finding(problem.rstrip(".")) for problem in problems)

    first = Rule(
        SUPPRESSIONS,
        "Suppressions name a rule, resources, a reason and the day they end",
        MEDIUM,
        ADVISORY,
        "A suppression that nobody can explain, or that outlived its reason, hides what the pack would find. One that "
        "is not valid, or past its day, suppresses nothing.",
        "Correct the suppression, or take it away.",
        _SOURCE,
        read_suppressions,
        Root,
        {"suppressions": Option("object", "Objects with rule, urn (a glob), reason and expires (YYYY-MM-DD).")},
    )
    unjudged = Rule(
        COULD_NOT_JUDGE,
        "Every rule can judge everything that it looks at",
        LOW,
        DISABLED,
        "What a preview does not know yet, a rule cannot judge. The engine says so, and lets the preview pass. With "
        "this policy at the level mandatory it does not pass.",
        "Make the value known in a preview: take it from an argument or a name rather than from an id or ARN.",
        _SOURCE,
        _could_not_judge,
        Stack,
    )
    suppressed = Rule(
        SUPPRESSED,
        "Findings that are suppressed",
        LOW,
        ADVISORY,
        "What is suppressed stays visible, with its reason and the day on which it comes back. At the level mandatory "
        "no suppression is accepted.",
        "Mend what is suppressed before the suppression ends; at the level mandatory, now.",
        _SOURCE,
        _suppressed_findings,
        Stack,
    )
    return first, [unjudged, suppressed]


def _could_not_judge(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Lists what the rules could not judge in this preview."""
    places = list(LEDGER.unjudged)
    LEDGER.unjudged.clear()
    yield from (Finding(f"{rule} needs a value that is not known: {place}") for rule, place in places)


def _suppressed_findings(stack: Stack, options: Options) -> Iterator[Verdict]:
    """Lists what the suppressions of the configuration took away."""
    taken = list(LEDGER.suppressed.items())
    LEDGER.suppressed.clear()
    for (rule, urn, _), suppression in taken:
        where = f"{urn.rsplit('::', 1)[-1]}: " if urn else ""
        yield Finding(f"{where}{rule} is suppressed until {suppression.expires}: {suppression.reason.rstrip('.')}")
