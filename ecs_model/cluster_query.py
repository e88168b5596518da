"""The cluster query language, read: `parse` gives an expression, or says where the text stops being one.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html

`and` binds closer than `or`, and `not` closer than both, as in Java.
"""

import difflib
import re
from collections.abc import Callable, Iterator

from ecs_model.java_pattern import translate
from ecs_model.query_expression import Comparison, Compound, Expression, Not
from ecs_model.query_subjects import (
    ATTRIBUTE,
    PATTERNS,
    SUBJECTS,
    WITH_LIST,
    WITHOUT_ARGUMENT,
    WORDS,
    Operator,
    Subject,
    subject,
)

_DEEPEST = 50
_NEGATED = (Operator.NOT_EQUALS, Operator.NOT_IN, Operator.NOT_MATCHES)
_AND, _OR, _NOT = ("&&", "and"), ("||", "or"), ("!", "not")
_SUBJECT = re.compile(r"[A-Za-z0-9_.:/\\-]+")
_SIGN = re.compile(r"==|!=|>=|<=|=~|!~|>|<|!exists\b|!in\b|[a-z_]+\b")
_LITERAL = re.compile(r"(?:(?!&&|\|\|)[^\s()\[\],'\"])+")
# A pattern has brackets and commas of its own, and nothing but white space, a parenthesis or && and || end it.
_PATTERN = re.compile(r"(?:(?!&&|\|\|)[^\s()'\"])+")
_OPERATORS: dict[str, Operator] = {operator.value: operator for operator in Operator} | WORDS


class QueryError(ValueError):
    """A text that is no expression: `position` (from 1) is where, `expected` what should stand there.

    `certain` says whether ECS refuses it for certain. Where it is not, the text is one that this parser does not take
    because AWS does not document it, or because Java's regular expressions mean something else than Python's.
    """

    def __init__(self, text: str, at: int, expected: str, *, certain: bool = False) -> None:
        self.position = at + 1
        self.expected = expected
        # Nothing that could make it right follows the end.
        self.certain = certain or not text[at:].strip()
        seen = re.match(r"\s*(\S{1,30})", text[at:])
        found = f"'{seen[1]}'" if seen else "the end"
        super().__init__(f"at position {self.position} of '{text}' there is {found}: give {expected}")


def parse(text: str) -> Expression:
    """The expression that `text` writes. Raises QueryError for the first thing in it that ECS would refuse."""
    return _Reader(text).whole()


class _Reader:
    """A recursive descent through one text: `_at` is the next character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._after_pattern = False
        """Whether a pattern was read, of which Java may see another part as its end."""

    def whole(self) -> Expression:
        expression = self._any()
        if self._skip() < len(self._text):
            closes_nothing = not self._after_pattern and self._text.startswith(")", self._at)
            raise self._error("'and', 'or' or the end of the expression", certain=closes_nothing)
        return expression

    def _any(self) -> Expression:
        operands = [self._all()]
        while self._take(_OR):
            operands.append(self._all())
        return operands[0] if len(operands) == 1 else Compound(False, tuple(operands))

    def _all(self) -> Expression:
        operands = [self._one()]
        while self._take(_AND):
            operands.append(self._one())
        return operands[0] if len(operands) == 1 else Compound(True, tuple(operands))

    def _one(self) -> Expression:
        if self._take(_NOT):
            return Not(self._nested(self._one))
        if self._take("("):
            inner = self._nested(self._any)
            if not self._take(")"):
                raise self._error("')', or 'and' or 'or' and a further comparison")
            return inner
        return self._comparison()

    def _nested(self, read: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"an expression of at most {_DEEPEST} levels")
        expression = read()
        self._depth -= 1
        return expression

    def _comparison(self) -> Comparison:
        name, kind = self._subject()
        operator = self._operator(name, kind)
        if operator in WITHOUT_ARGUMENT:
            return Comparison(name, operator)
        if operator in WITH_LIST:
            return Comparison(name, operator, tuple(self._list(kind)))
        self._after_pattern = self._after_pattern or operator in PATTERNS
        return Comparison(name, operator, (self._argument(kind, pattern=operator in PATTERNS),))

    def _subject(self) -> tuple[str, Subject]:
        start = self._skip()
        match = _SUBJECT.match(self._text, start)
        try:
            if match and match[0] not in (*_AND, *_OR):
                kind = subject(match[0])
                self._at = match.end()
                return match[0], kind
        except KeyError:
            pass
        seen = match[0] if match else ""
        certain = _is_no_subject(seen, self._text[start : start + 1])
        raise QueryError(self._text, start, _expected_subject(seen), certain=certain)

    def _operator(self, name: str, kind: Subject) -> Operator:
        start = self._skip()
        match = _SIGN.match(self._text, start)
        operator = _OPERATORS.get(match[0]) if match else None
        if match is None or operator not in kind.operators:
            allowed = ", ".join(each for each in Operator if each in kind.operators)
            negated = name == "task:group" and operator in _NEGATED
            hint = f", or for its opposite not({name} == …)" if negated else ""
            certain = _is_no_operator(match[0] if match else "", self._text[start:])
            raise QueryError(self._text, start, f"an operator that {name} has ({allowed}){hint}", certain=certain)
        self._at = match.end()
        return operator

    def _list(self, kind: Subject) -> Iterator[str]:
        if not self._take("["):
            expected = "a list such as [us-east-1a, us-east-1b]"
            raise self._error(expected, certain=self._text.startswith("(", self._at))
        yield self._argument(kind)
        while self._take(","):
            yield self._argument(kind)
        if not self._take("]"):
            raise self._error("',' and a further value, or ']'")

    def _argument(self, kind: Subject, *, pattern: bool = False) -> str:
        start = self._skip()
        value = self._literal(pattern)
        try:
            if pattern:
                translate(value)
            else:
                kind.key(value)
        except ValueError as error:
            expected = f"a pattern that means the same everywhere ({error})" if pattern else str(error)
            raise QueryError(self._text, start, expected) from None
        return value

    def _literal(self, pattern: bool) -> str:
        start = self._at
        quote = self._text[start : start + 1]
        if quote in ("'", '"') and quote:
            end = self._text.find(quote, start + 1)
            if end < 0:
                raise QueryError(self._text, start, f"a second {quote} that ends the text", certain=not pattern)
            self._at = end + 1
            return self._text[start + 1 : end]
        match = (_PATTERN if pattern else _LITERAL).match(self._text, start)
        if not match:
            raise self._error("a pattern" if pattern else "a value")
        self._at = match.end()
        if pattern and self._text.startswith("(", self._at):
            raise self._error("a pattern without parentheses: join several comparisons with 'or'")
        return match[0]

    def _take(self, what: str | tuple[str, str]) -> bool:
        """Goes past `what`, a sign or a pair of a sign and a word, if it comes next."""
        start = self._skip()
        sign, word = (what, None) if isinstance(what, str) else what
        if self._text.startswith(sign, start):
            self._at = start + len(sign)
            return True
        if word and re.compile(rf"{word}(?![A-Za-z0-9_.:/\\-])").match(self._text, start):
            self._at = start + len(word)
            return True
        return False

    def _skip(self) -> int:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._at

    def _error(self, expected: str, *, certain: bool = False) -> QueryError:
        return QueryError(self._text, self._at, expected, certain=certain)


def _expected_subject(seen: str) -> str:
    names = [*SUBJECTS, f"{ATTRIBUTE}NAME"]
    near = [f"{ATTRIBUTE}{seen}"] if seen.startswith("ecs.") else difflib.get_close_matches(seen, names, 1)
    return f"a subject ({', '.join(names)})" + (f": did you mean {near[0]}?" if near else "")


def _is_no_subject(seen: str, follows: str) -> bool:
    """Whether ECS surely has no such subject: a sign, a conjunction, or an attribute without its prefix."""
    return seen in (*_AND, *_OR) or seen.startswith("ecs.") or not (seen or follows in ("'", '"'))


def _is_no_operator(seen: str, follows: str) -> bool:
    """Whether ECS surely has no such operator.

    It may not mind capitals, and may have more operators for a subject than are documented.
    """
    word = re.match(r"!?[A-Za-z_]+", follows)
    return (word[0].lower() if word else seen) not in _OPERATORS
