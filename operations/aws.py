"""The way to AWS: boto3 clients with adaptive retries, whose errors are either fatal or something that was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ATTEMPTS = 8
"""How often a call is tried; adaptive retries also slow down all later calls once AWS throttles one."""
PRICE_LIST = "us-east-1"
"""One of the few regions that have the Price List, which holds the prices of all."""
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"})
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"})
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "AuthFailure",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
    }
)
_PREFIXES = {"elbv2": "elasticloadbalancing"}
"""IAM's name of a service, where boto3 has another."""


class AwsError(Exception):
    """AWS cannot be asked at all; a sentence says why and what to do."""


class NoSuchClusterError(Exception):
    """The account has no such cluster in this region; a sentence says so."""


class NotReadError(Exception):
    """One call failed: the rest can be shown. `action` is the IAM action, `code` AWS's, the message says why."""

    def __init__(self, action: str, why: str, code: str = "") -> None:
        super().__init__(why)
        self.action = action
        self.code = code


@dataclass(frozen=True)
class Target:
    """Which cluster, and how its AWS is reached."""

    cluster: str
    """Its name or ARN."""
    region: str | None = None
    """The AWS configuration's own where None."""
    profile: str | None = None
    endpoint_url: str | None = None
    """Where AWS's own endpoints are not meant."""
    access_key: str | None = None
    """With `secret_key`, in place of the AWS configuration's: those of a local stack, which are no secrets."""
    secret_key: str | None = None
    services: Mapping[str, str] = field(default_factory=dict)
    """Names of services by another name that a person may give: their keys in a stack."""


class Aws:
    """AWS as one target's clients see it; `calls` counts the calls by IAM action, retries not counted."""

    def __init__(self, target: Target) -> None:
        """Raise AwsError for a profile or region that there is not."""
        self.calls: Counter[str] = Counter()
        self._target = target
        self._clients: dict[str, Any] = {}
        try:
            self._session = boto3.Session(
                profile_name=target.profile,
                region_name=target.region,
                aws_access_key_id=target.access_key,
                aws_secret_access_key=target.secret_key,
            )
        except BotoCoreError as error:
            raise AwsError(f"{error}: give --profile and --region that there are") from None
        if not self._session.region_name:
            raise AwsError("no region is known: give --region, or set AWS_REGION")

    @property
    def region(self) -> str:
        """The region that is asked."""
        return str(self._session.region_name)

    @property
    def has_credentials(self) -> bool:
        """Whether there is anything to sign calls with."""
        return self._session.get_credentials() is not None

    def client(self, service: str) -> Any:
        """The client of a service; making one takes about 50 ms, so that they are kept."""
        if service not in self._clients:
            local = urlparse(self._target.endpoint_url or "").hostname in ("127.0.0.1", "localhost", "::1")
            config = Config(
                retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
                connect_timeout=10,
                read_timeout=30,
                user_agent_extra="ecs-on-ec2-operations",
                # A proxy is for what is far away.
                proxies={} if local else None,
            )
            self._clients[service] = self._session.client(
                service,
                region_name=PRICE_LIST if service == "pricing" else None,
                endpoint_url=self._target.endpoint_url,
                config=config,
            )
        return self._clients[service]

    def call(self, service: str, operation: str, /, **arguments: Any) -> dict[str, Any]:
        """The answer to one call, such as `call("ecs", "DescribeClusters", clusters=[…])`.

        Raises NotReadError where this call alone fails, NoSuchClusterError, and AwsError where none can succeed.
        """
        with self._counted(service, operation):
            client = self.client(service)
            method = getattr(client, _snake(operation, client))
            answer: dict[str, Any] = method(**arguments)
        return answer

    def everything(self, service: str, operation: str, /, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The answers on all pages, however the service counts them. Raises as `call`."""
        with self._counted(service, operation):
            client = self.client(service)
            method = _snake(operation, client)
            if client.can_paginate(method):
                yield from client.get_paginator(method).paginate(**arguments)
            else:
                yield getattr(client, method)(**arguments)

    @contextmanager
    def _counted(self, service: str, operation: str) -> Iterator[None]:
        """Counts a call, or all the pages of one, and says of an error what it means."""
        action = f"{_PREFIXES.get(service, service)}:{operation}"
        self.calls[action] += 1
        try:
            yield
        except ClientError as error:
            raise self._meant(action, error) from None
        except BotoCoreError as error:
            raise AwsError(f"{action} in {self.region}: {error}") from None

    def pages(self, service: str, operation: str, /, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The answers to as many calls as there are pages. Raises as `call`, where a page is asked for."""
        token = "nextToken" if service == "ecs" else "NextToken"
        more: dict[str, Any] = {}
        while True:
            answer = self.call(service, operation, **arguments, **more)
            yield answer
            if not answer.get(token):
                return
            more = {token: answer[token]}

    def _meant(self, action: str, error: ClientError) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        said = str(error.response.get("Error", {}).get("Message", "")).strip()
        if code in _CREDENTIALS:
            return AwsError(f"AWS does not accept the credentials ({code}): log in again, or give another --profile")
        if code == "ClusterNotFoundException":
            return NoSuchClusterError(
                f"there is no cluster {self._target.cluster!r} in {self.region}: give another --cluster or --region"
            )
        if code in _DENIED:
            return NotReadError(action, f"{action} is not allowed: add it to the policy, see --iam-policy", code)
        if code in _THROTTLED:
            return NotReadError(action, f"AWS throttled {action} {ATTEMPTS} times: try again when less goes on", code)
        # A page of HTML is what an emulated AWS answers to a call that it does not have.
        why = f"the answer was {code}" if not said or said.startswith("<") else said
        return NotReadError(action, f"{action} failed: {why}", code)


def _snake(operation: str, client: Any) -> str:
    names: dict[str, str] = client.meta.method_to_api_mapping
    return next(method for method, name in names.items() if name == operation)
