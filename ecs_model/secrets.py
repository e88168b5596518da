"""What looks like a secret that stands where anyone may read it: told by the name it has, or by its shape."""

import re
from functools import cache

from ecs_model.secret_texts import named_values, passed_values

_NAME = re.compile(
    r"((^|_)(PWD|PASS|SECRETS|AUTH_?KEY|CREDENTIALS?|AUTH_DATA|REDISCLI_AUTH)|PASSWORD|PASSWD|PASSPHRASE|REQUIREPASS|"
    r"SSHPASS|SECRET|TOKEN|(API|PRIVATE|SECRET|ACCESS|ENCRYPTION|SIGNING|LICENSE|ACCOUNT)_?KEY)$"
)
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_PLACEHOLDER = re.compile(
    r"(\\?\$+\{.*\}|\\?\$+\(.*\)|\\?\$+\w+|\{\{.*\}\}|<[^>]*>|%\w+%|%s|%\(\w+\)s|\{\w*\}|\*+|x{3,}|\.{3})",
    re.DOTALL | re.I,
)
_REFERENCE = re.compile(r"(arn:|/|\./|~/|[A-Za-z]:\\|file:|ssm:|secretsmanager:|vault:|resolve:|@)", re.IGNORECASE)
_FILE = re.compile(r"[\w./-]+\.(json|ya?ml|pem|key|crt|txt|env|conf|cfg|ini|toml|p12|jks)", re.IGNORECASE)
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"})

_SHAPES = (
    ("an AWS access key id", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,255})"),
    ("a GitLab token", r"\bglpat-[\w-]{20,}"),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("a Slack webhook", r"https://hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{16,}"),
    ("a Stripe key", r"\b[sr]k_live_[A-Za-z0-9]{16,}"),
    ("a Google API key", r"\bAIza[\w-]{35}"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}"),
    ("a SendGrid key", r"\bSG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("an API key", r"\bsk-(?:proj|svcacct|ant)-[\w-]{20,}"),
    ("a JSON Web Token", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}"),
    (
        "a URL with a password",
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s/:@'\"]{0,200}:(?![$\{<*]|%\w+%@|%s)[^\s/@'\"]{1,200}@",
    ),
    (
        "an authorization header",
        r"(?i:\bAuthorization['\"]?[:=]\s*['\"]?(?:Basic|Bearer|Token))\s+[A-Za-z0-9._~+/-]{8,}",
    ),
)
_SECRET_ACCESS_KEY = re.compile(r"(?=[^0-9]*[0-9])(?=(?:[^A-Z]*[A-Z]){5})(?=(?:[^a-z]*[a-z]){5})[A-Za-z0-9/+]{40}")


@cache
def _shape() -> re.Pattern[str]:
    # All at once, for most texts have none; and when the first is read, for every start of the policy pack loads this.
    return re.compile("|".join(f"({pattern})" for _, pattern in _SHAPES))


def secret_by_name(name: str, value: str) -> bool:
    """Whether a variable's name says that its value is a secret, and the value is one.

    A value that only says where the secret is (an ARN, a path, a file, a placeholder such as `${VAR}`), a switch, a
    number of few digits and the empty text are none.
    """
    words = "_".join(word for word in _PARTS.split(name) if word).upper()
    # A URL says where to get it, unless it holds a password, which its shape tells.
    return bool(_NAME.search(words)) and _is_plain(value) and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", value.strip())


def _is_plain(value: str) -> bool:
    """Whether a value may be a secret itself."""
    told = value.strip().strip("'\"")
    if not told or told.lower() in _WORDS or re.fullmatch(r"\d{1,3}|\d+[smhd]", told):
        return False
    return not (_PLACEHOLDER.fullmatch(told) or _REFERENCE.match(told) or _FILE.fullmatch(told))


def secret_by_shape(text: str) -> str | None:
    """The kind of secret that some text contains, such as `a private key`; None where none is recognised.

    The secret itself is never returned, so that a message may say what was found.
    """
    found = _shape().search(text)
    if found and found.lastindex:
        return _SHAPES[found.lastindex - 1][0]
    return "an AWS secret access key" if len(text) == 40 and _SECRET_ACCESS_KEY.fullmatch(text) else None


def secret_in(text: str) -> str | None:
    """The kind of secret that some text contains by its shape, or by what the text itself says of it.

    That is `--password x` of a command, `curl -u user:x`, `NAME=x` of a script, a query or a connection string, and a
    member of JSON or YAML, where the name is that of a secret. None where none is recognised.
    """
    kind = secret_by_shape(text)
    if kind is None and (
        any(secret_by_name(name, value) for name, value in named_values(text))
        or any(map(_is_plain, passed_values(text)))
    ):
        return "a secret"
    return kind
