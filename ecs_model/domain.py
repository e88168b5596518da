"""The names that clients call a load balancer by, with the certificate for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecs_model.problem import Problem

MOST_NAMES = 10
"""A certificate has ten names unless AWS raises the quota.

https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
"""
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_LONGEST_FIRST = 64
"""The longest first name of a certificate, which becomes its common name."""


@dataclass(frozen=True)
class DomainSettings:
    """Names of a load balancer in a public Route 53 zone that exists, and a certificate of ACM for them.

    The certificate, the records that prove the names to be yours, and the records that lead to the load balancer are
    made. One stack for a name: ACM gives every certificate of a name in an account the same validation record.
    """

    names: list[str]
    """Names such as shop.example.com, or `*.example.com` for all those one level below; the first is the certificate's
    own. 1-10."""
    zone: str
    """The hosted zone that all of them lie in, such as example.com."""

    def problems(self) -> Iterator[Problem]:
        """What ACM or Route 53 would refuse, but for a zone that does not exist."""
        if not _DOMAIN.fullmatch(self.zone):
            yield Problem(("zone",), f"{self.zone!r} is not a domain in lower case, such as example.com")
        if not 1 <= len(self.names) <= MOST_NAMES:
            yield Problem(("names",), f"has {len(self.names)} names: give 1-{MOST_NAMES}")
        if len(set(self.names)) < len(self.names):
            yield Problem(("names",), "has a name more than once: keep each once")
        for position, name in enumerate(self.names):
            if reason := self._name_problem(name):
                yield Problem(("names", position), reason)
        if self.names and len(self.names[0]) > _LONGEST_FIRST:
            yield Problem(
                ("names", 0),
                f"has {len(self.names[0])} characters, the first name at most {_LONGEST_FIRST}: begin with a shorter",
            )

    def _name_problem(self, name: str) -> str | None:
        bare = base(name)
        if not _DOMAIN.fullmatch(bare):
            return f"{name!r} is not a name in lower case, such as shop.{self.zone} or *.{self.zone}"
        if bare != self.zone and not bare.endswith(f".{self.zone}"):
            return f"{name!r} is not in the zone {self.zone}: name the zone that it is in, or another name"
        return None

    @property
    def proofs(self) -> list[str]:
        """The names that are to be proved: a wildcard is by the record of the name below which it stands."""
        return list(dict.fromkeys(base(name) for name in self.names))


def base(name: str) -> str:
    """A name without its wildcard."""
    return name.removeprefix("*.")
