"""Read what funds hold, so that a fund can be measured through its holdings."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

from trimtab.desk.moment.looked_through import Funds
from trimtab.errors import FileFormatError
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings
from trimtab.market.records import frame_records
from trimtab.model.decimals import is_in_reach

__all__ = ["read_funds"]

_COLUMNS = ("fund", "symbol", "weight")


def read_funds(path: str | Path) -> Funds:
    """Read the holdings of funds from a file with columns fund, symbol and weight (0.25 = 25%).

    Raises
    ------
    FileFormatError
        If a column is missing, a weight is not a number, or weights look like per cent.
    """
    file = Path(path)
    findings = Findings()
    frame, _, _ = read_frame_file(file, findings=findings)
    header, rows = frame_records(frame)
    place = {name.strip().lower(): i for i, name in enumerate(header)}
    lacking = [name for name in _COLUMNS if name not in place]
    if lacking or findings.failures():
        raise FileFormatError(
            expected=f"columns {', '.join(_COLUMNS)} in {file.name}, and whole rows",
            found=f"no {', '.join(lacking)}" if lacking else str(findings.failures()[0]),
            try_next="write one row per fund and holding",
        )
    funds: dict[str, list[tuple[str, Decimal]]] = {}
    for number, cells in rows:
        fund, symbol, text = (cells[place[name]].strip() for name in _COLUMNS)
        try:
            weight = Decimal(text)
        except InvalidOperation:
            weight = Decimal("NaN")
        if not is_in_reach(weight):
            raise FileFormatError(
                expected=f"a weight such as 0.25 in row {number} of {file.name}",
                found=f"{text!r}",
                try_next="correct it",
            )
        funds.setdefault(fund, []).append((symbol, weight))
    for fund, weights in funds.items():
        total = sum((w for _, w in weights), Decimal(0))
        if abs(total) > 10:
            raise FileFormatError(
                expected=f"weights of {fund} as fractions that add up to about 1",
                found=f"a sum of {total}",
                try_next="divide per cent by 100",
            )
    return {fund: tuple(weights) for fund, weights in funds.items()}
