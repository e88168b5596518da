"""Services in files of their own: found, read, joined, and judged with the place where a person finds them."""

import importlib
import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

import engine_yaml
import service_files
import settings
from service_files import Joined, Unusable, add, join, matches, secret_paths
from tests.settings_harness import Raw, load, of_file

STACK_FILE = "Pulumi.dev.yaml"
WEB = {"containers": {"app": {"image": "web:1", "memory": 128}}}
Write = Callable[[str, Any], None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the project, given its text or what it holds."""

    def write(name: str, content: Any) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))

    return write


def lines(raw: Mapping[str, Any], directory: Path, secret: list[str] | None = None) -> list[str]:
    return [str(problem) for problem in settings.judge(raw, "dev", directory, secret or []).problems]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("services/*.yaml", ["services/a.yaml", "services/b.yaml"]),
        ("services/**/*.yaml", ["services/a.yaml", "services/b.yaml", "services/deep/c.yaml"]),
        ("services/*", ["services/a.yaml", "services/b.yaml", "services/notes.txt"]),
        ("services/[b-z].yaml", ["services/b.yaml"]),
        ("./services/../services/a.yaml", ["services/a.yaml"]),
        ("../beside/d.yaml", ["../beside/d.yaml"]),
    ],
)
def test_a_pattern_leads_to_files_below_the_directory_in_the_order_of_their_names(
    pattern: str, found: list[str], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    names = ["b.yaml", "a.yaml", "deep/c.yaml", "notes.txt", ".hidden.yaml"]
    for path in [*(project / "services" / name for name in names), tmp_path / "beside" / "d.yaml"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert matches(pattern, project) == found


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("services/*.yml", "'services/*.yml' matches no file in the project's directory (/project): give a path"),
        ("services", "'services' matches no file"),
        ("", "'' matches no file"),
        ("\0*/x", "matches no file"),
        ("~/services.yaml", "'~/services.yaml' matches no file"),
        ("/etc/*.yaml", "'/etc/*.yaml' is an absolute path, which leads elsewhere on the next machine: give it rel"),
    ],
)
def test_a_pattern_that_leads_nowhere_is_refused(pattern: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    with pytest.raises(Unusable) as refused:
        matches(pattern, tmp_path)
    assert message in str(refused.value).replace(str(tmp_path), "/project")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds nothing: give services, each by its key, such as web: { containers: … }"),
        ("# web: {}\n", "holds nothing"),
        ("- web\n", "holds a list: give services"),
        ("web\n", "holds a single value: give services"),
        ("web: [\n", "at line 2, column 1"),
        ("web: {}\n---\napi: {}\n", "cannot be read as YAML: but found another document at line 2, column 1"),
        ("web: {}\napi: {}\nweb: {}\n", "cannot be read as YAML: the key web is there twice at line 3, column 1"),
        ("web: { a: 1, b: { c: 1, c: 2 } }\n", "the key c is there twice at line 1, column 25"),
        ("web: &web\n  it: *web\n", "cannot be read as YAML: Circular reference detected"),
        ("web: { containers: !!python/object:os.system {} }\n", "could not determine a constructor for the tag"),
        ("web: { desiredCount: .inf }\n", "cannot be read as YAML: Out of range float values are not JSON compliant"),
        ("web: { a: !!binary aGVsbG8= }\n", "Object of type bytes is not JSON serializable"),
        ("web: { a: 1 }\n? [web]\n: {}\n", "cannot be read as YAML: "),
        ("web: \x07\n", "character #x0007: "),
        ("services: { web: {} }\n", "has the key services around its services: give services, each by its key"),
        ("config:\n  ecs-on-ec2:services: {}\n", "has the key config around its services"),
        ("ecs-on-ec2:services: {}\n", "has the key ecs-on-ec2:services around its services"),
    ],
)
def test_a_file_that_holds_no_services_is_refused_in_one_line(
    content: str, message: str, tmp_path: Path, write: Write
) -> None:
    write("web.yaml", content)
    with pytest.raises(Unusable) as refused:
        service_files.read(tmp_path / "web.yaml")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert matches("*.yaml", tmp_path) == ["gone.yaml"]
    with pytest.raises(Unusable, match="cannot be read: No such file or directory"):
        service_files.read(tmp_path / "gone.yaml")
    (tmp_path / "latin.yaml").write_bytes("web: { a: ä }".encode("latin-1"))
    with pytest.raises(Unusable, match="cannot be read: it is no text in UTF-8"):
        service_files.read(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("{}", {}),
        ('{"web": {"memory": 1}}', {"web": {"memory": 1}}),
        ("\ufeffweb: {}", {"web": {}}),
        (
            "web: { a: yes, b: true, c: 2030-01-01, 1: d }",
            {"web": {"a": "yes", "b": True, "c": "2030-01-01", "1": "d"}},
        ),
        ("config: { containers: {} }", {"config": {"containers": {}}}),
        ("web: &web { a: 1, b: 1 }\napi: { <<: *web, a: 2 }", {"web": {"a": 1, "b": 1}, "api": {"a": 2, "b": 1}}),
        ("api: { <<: &web { a: 1, b: 1 }, a: 2 }\nweb: *web", {"api": {"a": 2, "b": 1}, "web": {"a": 1, "b": 1}}),
    ],
)
def test_a_file_is_read_as_the_engine_reads_its_own(text: str, held: Raw, tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(text, encoding="utf-8")
    assert service_files.read(tmp_path / "web.yaml") == held


def test_without_the_library_in_c_it_is_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "web: { a: yes, b: true, c: 2030-01-01, d: 1.5 }\napi: { <<: { a: 1 }, b: [x] }\n"
    fast = engine_yaml.read(text)
    try:
        with monkeypatch.context() as patched:
            patched.delattr(yaml, "CSafeLoader", raising=False)
            slow = importlib.reload(engine_yaml)
            assert slow.read(text) == fast
            with pytest.raises(slow.Unreadable, match="the key a is there twice at line 2, column 1"):
                slow.read("a: 1\na: 2\n")
    finally:
        importlib.reload(engine_yaml)


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"environment": {"A": {"secure": "v1:x"}}}, [("environment", "A")]),
        ({"secure": "v1:x"}, [()]),
        ([{"a": {"secure": "x"}}, {"secure": "y"}], [(0, "a"), (1,)]),
        ({"secure": {"secure": "x"}}, [("secure",)]),
        ({"environment": {"secure": "no", "other": "x"}}, []),
        ({"secure": 1}, []),
        ("secure", []),
    ],
)
def test_secrets_are_what_pulumi_takes_for_them(value: Any, paths: list[tuple[str | int, ...]]) -> None:
    assert list(secret_paths(value)) == paths


def test_services_are_joined_in_the_order_of_the_patterns_then_of_the_names(tmp_path: Path, write: Write) -> None:
    write("services/b.yaml", "z: 1\ny: 2\n")
    write("services/a.yaml", "x: 3\n")
    write("more.yaml", "w: 4\n")
    joined = join({"own": 0}, ["more.yaml", "services/*.yaml", "services/a.yaml", "./more.yaml"], tmp_path, STACK_FILE)
    assert list(joined.services.items()) == [("own", 0), ("w", 4), ("x", 3), ("z", 1), ("y", 2)]
    assert joined.files == {"w": "more.yaml", "x": "services/a.yaml", "z": "services/b.yaml", "y": "services/b.yaml"}
    assert (joined.patterns, joined.problems, joined.complete) == ([], [], True)


def test_of_two_services_with_one_key_both_places_are_named() -> None:
    joined = Joined({"web": 0})
    add(joined, "a.yaml", {"web": 1, "api": 2}, STACK_FILE)
    add(joined, "b.yaml", {"api": 3}, STACK_FILE)
    advice = "as well: take it out of one, or give it a key of its own"
    assert [str(problem) for problem in joined.problems] == [
        f"a.yaml, web: is in Pulumi.dev.yaml, under services, {advice}",
        f"b.yaml, api: is in a.yaml {advice}",
    ]
    assert (joined.services, joined.files) == ({"web": 0, "api": 2}, {"api": "a.yaml"})


def split(raw: Raw, directory: Path, *keys: str) -> Raw:
    """The same settings with some services in files of their own."""
    made = deepcopy(raw)
    (directory / "services").mkdir(exist_ok=True)
    for key in keys:
        held = yaml.safe_dump({key: made["services"].pop(key)})
        (directory / "services" / f"{key}.yaml").write_text(held)
    return made | {"serviceFiles": ["services/*.yaml"]}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_services_in_files_are_those_of_the_section(stack: str, tmp_path: Path) -> None:
    raw = of_file(stack)
    whole, _ = settings.read(raw, stack)
    judged = settings.judge(split(raw, tmp_path, "web", "worker"), stack, tmp_path)
    assert judged.problems == []
    assert whole is not None
    assert judged.settings is not None
    assert judged.settings.services == whole.services
    assert list(judged.settings.services) == ["api", "web", "worker"]
    only = split(raw, tmp_path, *raw["services"])
    del only["services"]
    found = settings.judge(only, stack, tmp_path).settings
    assert found is not None
    assert found.services == whole.services


def test_what_is_wrong_in_a_file_is_told_with_the_file_and_the_path_in_it(tmp_path: Path) -> None:
    raw = of_file("dev")
    raw["services"]["web"] |= {"desiredCount": -1, "desiredCont": 2}
    raw["services"]["worker"]["containers"]["worker"]["memory"] = 3
    raw["services"]["api"]["desiredCount"] = "2"
    found = {line.partition(": ")[0]: line for line in lines(split(raw, tmp_path, "web", "worker"), tmp_path)}
    assert set(found) == {
        "services/web.yaml, web.desiredCont",
        "services/web.yaml, web.desiredCount",
        "services/worker.yaml, worker.containers.worker.memory",
        "Pulumi.dev.yaml, ecs-on-ec2:services.api.desiredCount",
    }
    assert "did you mean desiredCount?" in found["services/web.yaml, web.desiredCont"]


def test_what_is_wrong_between_services_of_two_files_is_told_with_its_file(tmp_path: Path) -> None:
    raw = of_file("dev")
    raw["services"]["api"]["loadBalancer"] |= {"priority": raw["services"]["web"]["loadBalancer"]["priority"]}
    (line,) = lines(split(raw, tmp_path, "web", "api"), tmp_path)
    assert re.match(r"services/(web|api)\.yaml, (web|api)\.loadBalancer\.priority: ", line)


def test_a_service_without_settings_is_told_with_its_file(tmp_path: Path, write: Write) -> None:
    write("services/a.yaml", "shop:\n")
    assert lines(of_file("dev") | {"serviceFiles": ["services/a.yaml"]}, tmp_path) == [
        "services/a.yaml, shop: is empty: give settings (name: value), or leave it out"
    ]


def test_all_that_is_wrong_is_told_at_once_and_nothing_that_only_follows(tmp_path: Path, write: Write) -> None:
    raw = of_file("dev") | {"formerNames": {"services": {"shop": "store"}}, "namespace": "dev.internal"}
    raw["services"]["web"] |= {"desiredCount": -1, "networkMode": "awsvpc"}
    client = {"containerName": "nginx", "containerPort": 8080, "clients": ["shop"]}
    raw["services"]["web"]["discovery"] = client
    raw["run"] = {"migrate": {**WEB, "onDeploy": {"before": ["shop"]}}}
    write("services/shop.yaml", "shop: [")
    write("services/twice.yaml", {"web": WEB})
    write("services/secret.yaml", {"pay": {"containers": {"app": {"environment": {"KEY": {"secure": "v1:hidden"}}}}}})
    found = lines(raw | {"serviceFiles": ["services/*.yaml", "absent.yaml", 5]}, tmp_path)
    assert {line.partition(": ")[0] for line in found} == {
        "services/secret.yaml, pay.containers.app.environment.KEY",
        "services/shop.yaml",
        "services/twice.yaml, web",
        "Pulumi.dev.yaml, ecs-on-ec2:serviceFiles[1]",
        "Pulumi.dev.yaml, ecs-on-ec2:serviceFiles[2]",
        "Pulumi.dev.yaml, ecs-on-ec2:services.web.desiredCount",
    }
    assert "hidden" not in "".join(found)
    (secret,) = [line for line in found if "secret.yaml" in line]
    assert "Secrets Manager and give its ARN under the container's secrets" in secret


@pytest.mark.parametrize("patterns", ["services/*.yaml", {"a": 1}, None, True])
def test_patterns_are_a_list(patterns: object, tmp_path: Path) -> None:
    raw = of_file("dev") | {"serviceFiles": patterns, "formerNames": {"services": {"shop": "store"}}}
    (line,) = lines(raw, tmp_path)
    what = "is empty: give a list, or leave it out" if patterns is None else "is not allowed: give a list"
    shown = "" if patterns is None else f"{json.dumps(patterns)} "
    assert line == f"Pulumi.dev.yaml, ecs-on-ec2:serviceFiles: {shown}{what}"


@pytest.mark.parametrize("section", ["services", "serviceFiles"])
def test_where_the_services_are_marked_as_a_secret_no_more_is_said_of_them(section: str, tmp_path: Path) -> None:
    raw = split(of_file("dev"), tmp_path, "web") | {"formerNames": {"services": {"web": "shop", "api": "app"}}}
    del raw[section]
    found = lines(raw, tmp_path, [section])
    assert [line.partition(" is marked")[0] for line in found] == [f"Pulumi.dev.yaml, ecs-on-ec2:{section}:"]


def test_the_program_reads_them_from_the_project_s_directory_wherever_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    raw = split(of_file("dev"), project, "web")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(project))
    read, warnings = load(raw)
    assert (list(read.services), warnings) == (["api", "worker", "web"], [])
    raw["network"] = {"default": True}
    file = project / "services" / "web.yaml"
    file.write_text(file.read_text().replace("web:\n", "web:\n  networkMode: awsvpc\n"))
    _, warnings = load(raw)
    assert [warning.partition(": ")[0] for warning in warnings] == ["services/web.yaml, web.networkMode"]
    file.write_text("web: {}\n")
    with pytest.raises(pulumi.RunError) as refused:
        load(raw)
    assert str(refused.value).splitlines() == [
        "1 setting cannot work; nothing was deployed:",
        "  services/web.yaml, web.containers: is missing, and has no default: set it",
    ]


def test_they_are_read_without_an_engine_as_with_one(tmp_path: Path, write: Write) -> None:
    raw = split(of_file("dev"), tmp_path, "web")
    config = {f"ecs-on-ec2:{key}": value for key, value in raw.items()}
    write("Pulumi.dev.yaml", {"config": {"aws:region": "eu-central-1", **config}})
    read, _ = settings.read_file("dev", tmp_path)
    assert list(read.services) == ["api", "worker", "web"]
    write("services/web.yaml", "web: {}")
    with pytest.raises(settings.SettingsError, match=r"services/web\.yaml, web\.containers: is missing"):
        settings.read_file("dev", tmp_path)
