"""Parts that are renamed while they live: nothing is replaced."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import environment, program

SOURCE = """
import pulumi

import components as ecs
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.containers import PortMapping
from ecs_model.network import NetworkSettings
from ecs_model.routing import Routing
from ecs_model.strategy import StrategyItem

OLD, NEW = "old", "NAME"
opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=OLD)]) if NEW != OLD else pulumi.ResourceOptions()
network = ecs.Network("shop", ecs.NetworkArgs(NetworkSettings(default=True)))
balancer = ecs.LoadBalancer(NEW, ecs.LoadBalancerArgs(network.vpc_id, network.public_subnet_ids), opts)
cluster = ecs.Cluster(NEW, ecs.ClusterArgs(
    network.vpc_id, network.instance_subnet_ids,
    {"general": CapacitySettings(instance_types=["t3.medium"], max_size=2)},
    ClusterSettings(default_capacity_provider_strategy=[StrategyItem("general", 1)]),
    {"public": balancer.security_group_id}, public_addresses=True), opts)
container = ecs.ContainerArgs("app", memory=64, port_mappings=[PortMapping(80)])
task = ecs.TaskDefinition(NEW, ecs.TaskDefinitionArgs({"app": container}), opts)
routing = Routing(container_name="app", container_port=80, path_patterns=["/*"])
attached = ecs.ServiceLoadBalancerArgs(balancer.listener_arn, balancer.security_group_id, network.vpc_id, routing)
strategy = [ecs.CapacityProviderStrategyItemArgs(cluster.providers()["general"], 1)]
service = ecs.Service(
    NEW, ecs.ServiceArgs(cluster.arn, task.arn, strategy, load_balancer=attached),
    pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[cluster])))
pulumi.export("service", service.name)
"""


def test_renamed_keys_of_a_live_stack_change_nothing(tmp_path: Path) -> None:
    with environment(tmp_path / "local", "local") as bench:
        live = Deployment(bench)
        assert live.up.code == 0, live.up.said
        before = live.account.inventory()
        whole = yaml.safe_load(live.config.read_text())
        config = whole["config"]
        names = {"capacity": {"standard": "general"}, "loadBalancers": {"front": "public"}}
        names["services"] = {"jobs": "worker", "pages": "web"}
        for section, former in names.items():
            parts = config[f"ecs-on-ec2:{section}"]
            parts |= {new: parts.pop(old) for new, old in former.items()}
        services = config["ecs-on-ec2:services"].values()
        for routing in [service["loadBalancer"] for service in services if "loadBalancer" in service]:
            routing["name"] = "front"
        config["ecs-on-ec2:cluster"]["defaultCapacityProviderStrategy"][0]["capacityProvider"] = "standard"
        live.config.write_text(yaml.safe_dump(whole))
        without = bench.preview()
        assert without.code != 0
        assert "capacity.general: goes together with services.web" in without.said
        assert "or set formerNames, if both only have other keys now" in without.said
        config["ecs-on-ec2:formerNames"] = names
        live.config.write_text(yaml.safe_dump(whole))
        preview, up = bench.preview(), bench.up()
        assert (preview.code, up.code) == (0, 0), up.said
        assert preview.steps == up.steps == set()
        assert live.account.inventory() == before


def test_components_with_an_alias_are_not_replaced(tmp_path: Path) -> None:
    with program(tmp_path / "own", SOURCE.replace("NAME", "old")) as bench:
        up = bench.up()
        assert up.code == 0, up.said
        service = bench.outputs()["service"]
        source = bench.project / "__main__.py"
        source.write_text(SOURCE.replace("NAME", "renamed"))
        preview, renamed = bench.preview(), bench.up()
        assert (preview.code, renamed.code) == (0, 0), renamed.said
        assert preview.steps == renamed.steps == set()
        assert bench.outputs()["service"] == service
        assert bench.up().steps == set()
