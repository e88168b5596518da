"""The analyzer that the engine talks to, at a cost that does not grow with the number of rules.

The SDK decodes a resource's properties once for every policy, and builds every resource of the program once for every
stack policy. Here a request is decoded once, only the rules for the resource's type are asked, and all share its view,
which nothing can change. What is said is the same: tests/policies/test_servicer.py compares the two.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi_policy.policy as sdk
from pulumi.runtime.proto import analyzer_pb2 as proto

from policies.frozen import decoded
from policies.judgement import CannotJudge, Judgement
from policies.properties import Malformed
from policies.rule import Options, Rule
from policies.stack import Stack, resource_of
from policies.views.resource import Resource, Surroundings, view

KNOWN_SDK = "1.21.0"
"""The version whose answers this one is known to equal; with another one the SDK answers by itself."""


_BASE: Any = getattr(sdk, "_PolicyAnalyzerServicer", object)


def install(rules: Sequence[Rule]) -> bool:
    """Makes the SDK serve `rules` by this analyzer. Returns whether it does: the SDK must be the one known here."""
    if getattr(sdk, "VERSION", None) != KNOWN_SDK or not hasattr(sdk, "_PolicyAnalyzerServicer"):
        return False
    setattr(sdk, "_PolicyAnalyzerServicer", partial(Servicer, rules))  # noqa: B010 - a private name of the SDK's
    return True


class Servicer(_BASE):  # type: ignore[misc]
    """The SDK's analyzer, but for how it asks the rules; it takes them before the SDK's own arguments."""

    def __init__(self, rules: Sequence[Rule], name: str, version: str, *rest: Any) -> None:
        super().__init__(name, version, *rest)
        self._rules, self._name, self._version = rules, name, version
        self._for_kind: dict[type[Resource] | None, list[_Active]] = {}
        self._for_stack: list[_Active] = []
        self._for_one: list[_Active] = []
        self._activate()

    def Configure(self, request: proto.ConfigureAnalyzerRequest, context: Any) -> Any:  # noqa: N802
        answer = super().Configure(request, context)
        self._activate()
        return answer

    def Analyze(self, request: proto.AnalyzeRequest, context: Any) -> proto.AnalyzeResponse:  # noqa: N802
        response = proto.AnalyzeResponse()
        active = self._for(view(request.type))
        if active:
            read = partial(decoded, request.properties)
            resource = resource_of(
                request.type, request.urn, request.name, read, ignored=tuple(request.options.ignoreChanges)
            )
            self._judge(active, resource, response)
        return response

    def AnalyzeStack(self, request: proto.AnalyzeStackRequest, context: Any) -> proto.AnalyzeResponse:  # noqa: N802
        response = proto.AnalyzeResponse()
        self._judge(self._for_stack, Stack(map(view_of, request.resources)), response)
        return response

    def _activate(self) -> None:
        enabled = [
            _Active(rule, self._level(rule), rule.configured(self._get_policy_config(rule.id) or {}))
            for rule in self._rules
            if self._get_enforcement_level(rule.policy) is not sdk.EnforcementLevel.DISABLED
        ]
        self._for_stack = [active for active in enabled if active.rule.subject is Stack]
        self._for_one = [active for active in enabled if active.rule.subject is not Stack]
        self._for_kind = {}

    def _level(self, rule: Rule) -> Any:
        level = self._get_enforcement_level(rule.policy)
        remediates = level is sdk.EnforcementLevel.REMEDIATE
        return sdk.EnforcementLevel.MANDATORY if remediates else level

    def _for(self, kind: type[Resource] | None) -> "list[_Active]":
        if kind not in self._for_kind:
            self._for_kind[kind] = [active for active in self._for_one if active.rule.applies(kind)]
        return self._for_kind[kind]

    def _judge(self, active: "list[_Active]", subject: Resource | Stack, response: proto.AnalyzeResponse) -> None:
        for each in active:
            self._tell(each, each.rule.judgement(subject, each.options), response)

    def _tell(self, active: "_Active", judgement: Judgement, response: proto.AnalyzeResponse) -> None:
        rule = active.rule
        if judgement.findings:
            report = self._create_report_violation(response, rule.id, rule.title, active.level, rule.severity)
            for message, urn in judgement.findings:
                report(message, urn)
        if judgement.unknown:
            # In the SDK's words, for which it has no function.
            reason = CannotJudge(judgement.unknown).message
            response.diagnostics.add(
                policyName=rule.id,
                policyPackName=self._name,
                policyPackVersion=self._version,
                message=f"can't run policy '{rule.id}' from policy pack '{self._name}@v{self._version}' "
                f"during preview: {reason}",
                description=rule.title,
                enforcementLevel=proto.ADVISORY,
            )


class _Active:
    """A rule that is not disabled, as configured."""

    __slots__ = ("level", "options", "rule")

    def __init__(self, rule: Rule, level: Any, options: Options | Malformed) -> None:
        self.rule, self.level, self.options = rule, level, options


def view_of(message: Any) -> Resource:
    """The view of a resource of a whole program, as the engine sends it."""
    surroundings = Surroundings(
        {key: tuple(made.urns) for key, made in message.propertyDependencies.items()},
        tuple(message.dependencies),
        tuple(message.options.ignoreChanges),
    )
    return resource_of(message.type, message.urn, message.name, partial(decoded, message.properties), surroundings)
