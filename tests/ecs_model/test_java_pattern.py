"""Patterns of the cluster query language: what Java and Python both mean by them, and what is refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_model.java_pattern import translate

ATTRIBUTE_TEXT = st.text("abz019-_.@/\\: ", max_size=12)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("g2.*", ["g2.2xlarge", "g2"], ["xg2.small", "g3.large", ""]),
        ("t2.*|t3.*", ["t2.micro", "t3.large"], ["m5.large", "xt2.micro"]),
        ("m[4-6]i?\\.x?large", ["m4.large", "m6i.xlarge"], ["m7.large", "m4ilarge"]),
        ("^a$", ["a"], ["aa", ""]),
        ("a{2}b{1,}c{0,2}", ["aab", "aabbcc"], ["ab", "aabccc"]),
        ("a*?b++c?+", ["b", "aabbc"], ["a", "bcc"]),
        ("\\^*\\|?", ["", "^^|"], ["a"]),
        ("[^a-c]\\d\\w\\s", ["x1y "], ["a1y ", "x1y-"]),
        ("\\x61\\u0062\\.\\-\\\\", ["ab.-\\"], ["abx-\\"]),
        ("\\D\\W\\S", ["a-b"], ["1-b", "aab", "a- "]),
        ("[\\]\\[.*]+", ["][.*"], ["a"]),
        ("[a-]}", ["a}", "-}"], ["b}"]),
        ("", [""], ["a"]),
        ("\\d", ["7"], ["\u0667"]),
    ],
)
def test_what_java_matches(pattern: str, yes: list[str], no: list[str]) -> None:
    compiled = translate(pattern)
    assert [text for text in yes if not compiled.fullmatch(text)] == []
    assert [text for text in no if compiled.fullmatch(text)] == []


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(a|b)", "character 1: parentheses are not allowed here: join several comparisons with 'or'"),
        ("a\\(?b)", "character 6: parentheses"),
        ("[a](b)", "character 4: parentheses"),
        ("a\\Qb\\E", "character 2: \\Q means different things"),
        ("\\p{Lower}", "character 1: \\p means"),
        ("\\bx", "\\b means"),
        ("x\\Z", "character 2: \\Z means"),
        ("\\1", "\\1 means"),
        ("\\h", "\\h means"),
        ("\\v", "\\v means"),
        ("a\\", "character 2: \\ means"),
        ("a{,2}", "character 2: '{' begins no number of repetitions"),
        ("{", "character 1: '{' begins no number"),
        ("a{1001}", "character 2: {1001} repeats more than 1000 times"),
        ("*a", "is no regular expression (nothing to repeat at position 0"),
        ("a|+", "is no regular expression (nothing to repeat at position 2"),
        ("^*", "is no regular expression (nothing to repeat"),
        ("a**", "is no regular expression (multiple repeat"),
        ("a{2,1}", "is no regular expression"),
        ("[b-a]", "is no regular expression (bad character range"),
        ("[]a]", "character 1: a class cannot begin with ]"),
        ("[^]a]", "character 1: a class cannot begin with ]"),
        ("[a[b]]", "character 3: '[' means different things in the classes"),
        ("[a&&b]", "character 3: '&' means different things"),
        ("[a--b]", "character 3: '-' means"),
        ("[a", "character 1: '[' is not closed by ]"),
        ("[\\bx]", "character 2: \\b means"),
        ("[\u00e9]", "character 2: '\u00e9' means"),
        ("\u00e9", "character 1: '\u00e9' is not ASCII"),
    ],
)
def test_what_is_refused(pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as refused:
        translate(pattern)
    assert f"'{pattern}'" in str(refused.value)


@settings(deadline=None)
@given(ATTRIBUTE_TEXT)
def test_escaped_text_matches_itself_alone(text: str) -> None:
    pattern = "".join(c if c.isalnum() else f"\\{c}" for c in text)
    assert translate(pattern).fullmatch(text)
    assert not translate(pattern).fullmatch(f"{text}x")


def compiled_or_refused(pattern: str) -> re.Pattern[str] | ValueError:
    try:
        return translate(pattern)
    except ValueError as error:
        return error


@settings(deadline=None)
@given(st.text("ab1-[]^$|*+?{},\\.&~dwsQ(", max_size=10), ATTRIBUTE_TEXT)
def test_every_pattern_is_compiled_or_refused(pattern: str, text: str) -> None:
    result = compiled_or_refused(pattern)
    if isinstance(result, re.Pattern):
        assert result.pattern == pattern
        assert bool(result.fullmatch(text)) is bool(re.match(f"(?:{pattern})\\Z", text, re.ASCII))
    else:
        assert f"'{pattern}'" in str(result)
