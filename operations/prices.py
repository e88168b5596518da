"""Prices for a plan: from a file, or from AWS's Price List and Spot price history, kept for a day in such a file.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ecs_model.planning.prices import MANAGED_FEE, FargatePrice, Prices
from operations.reading import Reader

DAY = 86_400.0
"""Seconds for which prices that AWS told are used again."""
_FARGATE = re.compile(r"(?:^|-)Fargate(-ARM)?-(vCPU-Hours:perCPU|GB-Hours)$")
Price = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PriceError(Exception):
    """A file of prices that cannot be used; a sentence says why."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)


class FargateFile(_Model):
    """Fargate's prices on one architecture."""

    vcpu: Price
    """A vCPU for an hour."""
    gib: Price
    """A GiB of memory for an hour."""


class PriceFile(_Model):
    """What `--prices FILE` holds, as JSON or YAML."""

    currency: str = "USD"
    region: str | None = None
    """The region that the prices are of; a plan for another one refuses them."""
    on_demand: dict[str, Price] = {}
    """An hour of an instance by its type."""
    spot: dict[str, Price | dict[str, Price]] = {}
    """An hour of a Spot instance by its type; by its availability zone where that matters."""
    volume: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """A GiB of a gp3 volume for a month (730 hours)."""
    fargate: dict[str, FargateFile] = {}
    """By architecture, x86_64 or arm64."""
    managed_fee: Annotated[float, Field(ge=0, le=1)] = MANAGED_FEE
    """The fee of ECS Managed Instances as a share of the on-demand price."""

    def prices(self) -> Prices:
        """The core's prices."""
        return Prices(
            self.currency,
            self.on_demand,
            {type_: price if isinstance(price, dict) else {"*": price} for type_, price in self.spot.items()},
            self.volume,
            {kind: FargatePrice(each.vcpu, each.gib) for kind, each in self.fargate.items()},
            self.managed_fee,
        )


def from_file(path: Path, region: str | None) -> Prices:
    """The prices in a file. Raises PriceError where it is none, or of another region."""
    found = _parsed(path)
    if region and found.region and found.region != region:
        raise PriceError(f"{path} has prices of {found.region}, and the plan is for {region}: give another --prices")
    if not found.on_demand and not found.spot:
        raise PriceError(f"{path} has no price of an instance: give onDemand or spot, see docs/operations.md")
    return found.prices()


def _parsed(path: Path) -> PriceFile:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return PriceFile.model_validate(raw)
    except OSError as error:
        raise PriceError(f"{path} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PriceError(f"{path} is neither JSON nor YAML: {error}") from None
    except ValidationError as error:
        raise PriceError(f"{path}: {_said(error)}: see docs/operations.md for the format") from None


def _said(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"


def cache_file(region: str) -> Path:
    """Where the prices of a region are kept: a file that `--prices` takes as well."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "ecs-on-ec2" / f"prices-{region}.json"


def from_aws(reader: Reader, *, spot: bool) -> Prices | None:
    """The prices of the reader's region, kept for a day; None where AWS told none.

    What cannot be read is noted by the reader, and such prices are not kept. Spot prices are asked for where `spot`.
    """
    file = cache_file(reader.aws.region)
    kept = _kept(file)
    if kept is not None and (kept.spot or not spot):
        return kept.prices()
    before = len(reader.missing)
    reader.progress("prices")
    found = PriceFile(
        region=reader.aws.region,
        on_demand=dict(_on_demand(reader)),
        volume=next(_volume(reader), 0.0),
        fargate=_fargate(reader),
        spot=_spot(reader) if spot else {},
    )
    if len(reader.missing) == before and found.on_demand:
        _keep(file, found)
    return found.prices() if found.on_demand or found.spot else None


def _kept(file: Path) -> PriceFile | None:
    try:
        fresh = time.time() - file.stat().st_mtime < DAY
        return _parsed(file) if fresh else None
    except (OSError, PriceError):
        return None


def _keep(file: Path, found: PriceFile) -> None:
    """Prices that cannot be kept are asked for again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}")
        partial.write_text(found.model_dump_json(by_alias=True), encoding="utf-8")
        partial.replace(file)
    except OSError:
        return


def _products(reader: Reader, service: str, **attributes: str) -> Iterator[tuple[dict[str, str], float]]:
    """The attributes of every product, and its price on demand in dollars."""
    wanted = {"regionCode": reader.aws.region, **attributes}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    pages = reader.pages(
        "pricing",
        "GetProducts",
        "PriceList",
        ServiceCode=service,
        Filters=filters,
        FormatVersion="aws_v1",
        MaxResults=100,
    )
    for text in pages:
        product: dict[str, Any] = json.loads(text)
        for term in product.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                price = float(dimension["pricePerUnit"].get("USD", 0))
                if price > 0:
                    yield product["product"]["attributes"], price


def _on_demand(reader: Reader) -> Iterator[tuple[str, float]]:
    products = _products(
        reader,
        "AmazonEC2",
        operatingSystem="Linux",
        tenancy="Shared",
        preInstalledSw="NA",
        capacitystatus="Used",
        licenseModel="No License required",
    )
    return ((attributes["instanceType"], price) for attributes, price in products if "instanceType" in attributes)


def _volume(reader: Reader) -> Iterator[float]:
    return (price for _, price in _products(reader, "AmazonEC2", productFamily="Storage", volumeApiName="gp3"))


def _fargate(reader: Reader) -> dict[str, FargateFile]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for attributes, price in _products(reader, "AmazonECS"):
        match = _FARGATE.search(attributes.get("usagetype", ""))
        if match:
            kind = "arm64" if match[1] else "x86_64"
            found[kind]["vcpu" if match[2].startswith("vCPU") else "gib"] = price
    return {kind: FargateFile(**each) for kind, each in found.items() if len(each) == 2}


def _spot(reader: Reader) -> dict[str, Price | dict[str, Price]]:
    """The prices at this moment, which is what a history from now on begins with."""
    history = reader.pages(
        "ec2",
        "DescribeSpotPriceHistory",
        "SpotPriceHistory",
        StartTime=datetime.now(UTC),
        ProductDescriptions=["Linux/UNIX"],
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for each in history:
        found[each["InstanceType"]][each["AvailabilityZone"]] = float(each["SpotPrice"])
    return dict(found)
