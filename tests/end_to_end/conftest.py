"""The three environments, each deployed once and shared by the tests that look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import environment

Deployed = Callable[[str], Deployment]


@pytest.fixture(scope="session")
def deployments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deploys an environment when a test first asks for it, and keeps it for the others."""
    with ExitStack() as ends:
        made: dict[str, Deployment] = {}

        def deployed(stack: str) -> Deployment:
            if stack not in made:
                place = Path(tmp_path_factory.mktemp(stack))
                made[stack] = Deployment(ends.enter_context(environment(place / stack, stack)))
            return made[stack]

        yield deployed


# The tests of one environment change it one after the other, so they stay in one process.
@pytest.fixture(
    params=[pytest.param(stack, marks=pytest.mark.xdist_group(stack)) for stack in ("local", "dev", "prod")]
)
def environment_(request: pytest.FixtureRequest, deployments: Deployed) -> Deployment:
    """Each `Pulumi.<stack>.yaml` of the repository, previewed; not necessarily deployed."""
    return deployments(request.param)


@pytest.fixture
def deployed(environment_: Deployment) -> Deployment:
    """Each `Pulumi.<stack>.yaml` of the repository, deployed."""
    assert environment_.up.code == 0, environment_.up.said
    return environment_
