"""A task's containers as the arguments of its task definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from ecs_model.containers import Container

_LATER = "given-by-another-resource"
_LATER_ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:given-by-another-resource"
_LATER_FILE = "arn:aws:s3:::given-by-another-resource/%s.env"
GIVEN_LATER = ("image", "environment", "secrets", "environment_files", "repository_credentials")
"""What other resources may give a container."""


@dataclass(frozen=True)
class ContainerArgs(Container):
    """A container whose image, environment, secrets and environment files may come from other resources."""

    image: pulumi.Input[str]  # type: ignore[assignment]  # wider on purpose: the core's is resolved
    """Registry, repository and tag or digest."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)  # type: ignore[assignment]
    """Environment variables; no secrets, for anyone who may describe the task definition reads them."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)  # type: ignore[assignment]
    """Environment variables by the ARN of a Secrets Manager secret or an SSM parameter. One value of a secret in JSON:
    `arn:aws:secretsmanager:…:secret:db-AbCdEf:password::`, the key and, after a colon each, a version's stage or id."""
    environment_files: Sequence[pulumi.Input[str]] = field(default_factory=list)  # type: ignore[assignment]
    """Files of `NAME=value` lines in S3 by ARN (`arn:aws:s3:::settings/web.env`), at most 10; the first one that has a
    variable decides, and `environment` before all of them."""

    repository_credentials: pulumi.Input[str] | None = None  # type: ignore[assignment]
    """The ARN of a secret with the name and password for the image's private registry; the execution role may read it
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html)."""

    def known(self) -> Container:
        """The container with a stand-in for every value that another resource gives later, to be judged."""
        return Container(
            **vars(self)
            | {
                "image": self.image if isinstance(self.image, str) else _LATER,
                "environment": {k: v if isinstance(v, str) else _LATER for k, v in self.environment.items()},
                "secrets": {k: v if isinstance(v, str) else _LATER_ARN for k, v in self.secrets.items()},
                "repository_credentials": self.repository_credentials
                if isinstance(self.repository_credentials, str | None)
                else _LATER_ARN,
                "environment_files": [
                    v if isinstance(v, str) else _LATER_FILE % position
                    for position, v in enumerate(self.environment_files)
                ],
            }
        )
