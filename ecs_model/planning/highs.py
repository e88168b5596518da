"""HiGHS, the solver of linear and integer programs, as this package uses it: silent, with arrays (https://highs.dev)."""

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
INFINITY = highspy.kHighsInf


class _Silent(highspy.Highs):
    """Without the line that the constructor prints when it registers callbacks, which are not used here."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)


def program(**chosen: float | bool | str) -> highspy.Highs:
    """An empty program to minimise, with these options of HiGHS."""
    found = _Silent()
    for name, value in chosen.items():
        found.setOptionValue(name, value)
    return found


def add_rows(to: highspy.Highs, lower: Floats, upper: Floats) -> None:
    """Further rows, empty ones: columns come after them."""
    number = len(lower)
    starts, indices, values = _sparse(np.zeros((number, 0)))
    to.addRows(number, lower, upper, len(values), starts, indices, values)


def add_columns(
    to: highspy.Highs,
    cost: Floats,
    columns: NDArray[np.float64],
    lower: Floats | None = None,
    upper: Floats | None = None,
    *,
    integer: bool = False,
) -> None:
    """Further columns, one a row of `columns` over the program's rows; bounded by 0 and infinity unless told."""
    number = len(cost)
    if not number:
        return
    first = to.getNumCol()
    low = np.zeros(number) if lower is None else lower
    high = np.full(number, INFINITY) if upper is None else upper
    starts, indices, values = _sparse(columns)
    to.addCols(number, cost, low, high, len(values), starts, indices, values)
    if integer:
        where = np.arange(first, first + number, dtype=np.int32)
        to.changeColsIntegrality(number, where, np.full(number, highspy.HighsVarType.kInteger))


def values(of: highspy.Highs) -> Floats:
    """The solution's columns."""
    return np.asarray(of.getSolution().col_value)


def duals(of: highspy.Highs) -> Floats:
    """The worth of one more unit of each row."""
    return np.asarray(of.getSolution().row_dual)


def solved(program_: highspy.Highs) -> bool:
    """Runs it; whether the best solution was found."""
    program_.run()
    return bool(program_.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def has_solution(of: highspy.Highs) -> bool:
    """Whether a run that may have been cut short left a solution."""
    status: int = of.getInfo().primal_solution_status
    return status == highspy.SolutionStatus.kSolutionStatusFeasible


def _sparse(dense: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
    rows, indices = np.nonzero(dense)
    counts = np.bincount(rows, minlength=len(dense)) if len(dense) else np.zeros(0, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if len(dense) else np.zeros(0)
    return starts.astype(np.int32), indices.astype(np.int32), dense[rows, indices].astype(np.float64)


def infeasible(of: highspy.Highs) -> bool:
    """Whether a run showed that there is no solution."""
    return bool(of.getModelStatus() == highspy.HighsModelStatus.kInfeasible)
