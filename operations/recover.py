"""`recover`: what a killed `pulumi up` or `destroy` left unheard, and how the stack's state gets to know of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ecs_model import pulumi_state
from ecs_model.pulumi_state import Deployment, Pending
from ecs_model.recovery import verdict as verdict_
from ecs_model.recovery.verdict import Fate, Verdict
from operations import stack_locks
from operations.aws import NotReadError
from operations.pulumi_cli import LockedError, Pulumi, PulumiError
from operations.reading import Say
from operations.recover_asking import Asker, Regions, Where, account_of
from operations.recover_report import OperationRow, RecoverReport
from operations.report import NotRead


@dataclass(frozen=True)
class Recovery:
    """What was found, and the export that it was found for."""

    export: Mapping[str, Any]
    verdicts: list[Verdict]
    report: RecoverReport


def read(pulumi: Pulumi, where: Where, ids: Mapping[str, str], say: Say = lambda _: None) -> Recovery:
    """What became of the stack's pending operations; `ids` are a person's answers by URN.

    Raises PulumiError, and AwsError where AWS cannot be asked at all.
    """
    say("the stack's state")
    export = exported(pulumi)
    deployment: Deployment = export.get("deployment") or {}
    pending = pulumi_state.pending(deployment)
    if strange := set(ids) - {each.urn for each in pending}:
        raise PulumiError(f"--id names {min(strange)}, which is no pending operation of {pulumi.stack}")
    unread = pulumi_state.unread(deployment)
    locked = stack_locks.holders(pulumi, _project(pending, unread)) if pending or unread else []
    regions = Regions(deployment, where)
    creating = any(each.type == pulumi_state.CREATING for each in pending)
    account = account_of(regions.of(None), deployment) if creating else ""
    verdicts, missing = _verdicts(deployment, regions, ids, say)
    cluster = pulumi_state.outputs(deployment).get("cluster")
    report = RecoverReport(
        cluster=cluster if isinstance(cluster, str) else "",
        region=regions.default,
        read_at=datetime.now(UTC),
        findings=[],
        missing=missing,
        calls=regions.calls(),
        stack=pulumi.stack,
        account=account,
        locked=locked or [],
        lock_told=locked is not None,
        operations=[_row(each, regions) for each in verdicts],
        unread=unread,
        imported=[],
        cleared=0,
    )
    return Recovery(export, verdicts, report)


def exported(pulumi: Pulumi) -> dict[str, Any]:
    """The stack's state as `pulumi stack export` writes it. Raises PulumiError."""
    found = pulumi.read("stack", "export")
    if not isinstance(found, dict):
        raise PulumiError("`pulumi stack export` did not answer with an object")
    return found


def _project(pending: Iterable[Pending], unread: Iterable[str]) -> str:
    urns = [*(each.urn for each in pending), *unread]
    return urns[0].split("::")[1] if urns else ""


def _verdicts(
    deployment: Deployment, regions: Regions, ids: Mapping[str, str], say: Say
) -> tuple[list[Verdict], list[NotRead]]:
    """What became of each operation, and what AWS did not let be asked."""
    verdicts, missing = [], []
    for each in pulumi_state.pending(deployment):
        say(str(each))
        try:
            verdict = verdict_.look(each, deployment, Asker(regions, each))
        except NotReadError as error:
            verdict = Verdict(each, Fate.UNREAD, f"was not looked for: {error}")
            if each.urn not in ids:
                missing.append(NotRead(action=error.action, why=str(error)))
        verdicts.append(verdict_.given(verdict, ids[each.urn]) if each.urn in ids else verdict)
    return verdict_.each_once(verdicts), missing


def _row(verdict: Verdict, regions: Regions) -> OperationRow:
    pending = verdict.pending
    asked = pending.type == pulumi_state.CREATING and pending.token.startswith("aws:")
    return OperationRow(
        operation=pending.type,
        type=pending.token,
        name=pending.name,
        urn=pending.urn,
        region=regions.of(pending).region if asked else "",
        fate=verdict.fate.value,
        id=verdict.made.id if verdict.made else "",
        why=verdict.why,
        candidates=list(verdict.candidates),
    )


def hindrances(found: Recovery) -> list[str]:
    """What has to be decided or awaited before the state can be mended, a sentence each."""
    stack = found.report.stack
    locked = [f"{stack} is locked: {each}" for each in found.report.locked]
    unsettled = [
        f"{each.pending} {each.why}: look for it in AWS, and say its id by --id '{each.pending.urn}=ID', "
        f"or that there is none by --id '{each.pending.urn}='"
        for each in found.verdicts
        if not each.settled
    ]
    return [*locked, *unsettled]


def with_findings(found: Recovery) -> Recovery:
    """The same, its report saying what speaks against an import, and what one would do."""
    report, findings = found.report, hindrances(found)
    if not findings and (report.operations or report.unread):
        taken = sum(each.made is not None for each in found.verdicts)
        what = f"takes {taken} into the state and clears {len(report.operations)} pending operations"
        findings = [f"nothing was changed: `recover --stack {report.stack} --import` {what}"]
    return replace(found, report=report.model_copy(update={"findings": findings}))


def take_in(pulumi: Pulumi, found: Recovery, say: Say = lambda _: None) -> RecoverReport:
    """Take what exists into the state, clear the pending operations, and read what was taken in.

    Nothing is changed where something hinders it. Raises PulumiError.
    """
    if hindrances(found):
        return with_findings(found).report
    made = {each.pending.urn: each.made for each in found.verdicts if each.made}
    targets = [*made, *found.report.unread]
    say("the stack's state once more")
    if exported(pulumi) != found.export:
        raise LockedError(
            f"the state of {pulumi.stack} has changed meanwhile: somebody works on it; nothing was changed"
        )
    if found.verdicts:
        say(f"{len(made)} resources into the state")
        deployment = pulumi_state.adopted(found.export["deployment"], made)
        mended = {**found.export, "deployment": {**deployment, "pending_operations": []}}
        pulumi.change("stack", "import", given=json.dumps(mended))
    findings = _refreshed(pulumi, targets, say) if targets else []
    return found.report.model_copy(
        update={
            "findings": findings,
            "imported": [urn for urn in targets if not any(urn in each for each in findings)],
            "cleared": len(found.verdicts),
        }
    )


def _refreshed(pulumi: Pulumi, urns: list[str], say: Say) -> list[str]:
    """What went wrong in reading them, a sentence each."""
    say(f"{len(urns)} resources from AWS")
    chosen = [part for urn in urns for part in ("--target", urn)]
    failure = ""
    try:
        pulumi.change("refresh", "--yes", "--skip-preview", *chosen)
    except PulumiError as error:
        failure = str(error)
    after: Deployment = exported(pulumi).get("deployment") or {}
    unread, known = set(pulumi_state.unread(after)), {each["urn"] for each in after.get("resources") or []}
    again = "is in the state and was not read from AWS: run this command again before any `pulumi up`"
    lost = "is not in the state: the provider did not find it by its id"
    findings = [f"{urn} {again if urn in unread else lost}" for urn in urns if urn in unread or urn not in known]
    return [*findings, *([failure] if failure else [])]
