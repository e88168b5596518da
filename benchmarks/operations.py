"""What reading a cluster of 1,000 container instances and 10,000 tasks costs, beside the bare boto3 calls for it.

An ECS on this machine answers over HTTP, so that botocore does for both what it does on AWS: sign, send, parse.
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from benchmarks.ecs_server import CLUSTER, Cluster, serving
from benchmarks.memory import peak
from benchmarks.result import Result
from operations.aws import Aws, Target
from operations.reading import read

INSTANCES, TASKS, DEFINITIONS = 1_000, 10_000, 50
TIMES = 5
"""Runs of each way, taking turns; the fastest counts, for it is the one that least else got in the way of."""
LISTS = ("ListContainerInstances", "DescribeContainerInstances", "ListTasks", "DescribeTasks")
AT_BEST = 2 * INSTANCES // 100 + 2 * TASKS // 100
"""Calls to list and describe a hundred at a time."""
KEYS = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "eu-central-1"}


def results() -> Iterator[Result]:
    """Every figure."""
    with serving(Cluster(INSTANCES, TASKS, DEFINITIONS)) as (url, counted):
        ours, bare = [], []
        for _ in range(TIMES):
            ours.append(_alone(_ours, url))
            bare.append(_alone(_bare, url))
        counted.clear()
        _alone(_ours, url)
        calls = dict(counted)
    each = f"{INSTANCES:,} instances and {TASKS:,} tasks"
    listed = sum(calls.get(name, 0) for name in LISTS)
    yield Result(f"{each}: calls to list and describe them", listed, "", f"<= {AT_BEST}")
    definitions = calls.get("DescribeTaskDefinition", 0)
    yield Result(f"{each}: calls for {DEFINITIONS} task definitions", definitions, "", f"<= {DEFINITIONS}")
    mine, theirs = (min(run.seconds for run in runs) for runs in (ours, bare))
    yield Result(f"{each}: time to read the cluster", mine, "s")
    yield Result(f"{each}: time, ours / the bare boto3 calls", mine / theirs, "x", "<= 1.2")
    mine, theirs = (min(run.processor for run in runs) for runs in (ours, bare))
    yield Result(f"{each}: processor time, ours / the bare boto3 calls", mine / theirs, "x")
    yield Result(f"{each}: peak memory, ours", max(run.memory for run in ours), "MiB")
    yield Result(f"{each}: peak memory, bare boto3", max(run.memory for run in bare), "MiB")


class _Run(NamedTuple):
    seconds: float
    processor: float
    """Seconds of it."""
    memory: float
    """MiB at most."""


def _alone(what: Callable[[str], None], url: str) -> _Run:
    """What it takes in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(what, url, sender))
    process.start()
    sender.close()
    run = _Run(*receiver.recv())
    process.join()
    return run


def _measured(what: Callable[[str], None], url: str, sender: Any) -> None:
    start, worked = time.perf_counter(), time.process_time()
    what(url)
    run = _Run(
        time.perf_counter() - start,
        time.process_time() - worked,
        peak(),
    )
    sender.send(tuple(run))


def _ours(url: str) -> None:
    """What every command begins with."""
    target = Target(CLUSTER, KEYS["region_name"], None, url, KEYS["aws_access_key_id"], KEYS["aws_secret_access_key"])
    found = read(Aws(target), CLUSTER)
    assert len(found.fleet.instances) == INSTANCES
    assert sum(1 for _ in found.fleet.tasks()) == TASKS
    assert not found.missing, found.missing


def _bare(url: str) -> None:
    """The same answers, kept as they come."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    ecs = boto3.client("ecs", endpoint_url=url, config=Config(retries={"mode": "adaptive"}), **KEYS)
    ecs.describe_clusters(clusters=[CLUSTER])
    ecs.describe_capacity_providers(capacityProviders=["general"])
    boto3.client("ec2", endpoint_url=url, **KEYS).describe_images(ImageIds=["ami-0a"])
    instances = _all(ecs, "list_container_instances", "containerInstanceArns")
    kept = [
        ecs.describe_container_instances(cluster=CLUSTER, containerInstances=some)["containerInstances"]
        for some in _hundreds(instances)
    ]
    names = _all(ecs, "list_services", "serviceArns")
    for at in range(0, len(names), 10):
        kept.append(ecs.describe_services(cluster=CLUSTER, services=names[at : at + 10])["services"])
    arns = _all(ecs, "list_tasks", "taskArns")
    tasks = [each for some in _hundreds(arns) for each in ecs.describe_tasks(cluster=CLUSTER, tasks=some)["tasks"]]
    for definition in sorted({task["taskDefinitionArn"] for task in tasks}):
        kept.append(ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"])
    assert len(instances) == INSTANCES
    assert len(tasks) == TASKS
    assert len(kept) > DEFINITIONS


def _all(ecs: Any, operation: str, key: str) -> list[str]:
    pages = ecs.get_paginator(operation).paginate(cluster=CLUSTER, PaginationConfig={"PageSize": 100})
    return [arn for page in pages for arn in page[key]]


def _hundreds(arns: list[str]) -> Iterator[list[str]]:
    return (arns[start : start + 100] for start in range(0, len(arns), 100))
