"""The command line. Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 AWS could not be asked, or not for everything."""

from __future__ import annotations

import typer

from ecs_model.cluster_facts import IMAGE_DAYS
from ecs_model.planning.prices import PLAN_SECONDS as SECONDS
from operations import capacity as capacity_
from operations import (
    capacity_view,
    definitions,
    doctor_view,
    failures_view,
    plan_view,
    recover_command,
    shells,
    why_view,
)
from operations import doctor as doctor_
from operations import failures as failures_
from operations import plan as plan_
from operations import why as why_
from operations.aws import Aws, Target
from operations.options import (
    USAGE,
    AsJson,
    ClusterName,
    EndpointUrl,
    Every,
    Html,
    IamPolicy,
    ImageDays,
    Profile,
    Region,
    Schema,
    ServiceName,
    ServiceOrDefinition,
    StackName,
    Watch,
    asking,
    chosen,
    fail,
    finish,
    write,
)
from operations.page import page
from operations.plan_options import (
    Chosen,
    Headroom,
    NoPrices,
    Peak,
    PriceList,
    Seconds,
    Spot,
    Types,
    Zones,
    prices_for,
    source_of,
    target_of,
)
from operations.reading import Say, read
from operations.watching import answer

app = typer.Typer(
    help="What an ECS cluster on EC2 really has, why a task is not placed, what fleet is needed, "
    "why tasks stopped, what is wrong with it, what a killed run left unheard. "
    "All commands only read, but for drain, session with --run, and recover with --import.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.registered_commands += shells.app.registered_commands + recover_command.app.registered_commands


@app.command(epilog="Example: .venv/bin/python -m operations capacity --stack local")
def capacity(
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
    html: Html = None,
    watch: Watch = False,
    every: Every = 5.0,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """What each container instance registered and has left, and how many more copies of each service fit."""
    target = chosen(stack, cluster, region, profile, endpoint_url)

    def ask(aws: Aws, say: Say) -> capacity_.CapacityReport:
        report = capacity_.build(read(aws, target.cluster, say))
        if html:
            write(html, page(report))
        return report

    answer(target, ask, capacity_view.view, as_json, every if watch else None)


@app.command(epilog="Example: .venv/bin/python -m operations why web --stack local")
def why(
    service: ServiceOrDefinition,
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
    watch: Watch = False,
    every: Every = 5.0,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """Why a service's or a task definition's next task is placed or not: every instance's verdict, the nearest fix."""
    target = chosen(stack, cluster, region, profile, endpoint_url)

    def ask(aws: Aws, say: Say) -> why_.WhyReport:
        try:
            return why_.build(*definitions.read(aws, target, service, say))
        except definitions.UnknownError as error:
            fail(str(error), USAGE)

    answer(target, ask, why_view.view, as_json, every if watch else None)


@app.command(epilog="Example: .venv/bin/python -m operations plan --stack local --headroom 20 --no-prices")
def plan(
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    headroom: Headroom = 0.0,
    peak: Peak = False,
    types: Types = None,
    zones: Zones = None,
    spot: Spot = None,
    prices: PriceList = None,
    no_prices: NoPrices = False,
    seconds: Seconds = SECONDS,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """The cheapest fleet for a stack's settings (--stack) or a live cluster (--cluster), and how cheap any could be."""
    live = target_of(stack, cluster, region, profile, endpoint_url)
    source = source_of(live, stack, Chosen(headroom, peak, tuple(spot or ()), zones, region))
    target = live or Target("", region, profile, endpoint_url)
    known = prices_for(source, target, prices, none=no_prices)
    report = plan_.build(source, known, headroom=headroom, patterns=types or (), seconds=seconds)
    finish(report, plan_view.view, as_json)


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


@app.command(epilog="Example: .venv/bin/python -m operations doctor --stack local")
def doctor(
    stack: StackName = None,
    cluster: ClusterName = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    image_days: ImageDays = IMAGE_DAYS,
    as_json: AsJson = False,
    schema: Schema = False,
    iam_policy: IamPolicy = False,
) -> None:
    """Whether everything that must be true after an `up` is true: each finding with its fix."""
    target = chosen(stack, cluster, region, profile, endpoint_url)

    def ask(aws: Aws, say: Say) -> doctor_.DoctorReport:
        return doctor_.read(aws, target.cluster, say, image_days=image_days)

    answer(target, ask, doctor_view.view, as_json)
