"""Amazon CloudWatch."""

from __future__ import annotations

from tests.localaws.case import Case

CASES = [
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda lab: {"retentionInDays": 7, "tags": {"a": "1"}},
        lambda lab, r: {"retentionInDays": 30, "tags": {"a": "2"}},
        {"name": "other"},
        lambda lab, r: lab.boto("logs").delete_retention_policy(logGroupName=r.id),
        "retentionInDays",
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda lab: {
            "namespace": "AWS/ECS",
            "metricName": "CPUReservation",
            "dimensions": {"ClusterName": "a", "Other": "b"},
            "statistic": "Average",
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "threshold": 92.5,
            "period": 60,
            "evaluationPeriods": 5,
            "datapointsToAlarm": 4,
            "alarmDescription": "d",
            "alarmActions": ["arn:aws:sns:us-east-1:123456789012:a", "arn:aws:sns:us-east-1:123456789012:b"],
            "okActions": ["arn:aws:sns:us-east-1:123456789012:a"],
            "tags": {"a": "1"},
        },
        lambda lab, r: {
            **dict.fromkeys(("namespace", "metricName", "dimensions", "statistic", "period", "datapointsToAlarm")),
            "okActions": None,
            "alarmDescription": None,
            "treatMissingData": "notBreaching",
            "metricQueries": [
                {"id": "missing", "expression": "wanted - found", "label": "Missing", "returnData": True},
                *(
                    {
                        "id": id_,
                        "returnData": False,
                        "metric": {
                            "namespace": "ECS/ContainerInsights",
                            "metricName": name,
                            "dimensions": {"ClusterName": "a", "ServiceName": "b"},
                            "period": 60,
                            "stat": "Average",
                        },
                    }
                    for id_, name in (("wanted", "DesiredTaskCount"), ("found", "RunningTaskCount"))
                ),
            ],
            "tags": {"b": "2"},
        },
        {"name": "other"},
        lambda lab, r: lab.boto("cloudwatch").put_metric_alarm(
            AlarmName=r.id,
            Namespace="AWS/ECS",
            MetricName="CPUReservation",
            Dimensions=[{"Name": "ClusterName", "Value": "a"}, {"Name": "Other", "Value": "b"}],
            Statistic="Average",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=80,
            Period=60,
            EvaluationPeriods=5,
            DatapointsToAlarm=4,
            AlarmDescription="d",
            TreatMissingData="missing",
            AlarmActions=r.inputs["alarmActions"],
            OKActions=r.inputs["okActions"],
        ),
        "threshold",
    ),
    Case(
        "aws:cloudwatch/dashboard:Dashboard",
        lambda lab: {"dashboardName": lab.name("board"), "dashboardBody": '{"widgets":[]}'},
        lambda lab, r: {"dashboardBody": '{"widgets":[{"type":"text","properties":{"markdown":"a"}}]}'},
        {"dashboardName": "other"},
        lambda lab, r: lab.boto("cloudwatch").put_dashboard(DashboardName=r.id, DashboardBody="{}"),
        "dashboardBody",
        computed="dashboardArn",
    ),
]
