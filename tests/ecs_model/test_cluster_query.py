"""The cluster query language: every documented example, what an expression means, and where a text stops being one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecs_model.cluster_query import QueryError, parse
from ecs_model.query_expression import Comparison, Compound, Expression, Not
from ecs_model.query_subjects import PATTERNS, SUBJECTS, WITH_LIST, WITHOUT_ARGUMENT, WORDS, Operator, subject


@dataclass(frozen=True)
class Asked:
    """What expressions may ask of a container instance, and nothing else."""

    agent_connected: bool = True
    agent_version: str = "1.82.3"
    attributes: Mapping[str, str] = field(default_factory=dict)
    ec2_instance_id: str = "i-abcd1234"
    registered_at: datetime | None = datetime(2018, 6, 18, 22, 28, 28, tzinfo=UTC)
    running_tasks_count: int = 0
    task_groups: frozenset[str] = frozenset()


G2 = Asked(attributes={"ecs.instance-type": "g2.2xlarge", "ecs.availability-zone": "us-east-1a", "gpu": ""})
T2 = Asked(attributes={"ecs.instance-type": "t2.small", "ecs.availability-zone": "us-east-1d", "stack": "prod"})
BUSY = Asked(running_tasks_count=2, task_groups=frozenset({"service:production", "database"}))


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("attribute:ecs.instance-type == t2.small", [T2], [G2, BUSY]),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", [G2], [T2, BUSY]),
        ("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", [G2], [T2]),
        ("task:group == service:production", [BUSY], [T2]),
        ("not(task:group == database)", [T2], [BUSY]),
        ("runningTasksCount == 1", [Asked(running_tasks_count=1)], [T2, BUSY]),
        ("agentVersion < 1.14.5", [Asked(agent_version="1.14.4"), Asked(agent_version="1.9.30")], [T2]),
        ("registeredAt < 2018-02-13", [Asked(registered_at=datetime(2018, 2, 12, tzinfo=UTC))], [T2]),
        ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", [T2], [Asked(ec2_instance_id="i-0")]),
        ("attribute:stack == prod", [T2], [G2]),
        ("attribute:ecs.instance-type in [t2.small, t2.medium]", [T2], [G2]),
    ],
)
def test_the_documentation_s_examples(text: str, yes: list[Asked], no: list[Asked]) -> None:
    expression = parse(text)
    assert [expression.matches(instance) for instance in yes] == [True] * len(yes)
    assert [expression.matches(instance) for instance in no] == [False] * len(no)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("attribute:stack != prod", False),
        ("attribute:stack != test", True),
        ("attribute:other != prod", False),  # aws/containers-roadmap#486: the attribute has to exist
        ("attribute:other not_in [prod]", False),
        ("attribute:other !~ p.*", False),
        ("attribute:other not_exists", True),
        ("attribute:other !exists", True),
        ("attribute:stack exists", True),
        ("attribute:stack !exists", False),
        ("attribute:stack !in [test, dev]", True),
        ("attribute:stack not_in [test, prod]", False),
        ("attribute:stack !~ p.*", False),
        ("attribute:stack not_matches ro", True),  # the whole value has to match
        ("attribute:stack matches pr[a-z]{2}", True),
        ("attribute:stack equals prod", True),
        ("attribute:stack==prod", True),
        ("attribute:stack == 'prod'", True),
        ('attribute:stack == "prod"', True),
        ("attribute:empty exists", True),
        ("attribute:empty == ''", True),
        ("attribute:spaced == 'a b'", True),
        ("agentConnected == true", True),
        ("agentConnected != true", False),
        ("agentConnected in [false, true]", True),
        ("agentConnected =~ t.*", True),
        ("agentVersion == 1.82.3", True),
        ("agentVersion greater_than 1.9.9", True),
        ("agentVersion >= 1.82.3", True),
        ("agentVersion > 1.82.3", False),
        ("agentVersion less_than_equal 1.100.0", True),
        ("agentVersion <= 1.82.3", True),
        ("agentVersion < 1.82.3", False),
        ("ec2InstanceId =~ i-.*", True),
        ("ec2InstanceId !in [i-0]", True),
        ("registeredAt == 2018-06-18T22:28:28+00:00", True),
        ("registeredAt == 2018-06-18T22:28:28Z", True),
        ("registeredAt == 2018-06-18T22:28:28", True),
        ("registeredAt > 2018-06-18", True),
        ("registeredAt == 2018-06-19T00:28:28+02:00", True),
        ("runningTasksCount >= 2 and runningTasksCount less_than 10", True),
        ("runningTasksCount != 10", True),
        ("task:group in [web, database]", True),
        ("task:group =~ service:.*", True),
        ("task:group exists", True),
        ("! task:group == web", True),
        ("not attribute:stack == prod or task:group exists", True),
        ("not (attribute:stack == prod or task:group exists)", False),
        # and binds closer than or
        ("attribute:a exists and attribute:b exists or attribute:stack exists", True),
        ("attribute:a exists and (attribute:b exists or attribute:stack exists)", False),
        ("attribute:stack == prod&&task:group == database||agentConnected == false", True),
        ("attribute:and == and", True),
    ],
)
def test_what_an_expression_means(text: str, matches: bool) -> None:
    attributes = {"stack": "prod", "empty": "", "spaced": "a b", "and": "and"}
    instance = Asked(attributes=attributes, running_tasks_count=2, task_groups=BUSY.task_groups)
    assert parse(text).matches(instance) is matches
    assert bool(parse(text).deciding(instance)) is not matches


def test_an_instance_without_a_version_or_date_is_neither_old_nor_new() -> None:
    for value in ("", "dev"):
        instance = Asked(agent_version=value, registered_at=None)
        for text in (
            "agentVersion < 2.0.0",
            "agentVersion >= 2.0.0",
            "agentVersion != 2.0.0",
            "registeredAt < 2030-01-01",
        ):
            assert not parse(text).matches(instance)


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 1, "a subject (agentConnected, agentVersion, ec2InstanceId, registeredAt, runningTasksCount, task:group"),
        ("and", 1, "a subject"),
        ("attribute: == a", 1, "did you mean attribute:NAME?"),
        ("ecs.instance-type == a", 1, "did you mean attribute:ecs.instance-type?"),
        ("agentconnected == true", 1, "did you mean agentConnected?"),
        ("task:family == web", 1, "a subject"),
        ("status == ACTIVE", 1, "a subject"),
        ("attribute:x", 12, "an operator that attribute:x has (==, !=, exists, !exists, in, !in, =~, !~)"),
        ("attribute:x = b", 13, "an operator"),
        ("attribute:x inside b", 13, "an operator"),
        ("attribute:x > 3", 13, "an operator that attribute:x has"),
        ("agentVersion =~ 1.*", 14, "an operator that agentVersion has (==, !=, >, >=, <, <=)"),
        ("runningTasksCount in [1]", 19, "an operator"),
        ("agentConnected exists", 16, "an operator"),
        ("task:group != web", 12, "or for its opposite not(task:group == …)"),
        ("attribute:x ==", 15, "a value"),
        ("attribute:x == b c", 18, "'and', 'or' or the end"),
        ("attribute:x == b)", 17, "'and', 'or' or the end"),
        ("(attribute:x == b", 18, "')', or 'and' or 'or'"),
        ("attribute:x == b and", 21, "a subject"),
        ("attribute:x == b or or", 21, "a subject"),
        ("attribute:x in a", 16, "a list such as [us-east-1a, us-east-1b]"),
        ("attribute:x in []", 17, "a value"),
        ("attribute:x in [a b]", 19, "',' and a further value, or ']'"),
        ("attribute:x in [a,]", 19, "a value"),
        ("attribute:x == 'a", 16, "a second ' that ends the text"),
        ("attribute:x =~ ", 16, "a pattern"),
        ("attribute:x =~ m(4|5)", 17, "a pattern without parentheses"),
        ("attribute:x =~ 'm(4|5)'", 16, "a pattern that means the same everywhere ('m(4|5)', character 2: parentheses"),
        ("attribute:x =~ \\bx", 16, "a pattern that means the same everywhere"),
        ("agentVersion < 1.2", 16, "a version such as 1.14.5"),
        ("agentConnected == yes", 19, "true or false"),
        ("runningTasksCount > -1", 21, "a whole number"),
        ("registeredAt < 2018-02-30", 16, "a date such as 2018-06-18"),
        ("registeredAt < 20180218", 16, "a date such as 2018-06-18"),
        ("!" * 60, 52, "an expression of at most 50 levels"),
    ],
)
def test_where_a_text_is_no_expression(text: str, position: int, expected: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.position == position
    assert expected in refused.value.expected
    assert str(refused.value).startswith(f"at position {position} of '{text}' there is ")
    assert str(refused.value).endswith(f": give {refused.value.expected}")


def test_only_depth_is_limited_not_length() -> None:
    wide = " and ".join(["(agentConnected == true)"] * 200)
    assert parse(wide).matches(Asked())
    with pytest.raises(QueryError, match="at most 50 levels"):
        parse(f"{wide} and {'!' * 51} agentConnected == true")
    assert parse(f"{wide} and {'!' * 50} agentConnected == true").matches(Asked())


def test_only_groups_have_a_hint_at_not() -> None:
    with pytest.raises(QueryError) as refused:
        parse("agentVersion !in [1.0.0]")
    assert "not(" not in refused.value.expected


def test_an_error_shows_what_stands_there() -> None:
    with pytest.raises(QueryError, match="position 13 of 'attribute:x = b' there is '=': give an operator"):
        parse("attribute:x = b")
    with pytest.raises(QueryError, match="position 15 of 'attribute:x ==' there is the end: give a value"):
        parse("attribute:x ==")


@pytest.mark.parametrize(
    ("text", "decisive"),
    [
        ("attribute:stack == test", ["attribute:stack == test is false: it is prod"]),
        ("attribute:rack == 1", ["attribute:rack == 1 is false: the instance has none"]),
        ("not(task:group == database)", ["task:group == database is true: it is database and service:production"]),
        (
            "attribute:stack == test and attribute:rack exists and runningTasksCount == 2",
            ["attribute:stack == test is false: it is prod", "attribute:rack exists is false: the instance has none"],
        ),
        ("attribute:stack == test or runningTasksCount == 2", []),
        (
            "attribute:stack in [a, 'b c'] or runningTasksCount > 2",
            ['attribute:stack in [a, "b c"] is false: it is prod', "runningTasksCount > 2 is false: it is 2"],
        ),
        (
            "not(attribute:stack == prod and runningTasksCount == 2)",
            ["attribute:stack == prod is true: it is prod", "runningTasksCount == 2 is true: it is 2"],
        ),
        ("not(attribute:stack == test and runningTasksCount == 2)", []),
    ],
)
def test_which_comparison_decides(text: str, decisive: list[str]) -> None:
    instance = Asked(attributes={"stack": "prod"}, running_tasks_count=2, task_groups=BUSY.task_groups)
    assert [str(each) for each in parse(text).deciding(instance)] == decisive


@pytest.mark.parametrize(
    ("text", "of_tasks"),
    [
        ("attribute:stack == prod and not(agentConnected == false)", False),
        ("attribute:stack == prod or not(task:group == web)", True),
        ("runningTasksCount < 5", True),
        ("agentVersion > 1.0.0", False),
    ],
)
def test_whether_an_expression_asks_about_tasks(text: str, of_tasks: bool) -> None:
    assert parse(text).of_tasks is of_tasks


NAMES = [*SUBJECTS, "attribute:stack", "attribute:ecs.instance-type"]
ARGUMENTS = {
    "agentConnected": ["true", "false"],
    "agentVersion": ["1.14.5", "1.82.3", "2.0.0"],
    "registeredAt": ["2018-06-18", "2018-06-18T22:28:28Z", "2030-01-01"],
    "runningTasksCount": ["0", "1", "10"],
    "task:group": ["database", "service:web"],
}
TEXTS = ["prod", "t2.small", "a b", "", "it's", "x,y", "&&", "[z]", "and"]


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    name = draw(st.sampled_from(NAMES))
    operator = draw(st.sampled_from(sorted(subject(name).operators)))
    if operator in WITHOUT_ARGUMENT:
        return Comparison(name, operator)
    if operator in PATTERNS:
        return Comparison(name, operator, (draw(st.sampled_from(["p.*", "t[0-9]{1,2}\\..*", "true|x", ""])),))
    values = st.sampled_from(ARGUMENTS.get(name, TEXTS))
    return Comparison(
        name, operator, tuple(draw(st.lists(values, min_size=1, max_size=3 if operator in WITH_LIST else 1)))
    )


expressions: st.SearchStrategy[Expression] = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.builds(Compound, st.booleans(), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
instances = st.builds(
    Asked,
    st.booleans(),
    st.sampled_from(["", "1.14.5", "1.82.3", "dev"]),
    st.dictionaries(st.sampled_from(["stack", "ecs.instance-type"]), st.sampled_from(TEXTS)),
    st.sampled_from(["i-abcd1234", "prod"]),
    st.sampled_from([None, datetime(2018, 6, 18, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)]),
    st.integers(0, 11),
    st.frozensets(st.sampled_from(["database", "service:web", "other"])),
)


@settings(deadline=None)
@given(expressions)
def test_an_expression_is_what_its_text_says(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@settings(deadline=None)
@given(expressions, instances)
def test_something_decides_exactly_where_nothing_matches(expression: Expression, instance: Asked) -> None:
    assert bool(expression.deciding(instance)) is not expression.matches(instance)
    assert bool(expression.deciding(instance, wanted=False)) is expression.matches(instance)
    assert Not(expression).matches(instance) is not expression.matches(instance)


@settings(deadline=None)
@given(expressions, instances)
def test_operators_in_words_and_signs_mean_the_same(expression: Expression, instance: Asked) -> None:
    text = str(expression)
    for word, operator in WORDS.items():
        if f" {operator} " in text and operator not in ("exists", "in"):
            assert parse(text.replace(f" {operator} ", f" {word} ")).matches(instance) is expression.matches(instance)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "attribute:x",
        "attribute:x ==",
        "attribute:x = b",
        "attribute:x like b",
        "attribute:x in (a, b)",
        "attribute:x in [a, b",
        "attribute:x == 'b",
        "(attribute:x == b",
        "(attribute:x =~ b.*",
        "attribute:x == b)",
        "attribute:x == b and",
        "attribute:x == b and and attribute:y exists",
        "== b",
        "ecs.instance-type == t3.micro",
    ],
)
def test_what_ecs_refuses_for_certain(text: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.certain


@pytest.mark.parametrize(
    "text",
    [
        "attribute:x =~ a(b|c)",
        r"attribute:x =~ a\)",
        "attribute:x =~ 'a",
        r"attribute:x =~ \p{L}+",
        "attribute:x =~ [a-z&&[^b]]",
        "attribute:x > 5",
        "attribute:x EXISTS",
        "attribute:x == a,b",
        "attribute:x == a b",
        "attribute:x == a AND attribute:y == b",
        "attribute:x in a",
        "agentVersion == 1.14",
        "agentConnected == True",
        "pendingTasksCount == 1",
        "task:group != database",
        "'attribute:x' == a",
        "not(" * 60 + "attribute:x exists" + ")" * 60,
    ],
)
def test_what_ecs_may_take_all_the_same(text: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert not refused.value.certain


def read_or_refused(text: str) -> Expression | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@settings(deadline=None)
@given(st.text("abeinotrdux:=!~<>&|()[],'\" 12.", max_size=30))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    result = read_or_refused(text)
    if isinstance(result, QueryError):
        assert 1 <= result.position <= len(text) + 1
    else:
        assert parse(str(result)) == result


def test_every_operator_has_a_word() -> None:
    assert len(WORDS) == len(Operator) == 12
    assert WORDS["not_matches"] is Operator.NOT_MATCHES
