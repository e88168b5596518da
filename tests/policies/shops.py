"""Many shops in one program: as large as wanted, and no part of one refers to a part of another."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.policies.harness import Res
from tests.policies.programs import container, containers, shop, user_data


def shops(number: int) -> Iterator[Res]:
    """Some copies of the shop, each of which one finding is to be had: a fixed host port."""
    for at in range(number):
        yield from _shop(at)


def _shop(at: int) -> Iterator[Res]:
    identities = {
        value for resource in shop(True) for key, value in resource.properties.items() if key in ("id", "arn", "name")
    }

    def own(value: Any) -> Any:
        """A value with the copy's number in the names, ids and ARNs of its resources."""
        if isinstance(value, dict):
            return {key: own(item) for key, item in value.items()}
        if isinstance(value, list):
            return [own(item) for item in value]
        if value not in identities:
            return value
        return f"{value[:-5]}{at:05}" if value.startswith(("sg-", "lt-")) else f"{value}-{at}"

    for resource in shop(True).but(_fixed(), _joined(at)):
        made_from = {key: [f"{source}-{at}" for source in sources] for key, sources in resource.made_from.items()}
        after = [f"{earlier}-{at}" for earlier in resource.after]
        renamed = own(dict(resource.properties))
        yield replace(resource, name=f"{resource.name}-{at}", properties=renamed, made_from=made_from, after=after)


def _fixed() -> Res:
    return shop(True)["web"].but(containerDefinitions=containers(container(hostPort=8080)))


def _joined(at: int) -> Res:
    joined = user_data(f"ECS_CLUSTER=shop-{at}", "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535")
    return shop(True)["template"].but(userData=joined)
