"""`plan` in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from operations.plan import PlanReport
from operations.terminal import closing, show, table, usage

HOURS = 730
MOST_INSTANCES = 40
"""Instances whose tasks are listed; all of them are in the JSON."""


def view(report: PlanReport) -> None:
    """Print the report."""
    show(
        Text(f"Plan for {report.cluster}{f' in {report.region}' if report.region else ''}", style="bold"),
        Text(_verdict(report)),
        _groups(report) if report.groups else Text("There is nothing to plan for."),
        _instances(report),
        _wanted(report),
        _comparisons(report),
        *([Text("\n".join(f"! {note}" for note in report.notes), style="yellow")] if report.notes else []),
        closing(report),
    )


def _verdict(report: PlanReport) -> str:
    tasks = sum(each.copies for each in report.wanted if each.planned)
    proof = (
        "none of the tasks fits an instance that is on offer"
        if report.wanted and not tasks
        else "proven to be the cheapest"
        if not report.gap
        else f"at most {report.gap:.2%} above the cheapest: the lower bound is {_amount(report, report.lower_bound)}"
    )
    month = f", {report.currency} {report.cost * HOURS:,.2f} a month" if report.currency else ""
    headroom = f" with {report.headroom_percent:g} % headroom" if report.headroom_percent else ""
    return (
        f"{_number(report.instances, 'instance')} for {tasks} tasks{headroom}, "
        f"{_amount(report, report.cost)}{month}; {proof}.\n"
        f"Minimised: {report.minimised}. {report.types_considered} instance types in {_number(report.zones, 'zone')} "
        f"were considered, in {report.seconds:g} s."
    )


def _number(of: Sequence[object], what: str) -> str:
    return f"{len(of)} {what}{'' if len(of) == 1 else 's'}"


def _amount(report: PlanReport, amount: float) -> str:
    return f"{report.currency} {amount:,.4f} an hour" if report.currency else f"a weight of {amount:,.2f}"


def _groups(report: PlanReport) -> Table:
    right = ["instances", "each", "together"]
    found = table("Instances", ["type", "provider", "zone", *right], right=right)
    for row in report.groups:
        cost = [f"{row.hourly:.4f}", f"{row.hourly * row.instances:.4f}"]
        found.add_row(row.instance_type, row.capacity_provider or "-", row.zone, str(row.instances), *cost)
    return found


def _instances(report: PlanReport) -> Table:
    title = "Tasks on them"
    if len(report.instances) > MOST_INSTANCES:
        title += f" (the first {MOST_INSTANCES} of {len(report.instances)}; --json has all)"
    found = table(title, ["type", "zone", "MiB left", "CPU left", "tasks"])
    for row in report.instances[:MOST_INSTANCES]:
        found.add_row(
            row.instance_type,
            row.zone,
            usage(row.registered.memory, row.left.memory),
            usage(row.registered.cpu, row.left.cpu),
            ", ".join(f"{each.copies} {each.service}" for each in row.tasks),
        )
    return found


def _wanted(report: PlanReport) -> Table:
    right = ["copies", "memory", "CPU"]
    found = table("Tasks", ["service", "provider", *right, "planned"], right=right)
    for row in report.wanted:
        memory, cpu = f"{row.needs.memory} MiB", str(row.needs.cpu)
        planned = "yes" if row.planned else "no"
        found.add_row(row.name, row.capacity_provider or "-", str(row.copies), memory, cpu, planned)
    return found


def _comparisons(report: PlanReport) -> Table:
    right = ["cost", "difference"]
    found = table("Instead", ["what", *right, "made of", "remarks"], right=right)
    for row in report.comparisons:
        cost = "-" if row.cost is None else f"{row.cost:,.4f}"
        difference = "-" if row.difference is None else f"{row.difference:+,.4f}"
        found.add_row(row.name, cost, difference, row.fleet, row.note)
    return found
