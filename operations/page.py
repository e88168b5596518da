"""`capacity` as one page of HTML that needs nothing else: each instance a bar, packed with its tasks, holes and all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from operations.capacity import CapacityReport, InstanceRow, ServiceRow
from operations.report import Amounts
from operations.terminal import short_id

_GOLDEN_ANGLE = 137.508
"""Degrees between two services' hues, so that neighbours differ however many there are."""
_NOTHING = "-"
_STYLE = """
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #5c6670; --line: #d5dae0; --hole: #eef1f4;
        --wrong: #b3261e; --light: 62%; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e9ec; --soft: #9aa4ae; --line: #343b42;
        --hole: #23292e; --wrong: #ff8a80; --light: 48%; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 80rem; background: var(--back); color: var(--text);
       font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
p { margin: .3rem 0; } .soft, small { color: var(--soft); } .wrong { color: var(--wrong); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .8rem 0; }
.key { display: inline-block; width: .9em; height: .9em; border-radius: 2px; vertical-align: -.1em;
       margin-right: .4em; }
.instance { margin: 0 0 1rem; }
.instance header { display: flex; flex-wrap: wrap; gap: 0 .8rem; align-items: baseline; }
.row { display: grid; grid-template-columns: 4rem 1fr 13rem; gap: .6rem; align-items: center; margin-top: .25rem; }
.row .soft:last-child { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { display: flex; height: 1.35rem; background: var(--hole); border: 1px solid var(--line); border-radius: 3px;
       overflow: hidden; }
.bar span { border-right: 1px solid var(--back); }
.other { background: var(--soft); } .closed .bar { opacity: .45; }
.unusable { flex: 1; background: repeating-linear-gradient(45deg, transparent 0 5px, var(--line) 5px 7px); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) { .row { grid-template-columns: 3.5rem 1fr; } .row .soft:last-child { grid-column: 2; } }
"""


def page(report: CapacityReport) -> str:
    """The page."""
    title = f"Capacity of {report.cluster}"
    colours = _colours(report)
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            f'<p class="soft">{escape(report.region)}, {report.read_at:%Y-%m-%d %H:%M:%S} UTC. {_total(report)}</p>',
            *(f'<p class="wrong">✗ {escape(finding)}</p>' for finding in report.findings),
            *(f'<p class="wrong">? not shown: {escape(each.why)}</p>' for each in report.missing),
            "<h2>Container instances</h2>",
            _legend(colours),
            *_instances(report, colours),
            "<h2>Services</h2>",
            _services(report, colours),
        ]
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _total(report: CapacityReport) -> str:
    total = report.total
    count = _count(total.instances, "container instance")
    return (
        f"{count}, {total.available.memory} of {total.registered.memory} MiB and "
        f"{total.available.cpu} of {total.registered.cpu} CPU units left; {total.unusable_memory} MiB "
        f"({total.fragmentation:.0%}) lie where no further task fits."
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _colours(report: CapacityReport) -> dict[str, str]:
    names = {service.name for service in report.services}
    names |= {task.service for instance in report.instances for task in instance.tasks}
    return {
        name: f"hsl({number * _GOLDEN_ANGLE % 360:.0f} 60% var(--light))" for number, name in enumerate(sorted(names))
    }


def _legend(colours: Mapping[str, str]) -> str:
    keys = [f"<span>{_key(colour)}{escape(name)}</span>" for name, colour in colours.items()]
    keys.append('<span><span class="key other"></span>in use by what ECS does not list</span>')
    keys.append('<span><span class="key unusable"></span>free, but no further task fits</span>')
    return f'<p class="legend">{"".join(keys)}</p>'


def _key(colour: str) -> str:
    return f'<span class="key" style="background: {colour}"></span>'


def _instances(report: CapacityReport, colours: Mapping[str, str]) -> Iterator[str]:
    if not report.instances:
        yield "<p>There are none.</p>"
    most = _most(report)
    for row in report.instances:
        name = row.ec2_instance_id or short_id(row.id)
        closed = row.status != "ACTIVE" or not row.agent_connected
        about = [row.instance_type, row.zone, row.capacity_provider or "", _count(len(row.tasks), "task")]
        about += [row.status] if row.status != "ACTIVE" else []
        about += [f"AMI {row.ami_age_days} days old"] if row.ami_age_days is not None else []
        lost = "" if row.agent_connected else ' <span class="wrong">agent disconnected</span>'
        yield (
            f'<section class="instance{" closed" if closed else ""}"><header><strong>{escape(name)}</strong>'
            f"<small>{escape(', '.join(filter(None, about)))}</small>{lost}</header>"
            f"{_bar(row, 'memory', 'MiB', most.memory, colours)}{_bar(row, 'cpu', 'CPU units', most.cpu, colours)}"
            f"</section>"
        )


def _most(report: CapacityReport) -> Amounts:
    registered = [row.registered for row in report.instances]
    memory, cpu = (max((getattr(each, name) for each in registered), default=0) for name in ("memory", "cpu"))
    return Amounts(cpu=cpu, memory=memory, gpus=0, network_interfaces=0)


def _bar(row: InstanceRow, amount: str, unit: str, most: int, colours: Mapping[str, str]) -> str:
    total, left = getattr(row.registered, amount), getattr(row.available, amount)
    parts, listed = [], 0
    for task in row.tasks:
        taken = getattr(task, amount)
        listed += taken
        if not taken:
            continue
        tip = f"{task.service}: {taken} {unit} (task {short_id(task.id)})"
        parts.append(_part(taken, total, f"background: {colours[task.service]}", tip))
    other = total - left - listed
    if other > 0:
        parts.append(_part(other, total, "", f"{other} {unit} in use by what ECS does not list", "other"))
    if left > 0 and not row.usable:
        parts.append(f'<span class="unusable" title="{left} {unit} free, but no further task fits"></span>')
    width = 100 * total / most if most else 0
    return (
        f'<div class="row"><span class="soft">{"memory" if amount == "memory" else "CPU"}</span>'
        f'<div><div class="bar" style="width: {width:.2f}%">{"".join(parts)}</div></div>'
        f'<span class="soft">{left} of {total} {unit}</span></div>'
    )


def _part(amount: int, total: int, style: str, tip: str, kind: str = "") -> str:
    share = 100 * amount / total if total else 0
    return f'<span class="{kind}" style="flex: 0 0 {share:.3f}%; {style}" title="{escape(tip)}"></span>'


def _services(report: CapacityReport, colours: Mapping[str, str]) -> str:
    names = {row.id: row.ec2_instance_id or short_id(row.id) for row in report.instances}
    rows = "".join(_service(row, colours[row.name], names) for row in report.services)
    numbers = "".join(
        f'<th class="number">{name}</th>' for name in ("runs", "memory", "CPU", "fit now", "after a drain")
    )
    head = f"<tr><th>service</th>{numbers}<th>without</th><th>note</th></tr>"
    return f'<div class="wide"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _service(row: ServiceRow, colour: str, names: Mapping[str, str]) -> str:
    needs = row.needs
    numbers = [
        f"{row.running} of {row.desired}",
        f"{needs.memory} MiB" if needs else _NOTHING,
        str(needs.cpu) if needs else _NOTHING,
        _NOTHING if row.fits_now is None else str(row.fits_now),
        _NOTHING if row.fits_after_drain is None else str(row.fits_after_drain),
    ]
    notes = [row.note, f"{row.waiting} wait for an instance" if row.waiting else ""]
    notes.append(row.drain_note(names))
    cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
    worst = names[row.worst_instance] if row.worst_instance else ""
    note = escape(", ".join(filter(None, notes)))
    return f"<tr><td>{_key(colour)}{escape(row.name)}</td>{cells}<td>{escape(worst)}</td><td>{note}</td></tr>"
