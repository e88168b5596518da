"""Amazon CloudWatch: metric alarms and dashboards."""

from __future__ import annotations

from collections.abc import Mapping

from localaws import tags
from localaws.kind import REGISTRY, ApiObject, AutoName, Call, Kind, Step, Target
from localaws.wire import Properties

_STAT = {"period": "Period", "stat": "Stat", "unit": "Unit"}
_QUERY = {
    "id": "Id",
    "accountId": "AccountId",
    "expression": "Expression",
    "label": "Label",
    "period": "Period",
    "returnData": "ReturnData",
}


def _pairs(dimensions: Mapping[str, str]) -> list[Properties]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _renamed(values: Mapping[str, object], names: Mapping[str, str]) -> Properties:
    return {new: values[old] for old, new in names.items() if values.get(old) is not None}


def _query(wanted: Properties) -> Properties:
    result, metric = _renamed(wanted, _QUERY), wanted.get("metric")
    if metric:
        what = _renamed(metric, {"metricName": "MetricName", "namespace": "Namespace"})
        what["Dimensions"] = _pairs(metric.get("dimensions", {}))
        result["MetricStat"] = {"Metric": what, **_renamed(metric, _STAT)}
    return result


def _inverse(found: Properties) -> Properties:
    result = _renamed(found, {new: old for old, new in _QUERY.items()})
    stat = found.get("MetricStat")
    if stat:
        what = stat["Metric"]
        metric = _renamed(what, {"MetricName": "metricName", "Namespace": "namespace"})
        metric["dimensions"] = {item["Name"]: item["Value"] for item in what.get("Dimensions", [])}
        result["metric"] = {**metric, **_renamed(stat, {new: old for old, new in _STAT.items()})}
    return result


def _given(target: Target) -> Properties:
    """The parameters whose shape differs from the property's."""
    inputs = target.inputs
    result = {"Dimensions": _pairs(inputs["dimensions"])} if inputs.get("dimensions") else {}
    if inputs.get("metricQueries"):
        result["Metrics"] = [_query(item) for item in inputs["metricQueries"]]
    return result


def _alarm(target: Target) -> ApiObject | None:
    found: Properties | None = target.call("describe_alarms", "MetricAlarms[0]", AlarmNames=[target.id])
    if found is None:
        return None
    return {
        **found,
        "Dimensions": {item["Name"]: item["Value"] for item in found.get("Dimensions", [])},
        "Metrics": [_inverse(item) for item in found.get("Metrics", [])],
        "tags": target.call("list_tags_for_resource", "Tags", ResourceARN=found["AlarmArn"]),
    }


_SHAPED = frozenset({"dimensions", "metricQueries"})
_PLAIN = frozenset(
    {
        "actionsEnabled",
        "alarmActions",
        "alarmDescription",
        "comparisonOperator",
        "datapointsToAlarm",
        "evaluateLowSampleCountPercentiles",
        "evaluationPeriods",
        "extendedStatistic",
        "insufficientDataActions",
        "metricName",
        "namespace",
        "okActions",
        "period",
        "statistic",
        "threshold",
        "thresholdMetricId",
        "treatMissingData",
        "unit",
    }
)
_PUT = Call("put_metric_alarm", _given, only=_PLAIN | {"name"}, also=_SHAPED)


METRIC_ALARM = Kind(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    source=REGISTRY + "cloudwatch/metricalarm/",
    create=_PUT,
    identity=lambda r, _: str(r.inputs["name"]),
    read=_alarm,
    updates=(Step(_PLAIN | _SHAPED, _PUT.again),),
    delete=lambda r: r.call("delete_alarms", AlarmNames=[r.id]),
    tag=tags.cloudwatch,
    name=AutoName(255),
    replaces=frozenset({"name"}),
    computed=frozenset({"evaluateLowSampleCountPercentiles"}),
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    names={"name": "AlarmName", "arn": "AlarmArn", "metricQueries": "Metrics"},
)

_PUT_DASHBOARD = Call("put_dashboard", only=frozenset({"dashboardName", "dashboardBody"}))
DASHBOARD = Kind(
    "aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    source=REGISTRY + "cloudwatch/dashboard/",
    create=_PUT_DASHBOARD,
    identity=lambda r, _: str(r.inputs["dashboardName"]),
    read=lambda r: r.call("get_dashboard", DashboardName=r.id),
    updates=(Step(frozenset({"dashboardBody"}), _PUT_DASHBOARD.again),),
    delete=lambda r: r.call("delete_dashboards", DashboardNames=[r.id]),
    replaces=frozenset({"dashboardName"}),
)

KINDS = (METRIC_ALARM, DASHBOARD)
