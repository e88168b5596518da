"""IAM policy documents, read: what they allow, and whom they trust."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

AGENT_POLICY = "AmazonEC2ContainerServiceforEC2Role"
"""AWS's managed policy of what the agent needs on a container instance."""
EXECUTION_POLICY = "AmazonECSTaskExecutionRolePolicy"
"""AWS's managed policy of what the agent needs for a task."""
ADMINISTRATOR = "AdministratorAccess"

AGENT_ACTIONS = (
    "ecs:DiscoverPollEndpoint",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:StartTelemetrySession",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
)
"""What the agent calls in any case.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
"""


class MalformedPolicy(Exception):  # noqa: N818 - a finding about a program
    """A text that is no IAM policy document; `str()` says why and never quotes it."""


@dataclass(frozen=True)
class Statement:
    """A statement of a policy document."""

    allows: bool
    actions: tuple[str, ...]
    """Action patterns; empty where the statement is written with NotAction."""
    all_but: bool
    """Whether it is written with NotAction: everything but a few."""
    resources: tuple[str, ...]
    services: tuple[str, ...]
    """The services among its principals; `*` for anybody."""
    conditions: frozenset[str]
    """The condition keys it depends on, in lower case."""

    def permits(self, action: str) -> bool:
        """Whether it allows an action, as far as its actions say."""
        return self.allows and any(fnmatchcase(action.lower(), _plain(pattern)) for pattern in self.actions)

    @property
    def administrates(self) -> bool:
        """Whether it allows everything on everything."""
        return self.allows and bool({"*", "*:*"} & set(self.actions)) and "*" in self.resources


@dataclass(frozen=True)
class PolicyDocument:
    """A policy document as its statements."""

    statements: tuple[Statement, ...]

    @classmethod
    def parse(cls, text: str) -> "PolicyDocument":
        """Reads the JSON text. Raises MalformedPolicy."""
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            raise MalformedPolicy("it is not valid JSON") from None
        if not isinstance(read, Mapping):
            raise MalformedPolicy("it is not a JSON object")
        written = read.get("Statement", [])
        return cls(tuple(_statement(item) for item in (written if isinstance(written, list) else [written])))

    def trusts(self, service: str) -> list[Statement]:
        """The statements that let a service assume the role."""
        return [s for s in self.statements if s.permits("sts:AssumeRole") and {service, "*"} & set(s.services)]


def missing_actions(statements: Iterable[Statement]) -> list[str]:
    """What the agent needs and no statement allows."""
    allowing = list(statements)
    return [action for action in AGENT_ACTIONS if not any(s.permits(action) or s.all_but for s in allowing)]


def _plain(pattern: str) -> str:
    # IAM knows * and ? only; brackets mean themselves.
    return pattern.lower().replace("[", "[[]")


def _statement(written: Any) -> Statement:
    if not isinstance(written, Mapping):
        raise MalformedPolicy("a statement is not a JSON object")
    principal = written.get("Principal")
    services = principal.get("Service", principal.get("AWS")) if isinstance(principal, Mapping) else principal
    condition = written.get("Condition")
    tests = [test for test in condition.values() if isinstance(test, Mapping)] if isinstance(condition, Mapping) else []
    return Statement(
        written.get("Effect") == "Allow",
        tuple(_texts(written.get("Action"))),
        "NotAction" in written and written.get("Effect") == "Allow",
        tuple(_texts(written.get("Resource"))),
        tuple(_texts(services)),
        frozenset(str(key).lower() for test in tests for key in test),
    )


def _texts(written: Any) -> Iterator[str]:
    for item in written if isinstance(written, list) else [written]:
        if isinstance(item, str):
            yield item
