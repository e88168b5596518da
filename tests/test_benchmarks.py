"""What benchmarks/README.md says is what was measured."""

from benchmarks.result import README, Result, described, read


def test_the_readme_has_the_table_of_the_results() -> None:
    results = read()
    assert any(result.bar for result in results)
    text = README.read_text()
    assert described(text, results) == text
    assert all(f"| {result.name} | {result.amount} | {result.bar} |" in text for result in results)


def test_a_bar_holds_on_its_own_side_alone() -> None:
    assert [Result("x", value, "x", bar).holds for bar in ("<= 2", ">= 2") for value in (1, 2, 3)] == [
        *(True, True, False),
        *(False, True, True),
    ]
