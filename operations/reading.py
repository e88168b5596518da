"""Reads a cluster with as few calls as their page sizes allow; what cannot be read is noted, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from ecs_model.instance_source import short
from ecs_model.task_needs import SERVICE
from operations import capacity_providers, conversion, images
from operations.assembly import by_group, fleet_of, service_of, subnets
from operations.aws import Aws, NoSuchClusterError, NotReadError
from operations.conversion import Answer
from operations.snapshot import Missing, Service, Snapshot

PAGE = 100
"""Instances or tasks that ECS lists and describes at a time."""
SERVICES = 10
"""Services that ECS describes at a time; it lists a hundred."""
FILTER = 200
"""Values that an EC2 filter takes. A filter, unlike a list of ids, leaves out what has vanished instead of failing."""

Say = Callable[[str], None]
T = TypeVar("T")


class Reader:
    """One reading of one cluster; `missing` gathers what could not be read."""

    def __init__(self, aws: Aws, cluster: str, say: Say = lambda _: None) -> None:
        self.aws, self.cluster, self._say = aws, cluster, say
        self.missing: list[Missing] = []

    def call(self, service: str, operation: str, /, **arguments: Any) -> Answer:
        """The answer to one call; an empty one, noted, where it fails."""
        try:
            return self.aws.call(service, operation, **arguments)
        except NotReadError as error:
            self._note(error)
            return {}

    def pages(self, service: str, operation: str, key: str, /, **arguments: Any) -> Iterator[Any]:
        """What is listed under `key` on all pages, as far as they can be read."""
        try:
            for page in self.aws.pages(service, operation, **arguments):
                yield from page.get(key, [])
        except NotReadError as error:
            self._note(error)

    def described(self, operation: str, parameter: str, ids: Sequence[str], size: int) -> Iterator[Answer]:
        """ECS's descriptions of what has these ids, `size` at a time; what has vanished is left out.

        The parameter is also the key of the answer.
        """
        for some in batches(ids, size):
            answer = self.call("ecs", operation, cluster=self.cluster, **{parameter: some})
            yield from answer.get(parameter, [])

    def progress(self, what: str) -> None:
        """Tell the person what comes next."""
        self._say(what)

    def _note(self, error: NotReadError) -> None:
        missing = Missing(error.action, str(error))
        if missing not in self.missing:
            self.missing.append(missing)


def batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """The items, at most `size` at a time."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))


@dataclass(frozen=True)
class Gathered:
    """ECS's own answers about a cluster."""

    about: Answer
    instances: list[Answer]
    services: list[Answer]
    tasks: list[Answer]
    definitions: Mapping[str, Answer]
    """Task definitions by ARN."""


def read(aws: Aws, cluster: str, say: Say = lambda _: None, *, activities: bool = False) -> Snapshot:
    """The cluster now; `activities` also asks for the last scaling activities, and for what managed scaling goes by.

    Raises NoSuchClusterError and AwsError.
    """
    reader = Reader(aws, cluster, say)
    return snapshot_of(reader, gather(reader), activities=activities)


def gather(reader: Reader) -> Gathered:
    """What ECS says about the cluster."""
    cluster = reader.cluster
    about = read_cluster(reader)
    reader.progress("container instances")
    ids = list(reader.pages("ecs", "ListContainerInstances", "containerInstanceArns", cluster=cluster, maxResults=PAGE))
    instances = list(reader.described("DescribeContainerInstances", "containerInstances", ids, PAGE))
    reader.progress("services")
    names = list(reader.pages("ecs", "ListServices", "serviceArns", cluster=cluster, maxResults=PAGE))
    described = reader.described("DescribeServices", "services", names, SERVICES)
    services = [each for each in described if each.get("status") != "INACTIVE"]
    reader.progress("tasks")
    tasks = read_tasks(reader)
    reader.progress("task definitions")
    definitions = read_definitions(reader, [each["taskDefinition"] for each in services], tasks)
    return Gathered(about, instances, services, tasks, definitions)


def snapshot_of(reader: Reader, told: Gathered, *, activities: bool = False) -> Snapshot:
    """The snapshot of what ECS said, with zones, capacity providers and images, which are asked for now."""
    about, tasks, definitions = told.about, told.tasks, told.definitions
    default = conversion.strategy(about.get("defaultCapacityProviderStrategy", []))
    zones = _zones(reader, told.services)
    groups = by_group(tasks)
    services = tuple(
        service_of(each, definitions, default, groups.get(SERVICE + each["serviceName"], []), zones)
        for each in told.services
    )
    fleet = fleet_of(told.instances, tasks, definitions, services)
    used = [item.capacity_provider for service in services for item in service.strategy]
    names = [*about.get("capacityProviders", []), *(i.get("capacityProviderName", "") for i in told.instances), *used]
    reader.progress("capacity providers and images")
    providers, managed = capacity_providers.read(reader, about, names, activities=activities)
    found = images.read(reader, fleet)
    return Snapshot(
        cluster=about.get("clusterName") or short(reader.cluster),
        region=reader.aws.region,
        read_at=datetime.now(UTC),
        fleet=fleet,
        services=tuple(sorted(services, key=lambda service: service.name)),
        providers=providers,
        managed=managed,
        images=found.amis,
        image_dates=found.dates,
        image_names=found.names,
        missing=tuple(reader.missing),
        calls=dict(reader.aws.calls),
    )


def read_service(reader: Reader, name: str) -> Service | None:
    """The service called `name`, but for what its tasks need; None where there is none."""
    for answer in reader.described("DescribeServices", "services", [name], SERVICES):
        if answer.get("status") != "INACTIVE":
            return service_of(answer, {}, (), (), {})
    return None


def read_cluster(reader: Reader) -> Answer:
    """The cluster, with what ECS set up for its providers; empty where it was not read. Raises NoSuchClusterError."""
    answer = reader.call("ecs", "DescribeClusters", clusters=[reader.cluster], include=["ATTACHMENTS"])
    found: list[Answer] = answer.get("clusters", [])
    if answer and (not found or found[0].get("status") == "INACTIVE"):
        raise NoSuchClusterError(
            f"there is no cluster {reader.cluster!r} in {reader.aws.region}: give another --cluster or --region"
        )
    return found[0] if found else {}


def read_tasks(reader: Reader, **which: str) -> list[Answer]:
    """The descriptions of the cluster's tasks that should run, or of `which`, as ListTasks takes it."""
    listed = reader.pages("ecs", "ListTasks", "taskArns", cluster=reader.cluster, maxResults=PAGE, **which)
    return list(reader.described("DescribeTasks", "tasks", list(listed), PAGE))


def read_definitions(reader: Reader, arns: Iterable[str], tasks: Iterable[Answer]) -> dict[str, Answer]:
    """The task definitions of services and tasks by ARN, each asked for once; those that have vanished are left out."""
    wanted = dict.fromkeys([*arns, *(task["taskDefinitionArn"] for task in tasks)])
    found = {}
    for arn in wanted:
        answer = reader.call("ecs", "DescribeTaskDefinition", taskDefinition=arn)
        if "taskDefinition" in answer:
            found[arn] = answer["taskDefinition"]
    return found


def _zones(reader: Reader, services: Iterable[Answer]) -> Mapping[str, str]:
    """The availability zones of the subnets that services in awsvpc mode name."""
    named = sorted({subnet for service in services for subnet in subnets(service)})
    found = {}
    for some in batches(named, FILTER):
        filters = [{"Name": "subnet-id", "Values": some}]
        for subnet in reader.pages("ec2", "DescribeSubnets", "Subnets", Filters=filters):
            found[subnet["SubnetId"]] = subnet["AvailabilityZone"]
    return found
