"""`capacity` in a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from operations.capacity import CapacityReport, InstanceRow, ServiceRow, TotalRow
from operations.terminal import about, closing, narrow, short_id, show, table, usage


def view(report: CapacityReport) -> None:
    """Print the report."""
    show(
        Text(f"Cluster {report.cluster} in {report.region}, {report.read_at:%Y-%m-%d %H:%M:%S} UTC", style="bold"),
        _instances(report) if report.instances else Text("There are no container instances."),
        _totals(report),
        _services(report) if report.services else Text("There are no services."),
        closing(report),
    )


def _instances(report: CapacityReport) -> Table:
    kinds = [] if narrow() else ["type", "zone", "provider"]
    columns = ["instance", *kinds, "MiB left", "CPU left", "tasks", "state"]
    found = table("Container instances", columns, right=["tasks"])
    for row in report.instances:
        found.add_row(
            *about(row.ec2_instance_id or short_id(row.id), row.instance_type, row.zone, row.capacity_provider),
            usage(row.registered.memory, row.available.memory),
            usage(row.registered.cpu, row.available.cpu),
            str(len(row.tasks)),
            _state(row),
        )
    return found


def _state(row: InstanceRow) -> Text:
    words = [] if row.status == "ACTIVE" else [row.status]
    if not row.agent_connected:
        words.append("agent disconnected")
    if row.registered.gpus:
        words.append(f"{row.available.gpus} of {row.registered.gpus} GPUs left")
    if any(amount.network_interfaces < 1 for amount in [row.available]):
        words.append("no network interface left")
    if row.ami_age_days is not None:
        words.append(f"AMI {row.ami_age_days} days")
    if not row.usable and row.status == "ACTIVE" and row.agent_connected:
        words.append("no task fits")
    return Text(", ".join(words) or "-")


def _totals(report: CapacityReport) -> Table:
    right = ["instances", "unusable (MiB)", "min/desired/max"]
    found = table("Capacity", ["provider", "instances", "MiB left", "CPU left", *right[1:]], right=right)
    for row in [*report.providers, report.total]:
        name = "all" if row is report.total else row.name or "none"
        found.add_row(
            name,
            str(row.instances),
            usage(row.registered.memory, row.available.memory),
            usage(row.registered.cpu, row.available.cpu),
            f"{row.unusable_memory} ({row.fragmentation:.0%})",
            _sizes(row),
        )
    return found


def _sizes(row: TotalRow) -> str:
    if row.group_sizes is None:
        return "-"
    return "/".join(map(str, row.group_sizes)) + ("" if row.scaling else ", scaling off")


def _services(report: CapacityReport) -> Table:
    names = {row.id: row.ec2_instance_id or short_id(row.id) for row in report.instances}
    if narrow():
        found = table("Services", ["service", "runs", "fit now", "after a drain"], right=["runs", "fit now"])
        for row in report.services:
            name = f"{row.name}\n  {', '.join(_needs(row))}" if row.needs else row.name
            after = "\n".join(filter(None, [_drain(row, names), _note(row, names)]))
            found.add_row(name, _runs(row), _fits(row), after)
        return found
    columns = ["service", "runs", "memory", "CPU", "ports", "fit now", "after a drain", "note"]
    found = table("Services", columns, right=["runs", "memory", "CPU", "fit now"])
    for row in report.services:
        memory, cpu = (f"{row.needs.memory} MiB", str(row.needs.cpu)) if row.needs else ("-", "-")
        found.add_row(row.name, _runs(row), memory, cpu, _ports(row), _fits(row), _drain(row, names), _note(row, names))
    return found


def _needs(row: ServiceRow) -> list[str]:
    assert row.needs is not None
    ports = _ports(row)
    return [f"{row.needs.memory} MiB", f"{row.needs.cpu} CPU", *([f"ports {ports}"] if ports != "-" else [])]


def _runs(row: ServiceRow) -> str:
    return f"{row.running} of {row.desired}"


def _fits(row: ServiceRow) -> str:
    return "-" if row.fits_now is None else str(row.fits_now)


def _ports(row: ServiceRow) -> str:
    if row.needs is None:
        return "-"
    dynamic = [f"{row.needs.dynamic_ports} dynamic"] if row.needs.dynamic_ports else []
    return ", ".join([*row.needs.fixed_ports, *dynamic]) or "-"


def _drain(row: ServiceRow, names: dict[str, str]) -> str:
    if row.fits_after_drain is None or row.worst_instance is None:
        return "-"
    return f"{row.fits_after_drain} without {names[row.worst_instance]}"


def _note(row: ServiceRow, names: dict[str, str]) -> str:
    notes = [row.note] if row.note else []
    if row.waiting:
        notes.append(f"{row.waiting} wait for an instance")
    return ", ".join(filter(None, [*notes, row.drain_note(names)]))
