"""The two roles of a task, its own or given ones: what goes into them, and what given ones have to allow themselves."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ecs_model.iam import Effect, PolicyStatement, Statement
from ecs_model.problem import Problem, of_these, under
from ecs_model.role_settings import given_problems, is_policy_arn

MOST_POLICIES = 20
"""Managed policies of a role once AWS has raised the account's quota; 10 before.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_TEXTS = ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")
_COMPARISONS = (
    *(f"String{test}" for test in _TEXTS),
    *(f"Numeric{test}" for test in _ORDERS),
    *(f"Date{test}" for test in _ORDERS),
    *(f"Arn{test}" for test in ("Equals", "Like", "NotEquals", "NotLike")),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
)
CONDITION_OPERATORS = frozenset(_COMPARISONS) | {"Null"}
"""How IAM compares; all but Null also with `IfExists` at the end, any after `ForAllValues:` or `ForAnyValue:`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""


@dataclass(frozen=True)
class TaskRoles:
    """What settings say of a task's two roles, with a stand-in for what is not known yet."""

    statements: Sequence[PolicyStatement] = field(default_factory=list)
    policies: Sequence[str] = field(default_factory=list)
    """Managed policies of the task role."""
    task_role: str | None = None
    """ARN of the existing task role; one of its own where absent."""
    execution_role: str | None = None
    """ARN of the existing execution role; one of its own where absent."""
    keys: Sequence[str] = field(default_factory=list)
    """KMS keys that the execution role is to decrypt with."""

    def problems(self) -> Iterator[Problem]:
        """Statements that say nothing or too much, policies that are none, and what no given role would get."""
        for position, statement in enumerate(self.statements):
            yield from under(_statement_problems(statement), "taskRoleStatements", position)
        yield from _policy_problems(self.policies)
        yield from given_problems("taskRole", "role", self.task_role)
        yield from given_problems("executionRole", "role", self.execution_role)
        yield from self._exclusions()

    def _exclusions(self) -> Iterator[Problem]:
        if self.task_role is not None:
            for key, given in (("taskRoleStatements", self.statements), ("taskRolePolicies", self.policies)):
                if given:
                    yield Problem((key,), "exclude taskRole, an existing role that is left as it is: drop one of them")
        if self.execution_role is not None:
            if self.keys:
                yield Problem(
                    ("kmsKeys",), "exclude executionRole, an existing role that is left as it is: drop one of them"
                )
            if self.execution_role == self.task_role:
                yield Problem(
                    ("executionRole",),
                    "is the taskRole as well, and what the agent may read the containers could: give two roles",
                )


def given_role_warnings(setting: str, needed: Iterable[Statement]) -> Iterator[str]:
    """What an existing role, given by this setting, has to allow by itself; nothing where nothing is needed of it."""
    actions = dict.fromkeys(action for statement in needed for action in statement["Action"])
    if actions:
        yield (
            f"{setting} is an existing role, which is left as it is: see that it allows {', '.join(actions)}, for "
            "the task needs that"
        )


def policy_path(given: str) -> str | None:
    """What a policy that AWS manages is called in every partition, such as service-role/NAME; None for another."""
    if not given.startswith("arn:"):
        return given
    owner, _, path = given.partition(":iam::")[2].partition(":policy/")
    return path if owner == "aws" else None


def _policy_problems(policies: Sequence[str]) -> Iterator[Problem]:
    if len(policies) > MOST_POLICIES:
        yield Problem(
            ("taskRolePolicies",), f"are {len(policies)}, and a role has at most {MOST_POLICIES}: put some together"
        )
    seen: dict[str, int] = {}
    for position, policy in enumerate(policies):
        if not is_policy_arn(policy) and not re.fullmatch(r"([\w+=,.@-]+/)*[\w+=,.@-]+", policy):
            yield Problem(
                ("taskRolePolicies", position),
                f"{policy!r} is neither the ARN of a managed policy, such as arn:aws:iam::ACCOUNT:policy/NAME, nor the "
                "name of one of AWS's, such as AmazonS3ReadOnlyAccess",
            )
        first = seen.setdefault(policy_path(policy) or policy, position)
        if first != position:
            yield Problem(("taskRolePolicies", position), f"{policy!r} is there twice: leave one out")


def _statement_problems(statement: PolicyStatement) -> Iterator[Problem]:
    if not statement.actions or not statement.resources:
        yield Problem((), "needs at least one of actions and one of resources")
    # To deny a whole service gives nobody too much.
    some = "[A-Za-z*]" if statement.effect is Effect.DENY else "[A-Za-z]"
    for position, action in enumerate(statement.actions):
        if not re.fullmatch(rf"[a-z0-9-]+:{some}[A-Za-z0-9*]*", action):
            yield Problem(
                ("actions", position), f"{action!r} is not a single action, such as s3:GetObject: name each one"
            )
    for position, resource in enumerate(statement.resources):
        if resource != "*" and not resource.startswith("arn:"):
            yield Problem(("resources", position), f"{resource!r} is no ARN, such as arn:aws:s3:::uploads/*")
    for operator, tests in statement.conditions.items():
        yield from under(_condition_problems(operator, tests), "conditions", operator)


def _condition_problems(operator: str, tests: dict[str, list[str]]) -> Iterator[Problem]:
    plain = operator.removeprefix("ForAllValues:").removeprefix("ForAnyValue:")
    if plain not in CONDITION_OPERATORS and plain.removesuffix("IfExists") not in _COMPARISONS:
        yield Problem((), f"{operator!r} is no condition operator of IAM{of_these(plain, CONDITION_OPERATORS)}")
    if not tests:
        yield Problem((), "tests nothing: give keys with their values, such as s3:prefix, or leave it out")
    for key, values in tests.items():
        if not re.fullmatch(r"[\w-]+:\S+", key):
            yield Problem((key,), "is no condition key, such as aws:SourceAccount or s3:prefix")
        if not values:
            yield Problem((key,), "has no values, and so is never met: give some")
