"""The provider's way to the emulated AWS: botocore clients on its endpoint, with dummy credentials only."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, cast

import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
WARMED = ("ecs", "ec2", "iam", "autoscaling", "elbv2", "logs", "ssm", "sts")


def forget_credentials() -> None:
    """Take every AWS setting out of this process, so that no real account can be reached from it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        NO_PROXY="127.0.0.1",
        no_proxy="127.0.0.1",
    )


class Broken(BotoCoreError):  # type: ignore[misc]  # noqa: N818
    """The emulated AWS failed instead of answering: `service`, `operation`, and `log`, where it says why."""

    fmt = (
        "{service} {operation}: the local AWS failed, which is no fault of your program. Report it with what {log} "
        "says; `make stop` and `make up` begin anew"
    )


class Endpoint:
    """The emulated AWS, as clients see it; what it fails at is in its log. Safe to use from several threads."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log = url, log
        self._session = botocore.session.Session()
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str) -> BaseClient:
        """The client of a service in a region; making one takes about 50 ms, so that they are kept."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._session.create_client(
                    service,
                    region_name=region,
                    endpoint_url=self.url,
                    aws_access_key_id="local",
                    aws_secret_access_key="local",  # noqa: S106
                    config=Config(max_pool_connections=32, proxies={}, retries={"max_attempts": 1}),
                )
            return self._clients[service, region]

    def warm(self) -> None:
        """Make the clients that almost every stack needs."""
        for service in WARMED:
            self.client(service, DEFAULT_REGION)


class Region:
    """One region of the emulated AWS."""

    def __init__(self, endpoint: Endpoint, name: str) -> None:
        self.endpoint, self.name = endpoint, name

    def ec2_arn(self, account: str, thing: str, id: str) -> str:
        """The ARN of what EC2 gives none with: `vpc`, `subnet` and so on."""
        return f"arn:aws:ec2:{self.name}:{account}:{thing}/{id}"

    def model(self, service: str, operation: str) -> OperationModel:
        """botocore's model of an operation, given as `create_cluster`."""
        client = self.endpoint.client(service, self.name)
        return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])

    def call(self, service: str, operation: str, pick: str = "", /, **parameters: Any) -> Any:
        """The response of an operation, all its pages; `pick` is a JMESPath expression over it.

        Raises botocore's ClientError as AWS answered it, and Broken where that was no answer of AWS's.
        """
        try:
            response = self._response(service, operation, parameters)
        except ResponseParserError as error:
            raise self._broken(service, operation) from error
        except ClientError as error:
            if not _is_page(error):
                raise
            raise self._broken(service, operation) from error
        return jmespath.search(pick, response) if pick else response

    def _response(self, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        client = self.endpoint.client(service, self.name)
        if client.can_paginate(operation):
            return client.get_paginator(operation).paginate(**parameters).build_full_result()
        return getattr(client, operation)(**parameters)

    def _broken(self, service: str, operation: str) -> Broken:
        return Broken(service=service, operation=self.model(service, operation).name, log=self.endpoint.log)


def _is_page(error: ClientError) -> bool:
    """Whether this is moto's web page for a crash: botocore puts the status where AWS's code would be."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= 500 and code(error) == str(status)


def code(error: ClientError) -> str:
    """AWS's code of an error."""
    return cast(str, error.response["Error"].get("Code", "Unknown"))


def text(error: ClientError) -> str:
    """AWS's own code and message."""
    return f"{code(error)}: {error.response['Error'].get('Message', '')}"
