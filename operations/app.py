"""The command line. Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 AWS could not be asked, or not for everything."""

from __future__ import annotations

import typer

from operations import capacity as capacity_
from operations import capacity_view, failures_view, why_view
from operations import failures as failures_
from operations import why as why_
from operations.aws import Aws
from operations.options import (
    USAGE,
    AsJson,
    ClusterName,
    EndpointUrl,
    Html,
    IamPolicy,
    Profile,
    Region,
    Schema,
    ServiceName,
    StackName,
    asking,
    chosen,
    fail,
    finish,
    no_service,
    snapshot,
    write,
)
from operations.page import page

app = typer.Typer(
    help="What an ECS cluster on EC2 really has, why a task is not placed, why tasks stopped. All of it only reads.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(epilog="Example: .venv/bin/python -m operations capacity --stack local")
def capacity(
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
    html: Html = None,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """What each container instance registered and has left, and how many more copies of each service fit."""
    report = capacity_.build(snapshot(chosen(stack, cluster, region, profile, endpoint_url)))
    if html:
        write(html, page(report))
    finish(report, capacity_view.view, as_json)


@app.command(epilog="Example: .venv/bin/python -m operations why web --stack local")
def why(
    service: ServiceName,
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """Why a service's next task is placed or is not: every instance's verdict, and the nearest fix."""
    target = chosen(stack, cluster, region, profile, endpoint_url)
    found = snapshot(target, activities=True)
    wanted = found.service(target.services.get(service, service))
    if wanted is None:
        fail(no_service(service, found), USAGE)
    finish(why_.build(found, wanted), why_view.view, as_json)


@app.command(epilog="Example: .venv/bin/python -m operations failures web --stack local")
def failures(
    service: ServiceName,
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """Why a service's tasks stopped, by reason and exit code, and what became of its deployments."""
    target = chosen(stack, cluster, region, profile, endpoint_url)
    with asking() as say:
        found = failures_.read(Aws(target), target.cluster, target.services.get(service, service), say)
    if found is None:
        fail(f"there is no service {service!r} in {target.cluster}: see `capacity` for those there are", USAGE)
    finish(found, failures_view.view, as_json)
