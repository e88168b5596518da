"""Builds the policy pack as a directory that stands alone: to be copied, published, or named by `--policy-pack`.

Its files come from the repository and its pins from the project's own `constraints.txt`, so that nothing is stated
twice; the same sources give the same bytes.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import yaml

from .errors import ToolchainError

PACK = "policies"
PACKAGES = ("ecs_model", PACK)
"""The pack, and the core that it judges by."""
DESCRIPTION = "PulumiPolicy.yaml"
MAIN = "__main__.py"
REQUIREMENTS = "requirements.txt"
CONSTRAINTS = "constraints.txt"
VIRTUALENV = "venv"
"""Where `pulumi install` makes the pack's virtual environment: inside it."""
STARTED_BY = "pulumi"
"""The engine starts a pack as `python -m pulumi.policy`, whatever the pack itself imports."""

IGNORED = ".gitignore"
"""Read by git and by `pulumi policy publish`, neither of which must take this machine's virtual environment along."""
_IGNORES = b"__pycache__/\n/venv/*\n!/venv/bin/\n/venv/bin/*\n!/venv/bin/python\n"
"""All that use leaves behind, but not the placeholder."""
PLACEHOLDER = f"{VIRTUALENV}/bin/python"
"""Stands in for the virtual environment until `pulumi install` makes it. Without it the official language host waits
for ever: it does not tell the engine that a pack's Python cannot be started (v3.259, `RunPlugin`)."""
_SAYS_WHAT_TO_RUN = b"""#!/bin/sh
pack="${0%/venv/bin/python}"
python3="$pack/venv/bin/python3"
state="is not installed yet"
if [ -x "$python3" ]; then
  case " $* " in
    *" -m pulumi.policy "*) ;;
    *) exec "$python3" "$@" ;;
  esac
  seek='import importlib.util, sys; sys.exit(importlib.util.find_spec("pulumi") is None)'
  if "$python3" -c "$seek"; then exec "$python3" "$@"; fi
  state="lacks the Python package pulumi"
fi
echo "error: this policy pack $state: run \\`pulumi install\\` in $pack" >&2
exit 1
"""
"""`python -m venv` leaves a file `python` alone where it is there already, but makes `python3` beside it."""

_OURS = frozenset({*PACKAGES, DESCRIPTION, MAIN, REQUIREMENTS, CONSTRAINTS, IGNORED})
_LEFT_BY_USE = frozenset({VIRTUALENV, "__pycache__"})


def build(root: Path, target: Path) -> None:
    """Build the pack of the project at `root` as the directory `target`, in place of an earlier build.

    Until it is complete it lies in a directory beside the target, so that nobody sees half a pack. A virtual
    environment in the earlier build goes with it. Raises ToolchainError where the target holds something else.
    """
    target = target.absolute()
    _refuse_to_lose(root, target)
    content = contents(root)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            made = Path(scratch, "made")
            for name, data in content.items():
                (made / name).parent.mkdir(parents=True, exist_ok=True)
                (made / name).write_bytes(data)
            (made / PLACEHOLDER).chmod(0o755)
            _put_in_place(made, target, Path(scratch, "earlier"))
    except OSError as error:
        raise ToolchainError(f"cannot build the policy pack at {target}: {error}") from error


def _put_in_place(made: Path, target: Path, earlier: Path) -> None:
    """Rename what was made to the target; what was there before goes aside, and comes back if that fails."""
    if not target.exists():
        made.rename(target)
        return
    target.rename(earlier)
    try:
        made.rename(target)
    except OSError:
        earlier.rename(target)
        raise


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the pack by its path in it, sorted. Raises ToolchainError where a source cannot be packed."""
    sources = {name: (root / name).read_bytes() for package in PACKAGES for name in _files(root, package)}
    # The engine looks for these two beside each other, and for the package `policies` beside them.
    main = sources.pop(f"{PACK}/{MAIN}")
    description = sources.pop(f"{PACK}/{DESCRIPTION}")
    constraints = (root / CONSTRAINTS).read_bytes()
    made = {
        MAIN: main,
        DESCRIPTION: _described(description),
        REQUIREMENTS: _requirements(sources.values(), constraints.decode()).encode(),
        CONSTRAINTS: constraints,
        IGNORED: _IGNORES,
        PLACEHOLDER: _SAYS_WHAT_TO_RUN,
    }
    return dict(sorted({**sources, **made}.items()))


def _files(root: Path, package: str) -> Iterator[str]:
    """The files of a package, by their path in the repository; not what Python or an editor left there."""
    for path in sorted((root / package).rglob("*")):
        name = path.relative_to(root)
        if path.suffix == ".pyc" or any(part == "__pycache__" or part.startswith(".") for part in name.parts):
            continue
        if path.is_symlink():
            raise ToolchainError(f"{name} is a symbolic link, which may lead out of the policy pack: put a file there")
        if path.is_file():
            yield name.as_posix()


def _described(description: bytes) -> bytes:
    """The pack's PulumiPolicy.yaml with a virtual environment of the pack's own."""
    about = yaml.safe_load(description)
    about["runtime"]["options"] = {"virtualenv": VIRTUALENV}
    return yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=120).encode()


def _requirements(sources: Iterable[bytes], constraints: str) -> str:
    """The distributions that the sources import, pinned; what these need in turn is pinned by the constraints."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", constraints, re.MULTILINE))
    pins = {_normal(name): version for name, version in pins.items()}
    lines = [f"{name}=={_pin(name, pins)}" for name in sorted(_distributions(sources))]
    return "\n".join([f"-c {CONSTRAINTS}", *lines, ""])


def _pin(name: str, pins: Mapping[str, str]) -> str:
    if name not in pins:
        raise ToolchainError(f"the policy pack imports {name}, which {CONSTRAINTS} does not pin: add it there")
    return pins[name]


def _distributions(sources: Iterable[bytes]) -> set[str]:
    known = packages_distributions()
    modules = {name for source in sources for name in _imported(source)} | {STARTED_BY}
    foreign = modules - sys.stdlib_module_names - {*PACKAGES}
    return {_normal(name) for module in foreign for name in known.get(module, [module])}


def _imported(source: bytes) -> Iterator[str]:
    """The top-level names of all that a module imports; of data, none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _refuse_to_lose(root: Path, target: Path) -> None:
    """Building replaces the directory: it must be an earlier build, or nothing that anyone could miss."""
    if any(target.resolve().is_relative_to((root / package).resolve()) for package in PACKAGES):
        raise ToolchainError(f"{target} lies in what the policy pack is built from: name a directory elsewhere")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise ToolchainError(f"{target} is not a directory: name one that does not exist yet, or an earlier build")
    found = {path.name for path in target.iterdir()} if target.exists() else set()
    strange = sorted(found - _OURS - _LEFT_BY_USE)
    if strange:
        raise ToolchainError(
            f"{target} holds more than an earlier build of the policy pack ({', '.join(strange[:3])}):"
            " name a directory that does not exist yet"
        )
