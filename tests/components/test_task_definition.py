"""Task definitions: two roles, a log group, and container definitions that a preview knows."""

import json
from typing import Any

import pulumi
import pytest

import components as ecs
from ecs_model.agent import AgentSettings
from ecs_model.capacity import CapacitySettings
from ecs_model.containers import PortMapping
from ecs_model.iam import PolicyStatement
from ecs_model.network_modes import NetworkMode
from ecs_model.proxy import ProxyConfiguration
from ecs_model.sessions import ExecuteCommandSettings
from tests.components.component_harness import ACCOUNT, REGION, Graph, deploy, refused

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
LARGE = {"general": CapacitySettings(["m4.large"], 1)}


def web(**more: Any) -> ecs.ContainerArgs:
    given: dict[str, Any] = {"image": "nginx:1", "memory": 128, "port_mappings": [PortMapping(80)]}
    return ecs.ContainerArgs(**(given | more))


def task(preview: bool = False, containers: Any = None, **more: Any) -> Graph:
    args = ecs.TaskDefinitionArgs(containers or {"web": web()}, **more)
    return deploy(lambda: ecs.TaskDefinition("web", args), preview=preview)


def definitions(graph: Graph) -> list[dict[str, Any]]:
    text = graph.one("ecs.TaskDefinition").inputs["containerDefinitions"]
    assert isinstance(text, str)
    read: list[dict[str, Any]] = json.loads(text)
    return read


def policy(graph: Graph, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(graph.one("iam.RolePolicy", name).inputs["policy"])["Statement"]
    return found


def test_the_graph() -> None:
    graph = task()
    assert graph.kinds() == {
        "TaskDefinition": 1,
        "cloudwatch.LogGroup": 1,
        "ecs.TaskDefinition": 1,
        "iam.Role": 2,
        "iam.RolePolicy": 1,
    }
    component = graph.one("TaskDefinition")
    assert len(graph.children(component)) == len(graph.resources) - 1
    assert component.outputs
    assert set(component.outputs) == {"arn", "executionRoleArn", "taskRoleArn", "logGroupName"}
    definition = graph.one("ecs.TaskDefinition")
    assert definition.inputs["family"] == "web"
    assert definition.inputs["requiresCompatibilities"] == ["EC2"]
    assert not {"cpu", "memory"} & set(definition.inputs)
    assert graph.one("cloudwatch.LogGroup").inputs["retentionInDays"] == 30


def test_two_roles_whose_policies_outlive_the_task() -> None:
    graph = task(execute_command=True)
    definition = graph.one("ecs.TaskDefinition")
    assert definition.inputs["executionRoleArn"].endswith(":web-execution")
    assert definition.inputs["taskRoleArn"].endswith(":web-task")
    policies = graph.all("iam.RolePolicy")
    assert {each.name for each in policies} == {"web-execution", "web-task"}
    assert {each.urn for each in policies} <= definition.dependencies
    trust = json.loads(graph.one("iam.Role", "web-task").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
    }


@pytest.mark.parametrize("preview", [False, True])
def test_container_definitions_are_known_at_preview(preview: bool) -> None:
    (container,) = definitions(task(preview))
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]
    assert container["environment"] == [{"name": "AWS_REGION", "value": REGION}]
    assert container["logConfiguration"]["options"]["awslogs-group"] == "web-1a2b3c4"
    assert container["logConfiguration"]["options"]["awslogs-region"] == REGION


@pytest.mark.parametrize("preview", [False, True])
def test_the_execution_role_gets_just_what_the_task_needs(preview: bool) -> None:
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/web:1"
    graph = task(preview, {"web": web(image=image, secrets={"DB": f"{SECRET}:url::"}), "side": web(port_mappings=[])})
    logs, pull, token, secret = policy(graph, "web-execution")
    assert logs["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:web-1a2b3c4:*"]
    assert pull["Resource"] == [f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/web"]
    assert (token["Action"], token["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])
    assert (secret["Action"], secret["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET])


def test_the_task_role_gets_the_statements() -> None:
    graph = task(task_role_statements=[PolicyStatement(["s3:GetObject"], ["arn:aws:s3:::b/*"])])
    assert policy(graph, "web-task") == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}
    ]


def test_values_of_other_resources() -> None:
    def program() -> None:
        later = pulumi.Output.from_input
        container = web(image=later("repo/web:2"), environment={"HOST": later("db.local")},
                        secrets={"DB": later(f"{SECRET}:url::")})  # fmt: skip
        ecs.TaskDefinition("web", ecs.TaskDefinitionArgs({"web": container}))

    graph = deploy(program)
    (container,) = definitions(graph)
    assert container["image"] == "repo/web:2"
    assert {"name": "HOST", "value": "db.local"} in container["environment"]
    assert container["secrets"] == [{"name": "DB", "valueFrom": f"{SECRET}:url::"}]
    assert policy(graph, "web-execution")[-1]["Resource"] == [SECRET]


def test_a_secret_value_stays_one() -> None:
    def program() -> None:
        ecs.TaskDefinition(
            "web", ecs.TaskDefinitionArgs({"web": web(environment={"HOST": pulumi.Output.secret("db.local")})})
        )

    text = deploy(program).one("ecs.TaskDefinition").inputs["containerDefinitions"]
    assert pulumi.runtime.rpc.is_rpc_secret(text)


@pytest.mark.parametrize(
    ("mode", "ports"),
    [
        (NetworkMode.BRIDGE, [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]),
        (NetworkMode.AWSVPC, [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]),
        (NetworkMode.HOST, [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]),
    ],
)
def test_every_network_mode_has_its_host_port(mode: NetworkMode, ports: list[dict[str, Any]]) -> None:
    graph = task(network_mode=mode)
    assert definitions(graph)[0]["portMappings"] == ports
    assert graph.one("ecs.TaskDefinition").inputs["networkMode"] == mode.value


def test_no_network_at_all() -> None:
    graph = task(containers={"web": web(port_mappings=[])}, network_mode=NetworkMode.NONE)
    assert definitions(graph)[0]["portMappings"] == []
    assert graph.one("ecs.TaskDefinition").inputs["networkMode"] == "none"


def test_a_fixed_host_port_and_the_task_s_own_size() -> None:
    graph = task(containers={"web": web(port_mappings=[PortMapping(80, 8080)])}, cpu=256, memory=512)
    assert definitions(graph)[0]["portMappings"][0]["hostPort"] == 8080
    inputs = graph.one("ecs.TaskDefinition").inputs
    assert (inputs["cpu"], inputs["memory"]) == ("256", "512")


@pytest.mark.parametrize(("memory", "warnings"), [(7_000, 0), (7_577, 0), (7_578, 1), (7_985, 1), (8_192, 1)])
def test_memory_that_may_not_fit_warns(memory: int, warnings: int) -> None:
    heard = task(containers={"web": web(memory=memory)}, capacity=LARGE).warnings
    assert len(heard) == warnings
    assert all(f"{memory} MiB may not fit m4.large (8192 MiB installed)" in text for text in heard)


def test_memory_that_cannot_fit_is_refused() -> None:
    args = ecs.TaskDefinitionArgs({"web": web(memory=8_193)}, capacity=LARGE)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "8193 MiB cannot fit m4.large (8192 MiB installed), the smallest type of capacity general" in line
    assert "m4.xlarge is the next" in line


def test_everything_wrong_is_listed() -> None:
    args = ecs.TaskDefinitionArgs(
        {
            "web": web(memory=4, readonly_root_filesystem=True, port_mappings=[PortMapping(80, 22)]),
            "b!": web(image=" "),
        },
        cpu=100,
        execute_command=True,
        log_retention_days=31,
        task_role_statements=[PolicyStatement(["s3:*"], ["*"])],
    )
    lines = refused(lambda: ecs.TaskDefinition("web", args))
    assert [line.removeprefix("TaskDefinition web: ").split(": ")[0] for line in lines] == [
        "cpu",
        "containers.web.memory",
        "containers.web.portMappings[0].hostPort",
        "containers.b!",
        "containers.b!.image",
        "containers.web.readonlyRootFilesystem",
        "logRetentionDays",
        "taskRoleStatements[0].actions[0]",
    ]


def test_fixed_host_ports_are_judged_by_the_agents_own_range() -> None:
    here = {"general": CapacitySettings(["m4.large"], 1, agent=AgentSettings("40000-45000"))}
    fixed = {"web": web(port_mappings=[PortMapping(80, 50_000)])}
    assert definitions(task(containers=fixed, capacity=here))[0]["portMappings"][0]["hostPort"] == 50_000
    args = ecs.TaskDefinitionArgs({"web": web(port_mappings=[PortMapping(80, 44_000)])}, capacity=here)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert "44000 lies in the range 40000-45000" in line
    (line,) = refused(lambda: ecs.TaskDefinition("web", ecs.TaskDefinitionArgs(fixed)))
    assert "50000 lies in the range 49153-65535" in line


def test_a_dictionary() -> None:
    args: Any = {
        "containers": {
            "app": {"image": "app:1", "memory": 256.0, "links": ["db"],
                    "port_mappings": [{"container_port": 8000.0, "protocol": "udp"}],
                    "depends_on": [{"container_name": "db", "condition": "HEALTHY"}]},
            "db": {"image": "db:1", "memory": 256.0, "health_check": {"command": ["CMD", "true"], "interval": 10.0}},
        },
        "network_mode": "bridge",
        "memory": 1024.0,
        "capacity": {"general": {"instance_types": ["m4.large"], "max_size": 1.0}},
    }  # fmt: skip
    graph = deploy(lambda: ecs.TaskDefinition("web", args))
    app, db = definitions(graph)
    assert app["portMappings"] == [{"containerPort": 8000, "hostPort": 0, "protocol": "udp"}]
    assert app["dependsOn"] == [{"condition": "HEALTHY", "containerName": "db"}]
    assert db["healthCheck"]["interval"] == 10
    assert graph.one("ecs.TaskDefinition").inputs["memory"] == "1024"


def test_ecs_exec_gives_every_container_an_init_process() -> None:
    (container,) = definitions(task(execute_command=True))
    assert container["linuxParameters"] == {"initProcessEnabled": True}
    (container,) = definitions(task())
    assert "linuxParameters" not in container


def test_more_cpu_than_the_instances_have_is_refused() -> None:
    capacity = {"general": CapacitySettings(instance_types=["m7i.large"], max_size=1)}
    args = ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs("nginx", 128, cpu=2049)}, capacity=capacity)
    (problem,) = args.problems()
    assert "a task of 2049 CPU units cannot fit m7i.large (2048 CPU units)" in problem.message
    fits = ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs("nginx", 128, cpu=2048)}, capacity=capacity)
    assert list(fits.problems()) == []


@pytest.mark.parametrize("preview", [False, True])
def test_the_execution_role_may_read_the_registry_s_secret(preview: bool) -> None:
    private = SECRET.replace("db", "registry")
    graph = task(preview, {"web": web(repository_credentials=pulumi.Output.from_input(private))})
    (definition,) = definitions(graph)
    assert definition["repositoryCredentials"] == {"credentialsParameter": private}
    _, secrets = policy(graph, "web-execution")
    assert (secrets["Action"], secrets["Resource"]) == (["secretsmanager:GetSecretValue"], [private])


def test_a_proxy_and_revisions_that_stay() -> None:
    proxy = ProxyConfiguration(
        container_name="web", app_ports=[80], ingress_port=15_000, egress_port=15_001, ignored_gid=1337
    )
    made = task(network_mode=NetworkMode.AWSVPC, proxy_configuration=proxy, keep_revisions=True)
    inputs = made.one("ecs.TaskDefinition").inputs
    assert inputs["proxyConfiguration"] == {"type": "APPMESH", "containerName": "web", "properties": proxy.properties}
    assert inputs["skipDestroy"] is True
    assert not {"proxyConfiguration", "skipDestroy"} & set(task().one("ecs.TaskDefinition").inputs)


@pytest.mark.parametrize("preview", [False, True])
def test_what_the_task_role_allows_beside_the_statements(preview: bool) -> None:
    sessions = ExecuteCommandSettings(log_group="/ecs/sessions")
    statements = [PolicyStatement(["s3:GetObject"], ["arn:aws:s3:::a/*"])]
    graph = task(
        preview, protected_in=pulumi.Output.from_input("shop"), sessions=sessions, execute_command=True,
        task_role_statements=statements,
    )  # fmt: skip
    own, execute, protection, groups, streams = policy(graph, "web-task")
    assert own["Action"] == ["s3:GetObject"]
    assert execute["Action"][0].startswith("ssmmessages:")
    assert protection["Resource"] == [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/shop/*"]
    assert groups["Action"] == ["logs:DescribeLogGroups"]
    assert streams["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/sessions:*"]


def test_sessions_without_a_place_go_to_the_task_s_own_log_group() -> None:
    graph = task(sessions=ExecuteCommandSettings(), execute_command=True)
    assert policy(graph, "web-task")[-1]["Resource"] == [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:web-1a2b3c4:*"]
    alone = policy(task(protected_in="shop"), "web-task")
    assert [statement["Action"][0] for statement in alone] == ["ecs:GetTaskProtection"]


def test_sessions_are_of_ecs_exec() -> None:
    args = ecs.TaskDefinitionArgs({"web": web()}, sessions=ExecuteCommandSettings(prefix="a"))
    lines = refused(lambda: ecs.TaskDefinition("web", args))
    assert [line.split(": ")[1] for line in lines] == ["sessions.prefix", "sessions"]
