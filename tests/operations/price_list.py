"""A Price List and a Spot price history for the fake AWS, with prices of the right order."""

from __future__ import annotations

from ecs_model.instance_types import catalogue
from tests.operations.fake_aws import REGION, Body, FakeAws

FAMILIES = ("m7i.", "m7g.", "c7g.", "t3.")
ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def on_demand(type_: str) -> float:
    """A made-up price of an instance for an hour."""
    found = catalogue()[type_]
    return round(0.04 * found.cpu / 1024 + 0.004 * found.memory / 1024, 4)


def product(price: float, **attributes: str) -> Body:
    """A product as the Price List has it."""
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": f"{price:.10f}"}}
    return {
        "product": {"attributes": {"regionCode": REGION, **attributes}},
        "terms": {"OnDemand": {"SKU.JRTCKXETXF": {"priceDimensions": {"SKU.JRTCKXETXF.6YS6EN2CT7": dimension}}}},
    }


def add_prices(fake: FakeAws) -> None:
    """Prices on demand, of Spot (a third), of volumes and of Fargate."""
    types = [name for name in catalogue() if name.startswith(FAMILIES)]
    linux = {
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "licenseModel": "No License required",
    }
    fake.products["AmazonEC2"] = [product(on_demand(name), instanceType=name, **linux) for name in types]
    fake.products["AmazonEC2"] += [
        product(9.0, instanceType="m7i.large", **{**linux, "operatingSystem": "Windows"}),
        product(0.0952, productFamily="Storage", volumeApiName="gp3"),
    ]
    usage = {
        "EUC1-Fargate-vCPU-Hours:perCPU": 0.04656,
        "EUC1-Fargate-GB-Hours": 0.00511,
        "EUC1-Fargate-ARM-vCPU-Hours:perCPU": 0.03725,
        "EUC1-Fargate-ARM-GB-Hours": 0.00409,
        "EUC1-Fargate-Windows-GB-Hours": 0.9,
    }
    fake.products["AmazonECS"] = [product(price, usagetype=kind) for kind, price in usage.items()]
    fake.spot_prices = [
        {"InstanceType": name, "AvailabilityZone": zone, "SpotPrice": f"{on_demand(name) / (3 + at / 10):.6f}"}
        for name in types
        for at, zone in enumerate(ZONES)
    ]
