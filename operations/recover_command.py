"""The command line of `recover`."""

from __future__ import annotations

from typing import Annotated

import typer

from operations import recover as recover_
from operations import recover_view
from operations import stack as stack_
from operations.options import (
    FINDINGS,
    USAGE,
    AsJson,
    EndpointUrl,
    IamPolicy,
    Profile,
    Region,
    Schema,
    asking,
    fail,
    finish,
)
from operations.pulumi_cli import LockedError, Pulumi, PulumiError
from operations.recover_asking import Where
from operations.recover_report import RecoverReport

LOCAL = "local"
app = typer.Typer()
OneStack = Annotated[str, typer.Option("--stack", metavar="STACK", help="The Pulumi stack whose run was killed.")]
Import = Annotated[
    bool, typer.Option("--import", help="Take what exists into the state, and clear the pending operations.")
]
Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="URN=ID", help="What a creation is in AWS; `URN=` says that it is nothing."),
]


@app.command(epilog="Example: .venv/bin/python -m operations recover --stack dev")
def recover(
    stack: OneStack,
    import_: Import = False,
    ids: Ids = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """What a killed `pulumi up` or `destroy` created unheard; with --import (writes), the state gets to know of it."""
    if stack == LOCAL and stack_.is_ours():
        fail("`make up` and `make destroy` mend the stack 'local' by themselves: run them", USAGE)
    answers = dict(_answer(each) for each in ids or [])
    finish(_report(Pulumi(stack), Where(region, profile, endpoint_url), answers, import_), recover_view.view, as_json)


def _answer(given: str) -> tuple[str, str]:
    urn, equals, id_ = given.partition("=")
    if not equals or not urn.startswith("urn:pulumi:"):
        fail(f"--id {given!r} is not URN=ID: take the URN from --json or from what the command says", USAGE)
    return urn, id_


def _report(pulumi: Pulumi, where: Where, answers: dict[str, str], import_: bool) -> RecoverReport:
    cancel = f"let the other update end; if it was killed, `pulumi cancel --stack {pulumi.stack}`"
    with asking() as say:
        try:
            found = recover_.read(pulumi, where, answers, say)
            return recover_.take_in(pulumi, found, say) if import_ else recover_.with_findings(found).report
        except LockedError as error:
            fail(f"{error}\nnothing was changed: {cancel}", FINDINGS)
        except PulumiError as error:
            fail(str(error), USAGE)
    raise AssertionError("asking ends every error")
