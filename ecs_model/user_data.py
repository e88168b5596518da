"""User data as it is read: which of the agent's variables it writes to /etc/ecs/ecs.config, whoever wrote it."""

import base64
import email
import re
import shlex
import zlib
from collections.abc import Iterable, Iterator, Sequence

from ecs_model import bottlerocket
from ecs_model.agent_config import parse
from ecs_model.agent_variables import CLUSTER, CONFIG_FILE, PORT_RANGE
from ecs_model.operating_system import is_powershell
from ecs_model.shell_variables import literals, substituted

_GZIP = b"\x1f\x8b"
_LARGEST = 1 << 20
"""Far above the 16 KiB that EC2 takes: bounds what a gzip of a few bytes may grow to."""


class NotUnderstood(Exception):  # noqa: N818 - not an error: what only the instance knows
    """User data that may set the agent's variables in a way that cannot be read."""


def is_encoded(text: str) -> bool:
    """Whether some user data is base64."""
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return False
    return True


def agent_variables(text: str) -> dict[str, str]:
    """The agent's variables that some user data writes, whoever wrote it.

    Takes base64 or plain text: a shell script (here-documents, echo, printf), a MIME message of several parts, cloud
    config (`write_files`), each also with gzip, Bottlerocket's TOML, or Windows PowerShell. Text that says nothing to
    the agent contributes nothing. Raises NotUnderstood where only a shell understands how the file is written.
    """
    lines: list[str] = []
    for part in plain_parts(text):
        if "settings" in part:
            lines += _bottlerocket_lines(part)
        if is_powershell(part):
            lines += _windows_lines(part)
        written = written_lines(part)
        lines += [substituted(line, literals(part)) for line in written] if "$" in "".join(written) else written
        if part.lstrip().startswith("#cloud-config") and "encoding" in part:
            lines += _encoded_lines(part)
        elif _HIDDEN.search(part) or (_FOREIGN.match(part) and CONFIG_FILE in part):
            raise NotUnderstood(f"{CONFIG_FILE} is written by other means than echo, printf or a here-document")
    variables = parse("\n".join(lines))
    for name in (CLUSTER, PORT_RANGE):
        if re.search("[$`]", variables.get(name, "")):
            raise NotUnderstood(f"{name} is computed by the shell")
    return variables


def plain_parts(text: str) -> list[str]:
    """Some user data's parts as they read when decoded and unpacked. Raises NotUnderstood."""
    return [part for _, part in typed_parts(text)]


def typed_parts(text: str) -> list[tuple[str, str]]:
    """The same with the content type of each; the empty text outside of a MIME message. Raises NotUnderstood."""
    return list(_parts(_decode(text)))


def _decode(text: str) -> str:
    try:
        return _text(base64.b64decode("".join(text.split()), validate=True))
    except ValueError:
        return text


def _text(data: bytes) -> str:
    if not data.startswith(_GZIP):
        return data.decode()
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _LARGEST).decode()
    except (zlib.error, UnicodeDecodeError):
        raise NotUnderstood("it is compressed in a way that cannot be read") from None


def _parts(text: str) -> Iterator[tuple[str, str]]:
    if not re.match(r"\s*(content-type:|mime-version:)", text, re.IGNORECASE):
        yield "", text
        return
    for part in email.message_from_string(text.lstrip()).walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            plain = _text(payload) if payload.startswith(_GZIP) else payload.decode(errors="replace")
            yield part.get_content_type(), plain


def _bottlerocket_lines(text: str) -> Iterator[str]:
    # Only here, because loading it takes time in every start of the policy pack.
    import tomllib

    try:
        settings = tomllib.loads(text).get("settings")
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    yield from (f"{name}={value}" for name, value in bottlerocket.variables(settings))


_WINDOWS_CLUSTER = re.compile(
    r"^[ \t]*Initialize-ECSAgent\b.*?\s-Cluster[ :]+['\"]?([^\s'\"]+)", re.IGNORECASE | re.MULTILINE
)
_WINDOWS_VARIABLE = re.compile(
    r"^[ \t]*(?:\[(?:System\.)?Environment\]::SetEnvironmentVariable\(\s*['\"](ECS_\w+)['\"]\s*,\s*['\"]?([^'\",)]*)"
    r"|\$env:(ECS_\w+)\s*=\s*['\"]?([^'\"\n;]*))",
    re.IGNORECASE | re.MULTILINE,
)


def _windows_lines(part: str) -> Iterator[str]:
    """What PowerShell tells the agent of Windows, whose settings are environment variables.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_windows_container_instance.html
    """
    for match in _WINDOWS_VARIABLE.finditer(part):
        yield f"{match[1] or match[3]}={(match[2] or match[4] or '').strip()}"
    for cluster in _WINDOWS_CLUSTER.findall(part):
        yield f"{CLUSTER}={cluster}"


def _encoded_lines(part: str) -> Iterator[str]:
    """What cloud-config's `write_files` puts into ecs.config in base64, gzip or both."""
    # Most user data is a script, and the library takes long to load.
    import yaml

    try:
        config = yaml.safe_load(part)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise NotUnderstood("it is cloud-config that is no YAML") from None
    files = config.get("write_files") if isinstance(config, dict) else None
    for file in files if isinstance(files, list) else ():
        if not isinstance(file, dict) or file.get("path") != CONFIG_FILE or not file.get("encoding"):
            continue
        content = file.get("content", "")
        try:
            data = content if isinstance(content, bytes) else base64.b64decode(str(content), validate=True)
            yield from _text(data).split("\n")
        except ValueError:
            raise NotUnderstood(f"{CONFIG_FILE} is encoded in a way that cannot be read") from None


_QUOTED = r"""'[^']*'|"(?:\\.|[^"\\])*"|\\."""
_HEREDOC = re.compile(r"(?<!<)<<(?!<)(-?)\s*(['\"]?)([A-Za-z_][\w-]*)\2")
_REDIRECT = re.compile(
    rf"(?:(>>?)|\btee\b(?P<append>\s+(?:-a|--append))?)\s*['\"]?{re.escape(CONFIG_FILE)}(?![\w.-])", re.ASCII
)
_GROUP = re.compile(rf"[}})]\s*>>?\s*['\"]?{re.escape(CONFIG_FILE)}(?![\w.-])")
"""The end of a `{ …; } >> /etc/ecs/ecs.config` block."""
_COMMAND = re.compile(rf"(?:{_QUOTED}|(?!;|&&|\|\|)[^'\"\\])+")
"""One command of a line; quotes keep what lies between them together."""
_PRINTED = re.compile(rf"(?:\b(echo|printf)\s|<<<)\s*((?:{_QUOTED}|[^'\"\\<>|;&])*)")
_HIDDEN = re.compile(
    r"^(?!\s*#).*(?:\b\w+=['\"]?[\w/.]*ecs\.config\b(?!\.)|"
    rf"(?:\b(?:cp|mv|sed|curl|wget|install)\b|>\s*\$).*{re.escape(CONFIG_FILE)}(?![\w.-]))",
    re.MULTILINE,
)
"""The file's name in a shell variable, or a command whose result only the instance knows."""
_FOREIGN = re.compile(r"\s*#!(?!.*\b(?:ba|da|z|k)?sh\b)")
"""The first line of a script for another interpreter than a shell."""
_CONVERSION = re.compile(r"%[bdis]")


def written_lines(script: str) -> list[str]:
    """The lines that a script puts into ecs.config; `>` and `tee` without -a begin anew."""
    written: list[str] = []
    lines = iter(script.replace("\r\n", "\n").split("\n"))
    cloud_config, grouped = script.lstrip().startswith("#cloud-config"), _GROUP.search(script) is not None
    for first in lines:
        if first.strip().startswith("#"):
            continue
        line = _whole(first, lines)
        heredoc = _HEREDOC.search(line)
        body = list(_until(lines, heredoc[3], bool(heredoc[1]))) if heredoc else []
        if not heredoc and re.match(r"\s*ECS_\w+=", line) and (cloud_config or grouped):
            written.append(line)
            continue
        for command in _COMMAND.findall(line):
            redirect = _REDIRECT.search(command)
            if redirect and _begins_anew(redirect) and not _GROUP.search(command):
                written.clear()
            if redirect or (grouped and ">" not in command):
                written += body if _HEREDOC.search(command) else _printed(command)
    return written


def _whole(line: str, rest: Iterator[str]) -> str:
    """`line` with those of `rest` that a backslash or an open quote of an echo joins to it."""
    while True:
        continued = line.endswith("\\")
        if not continued and not (_PRINTED.search(line) and re.search("['\"]", re.sub(_QUOTED, "", line))):
            return line
        following = next(rest, None)
        if following is None:
            return line
        line = f"{line[:-1]}{following}" if continued else f"{line}\n{following}"


def _begins_anew(redirect: re.Match[str]) -> bool:
    return redirect[1] == ">" or (redirect[1] is None and not redirect["append"])


def _until(lines: Iterable[str], end: str, strip_tabs: bool) -> Iterator[str]:
    for line in lines:
        if (line.lstrip("\t") if strip_tabs else line) == end:
            return
        yield line


def _printed(command: str) -> list[str]:
    """What `echo`, `printf` or a here-string prints in a command such as `echo "A=b" >> file`."""
    match = _PRINTED.search(command)
    if not match:
        return []
    try:
        words = shlex.split(match[2])
    except ValueError:
        return []
    while match[1] == "echo" and words and re.fullmatch("-[neE]+", words[0]):
        words.pop(0)
    text = _formatted(words[0], words[1:]) if match[1] == "printf" and words else " ".join(words)
    return text.replace("\\n", "\n").split("\n")


def _formatted(form: str, arguments: Sequence[str]) -> str:
    """As printf does it: the format again and again until every argument had its place."""
    places = len(_CONVERSION.findall(form))
    rounds = max(1, -(-len(arguments) // places)) if places else 1
    given = iter(arguments)
    return _CONVERSION.sub(lambda _: next(given, ""), form * rounds).replace("%%", "%")
