"""The command line of the configuration."""

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from policies.configuration.files import canonical, load, write
from policies.configuration.merging import engine_form, merged
from policies.configuration.presets import NAMES, preset
from policies.configuration.reading import Entry, Reader
from policies.pack import all_policies
from policies.suppressions import did_you_mean

SHIPPED = Path(__file__).parents[1] / "presets"
"""Where the presets are kept for the engine."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code is 1 where something is wrong, which is then on stderr, a line each."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "presets":
            _write_presets(given.output)
        else:
            _merge([given.base, *given.files], given.output)
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m policies.configuration", description="Configures the policy pack.")
    commands = parser.add_subparsers(dest="command", required=True)
    merge = commands.add_parser("merge", help="merge a preset with a team's files into the file for the engine")
    merge.add_argument("base", metavar="PRESET_OR_FILE", help=f"{', '.join(NAMES)}, or a JSON file")
    merge.add_argument("files", metavar="TEAM_FILE", nargs="*", help="JSON files, of which later ones win")
    merge.add_argument("-o", "--output", metavar="OUT", type=Path, help="the file to write (default: to stdout)")
    presets = commands.add_parser("presets", help="write the presets as files for the engine")
    presets.add_argument(
        "-o", "--output", metavar="DIRECTORY", type=Path, default=SHIPPED, help="default: policies/presets"
    )
    return parser


def _write_presets(directory: Path) -> None:
    policies = all_policies()
    for name in NAMES:
        write(directory / f"{name}.json", canonical(preset(name, policies)))


def _merge(sources: Sequence[str], output: Path | None) -> None:
    reader = Reader.of(all_policies(), datetime.date.today())
    configurations: list[dict[str, Entry]] = []
    problems: list[str] = []
    for index, source in enumerate(sources):
        try:
            configurations.append(reader.read(_content(source, reader, may_be_preset=index == 0)))
        except ValueError as wrong:
            problems += [f"{source}: {line}" for line in str(wrong).splitlines()]
    if problems:
        raise ValueError("\n".join(problems))
    text = canonical(engine_form(merged(configurations)))
    if output:
        write(output, text)
    else:
        sys.stdout.write(text)


def _content(source: str, reader: Reader, *, may_be_preset: bool) -> object:
    if may_be_preset and source in NAMES:
        return preset(source, list(reader.policies.values()))
    try:
        return load(Path(source))
    except ValueError as wrong:
        if may_be_preset and isinstance(wrong.__cause__, FileNotFoundError):
            question = did_you_mean(source, NAMES) or f": there is {', '.join(NAMES)}"
            raise ValueError(f"there is neither a file nor a preset of that name{question}") from wrong
        raise
