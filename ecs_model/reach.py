"""Which AWS a command of the AWS CLI has to reach: the one that a deployment went to, and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """How the AWS of a deployment is reached, where that is not what a shell's own configuration says."""

    endpoint_url: str = ""
    """Where AWS is, such as `http://127.0.0.1:5000`; empty: at AWS."""
    profile: str = ""
    """The profile of the AWS configuration; empty: the shell's."""
    access_key: str = ""
    """With `secret_key`, in place of the shell's credentials: only where both are public, as those of a local AWS."""
    secret_key: str = ""

    def around(self, words: Sequence[str]) -> list[str]:
        """The words of a command of the AWS CLI with what makes it reach this AWS.

        The variables are set by `env`, which quoting cannot turn into the command's name.
        """
        keys = (
            ["env", f"AWS_ACCESS_KEY_ID={self.access_key}", f"AWS_SECRET_ACCESS_KEY={self.secret_key}"]
            if self.access_key and self.secret_key
            else []
        )
        profile = ["--profile", self.profile] if self.profile else []
        return [*keys, *words, *profile, *(["--endpoint-url", self.endpoint_url] if self.endpoint_url else [])]


OF_THE_SHELL = Reach()
"""What the shell's own configuration says."""


def ecs_endpoint(environment: Mapping[str, str], endpoints: Sequence[Mapping[str, str]]) -> str:
    """Where ECS is, by a shell's variables, else by the AWS provider's `endpoints`; empty: at AWS.

    The variables come first: those of a local stack name the AWS that runs, its configuration one that leads nowhere.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    configured = [each["ecs"] for each in endpoints if each.get("ecs")]
    return environment.get("AWS_ENDPOINT_URL_ECS") or environment.get("AWS_ENDPOINT_URL") or next(iter(configured), "")
