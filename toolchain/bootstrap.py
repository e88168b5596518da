"""Makes the virtual environment `.venv` with the pinned packages, or sees in a few milliseconds that it is there.

Run by the system's Python with nothing installed: only the standard library, and syntax that a Python older than the
one needed can read far enough to say so.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

NEEDED = (3, 11)
INPUTS = ("requirements.txt", "requirements-dev.txt", "constraints.txt", "pyproject.toml")
STAMP = "set-up.json"
"""In `.venv`: what was installed, where, and which files. Written last, so that a half-made environment has none."""


class SetUpError(Exception):
    """What is wrong and what to do."""


def main() -> int:
    """Set up the project that this file belongs to and return the exit code."""
    if sys.version_info < NEEDED:
        return _with_newer_python()
    try:
        ensure(Path(__file__).resolve().parent.parent)
    except (SetUpError, OSError) as error:
        _say(f"Set-up failed: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def ensure(root: Path) -> None:
    """Make `<root>/.venv` what the requirements files say. Raises SetUpError."""
    if _is_current(root):
        return
    directory = os.open(str(root), os.O_RDONLY)
    try:
        _lock(directory)
        if not _is_current(root):
            _install(root)
    finally:
        os.close(directory)


def _is_current(root: Path) -> bool:
    return _stamp(root).get("inputs") == _inputs(root) and is_whole(root)


def is_whole(root: Path) -> bool:
    """Whether an installation ended here, under a Python that is still there, and nothing of it was removed since."""
    stamp = _stamp(root)
    environment = root / ".venv"
    python = environment / "bin" / "python"
    if stamp.get("root") != str(root) or not python.exists() or stamp.get("python") != os.path.realpath(str(python)):
        return False
    return all(_names(environment / folder).issuperset(names) for folder, names in stamp.get("entries", {}).items())


def _entries(environment: Path) -> "dict[str, list[str]]":
    """What an import or a command needs first, by folder: cheap to compare, and gone when something was removed."""
    folders = ["bin", *(str(path.relative_to(environment)) for path in environment.glob("lib/python*/site-packages"))]
    names = {folder: sorted(_names(environment / folder) - {"__pycache__"}) for folder in folders}
    return {**names, ".": sorted(_names(environment) & {"pyvenv.cfg"})}


def _names(folder: Path) -> "set[str]":
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:
        return set()


def _install(root: Path) -> None:
    _check_venv_module()
    environment = root / ".venv"
    if not is_whole(root):
        if os.path.lexists(str(environment)):
            _say("The .venv that is here is incomplete or was made elsewhere: making it anew.")
            _remove(environment)
        _run("Python's venv module", root, [sys.executable, "-m", "venv", str(environment)])
    _say("Installing the pinned packages into .venv, about a minute …")
    inputs = _inputs(root)
    (environment / STAMP).unlink(missing_ok=True)
    python = str(environment / "bin" / "python")
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run("pip", root, [python, "-m", "pip", "install", *options, "-r", "requirements-dev.txt"])
    draft = environment / (STAMP + ".draft")
    place = {"root": str(root), "python": os.path.realpath(python)}
    draft.write_text(json.dumps({"inputs": inputs, **place, "entries": _entries(environment)}))
    draft.replace(environment / STAMP)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(str(path))
    else:
        path.unlink()


def _run(who: str, root: Path, argv: "list[str]") -> None:
    code = subprocess.run(argv, cwd=str(root), stdin=subprocess.DEVNULL, check=False).returncode
    if code:
        raise SetUpError(f"{who} failed with exit code {code}, for the reason above. The command: {' '.join(argv)}")


def _check_venv_module() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = f"python3.{sys.version_info[1]}-venv"
        raise SetUpError(
            f"{sys.executable} lacks its venv module. On Debian and Ubuntu: sudo apt install {package}"
        ) from None


def _lock(directory: int) -> None:
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        _say("Another set-up is at work in this directory: waiting for it …")
        fcntl.flock(directory, fcntl.LOCK_EX)


def _stamp(root: Path) -> "dict[str, Any]":
    try:
        content = json.loads((root / ".venv" / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _inputs(root: Path) -> str:
    digest = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        digest.update((path.read_bytes() if path.exists() else b"") + b"\0")
    return digest.hexdigest()


def _with_newer_python() -> int:
    for minor in range(20, NEEDED[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, str(Path(__file__).resolve())])  # noqa: S606
    found = ".".join(str(number) for number in sys.version_info[:2])
    _say(
        f"Set-up failed: {sys.executable} is Python {found}, and 3.11 or later is needed."
        " Install one, or name it: make PYTHON=/path/to/python3.11 …"
    )
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
