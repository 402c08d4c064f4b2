"""Fills held against the orders that they name: before anything of a file is kept, and when orders are looked at."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from trimtab.desk.books.journal import Journal
from trimtab.desk.books.trading.orders import orders_known
from trimtab.desk.books.transactions import KnownTransaction, ReadTransactions, Transaction, known_transactions
from trimtab.errors import FileFormatError
from trimtab.hedge.orders.records import Fill, ReleasedOrder, is_client_id, is_far, reach

__all__ = ["check_fills", "fills_known"]


def fills_known(journal: Journal, portfolio: str) -> Mapping[str, tuple[Fill, ...]]:
    """Give the fills of a portfolio's orders by client order id; what was cancelled is none of them."""
    fills: dict[str, list[Fill]] = {}
    for line in known_transactions(journal, portfolio):
        fill = _fill(line.now)
        if fill is not None:
            fills.setdefault(fill.order, []).append(fill)
    return {order: tuple(of) for order, of in fills.items()}


def check_fills(journal: Journal, portfolio: str, read: ReadTransactions) -> tuple[str, ...]:
    """Refuse fills that cannot be of the orders that they name, and say what was tied to which.

    Parameters
    ----------
    journal, portfolio
        Whose orders.
    read
        What a file says.

    Raises
    ------
    FileFormatError
        If a fill names an order that nobody sent, is of another contract, on the other side, without an id of its own,
        before its plan or at a price far from it, or if more is filled than was ordered.
    """
    named = [row for row in read.rows if row.order and not row.cancelled]
    ours = [row for row in named if is_client_id(str(row.order))]
    if not named:
        return ()
    notes = []
    if ours:
        orders = orders_known(journal, portfolio)
        for row in ours:
            _check(row, orders, read.name)
        # Of all of the broker's accounts: an order may be filled in several.
        _check_sums(ours, orders, read.name, known_transactions(journal, portfolio))
        tied = sorted({str(row.order) for row in ours})
        notes.append(f"fills of orders: {len(ours)} of {', '.join(tied[:5])}{' ...' if len(tied) > 5 else ''}")
    if len(named) > len(ours):
        notes.append(f"{len(named) - len(ours)} rows name an order that is none of trimtab's: they are plain trades")
    return tuple(notes)


def _check(row: Transaction, orders: Mapping[str, ReleasedOrder], name: str) -> None:
    where = f"{row.describe()} under {row.order} in {name}, row {row.row}"
    order = orders.get(str(row.order))
    if order is None:
        raise FileFormatError(
            expected="fills of orders that were sent from this account (trimtab orders lists them)", found=where,
            try_next="send the plan's orders first (trimtab orders RUN --csv FILE), import into their own account "
            "(-p), or take the order id out if the trade is another",
        )  # fmt: skip
    if row.id is None:
        raise FileFormatError(
            expected="an id of each fill (exec_id): without it one that comes twice would count twice",
            found=f"none of {where}", try_next="add the column exec_id",
        )  # fmt: skip
    if row.symbol != order.symbol:
        raise FileFormatError(
            expected=f"fills of {order.symbol}, which {order.client_id} is of", found=where,
            try_next="correct the symbol or the order id",
        )  # fmt: skip
    if row.quantity * order.sign <= 0:
        raise FileFormatError(
            expected=f"fills that {order.side.value} {order.symbol}, as {order.client_id} does", found=where,
            try_next="correct the side, or cancel the fill (status cancelled) if it was busted",
        )  # fmt: skip
    if row.price is not None and is_far(float(row.price), order.reference, order.kind):
        raise FileFormatError(
            expected=f"a price within {reach(order.kind)} times that of the plan, {order.reference} {order.currency}",
            found=where,
            try_next="correct the price; if it is right, take the order id out: the row is then a plain trade",
        )  # fmt: skip
    if row.day < order.day:
        raise FileFormatError(
            expected=f"fills on or after {order.day}, the day of the plan of {order.client_id}", found=where,
            try_next="correct the date or the order id",
        )  # fmt: skip


def _check_sums(
    rows: Iterable[Transaction], orders: Mapping[str, ReleasedOrder], name: str, known: Sequence[KnownTransaction]
) -> None:
    """Refuse more filled than ordered; what a file says again or corrects counts once, what it cancels not at all."""
    by_order: dict[str, dict[str, Transaction]] = {}
    for line in known:
        if line.now.order and not line.now.cancelled:
            by_order.setdefault(line.now.order, {})[str(line.now.id)] = line.now
    for row in rows:
        by_order.setdefault(str(row.order), {})[str(row.id)] = row
    for name_of, order in orders.items():
        filled = sum((abs(row.quantity) for row in by_order.get(name_of, {}).values()), Decimal(0))
        if filled > order.quantity:
            raise FileFormatError(
                expected=f"at most {order.quantity.normalize():f} {order.symbol} filled under {name_of}, as ordered",
                found=f"{filled.normalize():f} with those of {name}",
                try_next="look for a fill that stands under two ids, cancel the wrong one (status cancelled), or take "
                "the order id out of what was traded beside the plan",
            )


def _fill(row: Transaction) -> Fill | None:
    if row.cancelled or row.price is None or not row.order or not is_client_id(row.order):
        return None
    return Fill(
        order=row.order, exec_id=row.id or "", symbol=row.symbol, time=row.time, day=row.day, quantity=row.quantity,
        price=row.price, fee=row.fee,
    )  # fmt: skip
