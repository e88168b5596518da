"""What looks like a secret that stands where anyone may read it: told by the name it has, or by its shape."""

import re
from collections.abc import Iterator

_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD|PASS|SECRET|SECRETS|TOKEN|API_?KEY|PRIVATE_?KEY|SECRET_?KEY|"
    r"ACCESS_?KEY|AUTH_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY|LICENSE_?KEY|CREDENTIALS?|AUTH_DATA)$"
)
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_PLACEHOLDER = re.compile(r"(\$\{.*\}|\$\(.*\)|\$\w+|\{\{.*\}\}|<[^>]*>|%\w+%)", re.DOTALL)
_REFERENCE = re.compile(r"(arn:|/|\./|~/|[A-Za-z]:\\|file:|ssm:|secretsmanager:|vault:|resolve:)", re.IGNORECASE)
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"})

_SHAPES = (
    ("an AWS access key id", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,255})")),
    ("a Slack token", re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}")),
    ("a JSON Web Token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}")),
    (
        "a URL with a password",
        re.compile(r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@'\"]{0,200}:(?!\$|\{|<|%\w+%@|\*)[^\s/@'\"]{1,200}@", re.I),
    ),
)

_ASSIGNMENT = re.compile(r"""\b([A-Za-z_]\w{0,127})=("[^"\n]*"|'[^'\n]*'|[^\s"';|&]+)""")


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """The `NAME=value` of a script, a here-document or an environment file, but for what the shell computes."""
    for name, value in _ASSIGNMENT.findall(text):
        if value.lstrip("\"'")[:1] not in ("$", "`", ""):
            yield name, value.strip("\"'")


def secret_by_name(name: str, value: str) -> bool:
    """Whether a variable's name says that its value is a secret, and the value is one.

    A value that only says where the secret is (an ARN, a path, a placeholder such as `${VAR}`), a switch, a number
    of few digits and the empty text are none.
    """
    words = "_".join(word for word in _PARTS.split(name) if word).upper()
    told = value.strip().strip("'\"")
    if not told or told.lower() in _WORDS or re.fullmatch(r"\d{1,3}|\d+[smhd]", told):
        return False
    if _PLACEHOLDER.fullmatch(told) or _REFERENCE.match(told):
        return False
    # A URL says where to get it, unless it holds a password, which its shape tells.
    return bool(_NAME.search(words)) and not re.match(r"[a-z][a-z0-9+.-]*://", told, re.IGNORECASE)


def secret_by_shape(text: str) -> str | None:
    """The kind of secret that some text contains, such as `a private key`; None where none is recognised.

    The secret itself is never returned, so that a message may say what was found.
    """
    return next((kind for kind, shape in _SHAPES if shape.search(text)), None)
