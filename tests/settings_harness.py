"""The committed settings, raw, and what becomes of others."""

import json
import logging
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks

import settings
from ecs_model.problem import dotted
from tests.components.component_harness import Warnings

ROOT = Path(__file__).parents[1]
STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
Raw = dict[str, Any]


def of_file(stack: str) -> Raw:
    """The sections of a committed Pulumi.<stack>.yaml."""
    whole = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key.split(":")[1]: value for key, value in whole.items() if key.startswith("ecs-on-ec2:")}


def told(raw: Raw, secret: list[str] | None = None) -> dict[str, str]:
    """The problems' messages by their paths."""
    _, problems = settings.read(raw, "dev", secret or [])
    assert len({problem.path for problem in problems}) == len(problems)
    return {dotted(problem.path): problem.message for problem in problems}


class Aws(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise AssertionError(args.name)


def load(
    raw: Raw, stack: str = "dev", secret: list[str] | None = None, others: dict[str, str] | None = None
) -> tuple[Any, list[str]]:
    """What the program gets with this configuration, and the warnings that it causes."""
    logger, log = logging.Logger("settings-under-test"), Warnings()
    logger.addHandler(log)
    mocks.set_mocks(Aws(), project="ecs-on-ec2", stack=stack, logger=logger)
    texts = {f"ecs-on-ec2:{k}": v if isinstance(v, str) else json.dumps(v) for k, v in raw.items()}
    texts |= {"aws:region": "eu-central-1"} | (others or {})
    texts = {key: text for key, text in texts.items() if text}
    loaded: list[Any] = []

    def run() -> None:
        pulumi.runtime.set_all_config(texts, [f"ecs-on-ec2:{key}" for key in secret or []])
        loaded.append(settings.load())

    pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
    assert len(loaded) == 1
    return loaded[0], log.texts
