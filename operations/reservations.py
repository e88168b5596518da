"""Reads CapacityProviderReservation, by which managed scaling decides: instances needed, in percent of those there are.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from operations.reading import Reader

MINUTES = 15
"""How far back; ECS publishes it every minute."""
_QUERIES = 500


def read(reader: Reader, cluster: str, providers: Sequence[str]) -> dict[str, tuple[datetime, float]]:
    """When it was last published, and its value, by capacity provider; those without one are left out."""
    now = datetime.now(UTC)
    found: dict[str, tuple[datetime, float]] = {}
    for start in range(0, len(providers), _QUERIES):
        some = {f"p{number}": name for number, name in enumerate(providers[start : start + _QUERIES])}
        for answer in reader.pages(
            "cloudwatch",
            "GetMetricData",
            "MetricDataResults",
            MetricDataQueries=[_query(id_, cluster, name) for id_, name in some.items()],
            StartTime=now - timedelta(minutes=MINUTES),
            EndTime=now + timedelta(minutes=1),
        ):
            values = list(zip(answer.get("Timestamps", []), answer.get("Values", []), strict=True))
            if values:
                name = some[answer["Id"]]
                found[name] = max([*values, *([found[name]] if name in found else [])])
    return found


def _query(id_: str, cluster: str, provider: str) -> dict[str, Any]:
    names = {"ClusterName": cluster, "CapacityProviderName": provider}
    metric = {
        "Namespace": "AWS/ECS/ManagedScaling",
        "MetricName": "CapacityProviderReservation",
        "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
    }
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
