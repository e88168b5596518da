"""A rule: everything about it in one declaration, and how it becomes a CrossGuard policy."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies.frozen import frozen
from policies.judgement import CannotJudge, Judgement, failure, read_by_many
from policies.ledger import LEDGER
from policies.properties import Malformed, Unknown
from policies.stack import Stack, resource_of
from policies.views.resource import Resource, Surroundings, view

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
MANDATORY, ADVISORY, DISABLED = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY, EnforcementLevel.DISABLED


class Finding(NamedTuple):
    """A violation: what was seen and where within the resource."""

    message: str
    """A sentence without a full stop."""
    resource: Resource | None = None
    """The resource it is about; a rule that judges one resource leaves it out."""
    fix: str | None = None
    """What to do, where that is more precise than the rule's own."""


Verdict = Finding | Exception
"""A finding, or why there is none: Unknown, Malformed, or a mistake in the rule itself."""

Item = TypeVar("Item")


def each(items: Iterable[Item], judge: Callable[[Item], Iterator[Verdict]]) -> Iterator[Verdict]:
    """Judges every item by itself, so that one that cannot be judged does not hide what is wrong with the next."""
    for item in items:
        try:
            yield from judge(item)
        except Exception as reason:
            yield reason


class Option(NamedTuple):
    """What a rule takes from the policy pack's configuration: a list, empty by default, or a whole number."""

    of: str
    """The JSON type, `string`, `integer` or `object`, of a list's elements or of the number."""
    meaning: str
    default: int | None = None
    """The number that holds where none is configured; None for a list."""

    @property
    def schema(self) -> dict[str, Any]:
        """The option as JSON Schema."""
        if self.default is not None:
            return {"type": self.of, "default": self.default, "description": self.meaning}
        return {"type": "array", "items": {"type": self.of}, "default": [], "description": self.meaning}

    def read(self, given: Any) -> Any:
        """The value as configured; a list becomes a frozenset, or a tuple where its elements are objects."""
        if self.default is not None:
            return self.default if given is None else int(given)
        return tuple(given or ()) if self.of == "object" else frozenset(given or ())


class Options:
    """A rule's options as configured. Raises Malformed for one that the rule does not have."""

    def __init__(self, known: Mapping[str, Option], given: Mapping[str, Any]) -> None:
        wrong = sorted(set(given) - set(known))
        if wrong:
            allowed = f"there is {', '.join(known)}" if known else "there is none"
            raise Malformed(
                "configuration",
                (),
                f"the option {wrong[0]} does not exist: {allowed}",
                "Correct what --policy-pack-config names.",
            )
        self._values = {name: option.read(given.get(name)) for name, option in known.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]


def _frozen(properties: Mapping[str, Any]) -> Mapping[str, object]:
    return cast(Mapping[str, object], frozen(properties))


class Rule(NamedTuple):
    """A rule's declaration. The catalogue, the pack and the tests read it."""

    id: str
    title: str
    severity: Severity
    level: EnforcementLevel
    why: str
    fix: str
    source: str
    judge: Callable[..., Iterator[Verdict]]
    subject: type
    """The view of the resources it judges, or Stack where it judges a relation between resources."""
    options: Mapping[str, Option] = MappingProxyType({})

    @property
    def policy(self) -> Policy:
        """The rule as CrossGuard runs it."""
        common: dict[str, Any] = {
            "name": self.id,
            "description": self.title,
            "enforcement_level": self.level,
            "config_schema": PolicyConfigSchema({name: option.schema for name, option in self.options.items()}),
            "severity": self.severity,
            "remediation_steps": self.fix,
            "url": self.source,
        }
        if self.subject is Stack:
            return StackValidationPolicy(validate=self._validate_stack, **common)
        return ResourceValidationPolicy(validate=self._validate_resource, **common)

    def applies(self, kind: type[Resource] | None) -> bool:
        """Whether it judges resources of a kind by themselves."""
        return kind is not None and issubclass(kind, self.subject)

    def _validate_resource(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        if self.applies(view(args.resource_type)):
            resource = resource_of(
                args.resource_type,
                args.urn,
                args.name,
                partial(_frozen, args.props),
                ignored=tuple(args.opts.ignore_changes or ()),
            )
            self._report(self.judgement(resource, self.configured(args.get_config())), report)

    def _validate_stack(self, args: StackValidationArgs, report: ReportViolation) -> None:
        resources = [
            resource_of(
                resource.resource_type,
                resource.urn,
                resource.name,
                partial(_frozen, resource.props),
                Surroundings(
                    {key: tuple(made.urn for made in madeof) for key, madeof in resource.property_dependencies.items()},
                    tuple(needed.urn for needed in resource.dependencies),
                    tuple(resource.opts.ignore_changes or ()),
                ),
            )
            for resource in args.resources
        ]
        self._report(self.judgement(Stack(resources), self.configured(args.get_config())), report)

    def _report(self, judgement: Judgement, report: ReportViolation) -> None:
        """Reports every finding first, and then what could not be judged: the SDK takes only one such report."""
        for message, urn in judgement.findings:
            report(message, urn)
        if judgement.unknown:
            raise CannotJudge(judgement.unknown)

    def configured(self, config: Mapping[str, Any]) -> Options | Malformed:
        """The options of a configuration, or what is wrong with them."""
        try:
            return Options(self.options, config)
        except Malformed as wrong:
            return wrong

    def judgement(self, subject: Resource | Stack, options: Options | Malformed) -> Judgement:
        """What the rule says, suppressed findings left out; each thing once."""
        alone = subject if isinstance(subject, Resource) else None
        findings: dict[tuple[str, str | None], None] = {}
        unknown: dict[str, None] = {}
        verdicts = [options] if isinstance(options, Malformed) else each([subject], lambda it: self.judge(it, options))
        for verdict in verdicts:
            if isinstance(verdict, Unknown):
                unknown[str(verdict)] = None
                LEDGER.note_unjudged(self.id, str(verdict))
                continue
            message, urn = self._message(verdict, alone)
            if LEDGER.suppresses(self.id, urn, message):
                continue
            if not read_by_many(verdict) or LEDGER.tells(self.id, f"{urn} {verdict}"):
                findings[message, urn] = None
        return Judgement(list(findings), list(unknown))

    def _message(self, verdict: Verdict, alone: Resource | None) -> tuple[str, str | None]:
        if isinstance(verdict, Finding):
            resource = verdict.resource or alone
            where = f"{resource}: " if resource else ""
            return f"{where}{verdict.message}. {verdict.fix or self.fix}", resource.urn if resource else None
        where = f"{alone}: " if alone else ""
        if isinstance(verdict, Malformed):
            return f"{verdict}. {verdict.fix}", verdict.owner.urn if isinstance(verdict.owner, Resource) else None
        urn = alone.urn if alone else None
        return f"{where}{failure(self.id, verdict)}", urn


RULES: dict[str, Rule] = {}
"""Every rule declared so far, by id."""


def rule(
    *,
    id: str,
    title: str,
    severity: Severity,
    level: EnforcementLevel,
    why: str,
    fix: str,
    source: str,
    options: Mapping[str, Option] | None = None,
) -> Callable[[Callable[..., Iterator[Verdict]]], Callable[..., Iterator[Verdict]]]:
    """Declares the decorated function as a rule.

    Its first parameter's annotation says what it judges: the view of one resource, or a Stack. Its second parameter
    is the Options. `fix` is a sentence that follows every finding that has no better one. Raises ValueError where the
    id is taken.
    """

    def declare(judge: Callable[..., Iterator[Verdict]]) -> Callable[..., Iterator[Verdict]]:
        if id in RULES:
            raise ValueError(f"two rules have the id {id}: give each its own")
        RULES[id] = Rule(id, title, severity, level, why, fix, source, judge, _subject(judge), options or {})
        return judge

    return declare


def _subject(judge: Callable[..., Iterator[Verdict]]) -> type:
    # get_type_hints would say the same of text as well, but takes a tenth of the pack's start for all rules.
    subject = next(iter(judge.__annotations__.values()))
    if not isinstance(subject, type):
        raise TypeError(f"the first parameter of {judge.__name__} is annotated {subject!r}, not with a view or Stack")
    return subject
