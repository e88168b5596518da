"""A stack's deployment, as `pulumi stack export` writes it: what a killed run left in it, and how that is mended.

Layout: pulumi/pulumi, sdk/go/common/apitype (DeploymentV3, OperationV2), pkg/backend/diy (locks).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Deployment = Mapping[str, Any]
"""What an export has under `deployment`, and the file of a stack under `checkpoint.latest`."""

CREATING = "creating"
"""The one kind of operation whose outcome the state cannot tell: of all others it has the resource."""


@dataclass(frozen=True)
class Pending:
    """An operation that was begun and not finished; as text `creating aws:ecs/cluster:Cluster web`."""

    type: str
    """creating, updating, deleting, …"""
    urn: str
    resource: Mapping[str, Any]
    """As it is to become, with `inputs`; without an `id` while it is being created."""

    def __str__(self) -> str:
        return f"{self.type} {self.token} {self.name}"

    @property
    def token(self) -> str:
        """The resource's type, such as aws:ecs/cluster:Cluster."""
        return self.urn.split("::", 3)[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """The program's name for the resource."""
        return self.urn.split("::", 3)[3]

    @property
    def inputs(self) -> Mapping[str, Any]:
        """What it was to be created with, the name included that Pulumi chose."""
        found: Mapping[str, Any] = self.resource.get("inputs") or {}
        return found


@dataclass(frozen=True)
class Made:
    """What AWS created unheard."""

    id: str
    """The id by which the provider reads it: that of an import, where `outputs` are empty."""
    outputs: Mapping[str, Any] | None = None
    """For a type that the provider cannot import: what it needs to read the resource."""


def pending(deployment: Deployment) -> list[Pending]:
    """The operations that an update began and did not finish."""
    found = deployment.get("pending_operations") or []
    return [Pending(each["type"], each["resource"]["urn"], each["resource"]) for each in found]


def adopted(deployment: Deployment, made: Mapping[str, Made]) -> dict[str, Any]:
    """The deployment with those of the pending creations as resources that are in `made`, by their URN.

    A refresh has to read what they are like. `pulumi refresh --import-pending-creates` of 3.259 drops them.
    """
    found = {each.urn: each for each in pending(deployment) if each.type == CREATING and each.urn in made}
    # The replacement of these exists now, as the engine itself would write it.
    old = [{**each, "delete": True} if each["urn"] in found else each for each in deployment.get("resources") or []]
    new = [_resource(each, made[each.urn]) for each in found.values()]
    left = [each for each in deployment.get("pending_operations") or [] if each["resource"]["urn"] not in found]
    return {**deployment, "resources": _ordered([*old, *new]), "pending_operations": left}


def _ordered(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The resources as they are, but for what has to come after another that it names: Pulumi refuses another order."""
    copies: dict[str, list[dict[str, Any]]] = {}
    for each in resources:
        copies.setdefault(each["urn"], []).append(each)
    result: list[dict[str, Any]] = []
    seen: set[int] = set()

    def place(resource: dict[str, Any]) -> None:
        if id(resource) in seen:
            return
        seen.add(id(resource))
        for urn in _named(resource):
            for other in copies.get(urn, []):
                place(other)
        result.append(resource)

    for each in resources:
        place(each)
    return result


def _named(resource: Mapping[str, Any]) -> Iterator[str]:
    """The URNs that a resource needs before it."""
    yield str(resource.get("parent", ""))
    yield str(resource.get("provider", "")).rpartition("::")[0]
    yield str(resource.get("deletedWith", ""))
    yield from resource.get("dependencies") or []
    for urns in (resource.get("propertyDependencies") or {}).values():
        yield from urns or []


def _resource(creation: Pending, made: Made) -> dict[str, Any]:
    return {**creation.resource, "id": made.id, **({"outputs": dict(made.outputs)} if made.outputs else {})}


def unread(deployment: Deployment) -> list[str]:
    """The URNs of resources that were taken in and never read: a refresh that should have followed did not."""
    return [
        each["urn"]
        for each in deployment.get("resources") or []
        if each.get("custom") and each.get("id") and not each.get("outputs") and not _is_provider(each["type"])
    ]


def known_ids(deployment: Deployment, token: str) -> frozenset[str]:
    """Ids and ARNs of the resources of a type that the state has: none of them is what a pending creation made.

    Of the type alone, for a role and an instance profile may have one name.
    """
    found: set[str] = set()
    for each in deployment.get("resources") or []:
        if each["type"] == token:
            told = (each.get("id"), (each.get("outputs") or {}).get("arn"))
            found |= {value for value in told if isinstance(value, str)}
    return frozenset(found)


def accounts(deployment: Deployment) -> frozenset[str]:
    """The AWS accounts that own what the state has, as their ARNs say."""
    arns = ((each.get("outputs") or {}).get("arn") for each in deployment.get("resources") or [])
    parts = (arn.split(":") for arn in arns if isinstance(arn, str) and arn.startswith("arn:"))
    return frozenset(part[4] for part in parts if len(part) > 5 and part[4].isdigit())


def written_at(deployment: Deployment) -> datetime | None:
    """When the state was last written; None where it does not say."""
    text = (deployment.get("manifest") or {}).get("time", "")
    return parsed_time(text)


def parsed_time(text: object) -> datetime | None:
    """A time as Pulumi writes it, to the microsecond: Go writes nanoseconds, which Python does not read."""
    if not isinstance(text, str):
        return None
    whole, dot, rest = text.partition(".")
    digits = rest.rstrip("Z").partition("+")[0].partition("-")[0]
    zone = rest[len(digits) :] if dot else ""
    try:
        return datetime.fromisoformat(f"{whole}.{digits[:6]:0<6}{zone}" if dot else whole)
    except ValueError:
        return None


def provider_settings(deployment: Deployment, reference: object) -> Mapping[str, Any]:
    """The settings of the provider that a resource names by `URN::ID`; empty where the state does not have it."""
    for each in deployment.get("resources") or []:
        if f"{each['urn']}::{each.get('id')}" == reference:
            found: Mapping[str, Any] = each.get("inputs") or {}
            return found
    return {}


def outputs(deployment: Deployment) -> Mapping[str, Any]:
    """The stack's outputs; a secret is not decrypted."""
    for each in deployment.get("resources") or []:
        if each["type"] == "pulumi:pulumi:Stack":
            found: Mapping[str, Any] = each.get("outputs") or {}
            return found
    return {}


def _is_provider(token: str) -> bool:
    return token.startswith("pulumi:")


@dataclass(frozen=True)
class Lock:
    """Who works on a stack of a self-managed backend, or did when it was killed."""

    pid: int
    user: str
    host: str
    since: str

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Lock:
        """What a lock's file says; a file that is half written says nothing."""
        said = (content.get(key) for key in ("pid", "username", "hostname", "timestamp"))
        pid, user, host, since = said
        return cls(pid if isinstance(pid, int) else 0, str(user or "?"), str(host or "?"), str(since or "?"))

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid}) since {self.since}"


def lock_folders(project: str, stack: str) -> Iterator[str]:
    """Where a self-managed backend keeps a stack's locks: now, and before stacks belonged to projects."""
    yield f".pulumi/locks/organization/{project}/{stack}"
    yield f".pulumi/locks/{stack}"
