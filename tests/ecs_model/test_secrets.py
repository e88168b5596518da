"""What is taken for a secret, by name and by shape. The secrets are put together here, so that no scanner finds any."""

import pytest

from ecs_model.secrets import assignments, secret_by_name, secret_by_shape


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "PASSWORD",
        "dbPassword",
        "spring.datasource.password",
        "API_KEY",
        "STRIPE_APIKEY",
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "CLIENT_SECRET",
        "APP_PASSPHRASE",
        "JWT_PRIVATE_KEY",
        "ECS_ENGINE_AUTH_DATA",
    ],
)
def test_names_that_say_secret(name: str) -> None:
    assert secret_by_name(name, "hunter22")


@pytest.mark.parametrize(
    "name", ["LOG_LEVEL", "TOKENIZER", "PASSWORD_MIN_LENGTH", "SECRET_ARN", "TOKEN_URL", "KEY", "COMPASS", "MONKEY"]
)
def test_names_that_do_not(name: str) -> None:
    assert not secret_by_name(name, "hunter22")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "''",
        "true",
        "24",
        "3600s",
        "${DB_PASSWORD}",
        "$(aws ssm get-parameter)",
        "$DB_PASSWORD",
        "{{secret}}",
        "<password>",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf",
        "/run/secrets/db",
        "file:///run/secrets/db",
        "https://example.com/token",
    ],
)
def test_values_that_only_say_where_it_is(value: str) -> None:
    assert not secret_by_name("DB_PASSWORD", value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("id=AKIA" + "IOSFODNN7EXAMPLE", "an AWS access key id"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMII", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("ghp" + "_" + "a1" * 18, "a GitHub token"),
        ("xox" + "b-1234567890-abcdef", "a Slack token"),
        ("eyJ" + "hbGciOiJI.eyJ" + "zdWIiOiIxMjM0." + "SflKxwRJSMeKKF2QT4", "a JSON Web Token"),
        ("postgres://app:" + "hunter2@db:5432/shop", "a URL with a password"),
        ("redis://:" + "hunter2@cache", "a URL with a password"),
        ("-----BEGIN PUBLIC KEY-----", None),
        ("postgres://app:${PASSWORD}@db/shop", None),
        ("postgres://app@db:5432/shop", None),
        ("https://example.com:8080/a@b", None),
        ("", None),
    ],
)
def test_shapes(text: str, kind: str | None) -> None:
    assert secret_by_shape(text) == kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("export A=b\n", [("A", "b")]),
        ("echo 'A=b' >> file; B=\"c d\"", [("A", "b"), ("B", "c d")]),
        ("TOKEN=$(aws ssm get-parameter)\nT=`x`\nU=\"$V\"\nW=''", []),
        ("if [ a == b ]; then", []),
    ],
)
def test_assignments_of_a_script(text: str, found: list[tuple[str, str]]) -> None:
    assert list(assignments(text)) == found
