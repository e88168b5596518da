"""The calls after which a region's state is settled."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.responses import AutoScalingResponse
from moto.ec2.responses import EC2Response
from moto.ecs.responses import EC2ContainerServiceResponse

from localaws.agents.settlement import settle
from localaws.moto_fixes.patch import around

_OF_ECS = (
    "create_capacity_provider",
    "create_cluster",
    "create_service",
    "delete_attributes",
    "delete_capacity_provider",
    "delete_service",
    "deregister_container_instance",
    "put_attributes",
    "put_cluster_capacity_providers",
    "register_container_instance",
    "run_task",
    "start_task",
    "stop_task",
    "update_capacity_provider",
    "update_container_instances_state",
    "update_service",
    "update_task_protection",
)
_OF_GROUPS = (
    "attach_instances",
    "delete_warm_pool",
    "put_warm_pool",
    "create_auto_scaling_group",
    "delete_auto_scaling_group",
    "detach_instances",
    "execute_policy",
    "set_desired_capacity",
    "start_instance_refresh",
    "terminate_instance_in_auto_scaling_group",
    "update_auto_scaling_group",
)
_OF_EC2 = ("run_instances", "start_instances", "stop_instances", "terminate_instances")


def _then_settle(owner: Any, name: str, backend: str, *, inwards: bool) -> None:
    @around(owner, name)
    def _settled(original: Any, self: Any) -> Any:
        answer = original(self)
        changed = getattr(self, backend)
        settle(changed.account_id, changed.region_name, inwards=inwards)
        return answer


for _name in _OF_ECS:
    _then_settle(EC2ContainerServiceResponse, _name, "ecs_backend", inwards=True)
for _name in _OF_GROUPS:
    _then_settle(AutoScalingResponse, _name, "autoscaling_backend", inwards=False)
for _name in _OF_EC2:
    _then_settle(EC2Response, _name, "ec2_backend", inwards=False)
