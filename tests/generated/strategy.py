"""Hypothesis strategies over the settings' own types: settings that work, changed in any places to anything."""

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.generated.bases import Raw, bases
from tests.generated.kinds import WHOLE, Kind, bounds, donors

Draw = st.DrawFn
NAMES = ["general", "spot", "web", "api", "worker", "app", "cache", "public", "edge", "theirs", "FARGATE", "nightly"]
"""What settings that work call their parts, so that references often lead somewhere."""
ODD_NAMES = ["a", "A-b", "x" * 30, "", "a.b", "aws", "-a", "ä", "a b", "self", "FARGATE_SPOT", "name", "0"]
TEXTS = [
    "", " ", "a", "0", "-1", "true", "null", "*", "/", "/a b", "ä\u00f6", "a\nb", "a'b\"c", "${x}", "%s", "{}", "[]",
    "{{.}}", "x" * 300, "10.0.0.0/8", "10.0.0.1", "arn:aws:s3:::bucket", "arn:aws:sns:eu-central-1:123456789012:t",
    "30m", "1h", "rate(1 day)", "cron(0 3 ? * * *)", "at(2030-01-01T00:00:00)", "m7i.large", "m7g.large", "t3.nano",
    "\U0001f600", "\x00", "EOF", "$(id)", "`id`", "1e5", "0x10", "80-90", "sg-1", "subnet-1", "dev.internal",
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 5, 10, 22, 60, 80, 99, 100, 101, 128, 256, 443, 512, 1024, 4096, 8080, 51678, 65535, 65536]
ODD_NUMBERS = [-1, -(2**31), 2**31, 2**63, 2**64, 10**30]
WRONG: list[Any] = [None, True, 1, 1.5, "x", [], {}, [None], {"x": 1}, [[]], float(10**30)]
"""Of any type, and so mostly of the wrong one."""


def one_in(draw: Draw, number: int) -> bool:
    """True once in so many times; hypothesis shrinks it to false."""
    return draw(st.integers(0, number - 1)) == number - 1


@st.composite
def raw_settings(draw: Draw) -> Raw:
    """Raw sections of a stack."""
    value = deepcopy(bases()[draw(st.sampled_from(sorted(bases())))])
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 2, 3, 5]))):
        value = _changed(draw, WHOLE, value)
    return {key: section for key, section in value.items() if section is not None}


def _changed(draw: Draw, kind: Kind, value: Any) -> Any:
    """The same with one place changed."""
    if kind.optional:
        if value is not None and one_in(draw, 8):
            return None
        return _changed(draw, kind.inner, value)
    if kind.fields and isinstance(value, dict) and not one_in(draw, 12):
        return _changed_class(draw, kind, value)
    if kind.origin is dict and isinstance(value, dict) and not one_in(draw, 12):
        return _changed_map(draw, kind, value)
    if kind.origin is list and isinstance(value, list) and value and not one_in(draw, 4):
        return _changed_list(draw, kind, value)
    return _fresh(draw, kind, 3)


def _changed_class(draw: Draw, kind: Kind, value: Raw) -> Raw:
    given = [key for key in kind.fields if key in value]
    key = draw(st.sampled_from(given if given and not one_in(draw, 3) else sorted(kind.fields)))
    if key in value and one_in(draw, 8):
        return {other: inner for other, inner in value.items() if other != key}
    if one_in(draw, 60):
        key = f"{key}s"
        return {**value, key: draw(st.sampled_from(WRONG))}
    if key not in value:
        return {**value, key: _fresh(draw, kind.fields[key], 3)}
    return {**value, key: _changed(draw, kind.fields[key], value[key])}


def _changed_map(draw: Draw, kind: Kind, value: Raw) -> Raw:
    if not value or one_in(draw, 4):
        return {**value, _name(draw, kind): _fresh(draw, kind.inner, 3)}
    key = draw(st.sampled_from(sorted(value)))
    if one_in(draw, 6):
        return {other: inner for other, inner in value.items() if other != key}
    return {**value, key: _changed(draw, kind.inner, value[key])}


def _changed_list(draw: Draw, kind: Kind, value: list[Any]) -> list[Any]:
    position = draw(st.integers(0, len(value) - 1))
    what = draw(st.sampled_from(["change", "add", "take away", "twice"]))
    before, item, after = value[:position], value[position], value[position + 1 :]
    if what == "add":
        return [*value, _fresh(draw, kind.inner, 3)]
    if what == "take away":
        return [*before, *after]
    if what == "twice":
        return [*before, item, item, *after]
    return [*before, _changed(draw, kind.inner, item), *after]


def _fresh(draw: Draw, kind: Kind, depth: int) -> Any:
    """A value from elsewhere, or made of its type; now and then of another."""
    if one_in(draw, 40):
        return draw(st.sampled_from(WRONG))
    if kind.optional:
        return _fresh(draw, kind.inner, depth)
    known = donors().get((kind.owner, kind.key, kind.type)) or []
    if known and one_in(draw, 2):
        return deepcopy(draw(st.sampled_from(known)))
    return _made(draw, kind, max(depth - 1, 0))


def _made(draw: Draw, kind: Kind, depth: int) -> Any:
    if kind.fields:
        few = draw(st.lists(st.sampled_from(sorted(kind.fields)), max_size=3 if depth else 0))
        return {key: _fresh(draw, kind.fields[key], depth) for key in sorted({*kind.required, *few})}
    if kind.origin is dict:
        return {_name(draw, kind): _fresh(draw, kind.inner, depth) for _ in range(_few(draw))}
    if kind.origin is list:
        return [_fresh(draw, kind.inner, depth) for _ in range(_few(draw))]
    return _leaf(draw, kind)


def _few(draw: Draw) -> int:
    return draw(st.sampled_from([0, 1, 1, 1, 2, 3]))


def _name(draw: Draw, kind: Kind) -> str:
    used = [key for value in donors().get((kind.owner, kind.key, kind.type), []) for key in value]
    odd = one_in(draw, 6)
    name: str = draw(st.sampled_from(ODD_NAMES if odd else [*used, *NAMES]))
    return name


def _leaf(draw: Draw, kind: Kind) -> Any:
    if kind.choices:
        return draw(st.sampled_from(kind.choices))
    if kind.type is bool:
        return draw(st.booleans())
    if kind.type in (int, float):
        near = bounds().get((kind.owner, kind.key)) or NUMBERS
        pool = ODD_NUMBERS if one_in(draw, 12) else draw(st.sampled_from([near, NUMBERS]))
        number = draw(st.sampled_from(pool))
        return number + 0.5 if kind.type is float and one_in(draw, 4) else number
    assert kind.type is str, kind
    if one_in(draw, 12):
        return draw(st.text(max_size=20))
    return draw(st.sampled_from(draw(st.sampled_from([TEXTS, NAMES]))))
