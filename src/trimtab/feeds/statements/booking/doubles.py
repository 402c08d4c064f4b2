"""What a file says twice: a holding or balance that stands there again is refused, an entry that does is asked about.

The rows of one table are looked at while they are read; here are the tables of a file against each other, and documents
that are built otherwise (XML, OFX, SWIFT, beancount).
"""

from dataclasses import replace

from trimtab.feeds.statements.records import Ask, Fault, Statement

__all__ = ["without_doubles"]


def without_doubles(read: Statement, *, of_entries: bool = True) -> Statement:
    """Refuse holdings and balances that are stated twice with the same numbers, and ask about entries that are.

    Parameters
    ----------
    read
        A file.
    of_entries
        Whether entries are looked at; those of a single table were.

    Examples
    --------
    >>> from trimtab.feeds.statements.records import Holds
    >>> nothing = Statement(name="a", format="ofx", why="", holds=Holds.CASH)
    >>> without_doubles(nothing) is nothing
    True
    """
    faults, asks = _repeated_holdings(read), _repeated_entries(read) if of_entries else []
    if not faults and not asks:
        return read
    return replace(read, faults=(*read.faults, *faults), asks=(*read.asks, *asks))


def _repeated_holdings(read: Statement) -> list[Fault]:
    seen_before = {fault.line for fault in read.faults}
    seen: dict[tuple[object, ...], int] = {}
    faults = []
    for made in read.positions:
        worth = made.market_value if made.underlying_value is None else made.underlying_value
        key = (made.account, made.what, made.quantity, made.price, worth, made.spread, made.notes)
        if key in seen and made.quantity and made.line not in seen_before:
            faults.append(
                Fault(line=made.line, why=f"the same as in line {seen[key]}: {made.quantity} {made.what.label}",
                      try_next="take one of the two out")
            )  # fmt: skip
        seen.setdefault(key, made.line)
    balances: dict[tuple[object, ...], int] = {}
    for row in read.cash:
        same = (row.account, row.currency, row.amount, row.note)
        if same in balances and row.amount and row.line not in seen_before:
            faults.append(
                Fault(line=row.line, why=f"the balance of line {balances[same]} again: {row.amount} {row.currency}",
                      try_next="take one of the two out")
            )  # fmt: skip
        balances.setdefault(same, row.line)
    return faults


def _repeated_entries(read: Statement) -> list[Ask]:
    seen_before = {line for ask in read.asks if ask.what == "double" for line in ask.lines}
    seen: dict[tuple[object, ...], int] = {}
    asks = []
    for made in read.facts:
        key = (
            made.account, made.day, made.fact, made.what, made.quantity, made.price, made.currency, made.cash,
            made.counter, made.action, made.id,
        )  # fmt: skip
        line = made.lines[0] if made.lines else 0
        if key in seen and line not in seen_before:
            asks.append(
                Ask("double", f"line {line} says what line {seen[key]} says: two entries, or one twice?", taken="two",
                    lines=(seen[key], line))
            )  # fmt: skip
        seen.setdefault(key, line)
    return asks
