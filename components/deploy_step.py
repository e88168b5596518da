"""A task as a step of a deployment: run by boto3 in this process, while the engine waits."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from ecs_model.one_off_task import failure
from ecs_model.reach import Reach

Request = Mapping[str, Any]
PAUSE = 2.0
"""Seconds between two looks at the task."""


class TaskFailed(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A task did not do its work; the text says which, and why."""


def deploy_step(
    name: str,
    request: pulumi.Output[Request],
    logs: pulumi.Output[str],
    minutes: int,
    parent: pulumi.Resource,
    reach: Reach,
) -> aws.ssm.Parameter:
    """The parameter that holds the revision which ran last: before it is written, the task runs, and ends well.

    So a task that failed runs again in the next deployment, and one that ran does not. `logs` is its log group.
    """
    # Asked here: a hook that took a preview for a deployment would run the task.
    preview = pulumi.runtime.is_dry_run()

    async def run(_: pulumi.ResourceHookArgs) -> None:
        if preview:
            pulumi.log.info(f"{name} will run in this deployment, which waits for its end")
            return
        known = await request.future()
        if known is None:
            raise TaskFailed(f"{name}: what is to run is not known")
        pulumi.log.info(f"{name} runs {str(known['taskDefinition']).rpartition('/')[2]}, for {minutes} minutes at most")
        await asyncio.get_running_loop().run_in_executor(
            None, lambda: run_task(name, known, minutes * 60, ecs_client(reach))
        )
        pulumi.log.info(f"{name} ended with exit code 0. Its logs are in {await logs.future()}")

    hook = pulumi.ResourceHook(f"{name}-runs", run, pulumi.ResourceHookOptions(on_dry_run=True))
    return aws.ssm.Parameter(
        f"{name}-ran",
        type="String",
        value=request.apply(lambda known: str(known["taskDefinition"])),
        description="The revision of the task definition that a deployment ran last",
        opts=pulumi.ResourceOptions(
            parent=parent, hooks=pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])
        ),
    )


def run_task(
    name: str, request: Request, seconds: float, ecs: Any, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Run a task by a client of ECS and wait for its end. Raises TaskFailed, with the place of its logs."""
    answer = ecs.run_task(**request)
    if not answer["tasks"]:
        reasons = ", ".join(f"{each.get('arn', 'ECS')}: {each.get('reason')}" for each in answer["failures"])
        raise TaskFailed(f"{name} cannot be started: {reasons}")
    (task,) = answer["tasks"]
    where, waited = {"cluster": request["cluster"], "tasks": [task["taskArn"]]}, 0.0
    while task["lastStatus"] != "STOPPED":
        if waited >= seconds:
            ecs.stop_task(cluster=request["cluster"], task=task["taskArn"], reason="It took longer than it may")
            raise TaskFailed(f"{name} took longer than {seconds / 60:g} minutes, and is stopped: {task['taskArn']}")
        sleep(PAUSE)
        waited += PAUSE
        (task,) = ecs.describe_tasks(**where)["tasks"]
    reason = failure(task)
    if reason:
        raise TaskFailed(f"{name} failed: {reason}. Its logs are in {_logs(ecs, request)}; task {task['taskArn']}")


def _logs(ecs: Any, request: Request) -> str:
    found = ecs.describe_task_definition(taskDefinition=request["taskDefinition"])["taskDefinition"]
    options = (each.get("logConfiguration", {}).get("options", {}) for each in found["containerDefinitions"])
    return ", ".join(sorted({each["awslogs-group"] for each in options if "awslogs-group" in each})) or "no log group"


def ecs_client(reach: Reach) -> Any:
    """ECS where the AWS provider's configuration has it, with the credentials of this shell. Raises TaskFailed."""
    # Only here, because loading it takes time in every other deployment.
    import boto3

    config = pulumi.Config("aws")
    if config.get("assumeRoles") or config.get("assumeRole"):
        raise TaskFailed(
            "aws:assumeRoles is for the AWS provider alone: give this shell that role's credentials, or start the task "
            "by the command of the output run"
        )
    session = boto3.Session(
        aws_access_key_id=reach.access_key or None,
        aws_secret_access_key=reach.secret_key or None,
        region_name=config.require("region"),
        profile_name=reach.profile or None,
    )
    return session.client("ecs", endpoint_url=reach.endpoint_url or None)
