"""An ECS that answers from memory over HTTP, in a process of its own, so that it takes no time of whoever asks."""

import json
import multiprocessing
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CLUSTER = "web"
ARN = "arn:aws:ecs:eu-central-1:123456789012"
PROVIDER = "general"
Body = dict[str, Any]


@dataclass(frozen=True)
class Cluster:
    """How much there is."""

    instances: int
    tasks: int
    definitions: int
    """As many as there are services."""


@contextmanager
def serving(cluster: Cluster) -> Iterator[tuple[str, MutableMapping[str, int]]]:
    """The address of an ECS with that cluster, and its calls by name."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        counted = manager.dict()
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_serve, args=(cluster, counted, sender), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{receiver.recv()}", counted
        finally:
            process.terminate()
            process.join()


def _serve(cluster: Cluster, counted: MutableMapping[str, int], sender: Any) -> None:
    answers = _Answers(cluster)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else every answer's body waits 40 ms for the acknowledgement of its header.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            # EC2 is asked in a form.
            asked = json.loads(sent) if operation else {}
            counted[operation] = counted.get(operation, 0) + 1
            body = answers.to(operation, asked)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1" if operation else "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Not said."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sender.send(server.server_port)
    server.serve_forever()


class _Answers:
    def __init__(self, cluster: Cluster) -> None:
        self._lists = {
            "ListContainerInstances": ("containerInstanceArns", [_instance_arn(at) for at in range(cluster.instances)]),
            "ListTasks": ("taskArns", [f"{ARN}:task/{CLUSTER}/{at:032x}" for at in range(cluster.tasks)]),
            "ListServices": ("serviceArns", [_service_arn(at) for at in range(cluster.definitions)]),
        }
        self._described = {
            "DescribeContainerInstances": (
                "containerInstances",
                {arn: _instance(arn) for arn in self._arns("ListContainerInstances")},
            ),
            "DescribeTasks": ("tasks", {a: _task(a, at, cluster) for at, a in enumerate(self._arns("ListTasks"))}),
            "DescribeServices": ("services", {a: _service(a, at) for at, a in enumerate(self._arns("ListServices"))}),
        }
        self._definitions = {_definition_arn(at): _definition(at) for at in range(cluster.definitions)}

    def _arns(self, operation: str) -> list[str]:
        return self._lists[operation][1]

    def to(self, operation: str, asked: Body) -> bytes:
        """The answer, as ECS pages and describes."""
        if operation in self._lists:
            key, arns = self._lists[operation]
            start, size = int(asked.get("nextToken") or 0), min(100, asked.get("maxResults", 100))
            more = {"nextToken": str(start + size)} if start + size < len(arns) else {}
            return json.dumps({key: arns[start : start + size], **more}).encode()
        if operation in self._described:
            key, known = self._described[operation]
            assert len(asked[key]) <= (10 if key == "services" else 100)
            return json.dumps({key: [known[arn] for arn in asked[key]], "failures": []}).encode()
        if operation == "DescribeTaskDefinition":
            return json.dumps({"taskDefinition": self._definitions[asked["taskDefinition"]]}).encode()
        if operation == "DescribeClusters":
            return json.dumps({"clusters": [{"clusterName": CLUSTER, "status": "ACTIVE"}], "failures": []}).encode()
        if operation == "DescribeCapacityProviders":
            return json.dumps({"capacityProviders": [], "failures": []}).encode()
        # Of EC2: no images.
        return b"<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>"


def _instance_arn(at: int) -> str:
    return f"{ARN}:container-instance/{CLUSTER}/{at:032x}"


def _service_arn(at: int) -> str:
    return f"{ARN}:service/{CLUSTER}/s{at}"


def _definition_arn(at: int) -> str:
    return f"{ARN}:task-definition/s{at}:1"


def _amounts(cpu: int, memory: int) -> list[Body]:
    ports = [{"name": name, "type": "STRINGSET", "stringSetValue": each} for name, each in _PORTS.items()]
    amounts = (("CPU", cpu), ("MEMORY", memory))
    return [{"name": name, "type": "INTEGER", "integerValue": each} for name, each in amounts] + ports


_PORTS: dict[str, list[str]] = {"PORTS": ["22", "2375", "2376", "51678", "51679"], "PORTS_UDP": []}
_CAPABILITIES = (
    "com.amazonaws.ecs.capability.docker-remote-api.1.32",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.task-iam-role",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.task-eni",
)


def _instance(arn: str) -> Body:
    attributes = {
        "ecs.ami-id": "ami-0a",
        "ecs.availability-zone": f"eu-central-1{'abc'[int(arn[-32:], 16) % 3]}",
        "ecs.instance-type": "m7i.2xlarge",
        "ecs.cpu-architecture": "x86_64",
    }
    return {
        "containerInstanceArn": arn,
        "ec2InstanceId": f"i-{arn[-17:]}",
        "capacityProviderName": PROVIDER,
        "status": "ACTIVE",
        "agentConnected": True,
        "versionInfo": {"agentVersion": "1.90.0", "agentHash": "abc", "dockerVersion": "DockerVersion: 25.0.8"},
        "registeredAt": 1_790_000_000.0,
        "runningTasksCount": 10,
        "registeredResources": _amounts(8_192, 31_000),
        "remainingResources": _amounts(8_192 - 10 * 256, 31_000 - 10 * 512),
        "attributes": [{"name": name, "value": value} for name, value in attributes.items()]
        + [{"name": name} for name in _CAPABILITIES],
    }


def _task(arn: str, at: int, cluster: Cluster) -> Body:
    binding = {"bindIP": "::", "containerPort": 80, "hostPort": 49_200 + at % 10_000, "protocol": "tcp"}
    return {
        "taskArn": arn,
        "clusterArn": f"{ARN}:cluster/{CLUSTER}",
        "taskDefinitionArn": _definition_arn(at % cluster.definitions),
        "group": f"service:s{at % cluster.definitions}",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "capacityProviderName": PROVIDER,
        "containerInstanceArn": _instance_arn(at % cluster.instances),
        "createdAt": 1_790_000_000.0,
        "startedAt": 1_790_000_100.0,
        "cpu": "256",
        "memory": "512",
        "containers": [
            {
                "containerArn": f"{ARN}:container/{CLUSTER}/{at}",
                "name": "app",
                "image": "public.ecr.aws/nginx/nginx:1.29",
                "lastStatus": "RUNNING",
                "cpu": "256",
                "memory": "512",
                "networkBindings": [binding],
                "networkInterfaces": [],
            }
        ],
        "overrides": {"containerOverrides": [{"name": "app"}]},
    }


def _service(arn: str, at: int) -> Body:
    return {
        "serviceArn": arn,
        "serviceName": f"s{at}",
        "status": "ACTIVE",
        "taskDefinition": _definition_arn(at),
        "desiredCount": 200,
        "runningCount": 200,
        "pendingCount": 0,
        "capacityProviderStrategy": [{"capacityProvider": PROVIDER, "weight": 1}],
        "deployments": [],
        "events": [],
    }


def _definition(at: int) -> Body:
    container = {"name": "app", "cpu": 256, "memory": 512, "portMappings": [{"containerPort": 80, "hostPort": 0}]}
    return {
        "family": f"s{at}",
        "taskDefinitionArn": _definition_arn(at),
        "containerDefinitions": [container],
        "requiresAttributes": [{"name": name} for name in _CAPABILITIES],
    }
