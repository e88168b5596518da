"""Reads a cluster with as few calls as their page sizes allow; what cannot be read is noted, and the rest goes on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from ecs_model.fleet import Fleet, PlacedTask
from ecs_model.instance_source import container_instance, short
from ecs_model.placement_rules import SERVICE_DEFAULT
from ecs_model.task_needs import SERVICE
from operations import capacity_providers, conversion, images
from operations.aws import Aws, NoSuchClusterError, NotReadError
from operations.conversion import Answer
from operations.snapshot import DeploymentState, Event, Missing, Service, Snapshot

PAGE = 100
"""Instances or tasks that ECS lists and describes at a time."""
SERVICES = 10
"""Services that ECS describes at a time; it lists a hundred."""
FILTER = 200
"""Values that an EC2 filter takes. A filter, unlike a list of ids, leaves out what has vanished instead of failing."""
LAST_EVENTS = 10

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


def read(aws: Aws, cluster: str, say: Say = lambda _: None, *, activities: bool = False) -> Snapshot:
    """The cluster now; `activities` also asks for the Auto Scaling groups' last scaling activities.

    Raises NoSuchClusterError and AwsError.
    """
    reader = Reader(aws, cluster, say)
    about = _cluster(reader)
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
    default = conversion.strategy(about.get("defaultCapacityProviderStrategy", []))
    zones = _zones(reader, services)
    read_services = tuple(_service(each, definitions, default, tasks, zones) for each in services)
    fleet = _fleet(instances, tasks, definitions, read_services)
    names_of_providers = [*about.get("capacityProviders", []), *(i.get("capacityProviderName", "") for i in instances)]
    reader.progress("capacity providers and images")
    providers = capacity_providers.read(reader, names_of_providers, activities=activities)
    amis, dates = images.read(reader, fleet)
    return Snapshot(
        cluster=about.get("clusterName") or short(cluster),
        region=aws.region,
        read_at=datetime.now(UTC),
        fleet=fleet,
        services=tuple(sorted(read_services, key=lambda service: service.name)),
        providers=providers,
        images=amis,
        image_dates=dates,
        missing=tuple(reader.missing),
        calls=dict(aws.calls),
    )


def read_service(reader: Reader, name: str) -> Service | None:
    """The service called `name`, but for what its tasks need; None where there is none."""
    for answer in reader.described("DescribeServices", "services", [name], SERVICES):
        if answer.get("status") != "INACTIVE":
            return _service(answer, {}, (), (), {})
    return None


def _cluster(reader: Reader) -> Answer:
    answer = reader.call("ecs", "DescribeClusters", clusters=[reader.cluster])
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
    subnets = sorted({subnet for service in services for subnet in _subnets(service)})
    found = {}
    for some in batches(subnets, FILTER):
        filters = [{"Name": "subnet-id", "Values": some}]
        for subnet in reader.pages("ec2", "DescribeSubnets", "Subnets", Filters=filters):
            found[subnet["SubnetId"]] = subnet["AvailabilityZone"]
    return found


def _subnets(service: Answer) -> list[str]:
    found: list[str] = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", [])
    return found


def _service(
    answer: Answer,
    definitions: Mapping[str, Answer],
    default: Sequence[Any],
    tasks: Iterable[Answer],
    zones: Mapping[str, str],
) -> Service:
    name = answer["serviceName"]
    own = [task for task in tasks if task.get("group") == SERVICE + name]
    waiting = [task for task in own if _waits(task)]
    running = Counter(task["capacityProviderName"] for task in own if task.get("capacityProviderName"))
    problem = ""
    needs: tuple[Any, ...] = ()
    definition = definitions.get(answer["taskDefinition"])
    if definition is None:
        problem = f"its task definition {short(answer['taskDefinition'])} was not read"
    else:
        own_zones = [zones[subnet] for subnet in _subnets(answer) if subnet in zones]
        try:
            needs = conversion.tasks_of(answer, definition, default, running, own_zones)
        except ValueError as error:
            problem = conversion.problem(error)
    if waiting:
        # Its provider is chosen already; the sort leaves the others in their order.
        first = waiting[0].get("capacityProviderName")
        needs = tuple(sorted(needs, key=lambda task: task.capacity_provider != first))
    return Service(
        name=name,
        definition=short(answer["taskDefinition"]),
        desired=answer.get("desiredCount", 0),
        running=answer.get("runningCount", 0),
        pending=answer.get("pendingCount", 0),
        tasks=needs,
        problem=problem,
        strategy=tuple(conversion.strategy_of(answer, default)),
        strategies=conversion.strategies(answer) or SERVICE_DEFAULT,
        daemon=answer.get("schedulingStrategy") == "DAEMON",
        waiting=tuple(short(task["taskArn"]) for task in waiting),
        deployments=tuple(_deployment(each) for each in answer.get("deployments", [])),
        events=tuple(Event(each["createdAt"], each["message"]) for each in answer.get("events", [])[:LAST_EVENTS]),
    )


def _waits(task: Answer) -> bool:
    return task.get("lastStatus") == "PROVISIONING" and not task.get("containerInstanceArn")


def _deployment(answer: Answer) -> DeploymentState:
    return DeploymentState(
        id=answer.get("id", ""),
        status=answer.get("status", ""),
        definition=short(answer.get("taskDefinition", "")),
        desired=answer.get("desiredCount", 0),
        running=answer.get("runningCount", 0),
        failed=answer.get("failedTasks", 0),
        rollout=answer.get("rolloutState", ""),
        reason=answer.get("rolloutStateReason", ""),
    )


def _fleet(
    instances: Iterable[Answer], tasks: Iterable[Answer], definitions: Mapping[str, Answer], services: Iterable[Service]
) -> Fleet:
    by_group = {service.group: service.tasks for service in services}
    on: dict[str, list[PlacedTask]] = defaultdict(list)
    gpus: Counter[str] = Counter()
    for task in tasks:
        arn = task.get("containerInstanceArn")
        if arn:
            definition = definitions.get(task["taskDefinitionArn"])
            on[arn].append(conversion.placed(task, definition, by_group.get(task.get("group", ""), ())))
            gpus[arn] += sum(len(container.get("gpuIds", [])) for container in task.get("containers", []))
    arns = [(each["containerInstanceArn"], each) for each in instances]
    return Fleet.of(
        container_instance(each, on[arn], gpus_in_use=gpus[arn]) for arn, each in sorted(arns, key=lambda p: p[0])
    )
