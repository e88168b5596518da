"""User data: how the agent's settings reach /etc/ecs/ecs.config before the agent starts, and how to find them there."""

import base64
import binascii
import email
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from ecs_model.agent import CLUSTER, CONFIG_FILE, parse, render


def script(variables: Mapping[str, str]) -> str:
    """The shell script, in plain text, that writes ecs.config before the agent starts."""
    return f"#!/bin/bash\ncat >> {CONFIG_FILE} <<'ECS_CONFIG'\n{render(variables)}ECS_CONFIG\n"


def encode(text: str) -> str:
    """Base64, as a launch template wants its user data."""
    return base64.b64encode(text.encode()).decode()


def agent_variables(text: str) -> dict[str, str]:
    """The agent's variables that some user data writes, whoever wrote it.

    Takes base64 or plain text: a shell script (here-documents, echo, printf), a MIME message of several parts, cloud
    config (`write_files`), or Bottlerocket's TOML. What cannot be read contributes nothing.
    """
    lines: list[str] = []
    for part in _parts(_decode(text)):
        if "settings.ecs" in part:
            lines += _bottlerocket_lines(part)
        lines += _written_lines(part)
    return parse("\n".join(lines))


def _decode(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text


def _parts(text: str) -> Iterator[str]:
    if not re.match(r"(content-type:|mime-version:)", text, re.IGNORECASE):
        yield text
        return
    for part in email.message_from_string(text).walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield payload.decode(errors="replace")


def _bottlerocket_lines(text: str) -> Iterator[str]:
    try:
        ecs = tomllib.loads(text).get("settings", {}).get("ecs", {})
    except tomllib.TOMLDecodeError:
        return
    if "cluster" in ecs:
        yield f"{CLUSTER}={ecs['cluster']}"


_HEREDOC = re.compile(r"<<(-?)\s*(['\"]?)(\w+)\2")
_REDIRECT = re.compile(rf"(?:(>>?)|\btee\b(?P<append>\s+(?:-a|--append))?)\s*['\"]?{re.escape(CONFIG_FILE)}\b")


def _written_lines(script: str) -> list[str]:
    """The lines that a script puts into ecs.config; `>` and `tee` without -a begin anew."""
    written: list[str] = []
    lines = iter(script.splitlines())
    cloud_config = script.lstrip().startswith("#cloud-config")
    for line in lines:
        if line.strip().startswith("#"):
            continue
        heredoc, redirect = _HEREDOC.search(line), _REDIRECT.search(line)
        body = list(_until(lines, heredoc[3], bool(heredoc[1]))) if heredoc else []
        if redirect:
            if redirect[1] == ">" or (redirect[1] is None and not redirect["append"]):
                written.clear()
            written += body if heredoc else _echoed(line)
        elif not heredoc and re.match(r"\s*ECS_\w+=", line) and (cloud_config or _grouped(script)):
            written.append(line)
        elif not heredoc and _grouped(script):
            written += _echoed(line)
    return written


def _until(lines: Iterable[str], end: str, strip_tabs: bool) -> Iterator[str]:
    for line in lines:
        if (line.lstrip("\t") if strip_tabs else line) == end:
            return
        yield line


def _grouped(script: str) -> bool:
    """Whether a `{ …; } >> /etc/ecs/ecs.config` block writes the file."""
    return re.search(rf"[}})]\s*>>?\s*{re.escape(CONFIG_FILE)}", script) is not None


def _echoed(line: str) -> list[str]:
    """What `echo` or `printf` prints in a line such as `echo "A=b" >> file`."""
    match = re.search(r"\b(echo|printf)\s+(.*?)\s*(?:>|\||;|$)", line)
    if not match:
        return []
    try:
        words = shlex.split(match[2])
    except ValueError:
        return []
    words = [word for word in words if word not in ("-e", "-n", "-E", "%s\\n", "%s")]
    text = "\n".join(words) if match[1] == "printf" else " ".join(words)
    return text.replace("\\n", "\n").splitlines()
