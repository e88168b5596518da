"""How `recover` asks AWS: in the region and with the profile that the stack's providers have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ecs_model import pulumi_state
from ecs_model.pulumi_state import Deployment, Pending
from operations.aws import Aws, AwsError, NoSuchClusterError, NotReadError, Target

NONE = re.compile(r"NotFound|NoSuch")
"""AWS's codes for what does not exist."""


@dataclass(frozen=True)
class Where:
    """How AWS is reached, where the state does not say it."""

    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None


class Asker:
    """Asks the region of an operation, once something is asked."""

    def __init__(self, regions: Regions, about: Pending) -> None:
        self._regions, self._about = regions, about

    def __call__(self, service: str, operation: str, key: str, /, **arguments: Any) -> list[Any]:
        """See ecs_model.recovery.finding.Ask. Raises NotReadError and AwsError."""
        found: list[Any] = []
        try:
            for page in self._regions.of(self._about).everything(service, operation, **arguments):
                value = page.get(key)
                found += value if isinstance(value, list) else [] if value is None else [value]
        except NoSuchClusterError:
            return []
        except NotReadError as error:
            if NONE.search(error.code):
                return []
            raise
        return found


class Regions:
    """AWS in the regions of the stack's providers."""

    def __init__(self, deployment: Deployment, where: Where) -> None:
        self._deployment, self._where = deployment, where
        self._known: dict[tuple[str | None, str | None], Aws] = {}

    def of(self, operation: Pending | None) -> Aws:
        """AWS where an operation's provider is. Raises AwsError."""
        reference = operation.resource.get("provider") if operation else self._any_provider()
        settings = pulumi_state.provider_settings(self._deployment, reference)
        own = operation.inputs.get("region") if operation else None
        region = self._where.region or _text(own) or _text(settings.get("region"))
        profile = self._where.profile or _text(settings.get("profile"))
        if (region, profile) not in self._known:
            self._known[region, profile] = Aws(Target("", region, profile, self._where.endpoint_url))
        return self._known[region, profile]

    def _any_provider(self) -> object:
        references = (each.resource.get("provider") for each in pulumi_state.pending(self._deployment))
        return next((each for each in references if "pulumi:providers:aws::" in str(each)), None)

    @property
    def default(self) -> str:
        """The region that was asked first; empty where none was."""
        return next((aws.region for aws in self._known.values()), "")

    def calls(self) -> dict[str, int]:
        """How often what was asked."""
        total: dict[str, int] = {}
        for aws in self._known.values():
            for action, number in aws.calls.items():
                total[action] = total.get(action, 0) + number
        return total


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def account_of(aws: Aws, deployment: Deployment) -> str:
    """The account that is asked. Raises AwsError where it is not that of the stack: there nothing would be found."""
    try:
        account = str(aws.call("sts", "GetCallerIdentity").get("Account", ""))
    except NotReadError as error:
        raise AwsError(str(error)) from None
    owners = pulumi_state.accounts(deployment)
    if owners and account not in owners:
        raise AwsError(
            f"the credentials are those of account {account}, and the stack's resources are in"
            f" {', '.join(sorted(owners))}: give --profile, or log in there"
        )
    return account
