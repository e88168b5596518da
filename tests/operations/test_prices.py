"""Files of prices, and what is kept of those that AWS told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ecs_model.planning.prices import FargatePrice, Prices
from operations.aws import Aws, Target
from operations.prices import PriceError, cache_file, from_aws, from_file
from operations.reading import Reader
from tests.operations.fake_aws import REGION, FakeAws
from tests.operations.price_list import on_demand
from tests.operations.shop import shop


def reader(fake: FakeAws, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Reader:
    fake.install(monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return Reader(Aws(Target("web", REGION)), "web")


def test_aws_is_asked_once_a_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = shop()
    found = from_aws(reader(fake, monkeypatch, tmp_path), spot=False)
    assert found is not None
    assert (found.on_demand["m7i.large"], found.volume) == (on_demand("m7i.large"), 0.0952)
    assert found.fargate == {"x86_64": FargatePrice(0.04656, 0.00511), "arm64": FargatePrice(0.03725, 0.00409)}
    asked = fake.calls.copy()
    assert from_aws(reader(fake, monkeypatch, tmp_path), spot=False) == found
    assert fake.calls == asked
    assert from_file(cache_file(REGION), REGION) == found
    with_spot = from_aws(reader(fake, monkeypatch, tmp_path), spot=True)
    assert with_spot is not None
    assert with_spot.instance("m7i.large", "eu-central-1a", spot=True) == pytest.approx(
        on_demand("m7i.large") / 3, abs=1e-6
    )
    os.utime(cache_file(REGION), (0, 0))
    before = fake.calls["pricing:GetProducts"]
    from_aws(reader(fake, monkeypatch, tmp_path), spot=False)
    assert fake.calls["pricing:GetProducts"] > before


def test_prices_that_are_not_whole_are_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = shop()
    fake.denied = {"ec2:DescribeSpotPriceHistory"}
    asked = reader(fake, monkeypatch, tmp_path)
    assert from_aws(asked, spot=True) is not None
    assert [each.action for each in asked.missing] == ["ec2:DescribeSpotPriceHistory"]
    assert not cache_file(REGION).exists()
    fake.denied = {"pricing:GetProducts"}
    assert from_aws(reader(fake, monkeypatch, tmp_path), spot=False) is None


def test_a_file_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("currency: EUR\nonDemand: {m7i.large: 0.11}\nspot: {m7i.large: 0.04}\n")
    found = from_file(file, "eu-west-1")
    assert found == Prices("EUR", {"m7i.large": 0.11}, {"m7i.large": {"*": 0.04}})
    assert found.instance("m7i.large", "anywhere", spot=True) == 0.04
    assert found.instance("m7i.xlarge", "anywhere", spot=False) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps({"onDemand": {"m7i.large": 0}}), "onDemand.m7i.large: Input should be greater than 0"),
        (json.dumps({"onDemand": {"m7i.large": "cheap"}}), "onDemand.m7i.large: Input should be a valid number"),
        (json.dumps({"ondemand": {}}), "ondemand: Extra inputs are not permitted"),
        ("[1]", "the whole: Input should be a valid dictionary"),
        ("a: [", "is neither JSON nor YAML"),
        ("{}", "has no price of an instance: give onDemand or spot"),
        (
            json.dumps({"region": "us-east-1", "onDemand": {"m7i.large": 1}}),
            "has prices of us-east-1, and",
        ),
    ],
)
def test_a_file_that_cannot_be_used(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(content)
    with pytest.raises(PriceError, match=message.replace(".", r"\.")):
        from_file(file, REGION)
