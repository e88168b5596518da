"""What an ECS service has around it: load balancers, roles, logs, alarms, names, certificates, buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ecs_model.recovery.finding import Ask, Finder, Found, Inputs, Item, covers, has_tags, last, text, time_of

_KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
"""All, for without naming them AWS lists the first two."""


def _certificate(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    listed = ask("acm", "ListCertificates", "CertificateSummaryList", Includes={"keyTypes": _KEY_TYPES})
    for each in listed:
        arn = each["CertificateArn"]
        if each.get("DomainName") == text(inputs, "domainName") and has_tags(
            inputs, ask("acm", "ListTagsForCertificate", "Tags", CertificateArn=arn)
        ):
            yield Found(arn, created=time_of(each.get("CreatedAt")))


def _dashboard(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    name = text(inputs, "dashboardName")
    for each in ask("cloudwatch", "ListDashboards", "DashboardEntries", DashboardNamePrefix=name):
        if each["DashboardName"] == name:
            yield Found(name)


def _log_group(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    name = text(inputs, "name")
    for each in ask("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name):
        if each["logGroupName"] == name:
            yield Found(name, created=time_of(each.get("creationTime")))


def _alarm(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmNames=[text(inputs, "name")]):
        yield Found(each["AlarmName"])


def _profile(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("iam", "GetInstanceProfile", "InstanceProfile", InstanceProfileName=text(inputs, "name")):
        yield Found(each["InstanceProfileName"], created=time_of(each.get("CreateDate")))


def _iam_policy(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("iam", "ListPolicies", "Policies", Scope="Local"):
        if each["PolicyName"] == text(inputs, "name"):
            yield Found(each["Arn"], created=time_of(each.get("CreateDate")))


def _role(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("iam", "GetRole", "Role", RoleName=text(inputs, "name")):
        yield Found(each["RoleName"], created=time_of(each.get("CreateDate")))


def _role_policy(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    role, name = last(text(inputs, "role")), text(inputs, "name")
    for found in ask("iam", "GetRolePolicy", "PolicyName", RoleName=role, PolicyName=name):
        yield Found(f"{role}:{found}")


def _attachment(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    role, arn = last(text(inputs, "role")), text(inputs, "policyArn")
    for each in ask("iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=role):
        if each["PolicyArn"] == arn:
            yield Found(f"{role}/{arn}")


def _balancer(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("elbv2", "DescribeLoadBalancers", "LoadBalancers", Names=[text(inputs, "name")]):
        yield Found(each["LoadBalancerArn"], created=time_of(each.get("CreatedTime")))


def _target_group(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("elbv2", "DescribeTargetGroups", "TargetGroups", Names=[text(inputs, "name")]):
        yield Found(each["TargetGroupArn"])


def _listener(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    balancer = text(inputs, "loadBalancerArn")
    for each in ask("elbv2", "DescribeListeners", "Listeners", LoadBalancerArn=balancer):
        if str(each.get("Port")) == str(inputs["port"]).removesuffix(".0"):
            yield Found(each["ListenerArn"])


def _listener_rule(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in ask("elbv2", "DescribeRules", "Rules", ListenerArn=text(inputs, "listenerArn")):
        if str(each.get("Priority")) == str(inputs["priority"]).removesuffix(".0"):
            yield Found(each["RuleArn"])


def _plain(name: str) -> str:
    """A name as Route 53 compares it, which writes an asterisk as its code."""
    return name.rstrip(".").lower().replace("\\052", "*")


def _record(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    zone, name, kind = (text(inputs, each) for each in ("zoneId", "name", "type"))
    beginning = {"StartRecordName": name, "StartRecordType": kind}
    for each in ask("route53", "ListResourceRecordSets", "ResourceRecordSets", HostedZoneId=zone, **beginning):
        same_set = each.get("SetIdentifier", "") == text(inputs, "setIdentifier")
        if _plain(each["Name"]) != _plain(name):
            return
        if each["Type"] == kind and same_set and _same_values(inputs, each):
            parts = [zone, _plain(name), kind, text(inputs, "setIdentifier")]
            yield Found("_".join(part for part in parts if part))


def _same_values(inputs: Inputs, told: Item) -> bool:
    values = {each["Value"].strip('"') for each in told.get("ResourceRecords", [])}
    alias = (inputs.get("aliases") or [{}])[0].get("name")
    if alias:
        return _plain(told.get("AliasTarget", {}).get("DNSName", "")).removeprefix("dualstack.") == _plain(alias)
    return covers(sorted(values), sorted(str(each).strip('"') for each in inputs.get("records") or []))


def _bucket(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    name = text(inputs, "bucket")
    # The answer is a region, and nothing for us-east-1.
    for _ in ask("s3", "GetBucketLocation", "ResponseMetadata", Bucket=name):
        yield Found(name)


def _namespaces(ask: Ask, inputs: Inputs, kind: str) -> list[Item]:
    wanted = [{"Name": "TYPE", "Values": [kind], "Condition": "EQ"}]
    found = ask("servicediscovery", "ListNamespaces", "Namespaces", Filters=wanted)
    return [each for each in found if each["Name"] == text(inputs, "name") and each.get("Type", kind) == kind]


def _http_namespace(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    for each in _namespaces(ask, inputs, "HTTP"):
        yield Found(each["Id"], created=time_of(each.get("CreateDate")))


def _private_namespace(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    """Another VPC may have a namespace of the same name: which one it is of, its hosted zone tells, if anything."""
    vpc = text(inputs, "vpc")
    for each in _namespaces(ask, inputs, "DNS_PRIVATE"):
        zone = each.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId", "")
        told = {found["VPCId"] for found in ask("route53", "GetHostedZone", "VPCs", Id=zone)}
        if not told or vpc in told:
            yield Found(f"{each['Id']}:{vpc}", each["Id"], time_of(each.get("CreateDate")))


def _registry(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    dns = inputs.get("dnsConfig")
    namespace = text(inputs, "namespaceId") or text(dns if isinstance(dns, Mapping) else {}, "namespaceId")
    wanted = [{"Name": "NAMESPACE_ID", "Values": [namespace], "Condition": "EQ"}]
    for each in ask("servicediscovery", "ListServices", "Services", Filters=wanted):
        if each["Name"] == text(inputs, "name"):
            yield Found(each["Id"], created=time_of(each.get("CreateDate")))


def _parameter(ask: Ask, inputs: Inputs) -> Iterator[Found]:
    wanted = [{"Key": "Name", "Option": "Equals", "Values": [text(inputs, "name")]}]
    for each in ask("ssm", "DescribeParameters", "Parameters", ParameterFilters=wanted):
        yield Found(each["Name"])


_NAME = ("name",)
FINDERS: Mapping[str, Finder] = {
    "acm.Certificate": Finder(_certificate, "its domain and tags", ("domainName",), tagged=True),
    "cloudwatch.Dashboard": Finder(_dashboard, "its name", ("dashboardName",)),
    "cloudwatch.LogGroup": Finder(_log_group, "its name", _NAME),
    "cloudwatch.MetricAlarm": Finder(_alarm, "its name", _NAME),
    "iam.InstanceProfile": Finder(_profile, "its name", _NAME),
    "iam.Policy": Finder(_iam_policy, "its name", _NAME),
    "iam.Role": Finder(_role, "its name", _NAME),
    "iam.RolePolicy": Finder(_role_policy, "its role and name", (*_NAME, "role")),
    "iam.RolePolicyAttachment": Finder(_attachment, "its role and policy", ("role", "policyArn")),
    "lb.Listener": Finder(_listener, "its load balancer and port", ("loadBalancerArn", "port")),
    "lb.ListenerRule": Finder(_listener_rule, "its listener and priority", ("listenerArn", "priority")),
    "lb.LoadBalancer": Finder(_balancer, "its name", _NAME),
    "lb.TargetGroup": Finder(_target_group, "its name", _NAME),
    "route53.Record": Finder(_record, "its name, type and values", ("zoneId", "name", "type")),
    "s3.Bucket": Finder(_bucket, "its name", ("bucket",)),
    "servicediscovery.HttpNamespace": Finder(_http_namespace, "its name", _NAME),
    "servicediscovery.PrivateDnsNamespace": Finder(_private_namespace, "its name and VPC", (*_NAME, "vpc")),
    "servicediscovery.Service": Finder(_registry, "its namespace and name", _NAME),
    "ssm.Parameter": Finder(_parameter, "its name", _NAME),
}
