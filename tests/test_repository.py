"""The repository agrees with itself: its documents, its version, its local stack."""

import ipaddress
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from urllib.parse import urlparse

import pytest
import yaml

from policies.pack import rules
from tests.test_architecture import imported

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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_work_as_typed_without_an_activated_environment(document: Path) -> None:
    commands = re.findall(r"(\S*)python3? -m (\w+)", document.read_text())
    ours = [(where, module) for where, module in commands if (ROOT / module).is_dir()]
    assert [module for where, module in ours if not where.endswith(".venv/bin/")] == []
    assert document.name not in ("README.md", "operations.md") or len(ours) > 3


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"make ([a-z]+(?:-[a-z]+)*)", (ROOT / "README.md").read_text()))
    lines = re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets <= {word for line in lines for word in line.split()}
    assert len(targets) > 5


def test_the_readme_names_policies_that_there_are() -> None:
    named = set(re.findall(r"`(ecs-[a-z]+-[a-z-]+)`", (ROOT / "README.md").read_text()))
    assert len(named) >= 4
    assert named <= {rule.id for rule in rules()}


def test_there_is_one_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    pack = yaml.safe_load((ROOT / "policies" / "PulumiPolicy.yaml").read_text())
    assert pack["version"] == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_what_is_installed_is_whole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {each.rstrip("*") for each in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages == {"components", "ecs_model", "operations", "policies"}
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"settings"}
    used = {name for package in packages for path in (ROOT / package).rglob("*.py") for name in imported(path) & ours}
    assert used <= packages
    extra = {re.split("[<>=]", each)[0] for each in project["project"]["optional-dependencies"]["operations"]}
    needed = {name for path in (ROOT / "operations").rglob("*.py") for name in imported(path)} | {"highspy", "numpy"}
    assert extra == (needed - {"botocore", "yaml", "pydantic", *packages} - sys.stdlib_module_names) | {"pyyaml"}
    module, _, function = project["project"]["scripts"]["ecs-operations"].partition(":")
    assert callable(getattr(import_module(module), function))


def test_the_local_stack_leads_to_no_real_account() -> None:
    config = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["config"]
    assert config["aws:allowedAccountIds"] == ["123456789012"]
    assert (config["aws:accessKey"], config["aws:secretKey"]) == ("local", "local")
    (endpoints,) = config["aws:endpoints"]
    served = {"applicationautoscaling", "autoscaling", "cloudwatch", "ec2", "ecs", "elbv2", "iam", "logs"}
    served |= {"acm", "route53", "s3", "scheduler", "servicediscovery", "ssm", "sts"}
    assert set(endpoints) >= served
    assert all(ipaddress.ip_address(str(urlparse(url).hostname)).is_loopback for url in endpoints.values())


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nothing_of_the_local_stack_is_in_the_others(stack: str) -> None:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert {key for key in config if key.startswith("aws:")} == {"aws:region"}
