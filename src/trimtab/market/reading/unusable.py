"""Cells that cannot be used are written down: each with its place, what stands there, and a flag on its symbol."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Reason
from trimtab.market.checks.findings import Findings
from trimtab.market.prices import MISSING, Flag

__all__ = ["report_cells", "report_rows"]

_WORDS = {
    Reason.UNPARSABLE: "{} is not a number",
    Reason.NOT_FINITE: "a price of {}",
    Reason.NOT_POSITIVE: "a price of {}",
}
_FLAGS = {
    Reason.UNPARSABLE: Flag.UNPARSABLE,
    Reason.NOT_FINITE: Flag.NOT_FINITE,
    Reason.NOT_POSITIVE: Flag.NOT_POSITIVE,
}


def report_cells(
    codes: NDArray[np.uint8], symbols: Sequence[str], findings: Findings, show: Callable[[int, int], tuple[str, object]]
) -> None:
    """Write down the cells of a wide table that cannot be used; `show` gives (where, what stands there)."""
    if not codes.any():
        return
    for reason, words in _WORDS.items():
        at, columns = np.nonzero(codes == MISSING.index(reason) + 1)
        findings.flag_all([symbols[c] for c in np.unique(columns).tolist()], _FLAGS[reason])

        def describe(
            i: int, at: NDArray[np.intp] = at, columns: NDArray[np.intp] = columns, words: str = words
        ) -> tuple[str, str]:
            where, text = show(int(at[i]), int(columns[i]))
            return where, words.format(_quoted(text))

        findings.fail(reason, range(at.size), describe)


def report_rows(
    codes: NDArray[np.uint8],
    columns: NDArray[np.int64],
    symbols: Sequence[str],
    findings: Findings,
    show: Callable[[int], tuple[str, object]],
) -> None:
    """Write down the rows of a long table whose price cannot be used."""
    if not codes.any():
        return
    for reason, words in _WORDS.items():
        at = np.flatnonzero(codes == MISSING.index(reason) + 1)
        findings.flag_all([symbols[c] for c in np.unique(columns[at]).tolist()], _FLAGS[reason])

        def describe(i: int, words: str = words) -> tuple[str, str]:
            where, text = show(i)
            return where, words.format(_quoted(text))

        findings.fail(reason, at, describe)


def _quoted(value: object) -> str:
    text = f"{value:.10g}" if isinstance(value, int | float) else str(value)
    numeric = text.replace(".", "", 1).replace("-", "", 1).isdigit() or text.strip("+-").lower() in ("inf", "infinity")
    return text if numeric else repr(text[:40])
