"""What an application load balancer's rules may ask of a request beside its path, host and headers.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecs_model.notation import range_problem
from ecs_model.problem import Problem

CONDITIONS = ("pathPatterns", "hostHeaders", "httpHeaders", "queryStrings", "sourceIps", "methods", "testHeaders")
"""The settings that tell the requests of one rule from another's."""
MOST_VALUES = 5
"""Of all conditions of a rule together.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""
_WILDCARDS = "with * and ? for others"


@dataclass(frozen=True)
class QueryString:
    """A parameter of a request's query string."""

    value: str
    """Its value, such as `beta`; `*` and `?` stand for others."""
    key: str | None = None
    """Its name, such as `version`; whatever the name where absent."""


def further_problems(
    queries: Sequence[QueryString], source_ips: Sequence[str], methods: Sequence[str]
) -> Iterator[Problem]:
    """What AWS would refuse in `queryStrings`, `sourceIps` and `methods`."""
    for position, query in enumerate(queries):
        for key, text in (("key", query.key), ("value", query.value)):
            if text is not None and not re.fullmatch(r"[\x21-\x7e]{1,128}", text):
                yield Problem(
                    ("queryStrings", position, key), f"{text[:40]!r} is no text of 1-128 letters, {_WILDCARDS}"
                )
    for position, cidr in enumerate(source_ips):
        if reason := range_problem(cidr):
            yield Problem(("sourceIps", position), reason)
    for position, method in enumerate(methods):
        if not re.fullmatch(r"[A-Z_-]{1,40}", method):
            yield Problem(("methods", position), f"{method[:40]!r} is no method in capitals, such as GET")
    for key, given in (("queryStrings", queries), ("sourceIps", source_ips), ("methods", methods)):
        if len(set(given)) < len(given):
            yield Problem((key,), "has a value more than once: keep each once")
