"""The options of `plan`, and what they lead to: the source of the plan, and its prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated
from urllib.parse import urlparse

import typer

from operations import plan_source, prices
from operations import stack as stack_
from operations.aws import Aws, AwsError, Target
from operations.options import USAGE, asking, chosen, fail, snapshot
from operations.plan_source import Known, Source
from operations.reading import Reader
from operations.report import NotRead

Headroom = Annotated[
    float, typer.Option("--headroom", min=0, max=1_000, metavar="PERCENT", help="Room for so many more copies.")
]
Peak = Annotated[bool, typer.Option("--peak", help="With --stack: plan for each service's scaling.maxCount.")]
Types = Annotated[
    list[str] | None,
    typer.Option("--types", metavar="PATTERN", help="Choose among these instance types, such as 'm7i.*'; repeatable."),
]
Zones = Annotated[
    str | None, typer.Option("--zones", metavar="ZONES", help="The availability zones: names with commas, or a number.")
]
Spot = Annotated[
    list[str] | None,
    typer.Option("--spot", metavar="PROVIDER", help="With --cluster: this provider buys Spot instances; repeatable."),
]
PriceList = Annotated[
    Path | None, typer.Option("--prices", metavar="FILE", help="Prices as JSON or YAML, in place of AWS's own.")
]
NoPrices = Annotated[bool, typer.Option("--no-prices", help="Ask for no prices: minimise vCPUs and memory.")]
Seconds = Annotated[float, typer.Option("--seconds", min=0, max=3_600, help="That the search may take.")]


def source_of(target: Target | None, stack: str | None, chosen_: Chosen) -> Source:
    """What to plan for. Ends with 2 where there is no such stack or cluster, with 3 where AWS cannot be asked."""
    if target is not None:
        found = snapshot(target)
        names = {provider.name for provider in found.providers}
        unknown = sorted(set(chosen_.spot) - names)
        if unknown and names:
            fail(f"--spot {unknown[0]}: the capacity providers are {', '.join(sorted(names))}", USAGE)
        return plan_source.of_cluster(found, chosen_.headroom, chosen_.spot, chosen_.zones(found.region))
    if chosen_.spot:
        fail("--spot is for --cluster: a stack's settings say purchaseOption", USAGE)
    try:
        settings, region = stack_.settings(str(stack))
    except stack_.StackError as error:
        fail(str(error), USAGE)
    region = chosen_.region or region
    return plan_source.of_stack(settings, region, chosen_.headroom, chosen_.zones(region), peak=chosen_.peak)


@dataclass(frozen=True)
class Chosen:
    """What the options say."""

    headroom: float
    peak: bool
    spot: tuple[str, ...]
    zones_text: str | None
    region: str | None

    def zones(self, region: str | None) -> tuple[str, ...]:
        """The zones that `--zones` names; none without it. Ends with 2 where it names none or too many."""
        if self.zones_text is None:
            return ()
        text = self.zones_text.strip()
        if text.isdecimal():
            if not 1 <= int(text) <= 6:
                fail(f"--zones {text}: give 1 to 6, or the zones' names", USAGE)
            return plan_source.zone_names(region, int(text))
        names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if not names:
            fail("--zones names no zone: give names with commas between them, or a number", USAGE)
        return names


def target_of(
    stack: str | None, cluster: str | None, region: str | None, profile: str | None, endpoint_url: str | None
) -> Target | None:
    """The live cluster to plan for; None for a stack's settings. Ends with 2 where there is neither."""
    if stack is not None and cluster is None:
        return None
    return chosen(stack, cluster, region, profile, endpoint_url)


def prices_for(source: Source, target: Target, file: Path | None, *, none: bool) -> Known:
    """The prices: of a file, else of AWS, unless none are wanted or AWS is a local one. Ends with 2 for a bad file."""
    if file is not None:
        try:
            return Known(prices.from_file(file, source.region or None))
        except prices.PriceError as error:
            fail(str(error), USAGE)
    if none:
        return Known(None)
    if urlparse(target.endpoint_url or "").hostname in ("127.0.0.1", "localhost", "::1"):
        return Known(None, ("a local AWS has no prices: give --prices FILE to plan by cost",))
    try:
        aws = Aws(replace(target, region=target.region or source.region or None))
        if not aws.has_credentials:
            return Known(None, ("AWS was not asked for prices, for there are no credentials: give --prices FILE",))
    except AwsError as error:
        return Known(None, (f"AWS was not asked for prices: {error}",))
    spot = any(provider.spot for provider in source.need.providers)
    with asking() as say:
        reader = Reader(aws, target.cluster, say)
        found = prices.from_aws(reader, spot=spot)
    missing = tuple(NotRead(action=each.action, why=each.why) for each in reader.missing)
    notes = () if found else ("AWS told no prices: give --prices FILE to plan by cost",)
    return Known(found, notes, missing, dict(aws.calls))
