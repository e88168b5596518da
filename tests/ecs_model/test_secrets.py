"""What is taken for a secret, by name and by shape. The secrets are put together here, so that no scanner finds any."""

import pytest

from ecs_model.secret_texts import assignments
from ecs_model.secrets import secret_by_name, secret_by_shape, secret_in


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
        "PGPASSWORD",
        "accessToken",
        "AccountKey",
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
        "server.key",
        "%s",
        "{password}",
        "\\${ESCAPED}",
        "xxxx",
        "****",
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
        ("postgres://app:" + "p@ss:w/rd@db/shop", "a URL with a password"),
        ("glp" + "at-" + "a1B2" * 5, "a GitLab token"),
        ("https://hooks.slack.com/" + "services/T0000000/B0000000/" + "a1" * 12, "a Slack webhook"),
        ("sk" + "_live_" + "a1B2" * 6, "a Stripe key"),
        ("AI" + "za" + "a1B2c" * 7, "a Google API key"),
        ("np" + "m_" + "a1B2" * 9, "an npm token"),
        ("S" + "G." + "a1B2" * 5 + "." + "a1B2" * 10, "a SendGrid key"),
        ("sk" + "-proj-" + "a1B2" * 6, "an API key"),
        ("Authorization: " + "Basic dXNlcjpodW50ZXIy", "an authorization header"),
        ("wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY", "an AWS secret access key"),
        ("0123456789abcdef0123456789abcdef01234567", None),
        ("Authorization: Bearer $TOKEN", None),
        ("postgres://app:%s@db/shop", None),
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


@pytest.mark.parametrize(
    "text",
    [
        "app --password=hunter22",
        "api-key=hunter22,team=shop",
        "app --db-password hunter22 --port 80",
        "app -token 'hunter22'",
        "sh -c PGPASSWORD=hunter22 psql -h db",
        "java -Dspring.datasource.password=hunter22 -jar app.jar",
        "curl -f -u admin:hunter22 http://localhost/ || exit 1",
        "curl --user=admin:hunter22 http://localhost/",
        "curl -H 'X-Api-Key: hunter22' http://localhost/",
        "docker login -u bob -p hunter22 registry.test",
        "echo hunter22 | docker login -u bob --password-stdin",
        "echo 'root:hunter22' | chpasswd",
        "mysqladmin ping -uroot -phunter22",
        "sshpass -p hunter22 ssh host",
        "redis-cli -a hunter22 ping",
        "redis-server --requirepass hunter22",
        "aws configure set aws_secret_access_key hunter22",
        "aws configure set profile.prod.aws_secret_access_key hunter22",
        "jdbc:mysql://db/shop?user=app&password=hunter22",
        "Server=db;User Id=sa;Password=hunter22;",
        "host=db user=app password=hunter22 dbname=shop",
        '{"user": "app", "password": "hunter22"}',
        "db:\n  user: app\n  password: hunter22\n",
        "[default]\naws_secret_access_key = hunter22\n",
        "$password = 'hunter22'\n",
    ],
)
def test_texts_that_say_a_secret(text: str) -> None:
    assert secret_in(text) == "a secret"


@pytest.mark.parametrize(
    "text",
    [
        "app --password $DB_PASSWORD --token $(TOKEN) --api-key ${KEY}",
        "app --password --verbose",
        "app --password-file /run/pw --token-ttl 3600 --secret-name prod/db --private-key server.key",
        "app --enable-password false --no-auth",
        "PGPASSWORD=$DB_PASSWORD psql -U app -p 5432 -h db",
        "gosu -u 1000:1000 app",
        'curl -u "$USER:$PASS" https://test; curl -u bob:$PASS https://test',
        "curl -H 'X-aws-ec2-metadata-token: $TOKEN' http://169.254.169.254/latest/meta-data/",
        "aws ecr get-login-password | docker login -u AWS --password-stdin",
        'echo "$PASSWORD" | docker login -u bob --password-stdin',
        "mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD",
        "mysqladmin ping -uroot -p$$MYSQL_ROOT_PASSWORD",
        "mysql -h db -P 3306 -p",
        "wait-for-it mysql:3306 -- app -prod",
        "host=%s password=%s",
        '{"secretArn": "arn:aws:x", "tokenUrl": "https://test", "password": "${PW}"}',
        'exporters:\n  x:\n    api_key: ${env:KEY}\n    token: "$TOKEN"\n',
        "nginx -g daemon off;",
        "production",
    ],
)
def test_texts_that_do_not(text: str) -> None:
    assert secret_in(text) is None
