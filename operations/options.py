"""The options that all commands have, and what follows from them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console

from operations import stack as stack_
from operations.aws import AwsError, NoSuchClusterError, Target
from operations.permissions import policy
from operations.reading import Say
from operations.report import Report
from operations.schemas import SCHEMAS

FINDINGS, USAGE, AWS = 1, 2, 3
"""Exit codes."""

R = TypeVar("R", bound=Report)


def _print_schema(context: typer.Context, wanted: bool) -> None:
    if wanted:
        typer.echo(json.dumps(SCHEMAS[str(context.command.name)].model_json_schema(mode="serialization"), indent=2))
        raise typer.Exit


def _print_policy(context: typer.Context, wanted: bool) -> None:
    if wanted:
        typer.echo(json.dumps(policy(str(context.command.name)), indent=2))
        raise typer.Exit


StackName = Annotated[
    str | None,
    typer.Option("--stack", metavar="STACK", help="Take cluster, region, profile and endpoint from a Pulumi stack."),
]
ServiceName = Annotated[str, typer.Argument(metavar="SERVICE", help="The service's name, or its key in the stack.")]
ServiceOrDefinition = Annotated[
    str,
    typer.Argument(
        metavar="SERVICE|DEFINITION",
        help="The service's name, or its key in the stack; else a task definition, as FAMILY or FAMILY:REVISION.",
    ),
]
ClusterName = Annotated[str | None, typer.Option("--cluster", metavar="NAME", help="The cluster's name or ARN.")]
Region = Annotated[str | None, typer.Option("--region", help="The region; by default the stack's, else AWS_REGION.")]
Profile = Annotated[str | None, typer.Option("--profile", help="The profile of the AWS configuration.")]
EndpointUrl = Annotated[str | None, typer.Option("--endpoint-url", help="Where AWS is, if not at AWS.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; --json-schema says what it holds.")]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Also write a page with each instance as a bar of its tasks."),
]
Watch = Annotated[bool, typer.Option("--watch", help="Look again and again, until Ctrl-C; see --every.")]
Every = Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.1, help="How often AWS is asked again.")]
ImageDays = Annotated[
    int,
    typer.Option(
        "--image-days",
        metavar="DAYS",
        min=0,
        help="From how many days behind the recommended AMI an instance's is a finding; 0 takes any newer one for one.",
    ),
]
Schema = Annotated[
    bool,
    typer.Option("--json-schema", is_eager=True, callback=_print_schema, help="Print the JSON schema and exit."),
]
IamPolicy = Annotated[
    bool,
    typer.Option("--iam-policy", is_eager=True, callback=_print_policy, help="Print the IAM policy it needs and exit."),
]


def chosen(
    stack: str | None, cluster: str | None, region: str | None, profile: str | None, endpoint_url: str | None
) -> Target:
    """The target that the options name: the stack's, but for what is given besides. Ends with 2 where there is none."""
    if stack is None and not cluster:
        fail("give --stack STACK or --cluster NAME", USAGE)
    try:
        found = stack_.target(stack) if stack else Target(cluster=str(cluster))
    except stack_.StackError as error:
        fail(str(error), USAGE)
    return replace(
        found,
        cluster=cluster or found.cluster,
        region=region or found.region,
        profile=profile or found.profile,
        endpoint_url=endpoint_url or found.endpoint_url,
    )


@contextmanager
def asking() -> Iterator[Say]:
    """Shows on a terminal what is being read, and turns errors into sentences and exit codes."""
    with Console(stderr=True).status("Reading …") as status:
        try:
            yield lambda what: status.update(f"Reading {what} …")
            return
        except NoSuchClusterError as error:
            sentence, code = str(error), USAGE
        except AwsError as error:
            sentence, code = str(error), AWS
    fail(sentence, code)


def finish(report: R, view: Callable[[R], None], as_json: bool) -> None:
    """Print a report and end with the exit code that it calls for."""
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        view(report)
    if code := exit_code(report):
        raise typer.Exit(code)


def exit_code(report: Report) -> int:
    """What a report calls for."""
    return AWS if report.missing else FINDINGS if report.findings else 0


def write(file: Path, text: str) -> None:
    """Write a file, and say so. Ends with 2 where it cannot be written."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}", USAGE)
    print(f"Wrote {file}", file=sys.stderr)


def fail(sentence: str, code: int) -> NoReturn:
    """End with a sentence."""
    print(f"error: {sentence}", file=sys.stderr)
    raise typer.Exit(code)
