"""What a benchmark found, and whether it is as good as it has to be."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("results.json")
README = FILE.with_name("README.md")
_TABLE = re.compile(r"(?<=<!-- results -->\n).*(?=<!-- end of results -->)", re.DOTALL)


@dataclass(frozen=True)
class Result:
    """One figure."""

    name: str
    value: float
    unit: str
    """`x` for a ratio."""
    bar: str = ""
    """What must hold, such as `<= 1.25`; empty for a figure that is only reported."""

    @property
    def amount(self) -> str:
        """The value with its unit."""
        digits = 0 if self.value >= 1_000 or self.value == int(self.value) else 2
        return f"{self.value:,.{digits}f} {self.unit}".rstrip()

    @property
    def holds(self) -> bool:
        """Whether the bar is met."""
        if not self.bar:
            return True
        relation, limit = self.bar.split()
        return self.value <= float(limit) if relation == "<=" else self.value >= float(limit)


def write(results: Sequence[Result]) -> None:
    """Writes benchmarks/results.json, and its table into benchmarks/README.md."""
    rows = [asdict(result) | {"value": round(result.value, 4), "holds": result.holds} for result in results]
    FILE.write_text(json.dumps(rows, indent=2) + "\n")
    README.write_text(described(README.read_text(), results))


def read() -> list[Result]:
    """What benchmarks/results.json holds."""
    rows = json.loads(FILE.read_text())
    return [Result(**{key: value for key, value in row.items() if key != "holds"}) for row in rows]


def described(text: str, results: Sequence[Result]) -> str:
    """A text with the table of the results between its two marks."""
    lines = ["| figure | value | bar | |", "|---|---:|---|---|"]
    for result in results:
        verdict = "" if not result.bar else "holds" if result.holds else "**does not hold**"
        lines.append(f"| {result.name} | {result.amount} | {result.bar} | {verdict} |")
    return _TABLE.sub(lambda _: "\n" + "\n".join(lines) + "\n\n", text)


def table(results: Sequence[Result]) -> str:
    """The figures for people."""
    width = max(len(result.name) for result in results)
    lines = (
        f"{result.name:<{width}}  {result.amount:>10} {result.bar:<8} "
        f"{'' if not result.bar else 'holds' if result.holds else 'DOES NOT HOLD'}".rstrip()
        for result in results
    )
    return "\n".join(lines)
