"""What a benchmark found, and whether it is as good as it has to be."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("results.json")


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
    def holds(self) -> bool:
        """Whether the bar is met."""
        if not self.bar:
            return True
        relation, limit = self.bar.split()
        return self.value <= float(limit) if relation == "<=" else self.value >= float(limit)


def write(results: Sequence[Result]) -> None:
    """Writes benchmarks/results.json."""
    rows = [asdict(result) | {"value": round(result.value, 4), "holds": result.holds} for result in results]
    FILE.write_text(json.dumps(rows, indent=2) + "\n")


def table(results: Sequence[Result]) -> str:
    """The figures for people."""
    width = max(len(result.name) for result in results)
    lines = (
        f"{result.name:<{width}}  {result.value:>10.3f} {result.unit:<4} {result.bar:<8} "
        f"{'' if not result.bar else 'holds' if result.holds else 'DOES NOT HOLD'}".rstrip()
        for result in results
    )
    return "\n".join(lines)
