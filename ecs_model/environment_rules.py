"""What cannot work in a container's environment: variables, secrets and files of them."""

from collections.abc import Iterator, Mapping, Sequence

from ecs_model.containers import Container
from ecs_model.problem import Problem
from ecs_model.references import is_key, is_parameter, object_bucket, secret_problem

MOST_FILES = 10


def environment_problems(container: Container) -> Iterator[Problem]:
    """Everything wrong with the environment variables of one container, whatever they come from."""
    for section, names in (("environment", container.environment), ("secrets", container.secrets)):
        for name in names:
            if not name or "=" in name or any(letter.isspace() for letter in name):
                yield Problem((section, name), f"{name!r} is no variable's name: use letters, digits and underscores")
    for name, arn in container.secrets.items():
        if reason := secret_problem(arn):
            yield Problem(("secrets", name), reason)
        if name in container.environment:
            yield Problem(("secrets", name), "is set in environment as well: keep one of the two")
    credentials = container.repository_credentials
    if credentials is not None and is_parameter(credentials):
        yield Problem(
            ("repositoryCredentials",), "is an SSM parameter, and ECS takes a Secrets Manager secret: give one"
        )
    elif credentials is not None and (reason := secret_problem(credentials)):
        yield Problem(("repositoryCredentials",), reason)
    yield from _file_problems(container.environment_files)


def _file_problems(files: Sequence[str]) -> Iterator[Problem]:
    if len(files) > MOST_FILES:
        yield Problem(("environmentFiles",), f"has {len(files)} files: give at most {MOST_FILES}")
    for position, arn in enumerate(files):
        if object_bucket(arn) is None or not arn.endswith(".env"):
            yield Problem(
                ("environmentFiles", position), f"{arn!r} is no ARN of a file, such as arn:aws:s3:::settings/web.env"
            )
        elif arn in files[:position]:
            yield Problem(("environmentFiles", position), f"{arn} is there twice: keep it once")


def key_problems(keys: Sequence[str], containers: Mapping[str, Container]) -> Iterator[Problem]:
    """Everything wrong with the KMS keys of what a task's containers are given."""
    for position, arn in enumerate(keys):
        if not is_key(arn):
            yield Problem(
                ("kmsKeys", position),
                f"{arn!r} is no ARN of a KMS key (arn:aws:kms:…:key/…): an alias does not do, for IAM does not read it",
            )
    if keys and not any(_is_given(container) for container in containers.values()):
        yield Problem(("kmsKeys",), "has nothing to decrypt: no container has secrets or environmentFiles")


def _is_given(container: Container) -> bool:
    """Whether the agent reads anything for a container that may be encrypted."""
    logs, router = container.log_configuration, container.firelens_configuration
    return bool(
        container.secrets
        or container.environment_files
        or (logs and logs.secret_options)
        or (router and router.config_file and not router.config_file.startswith("/"))
    )
