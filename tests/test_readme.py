"""What the README and the documents point to exists."""

import re
from pathlib import Path

import pytest

from policies.pack import rules

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_paths_lead_somewhere(document: Path) -> None:
    text = document.read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    paths = re.findall(r"`((?:tests|components|policies|localaws|toolchain|ecs_model|docs)/[\w./]*)`", text)
    missing = [link for link in links if not (document.parent / link).exists()]
    missing += [path for path in paths if not (ROOT / path).exists()]
    assert missing == []
    assert document.name != "README.md" or len(links) + len(paths) > 20


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text()))
    lines = [line.split(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if re.match(r"[a-z ]+:", line)]
    assert targets <= {word for line in lines for word in line.split()}
    assert len(targets) > 5


def test_the_readme_names_every_policy() -> None:
    text = (ROOT / "README.md").read_text()
    assert [rule.id for rule in rules() if rule.id not in text] == []
