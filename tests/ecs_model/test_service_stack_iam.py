"""Services, what must be true between the parts of a stack, and the IAM documents."""

from dataclasses import replace
from typing import Any

import pytest

from ecs_model import iam
from ecs_model.agent import AgentSettings
from ecs_model.capacity import CapacitySettings
from ecs_model.cluster import ClusterSettings
from ecs_model.containers import Container, PortMapping
from ecs_model.iam import PolicyStatement
from ecs_model.images import Architecture
from ecs_model.load_balancer import LoadBalancerSettings
from ecs_model.network import ExistingNetwork, Nat, NetworkSettings, NewNetwork
from ecs_model.network_modes import NetworkMode, Protocol
from ecs_model.problem import dotted
from ecs_model.routing import ServiceRouting
from ecs_model.service import ServiceSettings
from ecs_model.stack import StackSettings
from ecs_model.strategy import StrategyItem
from ecs_model.volumes import Volume

ROUTING = ServiceRouting(name="public", container_name="web", container_port=80, priority=1, path_patterns=["/*"])


def service(host_port: int | None = None, memory: int = 128, **more: Any) -> ServiceSettings:
    containers = {"web": Container("nginx", memory, port_mappings=[PortMapping(80, host_port)])}
    given: dict[str, Any] = {"containers": containers, "load_balancer": ROUTING}
    return ServiceSettings(**(given | more))


STACK = StackSettings(
    name="dev",
    network=NetworkSettings(default=True),
    cluster=ClusterSettings([StrategyItem("general", 1)]),
    capacity={"general": CapacitySettings(["m7i.large"], 2), "spare": CapacitySettings(["t3.micro"], 2)},
    services={"web": service()},
    load_balancers={"public": LoadBalancerSettings()},
)


KEY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef"
FILE = "arn:aws:s3:::settings/web.env"


def sealed(key: str) -> ServiceSettings:
    containers = {"web": Container("i", 8, environment_files=[FILE])}
    return service(load_balancer=None, containers=containers, kms_keys=[key])


def told(stack: StackSettings) -> dict[str, str]:
    found = list(stack.problems())
    assert len({problem.path for problem in found}) == len(found), found
    return {dotted(problem.path): problem.message for problem in found}


def test_a_good_stack() -> None:
    assert told(STACK) == {}
    balancers = {"public": LoadBalancerSettings(), "x": LoadBalancerSettings()}
    assert told(replace(STACK, name="Shop-2", load_balancers=balancers)) == {}


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"name": "2024"}, "name", "'2024' is not a name"),
        ({"name": "ecs-dev"}, "name", "begins with 'ecs', which AWS reserves"),
        ({"name": "internal"}, "loadBalancers.public", "internal-…, which AWS reserves"),
        ({"capacity": {}}, None, "capacity"),
        ({"cluster": ClusterSettings()}, "cluster.defaultCapacityProviderStrategy", "is missing or empty"),
        ({"services": {"a_b": service()}}, "services.a_b", "'a_b' is not a name"),
        ({"services": {"a-": service()}}, "services.a-", "'a-' is not a name"),
        ({"services": {"web": service(cpu=4096)}}, "services.web.cpu", "4096 CPU units cannot fit m7i.large (2048"),
        (
            {"services": {"x": ServiceSettings({"a": Container("i", 64, cpu=2000), "b": Container("i", 64, cpu=49)})}},
            "services.x.containers.a.cpu",
            "2049 CPU units cannot fit",
        ),
        (
            {
                "network": NetworkSettings(existing=ExistingNetwork("vpc-1", ["subnet-1", "subnet-2"], ["subnet-3"])),
                "load_balancers": {"public": LoadBalancerSettings(internal=True)},
            },
            "loadBalancers.public.internal",
            "needs private subnets in two zones",
        ),
        ({"services": {"x" * 21: service()}}, f"services.{'x' * 21}", "has 25 characters, at most 24"),
        ({"services": {"web": service(desired_count=-1)}}, "services.web.desiredCount", "-1 is negative"),
        ({"load_balancers": {}}, "services.web.loadBalancer.name", "'public' is not in loadBalancers (there is: none)"),
        ({"services": {"a": service(), "b": service(load_balancer=replace(ROUTING, path_patterns=["/b"]))}},
         "services.b.loadBalancer.priority",
         "1 is already that of service a on load balancer public"),
        ({"services": {"web": service(capacity_provider_strategy=[StrategyItem("other", 1)])}},
         "services.web.capacityProviderStrategy[0].capacityProvider", "(there is: general, spare)"),
        ({"services": {"web": service(memory=8193)}}, "services.web.containers.web.memory", "8193 MiB cannot fit"),
        ({"services": {"web": service(capacity_provider_strategy=[StrategyItem("spare", 1)], containers={
            "web": Container("i", 2000, 1500, port_mappings=[PortMapping(80)])})}},
         "services.web.containers.web.memoryReservation", "1500 MiB cannot fit t3.micro"),
        ({"services": {"web": replace(service(), memory=9000)}},
         "services.web.memory", "9000 MiB cannot fit m7i.large"),
        ({"services": {"web": service(50_000)}}, "services.web.containers.web.portMappings[0].hostPort",
         "range 49153-65535"),
        ({"services": {"a": service(8080), "b": service(8080, load_balancer=replace(
            ROUTING, priority=2, path_patterns=["/b"]))}},
         "services.b.loadBalancer.containerPort", "host port 8080 is already that of service a"),
        ({"services": {"web": service(8080)},
          "capacity": {"general": CapacitySettings(["m7i.large"], 2, agent=AgentSettings(reserved_ports=[8080]))}},
         "services.web.containers.web.portMappings[0]", "is in capacity general's agent.reservedPorts"),
        ({"services": {"x": ServiceSettings({"a": Container("i", 64, gpus=1)})}}, "services.x.containers.a.gpus",
         "a task of 1 GPU cannot fit m7i.large (0 GPUs), the type with the fewest of capacity general"),
        ({"services": {"x": ServiceSettings({"a": Container("i", 64)}, cpu_architecture=Architecture.ARM64)}},
         "services.x.cpuArchitecture", "arm64 is not that of capacity general (x86_64)"),
        ({"services": {"x": ServiceSettings({"a": Container("i", 64)}, placement_constraints=[""])}},
         "services.x.placementConstraints[0]", "is missing: say which instances are meant"),
        ({"services": {"x": ServiceSettings({"a": Container("i", 64)}, volumes={"data": Volume()})}},
         "services.x.volumes.data", "is mounted by no container"),
        ({"network": NetworkSettings()}, "network", "chooses none"),
        ({"load_balancers": {"public": LoadBalancerSettings(idle_timeout=0)}}, "loadBalancers.public.idleTimeout",
         "give 1-4000"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(change: dict[str, Any], path: str | None, says: str) -> None:
    found = told(replace(STACK, **change))
    if path is None:
        assert set(found) == {"capacity"}
        return
    assert list(found) == [path]
    assert says in found[path]


def test_dynamic_ports_are_those_of_the_agents_that_may_run_the_service() -> None:
    narrow = CapacitySettings(["m7i.large"], 2, agent=AgentSettings("40000-45000"))
    stack = replace(STACK, capacity={"general": narrow}, services={"web": service(50_000)})
    assert told(stack) == {}
    assert "40000-45000" in "".join(told(replace(stack, services={"web": service(44_000)})).values())


def test_no_way_to_public_registries_is_a_warning() -> None:
    endpoints = NetworkSettings(create=NewNetwork(nat=Nat.NONE, endpoints=True))
    (warning,) = replace(STACK, network=endpoints).warnings()
    assert warning.path == ("network", "create", "nat")
    assert "ECR only" in warning.message


def test_a_limit_beyond_every_instance_is_refused() -> None:
    held = ServiceSettings({"a": Container("i", 8193, 100)})
    found = told(replace(STACK, services={"x": held}))
    ((path, message),) = found.items()
    assert path == "services.x.containers.a.memory"
    assert "8193 MiB is a limit beyond all that m7i.large has (8192 MiB installed)" in message
    assert told(replace(STACK, services={"x": ServiceSettings({"a": Container("i", 8192, 100)})})) == {}


def test_a_service_on_two_architectures_is_a_warning() -> None:
    both = {"general": CapacitySettings(["m7i.large"], 2), "arm": CapacitySettings(["m7g.large"], 2)}
    strategy = ClusterSettings([StrategyItem("general", 1), StrategyItem("arm", 1)])
    (warning,) = replace(STACK, capacity=both, cluster=strategy).warnings()
    assert "(arm is arm64, general is x86_64): its images must be built for both" in warning.message
    assert list(replace(STACK, capacity=both).warnings()) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "sg-shop"}, "name"),
        ({"network": NetworkSettings(create=NewNetwork(cidr="127.0.0.0/16"))}, "network.create.cidr"),
        ({"network": NetworkSettings(create=NewNetwork(cidr="0.0.0.0/16"))}, "network.create.cidr"),
        ({"capacity": {f"c{i}": CapacitySettings(["m7i.large"], 1) for i in range(20)} | STACK.capacity}, "capacity"),
        ({"services": {"x": ServiceSettings({"a": Container("i")}, memory=3)}}, "services.x.memory"),
        ({"services": {"x": ServiceSettings({"a": Container("a b", 64)})}}, "services.x.containers.a.image"),
        (
            {"services": {"x": ServiceSettings({"a": Container("i", 64, environment={"A=B": "y"})})}},
            "services.x.containers.a.environment.A=B",
        ),
        (
            {"services": {"web": service(load_balancer=replace(ROUTING, path_patterns=[""]))}},
            "services.web.loadBalancer.pathPatterns[0]",
        ),
        (
            {"services": {"web": service(load_balancer=replace(ROUTING, host_headers=["a b c"]))}},
            "services.web.loadBalancer.hostHeaders[0]",
        ),
        ({"load_balancers": {"public": LoadBalancerSettings(tls_policy="nope")}}, "loadBalancers.public.tlsPolicy"),
        (
            {"services": {"web": service(task_role_statements=[PolicyStatement(["s3:GetObject"], ["nonsense"])])}},
            "services.web.taskRoleStatements[0].resources[0]",
        ),
        (
            {"capacity": {"general": CapacitySettings(["m7i.large"], 1, agent=AgentSettings("1-65535"))}},
            "capacity.general.agent.dynamicHostPortRange",
        ),
    ],
)
def test_what_aws_refuses_is_refused_before(change: dict[str, Any], path: str) -> None:
    assert [dotted(problem.path).replace('["A=B"]', ".A=B") for problem in replace(STACK, **change).problems()] == [
        path
    ]


def test_a_load_balancer_reaches_tcp_ports_only() -> None:
    udp = PortMapping(80, 8053, Protocol.UDP)
    tcp = service(
        containers={"web": Container("i", 64, port_mappings=[replace(udp, container_port=53), PortMapping(80)])}
    )
    assert tcp.fixed_host_port is None
    assert told(replace(STACK, services={"web": tcp})) == {}
    both = service(containers={"web": Container("i", 64, port_mappings=[udp, PortMapping(80)])})
    found = told(replace(STACK, services={"web": both}))
    assert list(found) == ["services.web.loadBalancer.containerPort"]
    assert "80 is mapped twice by container web" in found["services.web.loadBalancer.containerPort"]
    found = told(replace(STACK, services={"web": service(containers={"web": Container("i", 64, port_mappings=[udp])})}))
    assert list(found) == ["services.web.loadBalancer.containerPort"]


def test_the_capacity_of_a_service() -> None:
    assert list(STACK.capacity_of(service())) == ["general"]
    own = service(capacity_provider_strategy=[StrategyItem("general", 0), StrategyItem("spare", 0, 2)])
    assert list(STACK.capacity_of(own)) == ["spare"]
    assert STACK.strategy(service()) == [StrategyItem("general", 1)]


@pytest.mark.parametrize(
    ("network", "public"),
    [
        (NetworkSettings(default=True), True),
        (NetworkSettings(create=NewNetwork()), False),
        (NetworkSettings(create=NewNetwork(nat=Nat.NONE, public_instances=True)), True),
        (NetworkSettings(existing=ExistingNetwork("vpc-1", ["subnet-1", "subnet-2"])), True),
        (NetworkSettings(existing=ExistingNetwork("vpc-1", ["subnet-1", "subnet-2"], ["subnet-3"])), False),
    ],
)
def test_public_instances(network: NetworkSettings, public: bool) -> None:
    stack = replace(STACK, network=network, services={"web": service(network_mode=NetworkMode.AWSVPC)})
    assert stack.public_instances is public
    assert [dotted(each.path) for each in stack.warnings()] == (["services.web.networkMode"] if public else [])


@pytest.mark.parametrize(
    ("made", "path", "says"),
    [
        (service(log_retention_days=31), "logRetentionDays", "31 is not offered by CloudWatch"),
        (service(minimum_healthy_percent=101, maximum_percent=200), "minimumHealthyPercent", "give 0-100"),
        (service(maximum_percent=100), "maximumPercent", "no room beside minimumHealthyPercent (100)"),
        (service(load_balancer=None, health_check_grace_period=5), "healthCheckGracePeriod", "leave it out"),
        (service(health_check_grace_period=-5), "healthCheckGracePeriod", "-5 is out of range"),
        (service(load_balancer=replace(ROUTING, container_name="x")), "loadBalancer.containerName",
         "'x' is no container of this service (there is: web)"),
        (service(load_balancer=replace(ROUTING, container_port=81)), "loadBalancer.containerPort",
         "81 is no TCP port that container web maps (it maps: 80)"),
        (service(load_balancer=replace(ROUTING, priority=0)), "loadBalancer.priority", "give 1-50000"),
        (service(network_mode=NetworkMode.NONE, containers={"web": Container("i", 8)}), "loadBalancer",
         "needs a network"),
        (service(enable_execute_command=True, load_balancer=None,
                 containers={"web": Container("i", 8, readonly_root_filesystem=True)}),
         "containers.web.readonlyRootFilesystem", "true excludes enableExecuteCommand"),
        (service(task_role_statements=[PolicyStatement(["s3:*"], ["*"])]), "taskRoleStatements[0].actions[0]",
         "'s3:*' is not a single action"),
        (service(task_role_statements=[PolicyStatement(["s3:**"], ["*"])]), "taskRoleStatements[0].actions[0]", "**"),
        (service(task_role_statements=[PolicyStatement(["*"], ["*"])]), "taskRoleStatements[0].actions[0]", "'*'"),
        (service(kms_keys=[KEY]), "kmsKeys", "has nothing to decrypt: no container has secrets or environmentFiles"),
        (sealed(f"{KEY}!"), "kmsKeys[0]", "is no ARN of a KMS key"),
        (sealed(KEY.replace("key/", "alias/")), "kmsKeys[0]", "an alias does not do"),
        (service(task_role_statements=[PolicyStatement(["s3:GetObject"], [])]), "taskRoleStatements[0]",
         "at least one"),
    ],
)  # fmt: skip
def test_services_that_cannot_work(made: ServiceSettings, path: str, says: str) -> None:
    (problem,) = made.problems()
    assert dotted(problem.path) == path
    assert says in problem.message


@pytest.mark.parametrize(
    "made",
    [
        service(),
        service(8080),
        service(desired_count=0, minimum_healthy_percent=0, maximum_percent=100),
        service(task_role_statements=[PolicyStatement(["s3:Get*", "lambda:InvokeFunction"], ["*"])]),
        service(health_check_grace_period=0),
        sealed(KEY),
    ],
)
def test_services_that_work(made: ServiceSettings) -> None:
    assert list(made.problems()) == []


@pytest.mark.parametrize(
    ("made", "port"),
    [
        (service(), None),
        (service(0), None),
        (service(8080), 8080),
        (service(8080, load_balancer=None), None),
        (service(network_mode=NetworkMode.HOST), 80),
        (service(network_mode=NetworkMode.AWSVPC), None),
        (service(8080, load_balancer=replace(ROUTING, container_name="x")), None),
    ],
)
def test_the_fixed_port_that_a_load_balancer_reaches(made: ServiceSettings, port: int | None) -> None:
    assert made.fixed_host_port == port


def test_who_may_assume_the_roles() -> None:
    def trust(service: str) -> dict[str, Any]:
        return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}

    assert iam.instance_trust() == {"Version": "2012-10-17", "Statement": [trust("ec2.amazonaws.com")]}
    condition = {
        "StringEquals": {"aws:SourceAccount": "1"},
        "ArnLike": {"aws:SourceArn": "arn:aws-cn:ecs:cn-north-1:1:*"},
    }
    (statement,) = iam.task_trust("aws-cn", "cn-north-1", "1")["Statement"]
    assert statement == trust("ecs-tasks.amazonaws.com") | {"Condition": condition}
    assert iam.managed_policy_arn("a/b", "aws-cn") == "arn:aws-cn:iam::aws:policy/a/b"


LOGS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": ["arn:aws:logs:r:1:log-group:web:*"],
}


@pytest.mark.parametrize("group", ["arn:aws:logs:r:1:log-group:web", "arn:aws:logs:r:1:log-group:web:*"])
def test_the_execution_policy_of_public_images(group: str) -> None:
    made = iam.execution_policy("aws", group, ["nginx", "public.ecr.aws/nginx/nginx:1"], [])
    assert made == {"Version": "2012-10-17", "Statement": [LOGS]}


@pytest.mark.parametrize(
    "registry",
    [
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
        "123456789012.dkr-ecr.us-east-1.on.aws",
    ],
)
def test_the_execution_policy_of_everything(registry: str) -> None:
    secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
    parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/a/b"
    images = [f"{registry}/team/web:1", f"{registry}/team/web@sha256:0", f"{registry}/api"]
    made = iam.execution_policy(
        "aws",
        "arn:aws:logs:r:1:log-group:web",
        images,
        [f"{secret}:url::", f"{secret}:user::", parameter, secret, secret.removesuffix("-AbCdEf")],
        [FILE, FILE.replace("web.env", "b/a.env"), "arn:aws:s3:::other/web.env"],
        [KEY],
    )
    repository = "arn:aws:ecr:us-east-1:123456789012:repository"
    assert made["Statement"] == [
        LOGS,
        {
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": [f"{repository}/api", f"{repository}/team/web"],
        },
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": [f"{secret.removesuffix('-AbCdEf')}-??????", secret],
        },
        {"Effect": "Allow", "Action": ["ssm:GetParameters"], "Resource": [parameter]},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::other/web.env", "arn:aws:s3:::settings/b/a.env", FILE],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation"],
            "Resource": ["arn:aws:s3:::other", "arn:aws:s3:::settings"],
        },
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]},
    ]


def test_the_task_policy() -> None:
    assert iam.task_policy([], execute_command=False) is None
    made = iam.task_policy([PolicyStatement(["b:B", "a:A"], ["y", "x"])], execute_command=True)
    assert made is not None
    own, command = made["Statement"]
    assert own == {"Effect": "Allow", "Action": ["a:A", "b:B"], "Resource": ["x", "y"]}
    assert command["Action"] == [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]
    assert command["Resource"] == ["*"]


def test_names_that_leave_no_room_are_told_once_with_what_to_shorten() -> None:
    def names(name: str, *keys: str) -> list[str]:
        jobs = {key: ServiceSettings({"a": Container("i", 64)}) for key in keys}
        return [str(each) for each in replace(STACK, name=name, services=jobs, load_balancers={}).problems()]

    assert names("shop-production", "web", "payments-api") == [
        "services.payments-api: 'shop-production-payments-api' has 28 characters, at most 24 leave room for a suffix: "
        "shorten the key to 8, or the first half (set name)"
    ]
    assert names("shop-production", "web", "payments-api", "invoices-2") == [
        "name: 'shop-production' leaves 8 characters to keys, and services.payments-api, services.invoices-2 have "
        "more; with it and a hyphen at most 24 leave room for a suffix: shorten it (set name) to 11, or these keys"
    ]
    for wrong, says in (
        ("x" * 23, "has 23 characters, and with the keys after it names have at most 24: set name to at most 22"),
        ("my shop of " + "x" * 60, "is not a name: use letters, digits and hyphens"),
        ("ecs-of-too-many-letters", "begins with 'ecs', which AWS reserves"),
    ):
        (line,) = names(wrong, "web", "payments-api", "invoices-2")
        assert line.startswith("name: ")
        assert says in line
