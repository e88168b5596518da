"""Runs every benchmark; ends with 1 where a bar does not hold."""

import sys

from benchmarks import operations, plan, policies
from benchmarks.components import measure
from benchmarks.result import table, write


def main() -> int:
    """Writes results.json and prints the table."""
    results = [*policies.results(), *measure.results(), *operations.results(), *plan.results()]
    write(results)
    print(table(results))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
