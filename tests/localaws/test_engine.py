"""The real Pulumi engine on the local AWS: up, up again, refresh, repair, secrets, import, destroy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import base64
import json
import pulumi
import pulumi_aws as aws

network = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("net", vpc_id=network.id)
table = aws.ec2.RouteTable("net", vpc_id=network.id)
route = aws.ec2.Route("net", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
zones = aws.get_availability_zones(state="available").names[:2]
subnets = []
for index, zone in enumerate(zones):
    subnet = aws.ec2.Subnet(zone, vpc_id=network.id, cidr_block=f"10.0.{index}.0/24", availability_zone=zone)
    aws.ec2.RouteTableAssociation(zone, route_table_id=table.id, subnet_id=subnet.id)
    subnets.append(subnet)
address = aws.ec2.Eip("nat", domain="vpc", opts=pulumi.ResourceOptions(depends_on=[gateway]))
aws.ec2.NatGateway("nat", allocation_id=address.id, subnet_id=subnets[0].id)

front = aws.ec2.SecurityGroup("front", vpc_id=network.id)
instances = aws.ec2.SecurityGroup("instances", vpc_id=network.id)
aws.vpc.SecurityGroupIngressRule("web", security_group_id=front.id, cidr_ipv4="0.0.0.0/0", ip_protocol="tcp",
                                 from_port=80, to_port=80)
aws.vpc.SecurityGroupIngressRule("ephemeral", security_group_id=instances.id, ip_protocol="tcp", from_port=49153,
                                 to_port=65535, referenced_security_group_id=front.id)
aws.vpc.SecurityGroupEgressRule("out", security_group_id=instances.id, cidr_ipv4="0.0.0.0/0", ip_protocol="-1")
aws.ec2.VpcEndpoint("ecs", vpc_id=network.id, service_name="com.amazonaws.eu-central-1.ecs",
                    vpc_endpoint_type="Interface", subnet_ids=[subnet.id for subnet in subnets],
                    security_group_ids=[instances.id])

def trust(service):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}]})

role = aws.iam.Role("instances", assume_role_policy=trust("ec2.amazonaws.com"))
aws.iam.RolePolicyAttachment("instances", role=role.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role")
profile = aws.iam.InstanceProfile("instances", role=role.name)
execution = aws.iam.Role("execution", assume_role_policy=trust("ecs-tasks.amazonaws.com"))
logs = aws.cloudwatch.LogGroup("web", retention_in_days=7)
allow = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]})
aws.iam.RolePolicy("execution", role=execution.name, policy=allow)
aws.iam.Policy("spare", policy=allow)

image = aws.ssm.get_parameter_output(name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id")
cluster = aws.ecs.Cluster("main", settings=[{"name": "containerInsights", "value": "enabled"}],
                          tags={"password": pulumi.Config().require_secret("password")})
template = aws.ec2.LaunchTemplate("fleet", image_id=image.insecure_value, instance_type="t3.small",
    iam_instance_profile={"arn": profile.arn}, vpc_security_group_ids=[instances.id], update_default_version=True,
    metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
    user_data=cluster.name.apply(lambda name: base64.b64encode(
        f"#!/bin/sh\\necho ECS_CLUSTER={name} >> /etc/ecs/ecs.config\\n".encode()).decode()))
fleet = aws.autoscaling.Group("fleet", min_size=0, max_size=2, vpc_zone_identifiers=[s.id for s in subnets],
    launch_template={"id": template.id, "version": template.latest_version.apply(str)}, protect_from_scale_in=True,
    force_delete=True, tags=[{"key": "AmazonECSManaged", "value": "", "propagate_at_launch": True}])
provider = aws.ecs.CapacityProvider("fleet", auto_scaling_group_provider={
    "auto_scaling_group_arn": fleet.arn, "managed_termination_protection": "ENABLED",
    "managed_scaling": {"status": "ENABLED", "target_capacity": 90}})
strategy = [{"capacity_provider": provider.name, "weight": 1, "base": 1}]
association = aws.ecs.ClusterCapacityProviders("main", cluster_name=cluster.name, capacity_providers=[provider.name],
                                               default_capacity_provider_strategies=strategy)
balancer = aws.lb.LoadBalancer("web", subnets=[s.id for s in subnets], security_groups=[front.id],
                               opts=pulumi.ResourceOptions(depends_on=[gateway, route]))
targets = aws.lb.TargetGroup("web", vpc_id=network.id, port=80, protocol="HTTP", deregistration_delay=30,
                             health_check={"path": "/", "matcher": "200-399"})
listener = aws.lb.Listener("web", load_balancer_arn=balancer.arn, port=80, protocol="HTTP", default_actions=[
    {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}])
rule = aws.lb.ListenerRule("web", listener_arn=listener.arn, priority=10, conditions=[
    {"path_pattern": {"values": ["/*"]}}], actions=[{"type": "forward", "target_group_arn": targets.arn}])
task = aws.ecs.TaskDefinition("web", family="web", execution_role_arn=execution.arn,
    container_definitions=logs.name.apply(lambda group: json.dumps([{
        "name": "web", "image": "nginx", "memory": 128, "portMappings": [{"containerPort": 80, "hostPort": 0}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": group}}}])))
service = aws.ecs.Service("web", cluster=cluster.arn, task_definition=task.arn, desired_count=2,
    capacity_provider_strategies=strategy, wait_for_steady_state=True, force_new_deployment=True,
    load_balancers=[{"target_group_arn": targets.arn, "container_name": "web", "container_port": 80}],
    opts=pulumi.ResourceOptions(depends_on=[association, rule]))
pulumi.export("cluster", cluster.name)
pulumi.export("service", service.name)
pulumi.export("image", image.value)
"""
TYPES_USED = 29


class Stack:
    """A project and the engine's command line for it."""

    def __init__(self, directory: Path, running: dict[str, Any]) -> None:
        self.directory, self.endpoint = directory, running["endpoint"]
        found = subprocess.run(
            [sys.executable, "-m", "toolchain", "path"], capture_output=True, text=True, cwd=ROOT, check=True
        )
        cli = Path(found.stdout.strip().splitlines()[-1])
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
        backend = directory / "backend"
        backend.mkdir()
        self.environ = kept | {
            "PATH": f"{cli.parent}:{os.environ['PATH']}",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{running['provider_port']}",
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # Real-looking credentials, which must reach nobody.
            "AWS_ACCESS_KEY_ID": "AKIAREALLOOKING00000",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_PROFILE": "production",
        }
        (directory / "Pulumi.yaml").write_text(
            json.dumps(
                {"name": "engine", "runtime": {"name": "python", "options": {"virtualenv": str(ROOT / ".venv")}}}
            )
        )
        (directory / "Pulumi.local.yaml").write_text("config:\n  aws:region: eu-central-1\n")
        (directory / "__main__.py").write_text(PROGRAM)
        self.run("stack", "init", "local")
        self.run("config", "set", "--secret", "password", "hunter22")

    def run(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            env=self.environ,
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def deploy(self, command: str, *more: str, fails: bool = False) -> str:
        return self.run(command, "--yes", "--skip-preview", *more, fails=fails)

    def outputs(self) -> dict[str, Any]:
        return dict(json.loads(self.run("stack", "output", "--json")))

    def resources(self) -> list[dict[str, Any]]:
        return list(json.loads(self.run("stack", "export"))["deployment"].get("resources", []))

    def boto(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name="eu-central-1",
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@pytest.fixture(name="stack")
def _stack(tmp_path: Path, running: dict[str, Any]) -> Stack:
    return Stack(tmp_path, running)


def test_a_whole_stack_lives_through_the_engine(stack: Stack, localaws: Callable[..., Any]) -> None:
    preview = stack.run("preview", "--diff")
    assert "errored" not in preview
    stack.deploy("up")
    made = [item for item in stack.resources() if item["type"].startswith("aws:")]
    assert len({item["type"] for item in made}) == TYPES_USED
    outputs = stack.outputs()
    ecs = stack.boto("ecs")
    service = ecs.describe_services(cluster=outputs["cluster"], services=[outputs["service"]])["services"][0]
    assert (service["runningCount"], service["desiredCount"]) == (2, 2)
    assert "launchType" not in service

    again = stack.deploy("up")
    assert f"{len(made) + 1} unchanged" in again
    assert "updated" not in again
    assert "replaced" not in again
    assert f"{len(made) + 1} unchanged" in stack.deploy("refresh")

    ecs.update_service(cluster=outputs["cluster"], service=outputs["service"], desiredCount=5)
    seen = stack.run("refresh", "--preview-only", "--diff")
    assert "desiredCount" in seen
    stack.deploy("refresh")
    repaired = stack.deploy("up")
    assert "1 updated" in repaired
    found = ecs.describe_services(cluster=outputs["cluster"], services=[outputs["service"]])["services"][0]
    assert found["desiredCount"] == 2

    cluster = next(item for item in stack.resources() if item["type"] == "aws:ecs/cluster:Cluster")
    assert "ciphertext" in json.dumps(cluster["outputs"]["tags"])
    assert "hunter22" not in json.dumps(stack.resources())
    tags = ecs.describe_clusters(clusters=[outputs["cluster"]], include=["TAGS"])["clusters"][0]["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == {"password": "hunter22"}
    assert "image" in json.dumps(stack.run("stack", "output"))
    assert "[secret]" in stack.run("stack", "output")

    stack.deploy("destroy")
    assert [item for item in stack.resources() if item["type"].startswith("aws:")] == []
    assert ecs.list_clusters()["clusterArns"] == []
    assert len(stack.boto("ec2").describe_vpcs()["Vpcs"]) == 1
    assert stack.boto("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert stack.boto("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []


def test_what_vanished_is_made_again(stack: Stack) -> None:
    (stack.directory / "__main__.py").write_text("import pulumi_aws as aws\naws.cloudwatch.LogGroup('web')\n")
    stack.deploy("up")
    name = next(item["id"] for item in stack.resources() if "LogGroup" in item["type"])
    stack.boto("logs").delete_log_group(logGroupName=name)
    assert "1 deleted" in stack.deploy("refresh")
    assert "1 created" in stack.deploy("up")
    stack.deploy("destroy")


def test_an_import_takes_over_what_exists(stack: Stack) -> None:
    stack.boto("ecs").create_cluster(
        clusterName="existing",
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=[{"key": "a", "value": "1"}],
    )
    (stack.directory / "__main__.py").write_text(
        "import pulumi, pulumi_aws as aws\n"
        "aws.ecs.Cluster('taken', name='existing', settings=[{'name': 'containerInsights', 'value': 'enabled'}],\n"
        "    tags={'a': '1'}, opts=pulumi.ResourceOptions(import_='existing'))\n"
    )
    assert "1 imported" in stack.deploy("up")
    assert "2 unchanged" in stack.deploy("up")
    stack.deploy("destroy")


def test_a_refusal_and_an_unserved_type_reach_the_user(stack: Stack) -> None:
    (stack.directory / "__main__.py").write_text("import pulumi_aws as aws\naws.sqs.Queue('data')\n")
    assert "does not serve the resource type aws:sqs/queue:Queue" in stack.run("preview", fails=True)
    (stack.directory / "__main__.py").write_text(
        "import pulumi_aws as aws\naws.ecs.Service('web', cluster='nowhere', task_definition='none:1')\n"
    )
    refusal = stack.deploy("up", fails=True)
    assert "creating ECS Service (web): ClusterNotFoundException: Cluster not found." in refusal
    assert "Traceback" not in refusal


def test_another_account_is_refused(stack: Stack) -> None:
    (stack.directory / "__main__.py").write_text("import pulumi_aws as aws\naws.ecs.Cluster('web')\n")
    stack.run("config", "set", "--path", "aws:allowedAccountIds[0]", "111111111111")
    refusal = stack.run("preview", fails=True)
    assert "the local AWS is account 123456789012 and stands in for no other" in refusal
