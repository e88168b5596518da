"""What a rule says of something, and how it says that it cannot, or that it failed."""

import traceback
from pathlib import Path
from typing import NamedTuple

from pulumi_policy.proxy import UnknownValueError

from policies.properties import Malformed


class Judgement(NamedTuple):
    """What a rule says of something."""

    findings: list[tuple[str, str | None]]
    """Message and URN of each."""
    unknown: list[str]
    """The places whose values it needed and did not know."""


class CannotJudge(UnknownValueError):  # noqa: N818 - see Unknown
    """Tells the engine, through the SDK, everything that a rule could not judge in this preview."""

    def __init__(self, places: list[str]) -> None:
        Exception.__init__(self)
        noun = "a value that is" if len(places) == 1 else "values that are"
        self.message = f"it needs {noun} not known ({'; '.join(places)})"


FAILED_FIX = (
    'Please report this as a defect of the policy pack; until then {{"{0}": "advisory"}} in the file given with '
    "--policy-pack-config lets the deployment go on."
)


def read_by_many(verdict: object) -> bool:
    """Whether a verdict is on what most rules read of a task definition, and one of them is to report for all."""
    return isinstance(verdict, Malformed) and bool({"containerDefinitions", "networkMode"} & set(verdict.path[:1]))


def failure(rule: str, error: Exception) -> str:
    """What to tell of a mistake in a rule itself, given by its id."""
    return f"the rule itself failed ({_origin(error)}). {FAILED_FIX.format(rule)}"


def _origin(error: Exception) -> str:
    # The error's own text may quote a secret; its type and place do not.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
