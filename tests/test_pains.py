"""docs/pains.md: sixteen pains, each with where it is reported, and tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from policies.pack import rules

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "pains.md").read_text()
SECTIONS = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
ISSUE = re.compile(r"\[([\w-]+)#(\d+)\]\(https://github\.com/[\w-]+/([\w-]+)/issues/(\d+)\)")
TEST = re.compile(r"^- `(tests/[\w/]+\.py)::(\w+)`$", re.MULTILINE)


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_there_are_sixteen() -> None:
    assert [section.partition(".")[0] for section in SECTIONS] == [str(number) for number in range(1, 17)]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition(".")[0])
def test_each_is_reported_somewhere_prevented_and_shown(section: str) -> None:
    issues = ISSUE.findall(section)
    assert issues
    assert all((name, number) == (repository, again) for name, number, repository, again in issues)
    assert section.count("**Here**") == 1
    assert set(re.findall(r"`(ecs-[a-z-]+)`", section)) <= {rule.id for rule in rules()}
    named = TEST.findall(section)
    assert len(named) >= 2
    assert len(named) == section.count("\n- ") == len(set(named))
    assert [(path, test) for path, test in named if not test.startswith("test_") or test not in functions(path)] == []
