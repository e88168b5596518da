"""Pulumi's mocks, extended to remember what the engine is told: parents, dependencies, outputs, warnings.

Beside the resources' inputs the mocks answer with what AWS gives back, and name resources as Pulumi's provider does,
in a preview already.
"""

import gc
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc, settings

from components import account
from ecs_model.problem import InvalidSettings

REGION, ACCOUNT = "eu-central-1", "123456789012"
ZONES = ["eu-central-1b", "eu-central-1c", "eu-central-1a"]

_NAMED = {
    "aws:ecs/cluster:Cluster",
    "aws:ecs/capacityProvider:CapacityProvider",
    "aws:ecs/service:Service",
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:iam/role:Role",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:autoscaling/group:Group",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
    "aws:scheduler/schedule:Schedule",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/launchTemplate:LaunchTemplate",
}


@dataclass
class Registered:
    """One resource as the engine was told of it."""

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    dependencies: set[str]
    property_dependencies: dict[str, set[str]]
    ignored: list[str]
    """The properties whose changes are ignored."""
    request: Any
    """What the engine was told, word for word."""
    import_id: str
    """What it is imported by, empty where it is made."""
    aliases: list[str]
    """The names that it had before."""
    hooks: list[str]
    """What runs before it is made or changed."""
    outputs: dict[str, Any] | None = None

    @property
    def kind(self) -> str:
        """`Service` of a component, `ecs.Service` of the resource of that name."""
        package, module, name = self.type.split(":")
        return f"{module.split('/')[0]}.{name}" if package == "aws" else name


@dataclass
class Graph:
    """What a program registered."""

    resources: list[Registered]
    calls: list[tuple[str, dict[str, Any]]]
    warnings: list[str]
    exports: dict[str, Any] = field(default_factory=dict)

    def kinds(self) -> dict[str, int]:
        """How many there are of each kind, custom resources and components alike."""
        names = [each.kind for each in self.resources]
        return {name: names.count(name) for name in sorted(set(names))}

    def all(self, kind: str) -> list[Registered]:
        """Every resource of a kind, by name, for they register in any order; there must be at least one."""
        found = sorted((each for each in self.resources if each.kind == kind), key=lambda each: each.name)
        assert found, f"no {kind} among {self.kinds()}"
        return found

    def one(self, kind: str, name: str | None = None) -> Registered:
        """The only resource of a kind (and name)."""
        found = [each for each in self.all(kind) if name in (None, each.name)]
        assert len(found) == 1, f"{len(found)} {kind} {name or ''} among {[each.name for each in self.all(kind)]}"
        return found[0]

    def children(self, parent: Registered) -> list[Registered]:
        """What has `parent` as its parent."""
        return [each for each in self.resources if each.parent == parent.urn]

    def waits_for(self, resource: Registered, other: Registered) -> bool:
        """Whether `other` is made before `resource`, directly or through others."""
        by_urn = {each.urn: each for each in self.resources}
        seen: set[str] = set()
        open_ = [resource.urn]
        while open_:
            urn = open_.pop()
            if urn in seen or urn not in by_urn:
                continue
            seen.add(urn)
            open_ += by_urn[urn].dependencies
        return other.urn in seen - {resource.urn}


def _provider(name: str) -> dict[str, Any]:
    """A capacity provider of the last deployment; of Managed Instances where it is called so."""
    return {"name": name} | (
        {"managedInstancesProvider": {"infrastructureRoleArn": "arn"}} if "managed" in name else {}
    )


class Aws(mocks.Mocks):
    """The part of AWS that the components ask, and the outputs that they read."""

    def __init__(self, zones: list[str], preview: bool, before: Mapping[str, Any]) -> None:
        self.zones, self.preview, self.before = zones, preview, dict(before)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, args: mocks.MockCallArgs) -> Any:
        self.calls.append((args.token, dict(args.args)))
        zone = f"Z-{args.args.get('name')}"
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getPartition:getPartition": {"partition": "aws", "id": "aws"},
            "aws:index/getRegion:getRegion": {"region": REGION, "id": REGION},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "id": ACCOUNT},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": self.zones, "id": REGION},
            "aws:ssm/getParameter:getParameter": {"insecureValue": "ami-0123", "value": "secret", "id": "x"},
            "aws:route53/getZone:getZone": {"zoneId": zone, "id": zone},
            "aws:ec2/getVpc:getVpc": {"id": "vpc-default", "default": True},
            "pulumi:pulumi:readStackOutputs": {"outputs": self.before},
            "pulumi:pulumi:readStackResourceOutputs": {"outputs": self._attached()},
            "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-c", "subnet-a", "subnet-b"], "id": REGION},
        }
        return answers[args.token], []

    def _attached(self) -> dict[str, Any]:
        """The state of the last deployment, as far as it tells what is attached to the cluster, and who uses it."""
        names = [*self.before.get("capacityProviders", {}).values(), "FARGATE", "FARGATE_SPOT"]
        strategy = [{"capacityProvider": name} for name in names]
        found: list[tuple[str, dict[str, Any]]] = [("ecs/cluster:Cluster", {})]
        found += [("ecs/service:Service", {"name": n, "capacityProviderStrategies": strategy}) for n in self._services]
        found += [("ecs/capacityProvider:CapacityProvider", _provider(name)) for name in names]
        attached = [name for name in names if not name.endswith("-detached")]
        found.append(("ecs/clusterCapacityProviders:ClusterCapacityProviders", {"capacityProviders": attached}))
        return {f"urn:{number}": {"type": f"aws:{t}", "outputs": told} for number, (t, told) in enumerate(found)}

    @property
    def _services(self) -> list[str]:
        return list(self.before.get("services", {}).values())

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        state = dict(args.inputs)
        if not args.custom:
            return None, state
        if args.typ in _NAMED:
            state.setdefault("name", f"{args.name}-1a2b3c4")
        if args.typ == "aws:s3/bucket:Bucket":
            state.setdefault("bucket", f"{args.name}-1a2b3c4")
        # Not `is_dry_run`: mocks run in threads, which see the first test's setting of the process.
        if self.preview:
            return None, state
        state["arn"] = f"arn:aws:mock:{REGION}:{ACCOUNT}:{args.name}"
        state["arnSuffix"] = f"{args.typ.rsplit(':', maxsplit=1)[-1].lower()}/{args.name}/0"
        state["latestVersion"] = 7
        if args.typ == "aws:acm/certificate:Certificate":
            names = [state["domainName"], *state.get("subjectAlternativeNames", [])]
            state["domainValidationOptions"] = [
                {
                    "domainName": name,
                    "resourceRecordName": f"_proof.{name.removeprefix('*.')}.",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": "_value.acm-validations.aws.",
                }
                for name in sorted(names)
            ]
        state["fqdn"] = state.get("name")
        state["zoneId"] = state.get("zoneId", "Z1BALANCER")
        state["dnsName"] = f"{args.name}.example.com"
        return f"{args.typ.rsplit(':', maxsplit=1)[-1]}/{args.name}", state


class Recorder(mocks.MockMonitor):
    """A monitor that remembers the requests."""

    def __init__(self, aws: Aws) -> None:
        super().__init__(aws)
        self.registered: dict[str, Registered] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            assert response.urn not in self.registered, f"two resources are {response.urn}"
            self.registered[response.urn] = Registered(
                request.type,
                request.name,
                response.urn,
                request.parent,
                rpc.deserialize_properties(request.object, keep_unknowns=True),
                set(request.dependencies),
                {key: set(value.urns) for key, value in request.propertyDependencies.items()},
                list(request.ignoreChanges),
                request,
                request.importId,
                [alias.urn or alias.spec.name for alias in request.aliases],
                [*request.hooks.before_create, *request.hooks.before_update],
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        if request.urn in self.registered:
            self.registered[request.urn].outputs = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


class _Hooks:
    """The engine's side of hooks, which it never calls here."""

    def register_resource_hook(self, hook: pulumi.ResourceHook) -> None:
        """Nothing is to be remembered: a resource names its hooks."""


class Warnings(logging.Handler):
    """What Pulumi's logger was told from warnings on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def deploy(
    program: Callable[[], Any],
    *,
    preview: bool = False,
    stack: str = "dev",
    zones: list[str] | None = None,
    config: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> Graph:
    """Runs a program under mocks to its very end, every `apply` included; what it raises is raised here.

    `before` are the outputs of the stack's last deployment.
    """
    aws = Aws(ZONES if zones is None else zones, preview, before or {})
    monitor, heard = Recorder(aws), Warnings()
    logger = logging.Logger("pulumi-under-test")
    logger.addHandler(heard)
    settings.set_root_resource(None)  # type: ignore[arg-type]  # so that the next stack begins without outputs
    mocks.set_mocks(aws, project="ecs-on-ec2", stack=stack, preview=preview, logger=logger, monitor=monitor)
    settings.SETTINGS.callbacks = _Hooks()  # Pulumi's mocks know none
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in (config or {}).items()}
    pulumi.runtime.set_all_config(texts, [])
    exports: dict[str, Any] = {}

    def run() -> Any:
        program()
        root = settings.get_root_resource()
        found = dict(getattr(root, "outputs", {}))
        return pulumi.Output.from_input(found).apply(exports.update)

    try:
        pulumi.runtime.test(run)()  # type: ignore[no-untyped-call]
    finally:
        gc.enable()  # which the stacks' own program does not need, but the many of them in one process do
        account._KNOWN.clear()  # whose answers hold their stack, and with it all that the program made
    return Graph(list(monitor.registered.values()), aws.calls, heard.texts, exports)


def refused(program: Callable[[], Any]) -> list[str]:
    """The lines of the refusal; nothing may have been registered by then."""
    seen: list[str] = []

    def run() -> None:
        with pytest.raises(InvalidSettings) as error:
            program()
        seen.extend(str(error.value).splitlines())

    assert deploy(run).resources == []
    assert seen
    return seen
