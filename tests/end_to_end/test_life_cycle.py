"""Every environment after its first deployment: nothing to do, a new image, and the end of it all."""

from __future__ import annotations

import pytest

from ecs_model.ports import EPHEMERAL, PortRange
from tests.end_to_end.deployment import Deployment
from tests.end_to_end.harness import Step, edited_config

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
only_local, only_dev, only_prod = (
    pytest.mark.parametrize("environment_", [pytest.param(key, marks=pytest.mark.xdist_group(key))], indirect=True)
    for key in ("local", "dev", "prod")
)


def test_a_second_up_changes_nothing(deployed: Deployment) -> None:
    again = deployed.bench.up()
    assert again.code == 0, again.said
    assert again.steps == set()
    assert again.changes == {"same": deployed.up.changes["create"]}


def test_a_refresh_finds_what_was_deployed(deployed: Deployment) -> None:
    refreshed = deployed.bench.refresh()
    assert refreshed.code == 0, refreshed.said
    assert refreshed.altered == {}
    assert refreshed.changes == {"same": deployed.up.changes["create"]}


def test_a_changed_image_replaces_one_task_definition_and_updates_its_service(deployed: Deployment) -> None:
    before = deployed.tasks()
    with edited_config(deployed.config, "services") as services:
        services["web"]["containers"]["nginx"]["image"] = "public.ecr.aws/nginx/nginx-unprivileged:1.30"
    name = f"{deployed.bench.stack}-web"
    steps = {Step(op, TASK_DEFINITION, name) for op in ("create-replacement", "replace", "delete-replaced")}
    steps |= {Step("update", SERVICE, name)}

    preview, up = deployed.bench.preview(), deployed.bench.up()

    assert preview.code == 0, preview.said
    assert preview.steps == steps
    assert preview.findings == []
    assert up.code == 0, up.said
    assert up.steps == steps
    after = deployed.tasks()
    assert {key for key in after if after[key]["taskDefinitionArn"] != before[key]["taskDefinitionArn"]} == {"web"}
    assert [container["image"] for container in after["web"]["containerDefinitions"]] == [
        "public.ecr.aws/nginx/nginx-unprivileged:1.30"
    ]
    assert after["web"]["revision"] == before["web"]["revision"] + 1
    assert deployed.bench.up().steps == set()


@only_dev
def test_the_number_of_tasks_that_auto_scaling_chose_stays(deployed: Deployment) -> None:
    def count(key: str, tasks: int) -> None:
        name = deployed.outputs["services"][key]
        deployed.account.ecs.update_service(cluster=deployed.cluster["clusterArn"], service=name, desiredCount=tasks)

    count("web", 5)
    with edited_config(deployed.config, "services") as services:
        services["web"]["minimumHealthyPercent"] = 50
    assert deployed.bench.up().steps == {Step("update", SERVICE, "dev-web")}
    assert deployed.services()["web"]["desiredCount"] == 5

    count("web", 6)
    count("api", 6)
    refreshed = deployed.bench.refresh()
    again = deployed.bench.up()

    assert refreshed.code == 0, refreshed.said
    # What a program ignores the engine's refresh ignores as well.
    altered = {name.rpartition("::")[2]: found for name, found in refreshed.altered.items()}
    assert altered == {"dev-api": ["desiredCount"]}
    assert again.steps == {Step("update", SERVICE, "dev-api")}
    assert {key: deployed.services()[key]["desiredCount"] for key in ("web", "api")} == {"web": 6, "api": 2}


@only_local
def test_a_changed_port_range_reaches_the_agent_and_the_ingress_rule(deployed: Deployment) -> None:
    with edited_config(deployed.config, "capacity") as capacity:
        capacity["spot"]["agent"] = {"dynamicHostPortRange": "40000-45000"}

    up = deployed.bench.up()

    assert up.code == 0, up.said
    assert up.findings == []
    fleet = deployed.fleets()["spot"]
    (rule,) = deployed.ingress(fleet.security_groups[0])
    assert fleet.ports == PortRange(40000, 45000) == PortRange(rule["FromPort"], rule["ToPort"])
    assert deployed.fleets()["general"].ports == EPHEMERAL
    assert deployed.bench.up().steps == set()


@only_prod
def test_what_the_settings_leave_out_again_is_taken_back(deployed: Deployment) -> None:
    with edited_config(deployed.config, "loadBalancers") as balancers:
        del balancers["public"]["accessLogs"]
    with edited_config(deployed.config, "cluster") as cluster:
        del cluster["dashboard"]
    with edited_config(deployed.config, "services") as services:
        del services["web"]["loadBalancer"]["stickiness"], services["api"]["loadBalancer"]["slowStart"]
        for setting in ("scaling", "discovery", "deploymentAlarms", "sigintRollback"):
            del services["api"][setting]
    with edited_config(deployed.config, "alarms") as alarms:
        alarms |= {"cpuReservation": None, "missingTasks": None}

    up, again, refreshed = deployed.bench.up(), deployed.bench.up(), deployed.bench.refresh()

    assert up.code == 0, up.said
    assert again.steps == set(), again.said
    assert refreshed.altered == {}
    assert set(deployed.scaling()) == {"worker"}
    assert deployed.account.all("servicediscovery", "list_services", "Services") == []
    assert deployed.account.all("cloudwatch", "list_dashboards", "DashboardEntries") == []
    api = deployed.services()["api"]
    assert api["serviceRegistries"] == []
    assert api["deploymentConfiguration"]["alarms"] == {"alarmNames": [], "enable": False, "rollback": False}
    sticky = {
        item["Value"]
        for group in deployed.target_groups()
        for item in deployed.account.elbv2.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
        if item["Key"] in ("stickiness.enabled", "slow_start.duration_seconds")
    }
    assert sticky == {"false", "0"}


@only_prod
def test_a_protected_load_balancer_refuses_to_be_destroyed(deployed: Deployment) -> None:
    (balancer,) = deployed.balancers().values()
    refused = deployed.bench.destroy()
    assert refused.code != 0
    assert "OperationNotPermitted" in refused.said
    assert LOAD_BALANCER in deployed.bench.resources()
    listed = deployed.account.all("elbv2", "describe_load_balancers", "LoadBalancers")
    assert [item["LoadBalancerArn"] for item in listed] == [balancer["LoadBalancerArn"]]


def test_destroy_leaves_nothing(deployed: Deployment) -> None:
    if deployed.bench.stack != "local":
        _switch_protection_off(deployed)
    providers = list(deployed.bench.outputs()["capacityProviders"].values())
    assert len(deployed.account.capacity_providers(providers)) == 2

    kinds = deployed.bench.resources().items()
    there = sum(count for kind, count in kinds if not kind.startswith("pulumi:providers:"))
    destroyed = deployed.bench.destroy()

    assert destroyed.code == 0, destroyed.said
    assert destroyed.changes == {"delete": there}
    assert not deployed.bench.resources()
    after = deployed.account.inventory()
    assert {kind: after[kind] - deployed.before[kind] for kind in after if after[kind] != deployed.before[kind]} == {}
    assert deployed.account.capacity_providers(providers) == []


def _switch_protection_off(deployed: Deployment) -> None:
    with edited_config(deployed.config, "loadBalancers") as balancers:
        assert balancers["public"].pop("deletionProtection") is True
    up = deployed.bench.up()
    assert up.code == 0, up.said
    assert Step("update", LOAD_BALANCER, f"{deployed.bench.stack}-public") in up.steps
