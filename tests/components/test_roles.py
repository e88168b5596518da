"""Every role that the components make, and given ones in place of a task's own."""

import json
from typing import Any

import pulumi
import pytest

import components as ecs
from components.volumes import EfsVolumeArgs, VolumeArgs
from ecs_model.containers import MountPoint
from ecs_model.iam import Effect, PolicyStatement
from ecs_model.sessions import ExecuteCommandSettings
from tests.components.component_harness import ACCOUNT, REGION, Graph, deploy, refused
from tests.generated.bases import bases
from tests.generated.outcome import previewed

ROLE, OTHER = f"arn:aws:iam::{ACCOUNT}:role/team/shop", f"arn:aws:iam::{ACCOUNT}:role/agent"
OWN, BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/team/queue", f"arn:aws:iam::{ACCOUNT}:policy/boundary"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
LATER = pulumi.Output.from_input
KINDS = ("balancing", "connect", "execution", "infrastructure", "instance", "schedule", "task")


def task(preview: bool = False, container: dict[str, Any] | None = None, **more: Any) -> Graph:
    app = ecs.ContainerArgs("app:1", 64, **(container or {}))
    args = ecs.TaskDefinitionArgs({"app": app}, **more)
    return deploy(lambda: ecs.TaskDefinition("web", args), preview=preview)


def attached(graph: Graph) -> dict[str, Any]:
    return {each.name: each.inputs["policyArn"] for each in graph.all("iam.RolePolicyAttachment")}


@pytest.mark.parametrize("preview", [False, True])
def test_given_roles_take_the_place_of_a_task_s_own(preview: bool) -> None:
    graph = task(preview, task_role=LATER(ROLE), execution_role=OTHER)
    assert not {"iam.Role", "iam.RolePolicy"} & set(graph.kinds())
    inputs = graph.one("ecs.TaskDefinition").inputs
    assert (inputs["taskRoleArn"], inputs["executionRoleArn"]) == (ROLE, OTHER)
    outputs = graph.one("TaskDefinition").outputs
    assert outputs is not None
    assert (outputs["taskRoleArn"], outputs["executionRoleArn"]) == (ROLE, OTHER)
    assert graph.warnings == []


def test_one_given_role_leaves_the_other() -> None:
    graph = task(task_role=ROLE)
    assert [role.name for role in graph.all("iam.Role")] == ["web-execution"]
    assert graph.one("ecs.TaskDefinition").inputs["taskRoleArn"] == ROLE
    graph = task(execution_role=ROLE, task_role_statements=[PolicyStatement(["s3:GetObject"], ["*"])])
    assert [role.name for role in graph.all("iam.Role")] == ["web-task"]
    assert [policy.name for policy in graph.all("iam.RolePolicy")] == ["web-task"]


def test_given_roles_are_told_what_they_have_to_allow() -> None:
    shared = {"files": VolumeArgs(efs_volume_configuration=EfsVolumeArgs(LATER("fs-1"), iam=True))}
    container = {
        "mount_points": [MountPoint("files", "/files")],
        "secrets": {"A": LATER(SECRET), "B": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/b"},
        "environment_files": [LATER("arn:aws:s3:::settings/web.env")],
    }
    graph = task(
        container=container, volumes=shared, execute_command=True, sessions=ExecuteCommandSettings(bucket="logs"),
        protected_in="shop", task_role=ROLE, execution_role=OTHER,
    )  # fmt: skip
    containers, agent = sorted(graph.warnings, reverse=True)
    assert containers.startswith(
        "taskRole is an existing role, which is left as it is: see that it allows ssmmessages:"
    )
    for action in ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "ecs:UpdateTaskProtection",
                   "ssmmessages:OpenDataChannel", "s3:PutObject"):  # fmt: skip
        assert action in containers
    assert agent.startswith("executionRole is an existing role")
    assert "secretsmanager:GetSecretValue, ssm:GetParameters, s3:GetObject, s3:GetBucketLocation, for" in agent


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"task_role": LATER(ROLE), "task_role_policies": [LATER(OWN)]}, "taskRolePolicies"),
        ({"task_role": LATER(ROLE), "task_role_statements": [PolicyStatement(["s3:Get*"], ["*"])]},
         "taskRoleStatements"),
        ({"task_role": ROLE, "execution_role": ROLE}, "executionRole"),
        ({"task_role": "shop"}, "taskRole"),
        ({"task_role_policies": [ROLE]}, "taskRolePolicies[0]"),
        ({"roles": ecs.RoleArgs("team")}, "roles.path"),
        ({"roles": ecs.RoleArgs(permissions_boundary="x")}, "roles.permissionsBoundary"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(more: dict[str, Any], path: str) -> None:
    args = ecs.TaskDefinitionArgs({"app": ecs.ContainerArgs("app:1", 64)}, **more)
    (line,) = refused(lambda: ecs.TaskDefinition("web", args))
    assert line.removeprefix("TaskDefinition web: ").split(": ")[0] == path


@pytest.mark.parametrize("preview", [False, True])
def test_managed_policies_outlive_the_task(preview: bool) -> None:
    graph = task(preview, task_role_policies=["AmazonS3ReadOnlyAccess", "service-role/A", OWN, LATER(BOUNDARY)])
    assert attached(graph) == {
        "web-task-AmazonS3ReadOnlyAccess": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "web-task-service-role-A": "arn:aws:iam::aws:policy/service-role/A",
        "web-task-policy-team-queue": OWN,
        "web-task-3": BOUNDARY,
    }
    assert all(each.inputs["role"] == "web-task-1a2b3c4" for each in graph.all("iam.RolePolicyAttachment"))
    definition = graph.one("ecs.TaskDefinition")
    assert {each.urn for each in graph.all("iam.RolePolicyAttachment")} <= definition.dependencies


def test_a_policy_of_aws_is_attached_once_however_it_is_named() -> None:
    name, arn = "AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    assert attached(task(task_role_policies=[name])) == attached(task(task_role_policies=[arn]))


def test_conditions_and_what_is_denied() -> None:
    graph = task(
        task_role_statements=[
            PolicyStatement(["s3:ListBucket"], ["arn:aws:s3:::b"], conditions={"StringLike": {"s3:prefix": ["a/*"]}}),
            PolicyStatement(["s3:Delete*"], ["*"], Effect.DENY),
        ]
    )
    list_, delete = json.loads(graph.one("iam.RolePolicy", "web-task").inputs["policy"])["Statement"]
    assert list_["Condition"] == {"StringLike": {"s3:prefix": ["a/*"]}}
    assert (delete["Effect"], "Condition" in delete) == ("Deny", False)


def test_ecs_takes_both_roles_on_behalf_of_this_account_alone() -> None:
    trusts = [json.loads(role.inputs["assumeRolePolicy"])["Statement"] for role in task().all("iam.Role")]
    for (statement,) in trusts:
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
        }


def test_every_role_of_a_stack_stands_where_its_settings_say() -> None:
    seen = set()
    for base in ("tasks", "services", "managed", "more"):
        graph = previewed({**bases()[base], "roles": {"path": "/team/", "permissionsBoundary": BOUNDARY}})
        managed = {each.name for each in graph.resources if each.kind == "ManagedInstances"}
        for role in graph.all("iam.Role"):
            owner, _, kind = role.name.rpartition("-")
            seen.add(kind)
            assert role.inputs["permissionsBoundary"] == BOUNDARY
            # ECS may pass the role of Managed Instances' instances to EC2 at no other path.
            assert role.inputs.get("path") == (None if kind == "instance" and owner in managed else "/team/")
            assert role.ignored == ["path"]
        for profile in graph.all("iam.InstanceProfile"):
            assert (profile.inputs["path"], profile.ignored) == ("/team/", ["path"])
    assert sorted(seen) == list(KINDS)


def test_without_a_path_or_boundary_none_is_written() -> None:
    graph = previewed(bases()["services"])
    for each in [*graph.all("iam.Role"), *graph.all("iam.InstanceProfile")]:
        assert not {"path", "permissionsBoundary"} & set(each.inputs)


def test_a_boundary_of_another_resource() -> None:
    graph = task(roles=ecs.RoleArgs("/team/", LATER(BOUNDARY)))
    assert {(role.inputs["path"], role.inputs["permissionsBoundary"]) for role in graph.all("iam.Role")} == {
        ("/team/", BOUNDARY)
    }


def test_arguments_as_another_language_hands_them_over() -> None:
    args: Any = {
        "containers": {"app": {"image": "app:1", "memory": 64.0}},
        "task_role_policies": [OWN],
        "task_role_statements": [
            {"actions": ["s3:Get*"], "resources": ["*"], "effect": "Deny",
             "conditions": {"Bool": {"aws:SecureTransport": ["false"]}}},
        ],
        "roles": {"path": "/team/", "permissions_boundary": BOUNDARY},
    }  # fmt: skip
    graph = deploy(lambda: ecs.TaskDefinition("web", args))
    (statement,) = json.loads(graph.one("iam.RolePolicy", "web-task").inputs["policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": ["false"]}})
    assert {role.inputs["path"] for role in graph.all("iam.Role")} == {"/team/"}
    assert list(attached(graph).values()) == [OWN]
