"""Where settings come from: the running stack's configuration, or a file."""

import json
import re
from pathlib import Path

import pulumi
import pytest
import yaml

import settings
from ecs_model.problem import Problem
from tests.settings_harness import ROOT, STACKS, Raw, load, of_file, told


@pytest.fixture
def raw() -> Raw:
    return of_file("dev")


def test_empty_configuration() -> None:
    assert set(told({})) == {"network", "capacity", "cluster.defaultCapacityProviderStrategy"}


@pytest.mark.parametrize("stack", sorted(set(STACKS) - {"local"}))
def test_load_reads_the_running_stack(stack: str) -> None:
    read, warnings = load(of_file(stack), stack)
    assert read == settings.read(of_file(stack), stack)[0]
    assert warnings == []


def test_a_name_of_its_own(raw: Raw) -> None:
    read, _ = load(raw | {"name": "shop"})
    assert read.name == "shop"


def test_load_refuses_with_the_file_the_path_and_every_problem(raw: Raw) -> None:
    raw["services"]["web"]["desiredCount"] = -1
    raw["services"]["api"]["containers"]["app"]["memry"] = 5
    with pytest.raises(pulumi.RunError) as refused:
        load(raw)
    lines = str(refused.value).splitlines()
    assert lines[0] == "2 settings cannot work; nothing was deployed:"
    assert len(lines) == 3
    assert "  Pulumi.dev.yaml, ecs-on-ec2:services.web.desiredCount: -1 is negative: give 0 or more" in lines
    assert any(line.startswith("  Pulumi.dev.yaml, ecs-on-ec2:services.api.containers.app.memry: ") for line in lines)


def test_what_cannot_follow_on_the_last_deployment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi.get_stack", lambda: "dev")
    settings.refuse([])
    with pytest.raises(pulumi.RunError) as refused:
        settings.refuse([Problem(("capacity", "spot"), "goes together with services.web")])
    assert str(refused.value) == (
        "1 setting cannot work; nothing was deployed:\n"
        "  Pulumi.dev.yaml, ecs-on-ec2:capacity.spot: goes together with services.web"
    )


@pytest.mark.parametrize("namespace", ["ecs-on-ec3", "ecson-ec2", "ecs_on_ec2", "ECS-on-EC2", "esc-on-ec2"])
def test_a_misspelt_namespace_is_named_beside_other_problems(raw: Raw, namespace: str) -> None:
    raw["services"]["web"]["desiredCount"] = -1
    with pytest.raises(pulumi.RunError) as refused:
        load(raw, others={f"{namespace}:alarms": "{}", "aws:profile": "x", "ecs-on-eks:a": "1"})
    assert str(refused.value).splitlines() == [
        "1 setting cannot work; nothing was deployed:",
        "  Pulumi.dev.yaml, ecs-on-ec2:services.web.desiredCount: -1 is negative: give 0 or more",
        "1 key is read by nobody; nothing was deployed:",
        f"  Pulumi.dev.yaml, {namespace}:alarms: did you mean ecs-on-ec2:alarms?",
    ]


def test_other_namespaces_are_left_alone(raw: Raw) -> None:
    read, _ = load(raw, others={"aws:profile": "x", "random:a": "1", "ecs-on-eks:a": "1", "pulumi:tags": "{}"})
    assert read.name == "dev"


def test_text_where_an_object_belongs(raw: Raw) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting cannot work") as refused:
        load(raw | {"services": "{not json"})
    assert '"{not json" is not allowed' in str(refused.value)


def test_secrets_are_refused_beside_other_problems_and_never_quoted(raw: Raw) -> None:
    raw["services"]["web"]["containers"]["nginx"]["environment"] = {"PASSWORD": "hunter2"}
    raw["capacity"]["spot"]["targetCapacity"] = 101
    with pytest.raises(pulumi.RunError) as refused:
        load(raw, secret=["services"])
    message = str(refused.value)
    assert "2 settings cannot work" in message
    assert "ecs-on-ec2:services: is marked as a secret" in message
    assert "Secrets Manager" in message
    assert "capacity.spot.targetCapacity: 101" in message
    assert "hunter2" not in message


def test_the_wrong_secret_is_not_quoted_either(raw: Raw) -> None:
    raw["services"]["web"]["containers"]["nginx"]["secrets"] = {"PASSWORD": "hunter2"}
    with pytest.raises(pulumi.RunError) as refused:
        load(raw)
    assert "services.web.containers.nginx.secrets.PASSWORD" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_warnings_name_the_setting(raw: Raw) -> None:
    raw["network"] = {"default": True}
    raw["services"]["web"]["networkMode"] = "awsvpc"
    read, warnings = load(raw)
    assert read.public_instances
    assert len(warnings) == 1
    assert warnings[0].startswith("Pulumi.dev.yaml, ecs-on-ec2:services.web.networkMode: awsvpc tasks get no public")


@pytest.mark.parametrize("attached", [None, "", "random:4711", "aws", "awsx:4711"])
def test_the_local_stack_needs_its_local_aws(monkeypatch: pytest.MonkeyPatch, attached: str | None) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALACCOUNT")
    if attached is None:
        monkeypatch.delenv("PULUMI_DEBUG_PROVIDERS", raising=False)
    else:
        monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", attached)
    with pytest.raises(pulumi.RunError, match=r"make up.*another stack, such as dev"):
        load(of_file("local"), "local")


@pytest.mark.parametrize("attached", ["aws:4711", "random:1, aws:4711"])
def test_the_local_stack_with_its_local_aws(monkeypatch: pytest.MonkeyPatch, attached: str) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", attached)
    read, _ = load(of_file("local"), "local")
    assert read.name == "local"


def test_other_stacks_do_not(monkeypatch: pytest.MonkeyPatch, raw: Raw) -> None:
    monkeypatch.delenv("PULUMI_DEBUG_PROVIDERS", raising=False)
    assert load(raw)[0].name == "dev"


def test_the_local_stack_s_keys_lead_nowhere() -> None:
    config = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["config"]
    assert config["aws:allowedAccountIds"] == ["123456789012"]
    endpoints = config["aws:endpoints"][0]
    assert len(endpoints) >= 8
    assert all(address.startswith("http://127.0.0.1:") for address in endpoints.values())
    assert config["aws:accessKey"] == "local"


@pytest.mark.parametrize("stack", STACKS)
def test_a_file_is_read_without_an_engine_as_with_one(stack: str) -> None:
    read, region = settings.read_file(stack, ROOT)
    assert read == settings.read(of_file(stack), stack)[0]
    assert region == yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"].get("aws:region")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("config: [", "Pulumi.dev.yaml cannot be read"),
        ("config:\n  ecs-on-ec2:capacity: {secure: abc}\n", "capacity: is marked as a secret"),
        ("config:\n  ecs-on-ec2:capacities: {}\n", "capacities: is not a setting here"),
    ],
)
def test_a_file_that_cannot_work_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(content)
    with pytest.raises(settings.SettingsError, match=re.escape(message)):
        settings.read_file("dev", tmp_path)
    with pytest.raises(
        settings.SettingsError, match=r"there is no Pulumi\.nope\.yaml: the stacks with settings are dev"
    ):
        settings.read_file("nope", tmp_path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2030-01-01", "2030-01-01"),
        ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        ("on", "on"),
        ("yes", "yes"),
        ("truest", "truest"),
    ],
)
def test_what_the_engine_reads_as_text_is_text(written: str, read: str, tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.local.yaml").read_text()
    (tmp_path / "Pulumi.local.yaml").write_text(
        text.replace('CACHE_PORT: "6379"', f"CACHE_PORT: {written}, {written}: a")
    )
    found = settings.read_file("local", tmp_path)[0].services["api"].containers["app"].environment
    assert (found["CACHE_PORT"], found[read]) == (read, "a")


@pytest.mark.parametrize("written", ["!!binary aGVsbG8=", "!!set {a}", "9" * 5_000])
def test_a_file_with_what_no_setting_is_cannot_be_read(written: str, tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.local.yaml").read_text()
    (tmp_path / "Pulumi.local.yaml").write_text(text.replace('CACHE_PORT: "6379"', f"CACHE_PORT: {written}"))
    with pytest.raises(settings.SettingsError, match=r"Pulumi\.local\.yaml cannot be read: "):
        settings.read_file("local", tmp_path)


def test_settings_are_printed_for_those_who_may_not_import_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert settings.main(["dev"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["region"], list(printed["settings"]["services"])) == ("eu-central-1", ["web", "api", "worker"])
    assert settings.main(["nope"]) == 1
    assert "error: there is no Pulumi.nope.yaml" in capsys.readouterr().err


@pytest.fixture
def no_region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing that says a region; a file of profiles that may."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    profiles = tmp_path / "profiles"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    return profiles


def test_a_missing_region_is_told_with_the_settings(raw: Raw, no_region: Path) -> None:
    raw["services"]["web"]["desiredCount"] = -1
    for others in ({"aws:region": ""}, {"aws:region": "", "aws:profile": "nobody"}):
        with pytest.raises(pulumi.RunError) as refused:
            load(raw, others=others)
        assert str(refused.value).splitlines() == [
            "2 settings cannot work; nothing was deployed:",
            "  Pulumi.dev.yaml, aws:region: is missing: set the AWS region to deploy to, such as eu-central-1",
            "  Pulumi.dev.yaml, ecs-on-ec2:services.web.desiredCount: -1 is negative: give 0 or more",
        ]
    assert not no_region.exists()


@pytest.mark.parametrize("place", ["AWS_REGION", "AWS_DEFAULT_REGION", "profile"])
def test_a_region_from_elsewhere_is_one(raw: Raw, no_region: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    others = {"aws:region": ""}
    if place == "profile":
        no_region.write_text("[profile team]\nregion = eu-west-1\n")
        others["aws:profile"] = "team"
    else:
        monkeypatch.setenv(place, "eu-west-1")
    assert load(raw, others=others)[0].name == "dev"
