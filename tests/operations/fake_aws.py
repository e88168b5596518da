"""An AWS in this process: botocore sends no request, and what is answered has the shape that botocore's model demands.

Page sizes are ECS's own; asking for more than a call takes is an error, as with AWS.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from boto3.session import Session
from botocore.awsrequest import AWSResponse
from botocore.loaders import create_loader
from botocore.model import OperationModel
from botocore.validate import ParamValidator

ACCOUNT = "123456789012"
REGION = "eu-central-1"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
T0 = datetime(2026, 11, 1, 12, tzinfo=UTC)
Body = dict[str, Any]
LOADER = create_loader()


class RefusedError(Exception):
    """What AWS answers with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class FakeAws:
    """One cluster's AWS; tests change its lists directly."""

    cluster: Body = field(default_factory=lambda: {"clusterName": "web", "status": "ACTIVE"})
    instances: dict[str, Body] = field(default_factory=dict)
    tasks: dict[str, Body] = field(default_factory=dict)
    stopped: dict[str, Body] = field(default_factory=dict)
    definitions: dict[str, Body] = field(default_factory=dict)
    services: dict[str, Body] = field(default_factory=dict)
    providers: list[Body] = field(default_factory=list)
    groups: list[Body] = field(default_factory=list)
    activities: list[Body] = field(default_factory=list)
    images: list[Body] = field(default_factory=list)
    ec2: list[Body] = field(default_factory=list)
    subnets: list[Body] = field(default_factory=list)
    service_deployments: list[Body] = field(default_factory=list)
    products: dict[str, list[Body]] = field(default_factory=dict)
    """The Price List, by service."""
    spot_prices: list[Body] = field(default_factory=list)
    refreshes: list[Body] = field(default_factory=list)
    templates: list[Body] = field(default_factory=list)
    """Versions of launch templates."""
    security_groups: list[Body] = field(default_factory=list)
    target_groups: list[Body] = field(default_factory=list)
    target_health: dict[str, list[Body]] = field(default_factory=dict)
    """By the target group's ARN."""
    balancers: list[Body] = field(default_factory=list)
    pings: dict[str, str] = field(default_factory=dict)
    """What Systems Manager says of instances, where it is not Online; empty where it knows nothing of one."""
    parameters: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    """ARNs of protected tasks."""
    stays: bool = False
    """Whether tasks stay on an instance that drains."""
    reservations: dict[str, list[float]] = field(default_factory=dict)
    """CapacityProviderReservation by capacity provider, a value a minute."""
    roles: dict[str, list[Body]] = field(default_factory=dict)
    """Policy documents by role; one is inline, the next a managed policy of the account."""
    denied: set[str] = field(default_factory=set)
    throttled: Counter[str] = field(default_factory=Counter)
    """How often a call of ECS is still throttled."""
    vanished: set[str] = field(default_factory=set)
    """ARNs that are listed and no longer described."""
    code: str = ""
    """An error code that everything answers with."""
    message: str = "you may not"
    calls: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)

    def session(self, **arguments: Any) -> Session:
        """A boto3 session whose clients are answered here."""
        arguments = {**arguments, "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        session = Session(**arguments)
        # Reading the services' models takes most of a client's making.
        session._session.register_component("data_loader", LOADER)
        session.events.register("provide-client-params.*.*", self._parameters)
        session.events.register("before-call.*.*", self._answer)
        session.events.register("before-send.*.*", self._send)
        return session

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer every boto3 session that `operations` makes."""
        monkeypatch.setattr("operations.aws.boto3.Session", self.session)
        # Where no prices can be kept.
        monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")

    def _parameters(self, params: Body, model: OperationModel, context: Body, **_: Any) -> None:
        context["asked"] = params

    def _answer(self, model: OperationModel, context: Body, **_: Any) -> tuple[AWSResponse, Body] | None:
        action = _action(model)
        self.calls[action] += 1
        if self.throttled[action]:
            context["later"] = lambda: self._body(model, context["asked"])
            self._later = context["later"]
            return None
        if self.code or action in self.denied:
            denial = "UnauthorizedOperation" if action.startswith("ec2:") else "AccessDeniedException"
            code = self.code or denial
            return _response(400), {"Error": {"Code": code, "Message": self.message}, "ResponseMetadata": {}}
        try:
            body = self._body(model, context["asked"])
        except RefusedError as error:
            return _response(400), {"Error": {"Code": error.code, "Message": str(error)}, "ResponseMetadata": {}}
        return _response(200), {**body, "ResponseMetadata": {}}

    def _send(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        service, operation = event_name.split(".")[1:]
        action = f"{service}:{operation}"
        self.sent[action] += 1
        if self.throttled[action]:
            self.throttled[action] -= 1
            return _response(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
        return _response(200, self._later())

    def _body(self, model: OperationModel, asked: Body) -> Body:
        handler: Callable[[Body], Body] = getattr(self, f"on_{model.name}")
        body = handler(asked)
        problems = ParamValidator().validate(body, model.output_shape)
        assert not problems.has_errors(), problems.generate_report()
        return body

    def on_DescribeClusters(self, asked: Body) -> Body:  # noqa: N802
        found = asked["clusters"] == [self.cluster["clusterName"]]
        return {"clusters": [self.cluster] if found else []}

    def on_ListContainerInstances(self, asked: Body) -> Body:  # noqa: N802
        return _page("containerInstanceArns", list(self.instances), asked)

    def on_DescribeContainerInstances(self, asked: Body) -> Body:  # noqa: N802
        return self._described("containerInstances", self.instances, asked, 100)

    def on_ListServices(self, asked: Body) -> Body:  # noqa: N802
        return _page("serviceArns", list(self.services), asked)

    def on_DescribeServices(self, asked: Body) -> Body:  # noqa: N802
        wanted = [each if each.startswith("arn:") else f"{ARN}:service/web/{each}" for each in asked["services"]]
        return self._described("services", self.services, {"services": wanted}, 10)

    def on_ListTasks(self, asked: Body) -> Body:  # noqa: N802
        tasks = self.stopped if asked.get("desiredStatus") == "STOPPED" else self.tasks
        name, on = asked.get("serviceName"), asked.get("containerInstance")
        found = [arn for arn, t in tasks.items() if name in (None, t["group"][8:])]
        ends = on.rpartition("/")[2] if on else ""
        return _page("taskArns", [a for a in found if tasks[a].get("containerInstanceArn", "").endswith(ends)], asked)

    def on_DescribeTasks(self, asked: Body) -> Body:  # noqa: N802
        return self._described("tasks", self.tasks | self.stopped, asked, 100)

    def on_DescribeTaskDefinition(self, asked: Body) -> Body:  # noqa: N802
        name = asked["taskDefinition"]
        newest = f"{ARN}:task-definition/{name}" + ("" if ":" in name else ":1")
        found = self.definitions.get(name) or self.definitions.get(newest)
        if found is None:
            raise RefusedError("ClientException", "Unable to describe task definition.")
        return {"taskDefinition": found}

    def on_GetMetricData(self, asked: Body) -> Body:  # noqa: N802
        answers = []
        for query in asked["MetricDataQueries"]:
            dimensions = {each["Name"]: each["Value"] for each in query["MetricStat"]["Metric"]["Dimensions"]}
            assert dimensions["ClusterName"] == self.cluster["clusterName"]
            told = self.reservations.get(dimensions["CapacityProviderName"], [])
            times = [T0 + timedelta(minutes=number) for number, _ in enumerate(told)]
            answers.append({"Id": query["Id"], "Timestamps": times[::-1], "Values": told[::-1]})
        return {"MetricDataResults": answers}

    def on_DescribeCapacityProviders(self, asked: Body) -> Body:  # noqa: N802
        assert len(asked["capacityProviders"]) <= 100
        return {"capacityProviders": [p for p in self.providers if p["name"] in asked["capacityProviders"]]}

    def on_ListServiceDeployments(self, asked: Body) -> Body:  # noqa: N802
        told = ("serviceDeploymentArn", "status", "statusReason", "createdAt")
        return {
            "serviceDeployments": [
                {key: each[key] for key in told if key in each}
                for each in self.service_deployments
                if f"/{asked['service']}/" in each["serviceDeploymentArn"]
            ]
        }

    def on_DescribeServiceDeployments(self, asked: Body) -> Body:  # noqa: N802
        assert len(asked["serviceDeploymentArns"]) <= 20
        return {"serviceDeployments": self.service_deployments}

    def on_DescribeAutoScalingGroups(self, asked: Body) -> Body:  # noqa: N802
        return {
            "AutoScalingGroups": [g for g in self.groups if g["AutoScalingGroupName"] in asked["AutoScalingGroupNames"]]
        }

    def on_DescribeScalingActivities(self, asked: Body) -> Body:  # noqa: N802
        return {"Activities": self.activities}

    def on_DescribeImages(self, asked: Body) -> Body:  # noqa: N802
        assert asked["IncludeDeprecated"] is True
        return {"Images": [i for i in self.images if i["ImageId"] in _values(asked)]}

    def on_DescribeInstances(self, asked: Body) -> Body:  # noqa: N802
        return {"Reservations": [{"Instances": [i for i in self.ec2 if i["InstanceId"] in _values(asked)]}]}

    def on_DescribeSubnets(self, asked: Body) -> Body:  # noqa: N802
        return {"Subnets": [s for s in self.subnets if s["SubnetId"] in _values(asked)]}

    def on_GetProducts(self, asked: Body) -> Body:  # noqa: N802
        assert asked["MaxResults"] <= 100
        wanted = {each["Field"]: each["Value"] for each in asked["Filters"]}
        assert wanted["regionCode"] == REGION
        found = [
            json.dumps(product)
            for product in self.products.get(asked["ServiceCode"], [])
            if all(product["product"]["attributes"].get(field) == value for field, value in wanted.items())
        ]
        start = int(asked.get("NextToken", 0))
        more = {"NextToken": str(start + 100)} if start + 100 < len(found) else {}
        return {"FormatVersion": "aws_v1", "PriceList": found[start : start + 100], **more}

    def on_DescribeSpotPriceHistory(self, asked: Body) -> Body:  # noqa: N802
        assert asked["ProductDescriptions"] == ["Linux/UNIX"]
        return {"SpotPriceHistory": self.spot_prices}

    def on_UpdateContainerInstancesState(self, asked: Body) -> Body:  # noqa: N802
        (id_,) = asked["containerInstances"]
        arn = next(arn for arn in self.instances if arn.endswith(id_))
        self.instances[arn]["status"] = asked["status"]
        if not self.stays:
            gone = [task for task, body in self.tasks.items() if body.get("containerInstanceArn") == arn]
            self.tasks = {task: body for task, body in self.tasks.items() if task not in gone}
        return {"containerInstances": [self.instances[arn]], "failures": []}

    def on_GetTaskProtection(self, asked: Body) -> Body:  # noqa: N802
        assert 0 < len(asked["tasks"]) <= 100
        own = [arn for arn in self.tasks if arn.rpartition("/")[2] in asked["tasks"]]
        told = [{"taskArn": arn, "protectionEnabled": arn in self.protected, "expirationDate": T0} for arn in own]
        return {"protectedTasks": told, "failures": []}

    def on_GetInstanceProfile(self, asked: Body) -> Body:  # noqa: N802
        name = asked["InstanceProfileName"]
        about = {"Path": "/", "CreateDate": T0, "Arn": f"arn:aws:iam::{ACCOUNT}:x/{name}"}
        role = {**about, "RoleName": name, "RoleId": "AROAXXXXXXXXXXXXXXXXX"}
        ids = {"InstanceProfileName": name, "InstanceProfileId": "AIPAXXXXXXXXXXXXXXXXX"}
        return {"InstanceProfile": {**about, **ids, "Roles": [role]}}

    def on_ListAttachedRolePolicies(self, asked: Body) -> Body:  # noqa: N802
        own = self.roles.get(asked["RoleName"], [])[1:]
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{asked['RoleName']}"
        return {"AttachedPolicies": [{"PolicyArn": arn, "PolicyName": asked["RoleName"]} for _ in own]}

    def on_ListRolePolicies(self, asked: Body) -> Body:  # noqa: N802
        return {"PolicyNames": ["own" for _ in self.roles.get(asked["RoleName"], [])[:1]]}

    def on_GetPolicy(self, asked: Body) -> Body:  # noqa: N802
        return {"Policy": {"Arn": asked["PolicyArn"], "DefaultVersionId": "v1"}}

    def on_GetPolicyVersion(self, asked: Body) -> Body:  # noqa: N802
        document = self.roles[asked["PolicyArn"].rpartition("/")[2]][1]
        return {"PolicyVersion": {"Document": json.dumps(document), "VersionId": "v1"}}

    def on_GetRolePolicy(self, asked: Body) -> Body:  # noqa: N802
        document = json.dumps(self.roles[asked["RoleName"]][0])
        return {"RoleName": asked["RoleName"], "PolicyName": "own", "PolicyDocument": document}

    def on_DescribeInstanceRefreshes(self, asked: Body) -> Body:  # noqa: N802
        own = [r for r in self.refreshes if r["AutoScalingGroupName"] == asked["AutoScalingGroupName"]]
        return {"InstanceRefreshes": own[: asked["MaxRecords"]]}

    def on_DescribeLaunchTemplateVersions(self, asked: Body) -> Body:  # noqa: N802
        own = [t for t in self.templates if t["LaunchTemplateId"] == asked["LaunchTemplateId"]]
        return {"LaunchTemplateVersions": [t for t in own if str(t["VersionNumber"]) in asked["Versions"]]}

    def on_DescribeSecurityGroups(self, asked: Body) -> Body:  # noqa: N802
        return {"SecurityGroups": [g for g in self.security_groups if g["GroupId"] in _values(asked)]}

    def on_DescribeTargetGroups(self, asked: Body) -> Body:  # noqa: N802
        assert 0 < len(asked["TargetGroupArns"]) <= 20
        return {"TargetGroups": [g for g in self.target_groups if g["TargetGroupArn"] in asked["TargetGroupArns"]]}

    def on_DescribeTargetHealth(self, asked: Body) -> Body:  # noqa: N802
        return {"TargetHealthDescriptions": self.target_health.get(asked["TargetGroupArn"], [])}

    def on_DescribeLoadBalancers(self, asked: Body) -> Body:  # noqa: N802
        assert 0 < len(asked["LoadBalancerArns"]) <= 20
        return {"LoadBalancers": [b for b in self.balancers if b["LoadBalancerArn"] in asked["LoadBalancerArns"]]}

    def on_DescribeInstanceInformation(self, asked: Body) -> Body:  # noqa: N802
        assert len(asked["Filters"][0]["Values"]) <= asked["MaxResults"] <= 50
        told = {id_: self.pings.get(id_, "Online") for id_ in asked["Filters"][0]["Values"]}
        return {"InstanceInformationList": [{"InstanceId": id_, "PingStatus": p} for id_, p in told.items() if p]}

    def on_GetParameters(self, asked: Body) -> Body:  # noqa: N802
        assert 0 < len(asked["Names"]) <= 10
        return {"Parameters": [{"Name": n, "Value": v} for n, v in self.parameters.items() if n in asked["Names"]]}

    def _described(self, key: str, known: dict[str, Body], asked: Body, most: int) -> Body:
        assert 0 < len(asked[key]) <= most
        there = [arn for arn in asked[key] if arn in known and arn not in self.vanished]
        gone = [{"arn": arn, "reason": "MISSING"} for arn in asked[key] if arn not in there]
        return {key: [known[arn] for arn in there], "failures": gone}


def _action(model: OperationModel) -> str:
    """By IAM's name of the service."""
    service = model.service_model.service_name
    return f"{'elasticloadbalancing' if service == 'elbv2' else service}:{model.name}"


def _values(asked: Body) -> list[str]:
    (one,) = asked["Filters"]
    assert 0 < len(one["Values"]) <= 200
    values: list[str] = one["Values"]
    return values


def _page(key: str, arns: list[str], asked: Body) -> Body:
    start, size = int(asked.get("nextToken", 0)), asked["maxResults"]
    assert size <= 100
    more = {"nextToken": str(start + size)} if start + size < len(arns) else {}
    return {key: arns[start : start + size], **more}


def _response(status: int, body: Body | None = None) -> AWSResponse:
    response = AWSResponse("https://aws", status, {"x-amzn-RequestId": "1"}, None)
    text = json.dumps(body or {}, default=lambda moment: moment.timestamp())
    response._content = text.encode()
    return response
