"""What cannot work in a container's environment: variables, secrets and files of them."""

import re
from collections.abc import Iterator

from ecs_model.containers import Container
from ecs_model.problem import Problem

SECRET_ARN = re.compile(r"arn:aws[\w-]*:(secretsmanager:[\w-]+:\d{12}:secret:|ssm:[\w-]+:\d{12}:parameter/).+")


def environment_problems(container: Container) -> Iterator[Problem]:
    """Everything wrong with the environment variables of one container, whatever they come from."""
    for section, names in (("environment", container.environment), ("secrets", container.secrets)):
        for name in names:
            if not name or "=" in name or any(letter.isspace() for letter in name):
                yield Problem((section, name), f"{name!r} is no variable's name: use letters, digits and underscores")
    for name, arn in container.secrets.items():
        if not SECRET_ARN.match(arn):
            # The value itself may be the secret, put here by mistake, so it is not quoted.
            yield Problem(
                ("secrets", name),
                "is not the ARN of a Secrets Manager secret (arn:aws:secretsmanager:…:secret:…) "
                "or an SSM parameter (arn:aws:ssm:…:parameter/…)",
            )
        if name in container.environment:
            yield Problem(("secrets", name), "is set in environment as well: keep one of the two")
