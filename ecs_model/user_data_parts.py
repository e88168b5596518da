"""User data as container instances get it: ours, and further parts of a person's own, apart from it.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ecs_model.problem import Problem
from ecs_model.user_data_script import script

LARGEST = 16 * 1024
"""Bytes that EC2 takes before they are encoded."""
_LONGEST_NAME = 255
"""Of a cluster, whose name is in our part."""
_KINDS = {"#!": "x-shellscript", "#cloud-config": "cloud-config", "#cloud-boothook": "cloud-boothook"}


@dataclass(frozen=True)
class UserDataParts:
    """What an instance does at its first start beside joining its cluster, as shell scripts or cloud-config.

    Each part stays as it is. Scripts run one after the other: those of `before`, ours, those of `after`, and then the
    agent starts. cloud-init reads cloud-config before any script, and runs boothooks before that.
    """

    before: list[str] = field(default_factory=list)
    """Parts before ours, each beginning with `#!`, `#cloud-config` or `#cloud-boothook`."""
    after: list[str] = field(default_factory=list)
    """Parts after ours; the agent does not run yet."""

    def problems(self) -> Iterator[Problem]:
        """What cloud-init would leave out, EC2 refuse, or everybody could read."""
        for key, parts in (("before", self.before), ("after", self.after)):
            for position, part in enumerate(parts):
                reason = _reason(part)
                if reason:
                    yield Problem((key, position), reason)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def _reason(part: str) -> str | None:
    # Only here, like the other imports below: most programs have no parts of their own, and all wait for imports.
    from ecs_model.secrets import secret_in
    from ecs_model.user_data import NotUnderstood, agent_variables

    if _kind(part) is None:
        return f"begins with none of {', '.join(_KINDS)}, so cloud-init would not run it: begin with one of them"
    if secret_in(part):
        return "holds a secret, which everybody reads who may describe the instance: read it there with its role"
    try:
        names = sorted(agent_variables(part))
    except NotUnderstood:
        return "writes /etc/ecs/ecs.config, which this package does: use the settings in agent"
    if names:
        return f"writes {', '.join(names)} to /etc/ecs/ecs.config, which this package does: use the settings in agent"
    return None


def size_problems(parts: UserDataParts, variables: Mapping[str, str]) -> Iterator[Problem]:
    """Whether the whole is too large for EC2; `variables` are the agent's, with whatever cluster's name."""
    size = len(text(variables, parts).encode()) + _LONGEST_NAME
    if size > LARGEST:
        yield Problem((), f"comes to {size} bytes with ours, and EC2 takes {LARGEST}: fetch the rest on the instance")


def text(variables: Mapping[str, str], parts: UserDataParts) -> str:
    """The user data of Amazon Linux, in plain text: our script, or a MIME message of all parts in their order."""
    ours = script(variables)
    if not parts:
        return ours
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    named = [*_named("before", parts.before), ("ecs-config", ours), *_named("after", parts.after)]
    message = MIMEMultipart(boundary=_boundary([part for _, part in named]))
    for position, (name, part) in enumerate(named):
        written = MIMEText(part, _kind(part) or "plain", "us-ascii" if part.isascii() else "utf-8")
        # cloud-init runs scripts in the order of their file names.
        written.add_header("Content-Disposition", "attachment", filename=f"{position:03}-{name}")
        message.attach(written)
    return message.as_string()


def _named(key: str, parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((f"{key}-{position}", part) for position, part in enumerate(parts))


def _kind(part: str) -> str | None:
    """The MIME subtype by which cloud-init knows a part; None for what it would not run."""
    found = re.match(r"#!|#cloud-config\s|#cloud-boothook\s", part)
    return _KINDS[found[0].strip()] if found else None


def _boundary(parts: Sequence[str]) -> str:
    """A line that stands in no part, the same every time."""
    boundary = "ecs-on-ec2"
    while any(boundary in part for part in parts):
        boundary += "-"
    return f"=={boundary}=="
