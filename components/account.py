"""Which account, region and partition a component deploys to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pulumi
import pulumi_aws as aws

from ecs_model import iam
from ecs_model.container_definitions import canonical_json

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where a component deploys to, once AWS has answered."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True)
class Account:
    """Known in a preview, for AWS answers without anything having been created."""

    partition: pulumi.Output[str]
    region: pulumi.Output[str]
    id: pulumi.Output[str]

    @cached_property
    def place(self) -> pulumi.Output[Place]:
        """All three together."""
        return pulumi.Output.all(self.partition, self.region, self.id).apply(lambda known: Place(*known))

    @cached_property
    def task_trust(self) -> pulumi.Output[str]:
        """The trust of the two roles of every task of this account, as JSON."""
        return self.place.apply(
            lambda place: canonical_json(iam.task_trust(place.partition, place.region, place.account))
        )


def together(outputs: list[pulumi.Output[Any]], later: Any, make: Callable[..., T]) -> pulumi.Output[T]:
    """`make` of the values of `outputs`, and of `later` with every value in it that another resource gives.

    Pulumi makes several futures of every value it looks into, so what nobody gives later is not handed to it.
    """
    if _given_now(later):
        return pulumi.Output.all(*outputs).apply(lambda known: make(*known, later))
    return pulumi.Output.all(*outputs, later).apply(lambda known: make(*known))


def _given_now(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_given_now, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_given_now, value))
    return value is None or isinstance(value, str | int)


_KNOWN: WeakKeyDictionary[pulumi.Resource, dict[pulumi.ProviderResource | None, Account]] = WeakKeyDictionary()
"""By stack and provider: asked for anew by each of a thousand services, the answers are a tenth of a program's time."""


def account_of(component: pulumi.Resource) -> Account:
    """The account that the component's provider deploys to."""
    stack = pulumi.runtime.get_root_resource()
    if stack is None:
        return _asked(component)
    accounts = _KNOWN.setdefault(stack, {})
    provider = component.get_provider("aws:index:Provider")
    if provider not in accounts:
        accounts[provider] = _asked(component)
    return accounts[provider]


def _asked(component: pulumi.Resource) -> Account:
    options = pulumi.InvokeOutputOptions(parent=component)
    return Account(
        partition=aws.get_partition_output(opts=options).partition,
        region=aws.get_region_output(opts=options).region,
        id=aws.get_caller_identity_output(opts=options).account_id,
    )
