"""Every environment of the repository under the real engine and the real pack: what AWS then says of it."""

from __future__ import annotations

import json
import re
from typing import Any

from ecs_model.agent_variables import PORT_RANGE
from ecs_model.images import AmiFamily, ssm_parameter
from ecs_model.instance_types import architecture
from tests.end_to_end.deployment import Deployment, by_provider

ACCOUNT = "123456789012"
ARN = f"arn:aws:%s:eu-central-1:{ACCOUNT}:"


def test_the_first_preview_has_nothing_to_complain_of(environment_: Deployment) -> None:
    preview = environment_.preview
    assert preview.code == 0, preview.said
    assert preview.findings == []
    assert preview.complaints == []
    assert set(preview.changes) == {"create"}
    assert preview.changes["create"] > 50
    assert environment_.account.clusters() == []


def test_up_makes_what_the_preview_said(deployed: Deployment) -> None:
    assert deployed.up.changes == deployed.preview.changes
    assert deployed.up.steps == deployed.preview.steps
    assert deployed.up.findings == []
    assert deployed.up.complaints == []


def test_the_cluster_has_the_default_strategy_of_the_settings(deployed: Deployment) -> None:
    settings, cluster = deployed.settings["cluster"], deployed.cluster
    written = settings["defaultCapacityProviderStrategy"]
    assert by_provider(cluster["defaultCapacityProviderStrategy"]) == deployed.strategy(written)
    assert len(written) == 2
    assert set(cluster["capacityProviders"]) == set(deployed.outputs["capacityProviders"].values())
    assert {"name": "containerInsights", "value": settings.get("containerInsights", "enhanced")} in cluster["settings"]


def test_services_run_by_a_strategy_and_never_by_launch_type(deployed: Deployment) -> None:
    default = deployed.settings["cluster"]["defaultCapacityProviderStrategy"]
    own = 0
    for key, service in deployed.services().items():
        settings = deployed.settings["services"][key]
        own += "capacityProviderStrategy" in settings
        written = settings.get("capacityProviderStrategy", default)
        assert by_provider(service["capacityProviderStrategy"]) == deployed.strategy(written)
        assert "launchType" not in service
        assert service["desiredCount"] == settings.get("desiredCount", 1)
        assert service["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
        alarms = settings.get("deploymentAlarms", [])
        watched = {"alarmNames": alarms, "enable": bool(alarms), "rollback": bool(alarms)}
        assert service["deploymentConfiguration"]["alarms"] == watched
        rebalanced = "ENABLED" if settings.get("zoneRebalancing", True) else "DISABLED"
        assert service["availabilityZoneRebalancing"] == rebalanced
        assert [item["type"] for item in service["placementStrategy"]] == ["spread", "binpack"]
    assert own == 1


_TRACKED = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}


def test_services_are_scaled_as_the_settings_say(deployed: Deployment) -> None:
    scaling, looked_at = deployed.scaling(), 0
    wanted = {key: found["scaling"] for key, found in deployed.settings["services"].items() if "scaling" in found}
    assert set(scaling) == set(wanted)
    alarms = deployed.account.all("cloudwatch", "describe_alarms", "MetricAlarms")
    for key, settings in wanted.items():
        found = scaling[key]
        assert (found.target["MinCapacity"], found.target["MaxCapacity"]) == (
            settings["minCount"],
            settings["maxCount"],
        )
        tracked = {name: settings[setting]["target"] for setting, name in _TRACKED.items() if setting in settings}
        tracked |= {item["metric"]["name"]: item["target"] for item in settings.get("metrics", {}).values()}
        assert found.tracked == tracked
        steps = settings.get("steps", {}).values()
        starting = [alarm["Threshold"] for alarm in alarms if set(alarm["AlarmActions"]) & set(found.steps)]
        assert sorted(starting) == sorted(item["threshold"] for item in steps)
        assert sorted(map(len, found.steps.values())) == sorted(len(item["steps"]) for item in steps)
        assert {item["Schedule"] for item in found.actions} == {
            item["schedule"] for item in settings.get("schedules", {}).values()
        }
        looked_at += len(found.policies) + len(found.actions)
    assert looked_at == {"local": 0, "dev": 3, "prod": 6}[deployed.bench.stack]


def test_requests_are_counted_for_the_service_s_own_target_group(deployed: Deployment) -> None:
    looked_at = 0
    for key, found in deployed.scaling().items():
        for policy in found.policies:
            tracking = policy.get("TargetTrackingScalingPolicyConfiguration", {})
            label = tracking.get("PredefinedMetricSpecification", {}).get("ResourceLabel")
            if label:
                (attached,) = deployed.services()[key]["loadBalancers"]
                group = deployed.target_groups()[attached["targetGroupArn"]]
                (balancer,) = group["LoadBalancerArns"]
                suffix = group["TargetGroupArn"].rpartition(":")[2]
                assert label == f"{balancer.partition(':loadbalancer/')[2]}/{suffix}"
                looked_at += 1
    assert looked_at == (deployed.bench.stack == "prod")


def test_operators_are_told_of_what_the_settings_call_too_much(deployed: Deployment) -> None:
    settings = deployed.settings.get("alarms")
    found = [a for a in deployed.account.all("cloudwatch", "describe_alarms", "MetricAlarms") if a["OKActions"]]
    if settings is None:
        assert found == []
        return
    services, balanced = deployed.services(), 0
    by_metric: dict[str, list[dict[str, Any]]] = {}
    for alarm in found:
        assert alarm["AlarmActions"] == alarm["OKActions"] == settings["topicArns"]
        queries = [
            item["MetricStat"]["Metric"]["MetricName"] for item in alarm.get("Metrics", []) if "MetricStat" in item
        ]
        by_metric.setdefault("-".join(queries) or alarm["MetricName"], []).append(alarm)
    assert {metric: len(alarms) for metric, alarms in by_metric.items()} == {
        "CPUReservation": 1,
        "MemoryReservation": 1,
        "CapacityProviderReservation": 2,
        "DesiredTaskCount-RunningTaskCount": 3,
        "UnHealthyHostCount": 2,
    }
    (cpu,) = by_metric["CPUReservation"]
    assert (cpu["Threshold"], cpu["EvaluationPeriods"]) == (90, 30)
    assert cpu["Dimensions"] == [{"Name": "ClusterName", "Value": deployed.outputs["cluster"]}]
    providers = {dimensions(alarm)["CapacityProviderName"] for alarm in by_metric["CapacityProviderReservation"]}
    assert providers == set(deployed.outputs["capacityProviders"].values())
    groups = {dimensions(alarm)["TargetGroup"] for alarm in by_metric["UnHealthyHostCount"]}
    for service in services.values():
        for attached in service["loadBalancers"]:
            assert attached["targetGroupArn"].rpartition(":")[2] in groups
            balanced += 1
    assert balanced == len(groups) == 2


def test_the_cluster_has_a_dashboard_where_the_settings_ask_for_one(deployed: Deployment) -> None:
    boards = deployed.account.all("cloudwatch", "list_dashboards", "DashboardEntries")
    if not deployed.settings["cluster"].get("dashboard"):
        assert boards == []
        return
    assert [board["DashboardName"] for board in boards] == [deployed.outputs["cluster"]]
    told = deployed.account.cloudwatch.get_dashboard(DashboardName=deployed.outputs["cluster"])["DashboardBody"]
    widgets = json.loads(told)["widgets"]
    assert len(widgets) == 2 + 3 * 2 + 2 * 2
    assert {widget["properties"]["region"] for widget in widgets} == {"eu-central-1"}
    for name in [*deployed.outputs["services"].values(), *deployed.outputs["capacityProviders"].values()]:
        assert f'"{name}"' in told


def dimensions(alarm: dict[str, Any]) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in alarm["Dimensions"]}


def test_containers_take_dynamic_host_ports_in_bridge_mode(deployed: Deployment) -> None:
    looked_at = 0
    for key, task in deployed.tasks().items():
        mode = deployed.settings["services"][key].get("networkMode", "bridge")
        assert task["networkMode"] == mode
        mappings = [(port["containerPort"], port.get("hostPort", 0)) for port in _mappings(task)]
        wanted = [port["containerPort"] for port in _mappings({"containerDefinitions": _written(deployed, key)})]
        assert mappings == [(port, 0 if mode == "bridge" else port) for port in wanted]
        looked_at += len(mappings)
    assert looked_at == 2


def test_containers_know_their_region_and_log_with_retention(deployed: Deployment) -> None:
    groups = {g["logGroupName"]: g for g in deployed.account.all("logs", "describe_log_groups", "logGroups")}
    looked_at, logged = 0, set()
    for key, task in deployed.tasks().items():
        assert {item["name"] for item in task["containerDefinitions"]} == set(_containers(deployed, key))
        for container in task["containerDefinitions"]:
            assert {"name": "AWS_REGION", "value": "eu-central-1"} in container["environment"]
            assert container["logConfiguration"]["logDriver"] == "awslogs"
            group = container["logConfiguration"]["options"]["awslogs-group"]
            assert groups[group]["retentionInDays"] == deployed.settings["services"][key].get("logRetentionDays", 30)
            logged.add(group)
            looked_at += 1
    assert looked_at == 4
    assert logged == set(groups)
    assert len(logged) == 3


def test_containers_write_only_where_the_settings_let_them(deployed: Deployment) -> None:
    writable, read_only = 0, 0
    for key, task in deployed.tasks().items():
        exec_on = deployed.settings["services"][key].get("enableExecuteCommand", False)
        volumes = {volume["name"]: volume.get("host", {}) for volume in task["volumes"]}
        mounted = set()
        for container in task["containerDefinitions"]:
            wanted = _containers(deployed, key)[container["name"]].get("writablePaths", [])
            assert container["readonlyRootFilesystem"] is not exec_on
            assert sorted(mount["containerPath"] for mount in container["mountPoints"]) == sorted(wanted)
            assert not any(mount["readOnly"] for mount in container["mountPoints"])
            mounted |= {mount["sourceVolume"] for mount in container["mountPoints"]}
            writable += len(wanted)
            read_only += container["readonlyRootFilesystem"]
        assert set(volumes) == mounted
        assert not any(volumes.values())
    stack = deployed.bench.stack
    assert (read_only, writable) == {"local": (4, 2), "dev": (2, 1), "prod": (4, 4)}[stack]


def test_each_task_has_two_roles_of_its_own(deployed: Deployment) -> None:
    tasks = deployed.tasks().values()
    roles = [role for task in tasks for role in (task["executionRoleArn"], task["taskRoleArn"])]
    assert len(set(roles)) == len(roles) == 6
    for role in roles:
        (statement,) = deployed.trust(role)
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_the_execution_role_may_do_what_the_agent_needs_and_no_more(deployed: Deployment) -> None:
    for key, task in deployed.tasks().items():
        group = task["containerDefinitions"][0]["logConfiguration"]["options"]["awslogs-group"]
        wanted = {("logs:CreateLogStream", _arn("logs") + f"log-group:{group}:*")}
        wanted |= {("logs:PutLogEvents", _arn("logs") + f"log-group:{group}:*")}
        for container in _containers(deployed, key).values():
            wanted |= _for_image(container["image"])
            for secret in container.get("secrets", {}).values():
                wanted.add(("secretsmanager:GetSecretValue", ":".join(secret.split(":")[:7])))
        assert _allowed(deployed.role_policies(task["executionRoleArn"])) == wanted


def test_the_task_role_may_do_what_the_settings_say(deployed: Deployment) -> None:
    granted = 0
    for key, task in deployed.tasks().items():
        settings = deployed.settings["services"][key]
        wanted = {
            (action, resource)
            for statement in settings.get("taskRoleStatements", [])
            for action in statement["actions"]
            for resource in statement["resources"]
        }
        if settings.get("enableExecuteCommand"):
            channels = ("ControlChannel", "DataChannel")
            wanted |= {(f"ssmmessages:{verb}{what}", "*") for verb in ("Create", "Open") for what in channels}
        assert _allowed(deployed.role_policies(task["taskRoleArn"])) == wanted
        granted += len(wanted)
    assert granted == {"local": 0, "dev": 4, "prod": 1}[deployed.bench.stack]


def test_agents_join_the_cluster_and_take_the_ports_of_the_settings(deployed: Deployment) -> None:
    fleets = deployed.fleets()
    for key, fleet in fleets.items():
        agent = deployed.settings["capacity"][key].get("agent", {})
        assert fleet.variables["ECS_CLUSTER"] == deployed.cluster["clusterName"] == deployed.outputs["cluster"]
        assert fleet.variables[PORT_RANGE] == agent.get("dynamicHostPortRange", "49153-65535")
        assert fleet.variables["ECS_AWSVPC_BLOCK_IMDS"] == "true"
        assert fleet.variables.get("ECS_RESERVED_MEMORY") == (str(agent["reservedMemory"]) if agent else None)
        spot = deployed.settings["capacity"][key].get("purchaseOption") == "spot"
        assert fleet.variables.get("ECS_ENABLE_SPOT_INSTANCE_DRAINING") == ("true" if spot else None)
    assert set(fleets) == {"general", "spot"}


def test_load_balancers_alone_reach_the_instances_at_exactly_the_agents_ports(deployed: Deployment) -> None:
    balancers = [group for balancer in deployed.balancers().values() for group in balancer["SecurityGroups"]]
    looked_at = 0
    for fleet in deployed.fleets().values():
        (group,) = fleet.security_groups
        rules = deployed.ingress(group)
        assert [rule["ReferencedGroupInfo"]["GroupId"] for rule in rules] == balancers
        for rule in rules:
            assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == (
                "tcp",
                fleet.ports.first,
                fleet.ports.last,
            )
            assert "CidrIpv4" not in rule
            assert "CidrIpv6" not in rule
            looked_at += 1
    assert looked_at == 2


def test_nobody_comes_in_by_address_but_the_load_balancers_clients(deployed: Deployment) -> None:
    balancers = {group for balancer in deployed.balancers().values() for group in balancer["SecurityGroups"]}
    open_ports = set()
    made = deployed.account.inventory()["security groups"] - deployed.before["security groups"]
    for group in made:
        for rule in deployed.ingress(group):
            if "CidrIpv4" in rule or "CidrIpv6" in rule:
                assert group in balancers
                open_ports.add((rule["FromPort"], rule["ToPort"]))
    assert open_ports == {(80, 80), (443, 443)}
    assert len(made) >= 3


def test_instances_are_launched_safely_from_the_ecs_optimized_image(deployed: Deployment) -> None:
    looked_at = 0
    for key, fleet in deployed.fleets().items():
        settings, template = deployed.settings["capacity"][key], fleet.template
        kind = architecture(settings["instanceTypes"])
        assert kind is not None
        parameter = ssm_parameter(AmiFamily.AL2023, kind)
        assert parameter.startswith("/aws/service/ecs/optimized-ami/amazon-linux-2023/")
        image = deployed.account.ssm.get_parameter(Name=parameter)["Parameter"]["Value"]
        assert template["ImageId"] == image
        options = template["MetadataOptions"]
        assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)
        (device,) = template["BlockDeviceMappings"]
        assert device["Ebs"]["Encrypted"] in (True, "true")
        assert device["Ebs"]["VolumeType"] == "gp3"
        assert device["Ebs"]["VolumeSize"] == settings.get("rootVolumeSize", 30)
        assert "KeyName" not in template
        looked_at += 1
    assert looked_at == 2


def test_the_instance_role_is_the_agents_and_session_managers(deployed: Deployment) -> None:
    profiles = set()
    for fleet in deployed.fleets().values():
        name = fleet.template["IamInstanceProfile"]["Arn"].rpartition("/")[2]
        (role,) = deployed.account.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
        attached = deployed.account.iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
        assert {policy["PolicyArn"] for policy in attached} == {
            "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        }
        assert deployed.account.iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"] == []
        (statement,) = deployed.trust(role["Arn"])
        assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
        profiles.add(name)
    assert len(profiles) == 2


def test_auto_scaling_groups_leave_themselves_to_ecs(deployed: Deployment) -> None:
    mixed = 0
    for key, fleet in deployed.fleets().items():
        settings, group = deployed.settings["capacity"][key], fleet.group
        tags = {tag["Key"]: (tag["Value"], tag["PropagateAtLaunch"]) for tag in group["Tags"]}
        assert tags["AmazonECSManaged"] == ("true", True)
        assert group["NewInstancesProtectedFromScaleIn"] is True
        assert (group["MinSize"], group["MaxSize"]) == (settings.get("minSize", 0), settings["maxSize"])
        assert len(group["VPCZoneIdentifier"].split(",")) >= 2
        assert re.fullmatch(r"\d+", fleet.version)
        templates = deployed.account.ec2.describe_launch_templates(LaunchTemplateIds=[fleet.template_id])
        assert int(fleet.version) == templates["LaunchTemplates"][0]["LatestVersionNumber"]
        if fleet.distribution:
            spot = settings.get("purchaseOption") == "spot"
            assert fleet.distribution["OnDemandPercentageAboveBaseCapacity"] == (0 if spot else 100)
            assert fleet.overrides == settings["instanceTypes"]
            mixed += 1
        else:
            assert [fleet.template["InstanceType"]] == settings["instanceTypes"]
    assert mixed == (2 if deployed.bench.stack == "prod" else 1)


def test_capacity_providers_scale_protect_and_drain(deployed: Deployment) -> None:
    providers = deployed.providers()
    for key, provider in providers.items():
        settings = provider["autoScalingGroupProvider"]
        assert settings["managedTerminationProtection"] == "ENABLED"
        assert settings["managedDraining"] == "ENABLED"
        assert settings["managedScaling"]["status"] == "ENABLED"
        wanted = deployed.settings["capacity"][key].get("targetCapacity", 100)
        assert settings["managedScaling"]["targetCapacity"] == wanted
    assert len(providers) == 2


def test_services_are_reached_through_a_rule_and_a_target_group_of_the_right_type(deployed: Deployment) -> None:
    groups = deployed.target_groups()
    for key, service in deployed.services().items():
        routing = deployed.settings["services"][key].get("loadBalancer")
        if routing is None:
            assert service["loadBalancers"] == []
            continue
        (attached,) = service["loadBalancers"]
        assert (attached["containerName"], attached["containerPort"]) == (
            routing["containerName"],
            routing["containerPort"],
        )
        group = groups.pop(attached["targetGroupArn"])
        mode = deployed.settings["services"][key].get("networkMode", "bridge")
        assert group["TargetType"] == ("ip" if mode == "awsvpc" else "instance")
        assert group["HealthCheckPort"] == "traffic-port"
        assert group["HealthCheckPath"] == routing.get("healthCheck", {}).get("path", "/")
        assert _rule(deployed, routing)["Actions"][0]["TargetGroupArn"] == group["TargetGroupArn"]
    assert groups == {}


def test_listeners_are_those_of_the_settings(deployed: Deployment) -> None:
    for key, balancer in deployed.balancers().items():
        settings, listeners = deployed.settings["loadBalancers"][key], deployed.listeners(balancer)
        assert {port: item["Protocol"] for port, item in listeners.items()} == {80: "HTTP", 443: "HTTPS"}
        (action,) = listeners[80]["DefaultActions"]
        assert action["Type"] == "redirect"
        (certificate,) = [item["CertificateArn"] for item in listeners[443]["Certificates"]]
        if "domain" not in settings:
            assert certificate == settings["certificateArn"]
            continue
        issued = deployed.account.acm.describe_certificate(CertificateArn=certificate)["Certificate"]
        assert (issued["Status"], issued["DomainName"]) == ("ISSUED", settings["domain"]["names"][0])
        (zone,) = deployed.account.all("route53", "list_hosted_zones", "HostedZones")
        records = deployed.account.all(
            "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]
        )
        leading = {record["Name"].rstrip("."): record["AliasTarget"] for record in records if record["Type"] == "A"}
        assert set(leading) == set(settings["domain"]["names"])
        assert {target["DNSName"].rstrip(".") for target in leading.values()} == {balancer["DNSName"]}


def test_awsvpc_tasks_let_in_the_load_balancer_and_their_clients_at_the_containers_port(deployed: Deployment) -> None:
    balancers = deployed.balancers()
    looked_at = 0
    for key, service in deployed.services().items():
        network = service.get("networkConfiguration", {}).get("awsvpcConfiguration")
        settings = deployed.settings["services"][key]
        assert (network is not None) == (settings.get("networkMode") == "awsvpc")
        if network is None:
            continue
        (group,) = network["securityGroups"]
        sources = set(balancers[settings["loadBalancer"]["name"]]["SecurityGroups"])
        for client in settings.get("discovery", {}).get("clients", []):
            for item in deployed.settings["services"][client]["capacityProviderStrategy"]:
                sources |= set(deployed.fleets()[item["capacityProvider"]].security_groups)
        rules = deployed.ingress(group)
        assert {rule["ReferencedGroupInfo"]["GroupId"] for rule in rules} == sources
        assert len(rules) == len(sources) == 3
        port = settings["loadBalancer"]["containerPort"]
        assert {(rule["FromPort"], rule["ToPort"]) for rule in rules} == {(port, port)}
        assert network["subnets"]
        looked_at += 1
    assert looked_at == (deployed.bench.stack == "prod")


def test_services_are_found_by_their_names_in_the_namespace(deployed: Deployment) -> None:
    cloud_map, looked_at = deployed.account.servicediscovery, 0
    listed = deployed.account.all("servicediscovery", "list_namespaces", "Namespaces")
    namespaces = {item["Id"]: item["Name"] for item in listed}
    assert list(namespaces.values()) == [name for name in [deployed.settings.get("namespace")] if name]
    for key, service in deployed.services().items():
        found = deployed.settings["services"][key].get("discovery")
        assert len(service["serviceRegistries"]) == (found is not None)
        for registry in service["serviceRegistries"]:
            told = cloud_map.get_service(Id=registry["registryArn"].rpartition("/")[2])["Service"]
            assert (told["Name"], told["NamespaceId"]) == (key, next(iter(namespaces)))
            assert told["DnsConfig"]["DnsRecords"] == [{"TTL": 15, "Type": "A"}]
            looked_at += 1
    assert looked_at == (deployed.bench.stack == "prod")


def test_load_balancers_are_protected_patient_and_logged_as_the_settings_say(deployed: Deployment) -> None:
    looked_at = 0
    for key, balancer in deployed.balancers().items():
        told = deployed.account.elbv2.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])
        attributes = {item["Key"]: item["Value"] for item in told["Attributes"]}
        settings = deployed.settings["loadBalancers"][key]
        assert attributes["deletion_protection.enabled"] == str(settings.get("deletionProtection", False)).lower()
        assert attributes["idle_timeout.timeout_seconds"] == str(settings.get("idleTimeout", 60))
        logs = settings["accessLogs"]
        assert attributes["access_logs.s3.enabled"] == "true"
        assert attributes["access_logs.s3.prefix"] == logs.get("prefix", "")
        bucket = attributes["access_logs.s3.bucket"]
        looked_at += 1
        if "bucket" in logs:
            assert bucket == logs["bucket"]
            continue
        s3 = deployed.account.s3
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert rule["Expiration"]["Days"] == logs.get("retentionDays", 90)
        (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        assert statement["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
        assert statement["Resource"] == f"arn:aws:s3:::{bucket}/AWSLogs/{ACCOUNT}/*"
    assert looked_at == 1


def test_target_groups_treat_clients_and_tasks_as_the_settings_say(deployed: Deployment) -> None:
    looked_at = 0
    for key, service in deployed.services().items():
        for attached in service["loadBalancers"]:
            told = deployed.account.elbv2.describe_target_group_attributes(TargetGroupArn=attached["targetGroupArn"])
            attributes = {item["Key"]: item["Value"] for item in told["Attributes"]}
            routing = deployed.settings["services"][key]["loadBalancer"]
            sticky = routing.get("stickiness")
            assert attributes["slow_start.duration_seconds"] == str(routing.get("slowStart", 0))
            assert attributes["deregistration_delay.timeout_seconds"] == str(routing.get("deregistrationDelay", 30))
            assert attributes["stickiness.enabled"] == str(sticky is not None).lower()
            if sticky:
                assert attributes["stickiness.lb_cookie.duration_seconds"] == str(sticky["duration"])
                looked_at += 1
    assert looked_at == (deployed.bench.stack == "prod")


def _arn(service: str) -> str:
    return ARN % service


def _containers(deployed: Deployment, service: str) -> dict[str, dict[str, Any]]:
    containers: dict[str, dict[str, Any]] = deployed.settings["services"][service]["containers"]
    return containers


def _written(deployed: Deployment, service: str) -> list[dict[str, Any]]:
    return [container for _, container in sorted(_containers(deployed, service).items())]


def _mappings(task: dict[str, Any]) -> list[dict[str, Any]]:
    return [port for container in task["containerDefinitions"] for port in container.get("portMappings", [])]


def _for_image(image: str) -> set[tuple[str, str]]:
    found = re.match(r"(\d+)\.dkr\.ecr\.([\w-]+)\.amazonaws\.com/([^:@]+)", image)
    if not found:
        return set()
    repository = f"arn:aws:ecr:{found[2]}:{found[1]}:repository/{found[3]}"
    pull = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
    return {(f"ecr:{action}", repository) for action in pull} | {("ecr:GetAuthorizationToken", "*")}


def _allowed(statements: list[dict[str, Any]]) -> set[tuple[str, str]]:
    assert {statement["Effect"] for statement in statements} <= {"Allow"}
    return {(action, place) for s in statements for action in _list(s["Action"]) for place in _list(s["Resource"])}


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _rule(deployed: Deployment, routing: dict[str, Any]) -> dict[str, Any]:
    listeners = deployed.listeners(deployed.balancers()[routing["name"]])
    rules = deployed.account.all(
        "elbv2", "describe_rules", "Rules", ListenerArn=listeners[max(listeners)]["ListenerArn"]
    )
    (rule,) = [rule for rule in rules if rule["Priority"] == str(routing["priority"])]
    conditions = {item["Field"]: item for item in rule["Conditions"]}
    paths = conditions.get("path-pattern", {}).get("PathPatternConfig", {}).get("Values", [])
    hosts = conditions.get("host-header", {}).get("HostHeaderConfig", {}).get("Values", [])
    assert sorted(paths) == sorted(routing.get("pathPatterns", []))
    assert sorted(hosts) == sorted(routing.get("hostHeaders", []))
    return dict(rule)
