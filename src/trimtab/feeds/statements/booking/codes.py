"""What a table of instruments says of the things that other tables of the file name: codes and sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import FactReading, Identity, PositionReading

__all__ = ["with_codes"]

_ISIN_SIGNS = 12


def with_codes(
    positions: Sequence[PositionReading], facts: Sequence[FactReading], tables: Sequence[Table],
    layouts: Sequence[Layout],
) -> tuple[list[PositionReading], list[FactReading]]:  # fmt: skip
    """Add the codes that a table of instruments states (Interactive Brokers), and stated sizes of contracts.

    Examples
    --------
    >>> with_codes([], [], [], [])
    ([], [])
    """
    codes: dict[str, str] = {}
    for table, layout in zip(tables, layouts, strict=True):
        if layout.has(Role.SYMBOL) and layout.has(Role.CODE, Role.ISIN) and not layout.has(Role.QUANTITY, Role.DATE):
            for row in table.rows:
                code = layout.text(row, Role.ISIN) or layout.text(row, Role.CODE)
                if len(code) == _ISIN_SIGNS:
                    codes[layout.text(row, Role.SYMBOL)] = code
    sizes = {p.what.symbol: p.what for p in positions if p.what.multiplier_from == "stated"}
    if not codes and not sizes:
        return list(positions), list(facts)
    named = [replace(p, what=_joined(p.what, codes, sizes)) for p in positions]
    return named, [f if f.what is None else replace(f, what=_joined(f.what, codes, sizes)) for f in facts]


def _joined(what: Identity, codes: Mapping[str, str], sizes: Mapping[str | None, Identity]) -> Identity:
    sized = sizes.get(what.symbol)
    if sized is not None and what.multiplier_from in {"contract", "value", "unknown"}:
        what = replace(what, multiplier=sized.multiplier, multiplier_from="stated")
    symbol = what.stated or what.symbol
    if symbol is None or symbol not in codes or what.code("isin"):
        return what
    return replace(what, codes=(*what.codes, ("isin", codes[symbol])))
