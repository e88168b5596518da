"""IAM policy documents, read: what they allow, and whom they trust."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

AGENT_POLICY = "AmazonEC2ContainerServiceforEC2Role"
"""AWS's managed policy of what the agent needs on a container instance."""
EXECUTION_POLICY = "AmazonECSTaskExecutionRolePolicy"
"""AWS's managed policy of what the agent needs for a task."""
SESSION_POLICY = "AmazonSSMManagedInstanceCore"
"""AWS's managed policy of what the SSM agent needs, and with it Session Manager and ECS Exec."""
ADMINISTRATOR = "AdministratorAccess"
POWER_USER = "PowerUserAccess"
"""AWS's managed policy of everything but users, roles and the organization."""
ADMINISTRATORS = (ADMINISTRATOR, POWER_USER, "IAMFullAccess")
"""AWS's managed policies of administrators, and of those who can make themselves one."""

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

_EVERY = re.compile(r"\*|(?:\*|[a-zA-Z0-9-]+):\*+")


class MalformedPolicy(Exception):  # noqa: N818 - a finding about a program
    """A text that is no IAM policy document; `str()` says why and never quotes it."""


@dataclass(frozen=True)
class Statement:
    """A statement of a policy document."""

    allows: bool
    actions: tuple[str, ...]
    """Action patterns; empty where the statement is written with NotAction."""
    excepted: tuple[str, ...] | None
    """The action patterns that it leaves out, where it is written with NotAction: it is about all others."""
    resources: tuple[str, ...]
    """Resource patterns; empty where the statement has none, as in a trust, or is written with NotResource."""
    services: tuple[str, ...]
    """The services among its principals; `*` for anybody."""
    conditions: frozenset[str]
    """The condition keys it depends on, in lower case."""

    def permits(self, action: str) -> bool:
        """Whether it allows an action on some resource, whatever its conditions."""
        return self.allows and self._concerns(action) and self._reaches(action)

    def forbids(self, action: str) -> bool:
        """Whether it denies an action on every resource and in every case, whatever else allows it."""
        return not self.allows and self._concerns(action) and "*" in self.resources and not self.conditions

    def may_forbid(self, action: str) -> bool:
        """Whether it denies an action on every resource, or all but some, in some cases."""
        everywhere = not self.resources or "*" in self.resources
        return not self.allows and self._concerns(action) and everywhere and not self.forbids(action)

    def _concerns(self, action: str) -> bool:
        if self.excepted is not None:
            return not _matches(action, self.excepted)
        return _matches(action, self.actions)

    def _reaches(self, action: str) -> bool:
        """Whether some of its resources may be of the action's service; ssmmessages has the resources of ssm."""
        service = action.partition(":")[0]
        owners = [_owner(resource) for resource in self.resources]
        return not owners or any(owner is None or service.startswith(owner) for owner in owners)

    @property
    def wildcards(self) -> list[str]:
        """The patterns by which it allows every action there is, or every action of a service, such as `s3:*`."""
        return [pattern for pattern in self.actions if self.allows and _EVERY.fullmatch(pattern)]

    @property
    def allows_all_but_some(self) -> bool:
        """Whether it allows whatever it does not name."""
        return self.allows and self.excepted is not None

    @property
    def administrates(self) -> str | None:
        """What it allows on everything that makes an administrator: every action, all but some, or all of IAM's.

        Whoever may do all that IAM does gives themselves the rest.
        """
        if not self.allows or "*" not in self.resources:
            return None
        if self.excepted is not None:
            return "all but some actions"
        patterns = {re.sub(r"\*+", "*", pattern.lower()) for pattern in self.actions}
        return "every action" if {"*", "*:*"} & patterns else "iam:*" if "iam:*" in patterns else None


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
        return cls.of(read)

    @classmethod
    def of(cls, read: object) -> "PolicyDocument":
        """Reads the document as JSON has it. Raises MalformedPolicy."""
        if not isinstance(read, Mapping):
            raise MalformedPolicy("it is not a JSON object")
        written = read.get("Statement", [])
        return cls(tuple(_statement(item) for item in (written if isinstance(written, list) else [written])))

    def trusts(self, service: str) -> list[Statement]:
        """The statements that let a service assume the role."""
        return [s for s in self.statements if s.permits("sts:AssumeRole") and {service, "*"} & set(s.services)]

    @property
    def trusts_everybody(self) -> bool:
        """Whether anybody, of any account, may assume the role, with no condition on it."""
        everybody = (s for s in self.statements if "*" in s.services and not s.conditions)
        return any(statement.permits("sts:AssumeRole") for statement in everybody)


def missing_actions(statements: Iterable[Statement], needed: Iterable[str]) -> list[str]:
    """Which of the needed actions no statement allows, or one denies."""
    given = list(statements)
    denied = denied_actions(given, needed)
    return [action for action in needed if action in denied or not any(s.permits(action) for s in given)]


def denied_actions(statements: Iterable[Statement], needed: Iterable[str]) -> list[str]:
    """Which of the needed actions a statement denies in any case."""
    given = list(statements)
    return [action for action in needed if any(statement.forbids(action) for statement in given)]


def possibly_denied_actions(statements: Iterable[Statement], needed: Iterable[str]) -> list[str]:
    """Which of the needed actions a statement denies in some cases, by a condition or but for some resources."""
    given = list(statements)
    return [action for action in needed if any(statement.may_forbid(action) for statement in given)]


def _matches(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action.lower(), _plain(pattern)) for pattern in patterns)


def _owner(resource: str) -> str | None:
    """The service in a resource's ARN; None where the pattern leaves it open."""
    parts = resource.split(":")
    return parts[2].lower() if len(parts) > 3 and not re.search("[*?$]", ":".join(parts[:3])) else None


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
        tuple(_texts(written.get("NotAction"))) if "NotAction" in written else None,
        tuple(_texts(written.get("Resource"))),
        tuple(_texts(services)),
        frozenset(str(key).lower() for test in tests for key in test),
    )


def _texts(written: Any) -> Iterator[str]:
    for item in written if isinstance(written, list) else [written]:
        if isinstance(item, str):
            yield item
