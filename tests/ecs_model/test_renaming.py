"""Renamed parts of an environment: what the settings call them, and what their resources are called."""

from typing import Any

import pytest

import settings

BASE: dict[str, Any] = {
    "network": {"default": True},
    "capacity": {"standard": {"instanceTypes": ["t3.medium"], "maxSize": 2}},
    "managedInstances": {"roomy": {}},
    "cluster": {"defaultCapacityProviderStrategy": [{"capacityProvider": "standard", "weight": 1}]},
    "loadBalancers": {"front": {}, "edge": {"type": "network"}},
    "namespace": "dev.internal",
    "services": {
        "web": {
            "containers": {"app": {"image": "app", "memory": 64, "portMappings": [{"containerPort": 80}]}},
            "loadBalancer": {"name": "front", "containerName": "app", "containerPort": 80, "pathPatterns": ["/*"]},
            "loadBalancers": {
                "tcp": {"name": "edge", "containerName": "app", "containerPort": 80, "listener": {"port": 81}}
            },
        },
        "db": {
            "networkMode": "awsvpc",
            "containers": {"db": {"image": "db", "memory": 64, "portMappings": [{"containerPort": 5432}]}},
            "capacityProviderStrategy": [{"capacityProvider": "standard", "weight": 1}],
            "discovery": {"containerName": "db", "containerPort": 5432, "clients": ["web"]},
        },
    },
    "scheduledTasks": {
        "nightly": {
            "schedule": "rate(1 day)",
            "networkMode": "host",
            "capacityProviderStrategy": [{"capacityProvider": "roomy", "weight": 1}],
            "containers": {"a": {"image": "a", "memory": 64}},
        }
    },
    "run": {"migrate": {"containers": {"a": {"image": "a", "memory": 64}}}},
}
FORMER = {
    "capacity": {"standard": "general"},
    "managedInstances": {"roomy": "spacious"},
    "loadBalancers": {"front": "public"},
    "services": {"web": "frontend", "db": "database"},
    "scheduledTasks": {"nightly": "report"},
    "run": {"migrate": "schema"},
}


def test_every_part_and_whatever_names_it_is_called_as_it_was_first() -> None:
    found, problems = settings.read(BASE | {"formerNames": FORMER}, "dev")
    assert problems == []
    assert found is not None
    first = found.first_named()
    assert [*first.capacity] == ["general"]
    assert [*first.managed_instances] == ["spacious"]
    assert [i.capacity_provider for i in first.scheduled_tasks["report"].capacity_provider_strategy] == ["spacious"]
    assert [*first.load_balancers] == ["public", "edge"]
    assert [*first.services] == ["frontend", "database"]
    assert ([*first.scheduled_tasks], [*first.run]) == (["report"], ["schema"])
    assert [item.capacity_provider for item in first.cluster.default_capacity_provider_strategy] == ["general"]
    web, database = first.services["frontend"], first.services["database"]
    assert web.load_balancer is not None
    assert (web.load_balancer.name, web.load_balancers["tcp"].name) == ("public", "edge")
    assert [item.capacity_provider for item in database.capacity_provider_strategy] == ["general"]
    assert database.discovery is not None
    assert database.discovery.clients == ["frontend"]
    assert list(first.problems()) == []
    assert first.first_named() == first


def test_a_priority_that_follows_from_a_name_follows_from_the_first() -> None:
    renamed, _ = settings.read(BASE | {"formerNames": FORMER}, "dev")
    assert renamed is not None
    assert [each.name for each in renamed.attachments()] == ["dev-frontend", "dev-frontend-tcp"]


@pytest.mark.parametrize(
    ("former", "said"),
    [
        ({"services": {"wep": "old"}}, "formerNames.services.wep: is no key of services (there is: db, web): did you"),
        ({"services": {"web": "web"}}, "formerNames.services.web: is called so already: leave it out"),
        ({"services": {"web": "db"}}, "formerNames.services.web: db is what db is called: give each its own name"),
        ({"services": {"web": "a", "db": "a"}}, "formerNames.services.db: a is what web is called: give each its own"),
        ({"run": {"migrate": "nightly"}}, "run.migrate: is in scheduledTasks as well, and a task definition's family"),
        ({"services": {"web": "x" * 30}}, "services.web: 'dev-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' has 34 characters"),
    ],
)
def test_what_cannot_be_meant(former: dict[str, Any], said: str) -> None:
    _, problems = settings.read(BASE | {"formerNames": former}, "dev")
    assert any(str(problem).startswith(said) for problem in problems), problems


def test_two_may_swap_their_names() -> None:
    _, problems = settings.read(BASE | {"formerNames": {"services": {"web": "db", "db": "web"}}}, "dev")
    assert problems == []
