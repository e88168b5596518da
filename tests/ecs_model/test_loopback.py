"""The ports of localhost in a text."""

import pytest

from ecs_model.loopback import loopback_pairs, loopback_ports


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("localhost:6379", [6379]),
        ("redis://:secret@127.0.0.1:6379/0", [6379]),
        ("http://[::1]:8080/health", [8080]),
        ("curl -f http://LOCALHOST:80/ || curl localhost:81", [80, 81]),
        ("localhost:80,localhost:80", [80]),
        ("--upstream=localhost:9000", [9000]),
        ("localhost", []),
        ("http://localhost/", []),
        ("localhost:http", []),
        ("localhost:123456", []),
        ("my.localhost:80 notlocalhost:80 my-localhost:80 1127.0.0.1:80", []),
        ("127.0.0.1.example.com:80 localhost.localdomain:80", []),
        ("cache:6379", []),
        ("", []),
    ],
)
def test_the_ports_of_localhost(text: str, ports: list[int]) -> None:
    assert loopback_ports(text) == ports


@pytest.mark.parametrize(
    ("variables", "pairs"),
    [
        ({"DB_HOST": "localhost", "DB_PORT": "5432"}, [("DB_HOST", 5432)]),
        ({"REDIS_HOSTNAME": "127.0.0.1", "REDIS_PORT": "6379"}, [("REDIS_HOSTNAME", 6379)]),
        ({"dbHost": "localhost", "DB_PORT": "5432"}, []),
        ({"DB_HOST": "db", "DB_PORT": "5432"}, []),
        ({"DB_HOST": "localhost", "CACHE_PORT": "6379"}, []),
        ({"DB_HOST": "localhost", "DB_PORT": "$PORT"}, []),
        ({"HOST": "localhost", "PORT": "80"}, []),
        ({"DB_HOST": "localhost"}, []),
    ],
)
def test_pairs_of_variables(variables: dict[str, str], pairs: list[tuple[str, int]]) -> None:
    assert list(loopback_pairs(variables)) == pairs
