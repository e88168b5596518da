"""The commands that do more than read: `session` may open a shell, `drain` empties an instance."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from operations import drain as drain_
from operations import drain_view, session_view
from operations import session as session_
from operations.aws import Aws, NotReadError, Target
from operations.naming import NotOneError
from operations.options import (
    AWS,
    FINDINGS,
    USAGE,
    AsJson,
    ClusterName,
    EndpointUrl,
    Every,
    IamPolicy,
    Profile,
    Region,
    Schema,
    StackName,
    asking,
    chosen,
    fail,
    finish,
)

app = typer.Typer()
InstanceName = Annotated[
    str, typer.Argument(metavar="INSTANCE", help="An EC2 instance's id, or (the beginning of) a container instance's.")
]
TargetName = Annotated[
    str,
    typer.Argument(metavar="INSTANCE|TASK", help="An EC2 instance's id, or (the beginning of) another's or a task's."),
]
ContainerName = Annotated[
    str, typer.Option("--container", metavar="NAME", help="The task's container; by default the first essential one.")
]
Shell = Annotated[str, typer.Option("--command", metavar="COMMAND", help="What to run in the container.")]
Run = Annotated[bool, typer.Option("--run", help="Run the command, if nothing is missing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Force = Annotated[bool, typer.Option("--force", help="Drain although there are findings.")]
Check = Annotated[bool, typer.Option("--check", help="Only say what draining would do.")]


@app.command(epilog="Example: .venv/bin/python -m operations session i-00000000000000001 --stack local")
def session(
    target: TargetName,
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    container: ContainerName = "",
    shell: Shell = session_.SHELL,
    run: Run = False,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """How to get onto an instance (Session Manager) or into a container (ECS Exec), with what is missing said first."""
    where = chosen(stack, cluster, region, profile, endpoint_url)
    with asking() as say:
        try:
            found = session_.read(Aws(where), where, target, container, shell, say)
        except NotOneError as error:
            unknown = str(error)
        else:
            unknown = ""
    if unknown:
        fail(unknown, USAGE)
    if run and not found.findings:
        session_view.view(found)
        raise typer.Exit(_run(found.command, where))
    finish(found, session_view.view, as_json)


def _run(command: list[str], where: Target) -> int:
    own = {"AWS_ACCESS_KEY_ID": where.access_key, "AWS_SECRET_ACCESS_KEY": where.secret_key}
    environ = {**os.environ, **{key: value for key, value in own.items() if value}}
    return subprocess.run(command, env=environ, check=False).returncode


@app.command(epilog="Example: .venv/bin/python -m operations drain i-00000000000000001 --stack local --check")
def drain(
    instance: InstanceName,
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    yes: Yes = False,
    force: Force = False,
    check: Check = False,
    every: Every = 5.0,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """Empty an instance (writes): sees that its tasks fit elsewhere, asks, drains, and follows until it is empty."""
    target = chosen(stack, cluster, region, profile, endpoint_url)
    if as_json and not (yes or check):
        fail("with --json nobody can be asked: give --yes, or --check to change nothing", USAGE)
    aws = Aws(target)
    with asking() as say:
        try:
            found = drain_.prepare(aws, target.cluster, instance, say)
        except NotOneError as error:
            unknown = str(error)
        else:
            unknown = ""
    if unknown:
        fail(unknown, USAGE)
    begun = found.report.status == "DRAINING"
    hindered = (found.report.findings or found.unsure) and not force and not begun
    if check or hindered:
        finish(found.report, drain_view.view, as_json)
        raise typer.Exit(FINDINGS if found.report.findings else 0)
    drain_view.view(found.report) if not as_json else typer.echo(found.report.model_dump_json(indent=2))
    if not begun:
        _agree(found, yes)
        _begin(aws, target.cluster, found)
    _follow(aws, target, found, every)
    if found.report.missing:
        raise typer.Exit(AWS)


def _agree(found: drain_.Drain, yes: bool) -> None:
    if yes:
        return
    if not _on_a_terminal():
        fail("nobody can be asked here: give --yes", USAGE)
    if not typer.confirm(f"Drain {found.instance.ec2_instance_id or found.instance.id}?"):
        fail("nothing was changed", FINDINGS)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty()


def _begin(aws: Aws, cluster: str, found: drain_.Drain) -> None:
    try:
        drain_.begin(aws, cluster, found.instance.id)
    except NotReadError as error:
        fail(f"{error}; nothing was changed", AWS)


def _follow(aws: Aws, target: Target, found: drain_.Drain, every: float) -> None:
    """Until it is empty; interrupted, the instance goes on draining, and how to go on or back is said."""
    name = found.instance.ec2_instance_id or found.instance.id
    try:
        with asking() as say:
            del say
            drain_.follow(aws, target.cluster, found.instance.id, every, lambda line: print(line, file=sys.stderr))
    except KeyboardInterrupt:
        fail(
            f"interrupted: {name} is DRAINING and not empty yet. It goes on by itself; `drain {name}` shows it again; "
            "to let it take tasks again: `aws ecs update-container-instances-state --status ACTIVE --cluster "
            f"{target.cluster} --container-instances {found.instance.id}`",
            FINDINGS,
        )
    print(f"{name} is empty. It stays DRAINING until it is terminated or set to ACTIVE.", file=sys.stderr)
