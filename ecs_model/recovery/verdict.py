"""What became of each pending operation, and whether the state can be mended by that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from ecs_model.adoption import short_type
from ecs_model.pulumi_state import CREATING, Deployment, Made, Pending, known_ids, written_at
from ecs_model.recovery import around, ecs, network
from ecs_model.recovery.finding import Ask, Finder, Found, Inputs, tags

FINDERS: Mapping[str, Finder] = {**network.FINDERS, **ecs.FINDERS, **around.FINDERS}
"""By types as settings write them, such as ecs.Cluster."""

AGAIN: Mapping[str, str] = {
    "acm.CertificateValidation": "a wait for what AWS does anyway",
    "ecs.AccountSettingDefault": "a setting of the account",
    "s3.BucketLifecycleConfiguration": "a part of the bucket",
    "s3.BucketPolicy": "a part of the bucket",
}
"""What the next run sets again as if nothing had been, and what leaves nothing behind that would not go by itself."""

NOWHERE = frozenset({"pulumi", "random", "time", "tls"})
"""Providers whose resources are nowhere but in the state."""

SURELY_BEFORE = timedelta(hours=3)
"""Older than the state's last writing by this, a thing is not what a call made whose answer never came.

The longest that a creation waits (a service's steady state, a certificate) stays below; clocks of AWS and here differ.
"""


class Fate(Enum):
    """What became of an operation."""

    FOUND = "found"
    GIVEN = "given"
    ABSENT = "absent"
    AGAIN = "again"
    SEVERAL = "several"
    EARLIER = "earlier"
    UNKNOWN = "unknown"
    UNREAD = "unread"


@dataclass(frozen=True)
class Verdict:
    """What became of one operation."""

    pending: Pending
    fate: Fate
    why: str
    """Half a sentence that goes on from the operation's name."""
    made: Made | None = None
    candidates: tuple[str, ...] = ()
    """Ids of what it may be."""

    @property
    def settled(self) -> bool:
        """Whether it is known what the state has to say of it."""
        return self.fate in (Fate.FOUND, Fate.GIVEN, Fate.ABSENT, Fate.AGAIN)


def look(operation: Pending, deployment: Deployment, ask: Ask) -> Verdict:
    """What became of an operation; raises what `ask` raises."""
    if verdict := _unasked(operation):
        return verdict
    finder = FINDERS.get(short_type(operation.token))
    if finder is None:
        return Verdict(operation, Fate.UNKNOWN, "is of a type that this command cannot look for")
    if lacking := [name for name in finder.needs if not isinstance(operation.inputs.get(name), str | int | float)]:
        return Verdict(operation, Fate.UNKNOWN, f"cannot be looked for: the state does not tell its {lacking[0]}")
    known = known_ids(deployment, operation.token)
    found = [each for each in finder.find(ask, operation.inputs) if not each.ids & known]
    return _judged(operation, finder, found, deployment)


def _unasked(operation: Pending) -> Verdict | None:
    """What is known of an operation without AWS."""
    if operation.type != CREATING:
        return Verdict(operation, Fate.AGAIN, "the next `pulumi up` or `pulumi destroy` does it again")
    if id_ := operation.resource.get("id"):
        made = Made(id_, operation.resource.get("outputs"))
        return Verdict(operation, Fate.FOUND, f"exists: the run heard of {id_}, and was killed before it said so", made)
    if not operation.resource.get("custom", True) or operation.token.partition(":")[0] in NOWHERE:
        return Verdict(operation, Fate.AGAIN, "is nowhere but in the state: the next `pulumi up` makes it")
    what = AGAIN.get(short_type(operation.token))
    return Verdict(operation, Fate.AGAIN, f"is {what}: the next `pulumi up` does it again") if what else None


def _judged(operation: Pending, finder: Finder, found: list[Found], deployment: Deployment) -> Verdict:
    ids = tuple(sorted({each.id for each in found}))
    if not found:
        return Verdict(operation, Fate.ABSENT, f"is not in AWS by {finder.by}: the next `pulumi up` makes it")
    if finder.tagged and not tags(operation.inputs):
        why = f"may be {' or '.join(ids)}, and the program gives it no tags that tell"
        return Verdict(operation, Fate.SEVERAL, why, candidates=ids)
    if len(ids) > 1:
        why = f"may be {' or '.join(ids)}, which {finder.by} do not tell apart"
        return Verdict(operation, Fate.SEVERAL, why, candidates=ids)
    written, created = written_at(deployment), found[0].created
    if written and created and created < written - SURELY_BEFORE and not _is_own_name(operation.inputs):
        why = f"is not {ids[0]}, it seems: that exists since {created:%Y-%m-%d %H:%M} UTC, before the run"
        return Verdict(operation, Fate.EARLIER, why, candidates=ids)
    why = f"exists, by {finder.by}: {ids[0]}"
    return Verdict(operation, Fate.FOUND, why, _made(operation, ids[0]))


def _is_own_name(inputs: Inputs) -> bool:
    """Whether Pulumi chose the name, whose seven random digits nobody else has."""
    chosen = inputs.get("__defaults") or []
    return "name" in chosen or "bucket" in chosen


def _made(operation: Pending, id_: str) -> Made:
    finder = FINDERS.get(short_type(operation.token))
    if finder is None or finder.importable:
        return Made(id_)
    return Made(id_, {**{key: value for key, value in operation.inputs.items() if key != "__defaults"}, "id": id_})


def given(verdict: Verdict, id_: str) -> Verdict:
    """What a person says it is; nothing where the id is empty."""
    if not id_:
        return replace(
            verdict, fate=Fate.ABSENT, why="does not exist, you say: the next `pulumi up` makes it", made=None
        )
    return replace(verdict, fate=Fate.GIVEN, why=f"exists, you say: {id_}", made=_made(verdict.pending, id_))


def each_once(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The same verdicts, but for two creations that are the same thing: it is one of them, and nobody knows which."""
    told = list(verdicts)
    counted = Counter((each.pending.token, each.made.id) for each in told if each.made)
    return [
        replace(each, fate=Fate.SEVERAL, why=f"is {each.made.id}, or another creation is", made=None,
                candidates=(each.made.id,))
        if each.made and each.fate is Fate.FOUND and counted[each.pending.token, each.made.id] > 1 else each
        for each in told
    ]  # fmt: skip
