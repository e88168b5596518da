"""What a killed run left in a stack's state, and the state that knows what AWS created meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_model.pulumi_state import (
    Lock,
    Made,
    accounts,
    adopted,
    known_ids,
    lock_folders,
    outputs,
    parsed_time,
    pending,
    provider_settings,
    unread,
    written_at,
)

CLUSTER = "aws:ecs/cluster:Cluster"
BEGINNING = "urn:pulumi:dev::shop::"


def urn(type_: str, name: str = "web") -> str:
    return f"{BEGINNING}{type_}::{name}"


def resource(type_: str, name: str = "web", **more: Any) -> dict[str, Any]:
    return {"urn": urn(type_, name), "type": type_, "custom": True, **more}


def creating(type_: str, name: str = "web", **more: Any) -> dict[str, Any]:
    return {"type": "creating", "resource": resource(type_, name, **more)}


def test_an_operation_tells_its_type_name_and_inputs() -> None:
    nested = {"urn": f"{BEGINNING}pkg:index:Group${CLUSTER}::a::b", "inputs": {"name": "x"}}
    (found,) = pending({"pending_operations": [{"type": "creating", "resource": nested}]})
    assert (str(found), found.token, found.name) == (f"creating {CLUSTER} a::b", CLUSTER, "a::b")
    assert found.inputs == {"name": "x"}
    assert pending({}) == pending({"pending_operations": None}) == []


def test_what_was_made_becomes_a_resource_and_the_rest_stays_pending() -> None:
    other = creating("aws:iam/role:Role")
    deployment = {
        "resources": [],
        "pending_operations": [creating(CLUSTER, inputs={"name": "x"}), other],
        "manifest": {},
    }
    found = adopted(deployment, {urn(CLUSTER): Made("x"), urn("aws:s3/bucket:Bucket"): Made("none")})
    assert found["resources"] == [resource(CLUSTER, inputs={"name": "x"}, id="x")]
    assert found["pending_operations"] == [other]
    assert len(deployment["pending_operations"]) == 2


def test_an_operation_that_is_no_creation_makes_nothing() -> None:
    old = resource(CLUSTER, id="x")
    deployment = {"resources": [old], "pending_operations": [{"type": "updating", "resource": old}]}
    assert adopted(deployment, {urn(CLUSTER): Made("y")}) == deployment


def test_the_one_that_was_to_be_replaced_is_left_to_be_deleted() -> None:
    deployment = {"resources": [resource(CLUSTER, id="old")], "pending_operations": [creating(CLUSTER)]}
    found = adopted(deployment, {urn(CLUSTER): Made("new")})["resources"]
    assert [(each["id"], each.get("delete")) for each in found] == [("old", True), ("new", None)]


def test_what_a_resource_names_comes_before_it() -> None:
    role, profile, component = "aws:iam/role:Role", "aws:iam/instanceProfile:InstanceProfile", "pkg:index:Group"
    first = resource("pulumi:providers:aws", "default", id="p")
    group = resource(component, custom=False, dependencies=[urn(profile)])
    deployment = {
        "resources": [first, group],
        "pending_operations": [
            creating(profile, parent=urn(component), propertyDependencies={"role": [urn(role)]}),
            creating(role, provider=f"{urn('pulumi:providers:aws', 'default')}::p"),
        ],
    }
    found = adopted(deployment, {urn(profile): Made("i"), urn(role): Made("r")})["resources"]
    types = [each["type"] for each in found]
    assert types.index(role) < types.index(profile)
    assert len(found) == 4


def test_a_type_without_an_import_keeps_what_it_is_read_by() -> None:
    deployment = {"pending_operations": [creating(CLUSTER)]}
    (found,) = adopted(deployment, {urn(CLUSTER): Made("x", {"name": "x"})})["resources"]
    assert found["outputs"] == {"name": "x"}


def test_what_was_taken_in_and_not_read_is_known_by_its_lack_of_outputs() -> None:
    read = resource(CLUSTER, "read", id="1", outputs={"id": "1"})
    others = [resource("pulumi:providers:aws", id="2"), {**resource("pkg:index:Group", id=""), "custom": False}]
    assert unread({"resources": [read, *others, resource(CLUSTER, "taken", id="3")]}) == [urn(CLUSTER, "taken")]


def test_ids_are_known_by_type_for_two_types_may_share_a_name() -> None:
    role = resource("aws:iam/role:Role", id="web", outputs={"arn": "arn:aws:iam::123456789012:role/web"})
    deployment = {"resources": [role]}
    assert known_ids(deployment, "aws:iam/role:Role") == {"web", "arn:aws:iam::123456789012:role/web"}
    assert known_ids(deployment, "aws:iam/instanceProfile:InstanceProfile") == set()
    assert accounts(deployment) == {"123456789012"}


def test_an_arn_without_an_account_tells_none() -> None:
    bucket = resource("aws:s3/bucket:Bucket", id="b", outputs={"arn": "arn:aws:s3:::b"})
    assert accounts({"resources": [bucket, resource(CLUSTER)]}) == set()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-29T13:19:59.496552807Z", datetime(2026, 11, 29, 13, 19, 59, 496552, UTC)),
        ("2026-11-29T13:19:59.5Z", datetime(2026, 11, 29, 13, 19, 59, 500000, UTC)),
        ("2026-11-29T13:19:59Z", datetime(2026, 11, 29, 13, 19, 59, 0, UTC)),
        ("2026-11-29T14:19:59.5+01:00", datetime(2026, 11, 29, 13, 19, 59, 500000, UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_are_read_as_go_writes_them(said: str | None, meant: datetime | None) -> None:
    assert parsed_time(said) == meant


def test_a_deployment_says_when_it_was_written_what_it_gives_out_and_how_providers_are_set() -> None:
    provider = resource("pulumi:providers:aws", "default", id="p", inputs={"region": "eu-west-1"})
    stack = resource("pulumi:pulumi:Stack", outputs={"cluster": "c"})
    deployment = {"manifest": {"time": "2026-11-29T13:19:59Z"}, "resources": [stack, provider]}
    assert written_at(deployment) == datetime(2026, 11, 29, 13, 19, 59, 0, UTC)
    assert outputs(deployment) == {"cluster": "c"}
    assert provider_settings(deployment, f"{urn('pulumi:providers:aws', 'default')}::p") == {"region": "eu-west-1"}
    assert provider_settings(deployment, "urn::other") == outputs({}) == {}
    assert written_at({}) is None


def test_a_lock_says_who_holds_it_and_where_locks_are() -> None:
    lock = Lock.parse({"pid": 7, "username": "me", "hostname": "here", "timestamp": "2026"})
    assert str(lock) == "me@here (process 7) since 2026"
    assert str(Lock.parse({})) == "?@? (process 0) since ?"
    assert list(lock_folders("shop", "dev")) == [".pulumi/locks/organization/shop/dev", ".pulumi/locks/dev"]
