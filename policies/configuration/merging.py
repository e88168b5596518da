"""Several configurations made into the one that the engine takes."""

from collections.abc import Iterable, Mapping
from typing import Any

from policies.configuration.reading import LEVEL, Entry
from policies.reserved import SUPPRESSIONS
from policies.rule import DISABLED

_OPTION = "suppressions"


def merged(configurations: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    """Later ones win for each policy's level and for each option; suppressions add up.

    Raises ValueError where there are suppressions and the policy that reads them is disabled.
    """
    result: dict[str, Entry] = {}
    for configuration in configurations:
        for id, entry in configuration.items():
            result[id] = _over(result.get(id, Entry()), entry, id)
    _check_suppressions(result.get(SUPPRESSIONS, Entry()))
    return result


def _over(earlier: Entry, later: Entry, id: str) -> Entry:
    options = {**earlier.options, **later.options}
    if id == SUPPRESSIONS and options:
        both = [*earlier.options.get(_OPTION, ()), *later.options.get(_OPTION, ())]
        options[_OPTION] = [entry for index, entry in enumerate(both) if entry not in both[:index]]
    return Entry(later.level or earlier.level, options)


def _check_suppressions(entry: Entry) -> None:
    given = entry.options.get(_OPTION)
    if given and entry.level == DISABLED.value:
        raise ValueError(
            f"{SUPPRESSIONS} is disabled, so that nothing would be suppressed: make it advisory or mandatory in the "
            "last file, or take the suppressions away"
        )


def engine_form(configuration: Mapping[str, Entry]) -> dict[str, Any]:
    """As the engine takes it: a level for each policy, or an object with its level and options."""
    return {id: _engine_entry(entry) for id, entry in configuration.items()}


def _engine_entry(entry: Entry) -> Any:
    if entry.level and not entry.options:
        return entry.level
    return ({LEVEL: entry.level} if entry.level else {}) | dict(entry.options)
