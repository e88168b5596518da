"""The rules as a document: `python -m policies.catalogue > docs/policies.md`."""

import sys

from policies.equivalents import EQUIVALENTS
from policies.pack import all_policies
from policies.rule import Option, Rule
from policies.stack import Stack

_HEAD = """# Policies

Written by `.venv/bin/python -m policies.catalogue > docs/policies.md` from the rules' own declarations. *Elsewhere*
names the checks of other public tools that ask for the same, or for a part of it.

| rule | severity | default | judges |
|---|---|---|---|
"""

_CONFIGURING = """
## Configuring

`pulumi up --policy-pack policies --policy-pack-config FILE`, where FILE is JSON: a level for each rule, or an object
with its level and options. `all` stands for every rule. Levels are `mandatory`, `advisory` and `disabled`.

```json
{
  "all": "advisory",
  "ecs-task-definition-dynamic-host-port": {
    "enforcementLevel": "mandatory",
    "allowedHostPorts": [8126]
  }
}
```

An option that a rule does not have is reported by that rule. Ready-made levels for every rule, a command that merges
them with a team's own, and suppressions: [policy-configuration.md](policy-configuration.md). How findings reach a pull
request: [ci.md](ci.md).

## Reading what the pack says

- A **violation** names what must hold, the resource and the place in it, the value seen, and what to do. Values that
  could be secrets are not quoted.
- **"can't run policy … it needs a value that is not known"** lists everything that a rule could not judge in this
  preview. It is advisory, and all that is known was judged all the same. The update judges again, with the values.
- **"the rule itself failed"** is a defect of this pack, reported at the rule's own level so that nothing passes
  unjudged. The message says how to go on.
- A rule that judges one resource also stops an update before that resource is touched. One that judges the whole
  program runs when an update is over: what it prevents, it prevents in the preview.
"""


def catalogue() -> str:
    """Every rule with its reason, its fix and its options, as Markdown."""
    declared = all_policies()
    rows = "".join(_row(rule) for rule in declared)
    return _HEAD + rows + "".join(_section(rule) for rule in declared) + _CONFIGURING


def _row(rule: Rule) -> str:
    return f"| [{rule.id}](#{rule.id}) | {rule.severity.value} | {rule.level.value} | {_subject(rule)} |\n"


def _subject(rule: Rule) -> str:
    return "the whole program" if rule.subject is Stack else f"each {rule.subject.label}"  # type: ignore[attr-defined]


def _section(rule: Rule) -> str:
    what = (rule.judge.__doc__ or "").strip().replace("\n    ", "\n")
    options = "".join(f"- `{name}` ({_kind(option)}): {option.meaning}\n" for name, option in rule.options.items())
    elsewhere = EQUIVALENTS.get(rule.id)
    return (
        f"\n## {rule.id}\n\n{rule.title}.\n\n{what}\n\n**Why.** {rule.why}\n\n**Fix.** {rule.fix}\n\n"
        + (f"Options:\n{options}\n" if options else "")
        + f"Source: <{rule.source}>\n"
        + (f"\nElsewhere: {', '.join(elsewhere)}\n" if elsewhere else "")
    )


def _kind(option: Option) -> str:
    return f"list of {option.of}s" if option.default is None else f"{option.of}, {option.default} by default"


if __name__ == "__main__":
    sys.stdout.write(catalogue())
