"""`why` in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from ecs_model.refusals import Reason
from operations.terminal import about, closing, happenings, narrow, short_id, show, table
from operations.why import RefusalRow, WhyReport
from operations.why_providers import ProviderRow


def view(report: WhyReport) -> None:
    """Print the report."""
    show(*_parts(report))


def _parts(report: WhyReport) -> Iterator[Any]:
    yield Text(_headline(report), style="bold")
    if report.needs:
        yield Text(_needs(report))
    if report.instances:
        yield _verdicts(report)
    if report.fixes:
        yield _fixes(report)
    if report.providers:
        yield _providers(report)
    for provider in report.providers:
        if provider.activities:
            yield happenings(f"Scaling activities of {provider.name}", provider.activities)
    if report.events:
        yield happenings("Last events", report.events)
    yield closing(report)


def _headline(report: WhyReport) -> str:
    counts = f"{report.running} of {report.desired} tasks run"
    if report.waiting_tasks:
        counts += f", {len(report.waiting_tasks)} wait for an instance"
    if report.running + len(report.waiting_tasks) > report.desired:
        counts += " (of the old and the new deployment together)"
    answer = {True: "the next task fits", False: "the next task fits nowhere", None: "whether a task fits is not known"}
    if not report.service:
        return f"Task definition {report.task_definition} in {report.cluster}: {answer[report.fits]}{_waiting(report)}"
    return f"Service {report.service} ({report.task_definition}) in {report.cluster}: {counts}; {answer[report.fits]}"


def _waiting(report: WhyReport) -> str:
    return f"; {len(report.waiting_tasks)} of no service wait for an instance" if report.waiting_tasks else ""


def _needs(report: WhyReport) -> str:
    needs = report.needs
    assert needs is not None
    ports = [*needs.fixed_ports, *([f"{needs.dynamic_ports} dynamic"] if needs.dynamic_ports else [])]
    parts = [f"{needs.memory} MiB", f"{needs.cpu} CPU units", f"network mode {needs.network_mode}"]
    parts += [f"{needs.gpus} GPUs"] if needs.gpus else []
    parts += [f"host ports {', '.join(ports)}"] if ports else []
    where = f", from capacity provider {report.capacity_provider}" if report.capacity_provider else ""
    return f"It needs {', '.join(parts)}{where}."


def _verdicts(report: WhyReport) -> Table:
    kinds = [] if narrow() else ["type", "zone", "provider"]
    found = table("Container instances", ["instance", *kinds, "verdict"])
    for row in report.instances:
        verdict = Text(f"fits, {row.copies} times", style="green")
        if not row.fits:
            marked = [(_mark(report, each), each.sentence) for each in row.refusals]
            style = "red" if any(mark == "✗" for mark, _ in marked) else "bright_black"
            verdict = Text("\n".join(map(" ".join, marked)), style=style)
        name = row.ec2_instance_id or short_id(row.id)
        found.add_row(*about(name, row.instance_type, row.zone, row.capacity_provider), verdict)
    return found


def _mark(report: WhyReport, refusal: RefusalRow) -> str:
    """`✗` stands for what is wrong: not for an instance that is none of the service's, or that it does not need."""
    foreign = refusal.requirement == Reason.CAPACITY_PROVIDER.value
    return "-" if foreign or not report.findings else "✗"


def _fixes(report: WhyReport) -> Table:
    found = table("Nearest fixes", ["where", "what"])
    for row in report.fixes:
        where = row.where if row.instance is None else f"on {row.instance}"
        found.add_row(where, "\n".join(row.changes))
    return found


def _providers(report: WhyReport) -> Table:
    if narrow():
        return _narrow_providers(report)
    found = table("Capacity providers", ["provider", "managed scaling", "min/desired/max", "in service", "remarks"])
    for row in report.providers:
        found.add_row(
            f"{row.name} (next)" if row.next else row.name,
            _scaling(row),
            "/".join(map(str, row.group_sizes)) if row.group_sizes else "-",
            _in_service(row),
            "\n".join(row.remarks) or "-",
        )
    return found


def _narrow_providers(report: WhyReport) -> Table:
    found = table("Capacity providers", ["provider", "remarks"])
    for row in report.providers:
        sizes = "/".join(map(str, row.group_sizes)) if row.group_sizes else "-"
        name = f"{row.name} (next)" if row.next else row.name
        of_group = [f"managed scaling {_scaling(row)}", f"{sizes} (min/desired/max)", f"in service: {_in_service(row)}"]
        first = "\n  ".join([name, *([_scaling(row)] if row.managed_instances else of_group)])
        found.add_row(first, "\n".join(row.remarks) or "-")
    return found


def _scaling(row: ProviderRow) -> str:
    return "Managed Instances" if row.managed_instances else "on" if row.scaling else "off"


def _in_service(row: ProviderRow) -> str:
    if row.in_service is None:
        return "-"
    return f"{row.in_service}, {row.protected} protected" if row.protected else str(row.in_service)
