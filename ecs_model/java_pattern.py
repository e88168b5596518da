"""Java's regular expressions, as far as Python's `re` means the same by them.

The cluster query language matches with java.util.regex.Pattern. What the two languages read differently, or only one
of them knows, is refused, never guessed. Parentheses (groups, look-around, flags) do not occur: the query language has
none within a single expression.
https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
"""

import re
from functools import cache

_SAME_ESCAPE = re.compile(r"\\(?:[dDwWsStnrfa]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^A-Za-z0-9\n])")
_QUANTIFIER = re.compile(r"[*+?]|\{[0-9]+(?:,[0-9]*)?\}")
_IN_CLASS_ONLY_HERE = ("&&", "--", "~~", "||")
_LONGEST_REPEAT = 1_000


@cache
def translate(pattern: str) -> re.Pattern[str]:
    """A pattern for `fullmatch`, which accepts what Java's `matches` does of the printable ASCII of attributes.

    Raises ValueError that names the part, its position from 1, and what to write instead.
    """
    position = 0
    while position < len(pattern):
        position = _after_class(pattern, position) if pattern[position] == "[" else _after_one(pattern, position)
    try:
        return re.compile(pattern, re.ASCII)
    except (re.error, OverflowError) as error:
        raise ValueError(f"'{pattern}' is no regular expression ({error})") from None


def _after_one(pattern: str, at: int) -> int:
    """Where the next part begins, of a pattern outside square brackets."""
    character = pattern[at]
    if character == "\\":
        return _after_escape(pattern, at)
    if character in "()":
        raise ValueError(f"{_place(pattern, at)}: parentheses are not allowed here: join several comparisons with 'or'")
    if character in "*+?{":
        return _after_quantifier(pattern, at)
    if not character.isascii():
        raise ValueError(f"{_place(pattern, at)}: {character!r} is not ASCII, and no attribute holds it: leave it out")
    return at + 1


def _after_escape(pattern: str, at: int) -> int:
    match = _SAME_ESCAPE.match(pattern, at)
    if not match:
        raise ValueError(
            f"{_place(pattern, at)}: {pattern[at : at + 2]} means different things in Java and here: use characters, "
            r"[…], \d, \w, \s or a backslash before punctuation"
        )
    return match.end()


def _after_quantifier(pattern: str, at: int) -> int:
    match = _QUANTIFIER.match(pattern, at)
    if not match:
        raise ValueError(f"{_place(pattern, at)}: '{{' begins no number of repetitions such as {{2}} or {{1,3}}")
    if any(int(number) > _LONGEST_REPEAT for number in re.findall("[0-9]+", match[0])):
        raise ValueError(f"{_place(pattern, at)}: {match[0]} repeats more than {_LONGEST_REPEAT} times: lower it")
    return match.end()


def _after_class(pattern: str, at: int) -> int:
    """Where a character class ends; Java nests and intersects classes, Python does not."""
    position = at + 1 + pattern.startswith("^", at + 1)
    if pattern.startswith("]", position):
        raise ValueError(f"{_place(pattern, at)}: a class cannot begin with ]: write \\]")
    while not pattern.startswith("]", position):
        character = pattern[position : position + 1]
        if not character:
            raise ValueError(f"{_place(pattern, at)}: '[' is not closed by ]")
        if character == "[" or pattern[position : position + 2] in _IN_CLASS_ONLY_HERE or not character.isascii():
            raise ValueError(
                f"{_place(pattern, position)}: {character!r} means different things in the classes of Java and here: "
                "write a backslash before it"
            )
        position = _after_escape(pattern, position) if character == "\\" else position + 1
    return position + 1


def _place(pattern: str, at: int) -> str:
    return f"'{pattern}', character {at + 1}"
