"""A statement as the rest of the house takes it: rows of holdings, transactions, a portfolio.

What is booked adds up to the cent: after all transactions of a file, units and money have moved by what its facts say.
A statement with faults is refused as a whole.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from trimtab.desk.books.intake import Records
from trimtab.desk.books.transactions import ReadTransactions, Transaction
from trimtab.errors import FileFormatError
from trimtab.feeds.facts import market_action
from trimtab.feeds.statements.columns.mapping import suggest
from trimtab.feeds.statements.records import (
    Fact,
    FactReading,
    Holds,
    Identity,
    NameKind,
    PositionReading,
    Statement,
)
from trimtab.hedge.orders.records import is_client_id
from trimtab.model.currencies import CURRENCIES, whole_currency

__all__ = ["demand_whole", "holdings_records", "statement_transactions"]

_ZERO, _CENT = Decimal(0), Decimal("0.01")
_MOST_SHOWN = 10
_KINDS = {
    NameKind.OPTION: "option", NameKind.FUTURE: "future", NameKind.FUTURE_OPTION: "option", NameKind.CASH: "cash",
}  # fmt: skip
#: What money of a statement is under: all else came from outside, or is not said.
_EARNED = {
    Fact.DIVIDEND: "dividend", Fact.INTEREST: "interest", Fact.STAKING: "interest", Fact.FEE: "fee", Fact.TAX: "tax",
    Fact.FUNDING: "funding", Fact.REALISED_PNL: "gain",
}  # fmt: skip
_ON_A_THING = frozenset(["dividend", "funding", "gain"])
_TRADED = frozenset(
    [Fact.BUY, Fact.SELL, Fact.SHORT, Fact.EXPIRY, Fact.SWEEP, Fact.MERGER, Fact.SPIN_OFF]
)  # fmt: skip
#: Many rows are of one day.
_day_text = lru_cache(maxsize=5_000)(dt.date.isoformat)
_PENCE = {"GBP": "GBX", "ZAR": "ZAC", "ILS": "ILA", "USD": "USX"}
#: A price is written to so many digits where only amounts are stated; what is left goes to the costs.
_DIGITS = Decimal("1e-10")
#: What was paid for one is a hundredth of a price in percent; costs and accrued interest do not make it a tenth.
_SURELY_PERCENT = Decimal("0.1")


def demand_whole(statement: Statement) -> None:
    """Refuse a statement of which any row or column could not be read, naming all of them.

    Raises
    ------
    FileFormatError
        If there are faults.
    """
    if not statement.faults:
        return
    faults = [f"row {f.line}: {f.why}" for f in statement.faults]
    more = f"; and {len(faults) - _MOST_SHOWN} more" if len(faults) > _MOST_SHOWN else ""
    ways = list(dict.fromkeys(f.try_next for f in statement.faults))
    unknown = [f.column for f in statement.faults if f.column]
    if unknown:
        ways = [f"say what it is: --map '{suggest(unknown, unknown)}'", *(w for w in ways if "--map" not in w)]
    elif not (statement.facts or statement.positions) and statement.columns:
        named = [header for header, _ in statement.columns]
        ways.append(f"if the columns were misread, say what they are: --map '{suggest(named)}'")
    raise FileFormatError(
        expected=f"a statement that can be read whole ({statement.format})",
        found=f"in {statement.name}, " + "; ".join(faults[:_MOST_SHOWN]) + more,
        try_next="; ".join((*ways[:4], "nothing was read: a book with a row missing looks right and is wrong")),
    )


def _bought_when(statement: Statement) -> str:
    """Say what to do about a day of purchase, which makes a table of what is held look like one of trades."""
    days = [name for name, read_as in statement.columns if read_as == "date"]
    are_trades = any(read_as in {"action", "side"} for _, read_as in statement.columns)
    if are_trades or len(days) != 1 or not statement.facts:
        return ""
    return f"; if {days[0]!r} says when what is held was bought: --map '{days[0]}=ignore'"


def holdings_records(
    statement: Statement, *, day: dt.date | None = None, currency: str = "", of_money: bool = False
) -> tuple[Records, dt.date]:
    r"""Give positions and money as rows of a holdings file, and their day.

    Parameters
    ----------
    statement
        With positions.
    day
        Where the file states none.
    currency
        Of money whose currency the file does not state.
    of_money
        Whether the balances of an account of money are a book.

    Raises
    ------
    FileFormatError
        If it could not be read whole, holds no positions, or its day is not known.

    Examples
    --------
    >>> from trimtab.feeds.statements.read import read_statement
    >>> read = read_statement(b"Symbol,Quantity,Currency\nBRK/B,5,USD\n", name="a")
    >>> holdings_records(read, day=dt.date(2026, 6, 30))[0].rows
    ({'symbol': 'BRK.B', 'quantity': '5', 'kind': 'share', 'currency': 'USD'},)
    """
    demand_whole(statement)
    none_held = {Holds.TRANSACTIONS} if of_money else {Holds.TRANSACTIONS, Holds.CASH}
    if not statement.positions and statement.holds in none_held:
        what = "transactions" if statement.holds is Holds.TRANSACTIONS else "transactions (cash)"
        raise FileFormatError(
            expected="positions",
            found=f"{statement.name} ({statement.format}), which holds {what} and no positions",
            try_next="give it to trimtab import" + _bought_when(statement),
        )
    stated = day or statement.as_of
    if stated is None:
        raise FileFormatError(
            expected="the day of these positions",
            found=f"none in {statement.name} ({statement.format})",
            try_next="give --as-of YYYY-MM-DD",
        )
    rows = [(p.line, _holding(p)) for p in statement.positions]
    for row in statement.cash:
        if not (row.currency or currency):
            raise FileFormatError(
                expected=f"the currency of {row.amount} {row.note}".strip(), found=f"none in {statement.name}",
                try_next="give the currency in a column, or the portfolio's base",
            )  # fmt: skip
        rows.append((row.line, {"symbol": row.currency or currency, "quantity": f"{row.amount:f}", "kind": "cash"}))
    records = Records(
        name=statement.name, rows=tuple(row for _, row in rows), lines=tuple(line for line, _ in rows),
        columns=statement.columns, notes=(f"read as {statement.format}", *_as_money(statement), *statement.notes,
               *_codes_alone(statement)),
    )  # fmt: skip
    return records, stated


def _as_money(statement: Statement) -> tuple[str, ...]:
    things = (*(p.what for p in statement.positions), *(f.what for f in statement.facts if f.what is not None))
    names = dict.fromkeys(w.label for w in things if w.kind is NameKind.MONEY_MARKET)
    return (f"{', '.join(names)}: a money market fund, taken as money",) if names else ()


def _codes_alone(statement: Statement) -> tuple[str, ...]:
    """Say what stands behind a security code that has no ticker, and how it gets one."""
    names = {
        _symbol(what): what.name
        for what in (p.what for p in statement.positions)
        if not what.symbol and what.name and what.codes and what.kind in {NameKind.SHARE, NameKind.FUND}
    }
    if not names:
        return ()
    shown = [f"{code} is {name}" for code, name in list(names.items())[:_MOST_SHOWN]]
    more = [f"{len(names) - _MOST_SHOWN} more"] if len(names) > _MOST_SHOWN else []
    return (
        f"without a ticker: {'; '.join((*shown, *more))}; "
        f"trimtab config set aliases.{next(iter(names))}.symbol TICKER says it, or name the column of its prices so",
    )


def _symbol(what: Identity) -> str:
    codes = dict(what.codes)
    named = what.symbol or codes.get("isin") or codes.get("cusip") or what.name or what.stated or ""
    if what.kind is NameKind.OPTION and what.strike is None:
        # A 13F says neither strike nor expiry: it stands as a thing of its own that nothing prices.
        side = "put" if what.right == "P" else "call"
        return f"{what.underlying or codes.get('cusip') or named} {side} of unknown terms"
    return named


def _terms(what: Identity, currency: str | None) -> Mapping[str, str]:
    """Say what a thing is under the names of a holdings file; of many rows of a thing, in one mapping."""
    return _shared(tuple(_described(what, currency).items()))


@lru_cache(maxsize=5_000)
def _shared(terms: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return dict(terms)


def _described(what: Identity, currency: str | None) -> dict[str, str]:
    terms = {"kind": _KINDS.get(what.kind, "bond" if what.kind is NameKind.BOND else "share")}
    if currency:
        terms["currency"] = currency
    if what.kind in {NameKind.OPTION, NameKind.FUTURE_OPTION}:
        if what.strike is None or what.expiry is None:
            return {**terms, "kind": "share"}
        terms |= {
            "underlying": what.underlying or "", "right": "put" if what.right == "P" else "call",
            "strike": f"{what.strike:f}", "expiry": what.expiry.isoformat(),
        }  # fmt: skip
    if what.kind is NameKind.FUTURE and what.expiry is not None:
        terms["expiry"] = what.expiry.isoformat()
    if what.multiplier != 1 and what.multiplier_from != "contract":
        terms["multiplier"] = f"{what.multiplier:f}"
    return terms


def _holding(made: PositionReading) -> dict[str, str]:
    worth = made.market_value if made.market_value is not None else made.quantity * (made.price or 1)
    if made.what.kind is NameKind.MONEY_MARKET and made.currency:
        # Units of 1.00 that pay interest are money: they follow no market.
        return {"symbol": made.currency, "quantity": f"{worth:f}", "kind": "cash"}
    currency = _PENCE.get(made.currency or "", made.currency) if made.price_unit == "minor" else made.currency
    row = {"symbol": _symbol(made.what), "quantity": f"{made.quantity:f}", **_terms(made.what, currency)}
    if made.price_unit == "percent" or (made.what.kind is NameKind.BOND and made.price is None):
        row["quotation"] = "percent"
    if made.price is not None and made.spread is None:
        row["price"] = f"{made.price:f}"
    return row


def statement_transactions(statement: Statement, *, currency: str = "") -> tuple[ReadTransactions, tuple[str, ...]]:
    r"""Give facts as transactions, and what was left out of them.

    Parameters
    ----------
    statement
        With facts.
    currency
        Of money whose currency the file does not state; trades without one are in that of their instrument.

    Raises
    ------
    FileFormatError
        If it could not be read whole, or holds none.

    Examples
    --------
    >>> from trimtab.feeds.statements.read import read_statement
    >>> text = b"Date,Action,Symbol,Quantity,Price,Fee,Currency\n2026-06-11,Sell,A,10,5,1,USD\n"
    >>> [row.describe() for row in statement_transactions(read_statement(text, name="a"))[0].rows]
    ['-10 A at 5 on 2026-06-11, fee 1']
    """
    demand_whole(statement)
    if not statement.facts:
        raise FileFormatError(
            expected="transactions",
            found=f"{statement.name} ({statement.format}), which holds none",
            try_next="give it as holdings",
        )
    quantities: dict[str, Decimal] = {}
    rows: list[Transaction] = []
    open_questions = []
    named = [f.id for f in statement.facts if f.id is not None]
    # A name that several rows share is one of an order or a security, not of a row.
    of_rows = len(set(named)) == len(named)
    for fact in sorted(statement.facts, key=lambda f: f.day):
        made = fact if of_rows else replace(fact, id=None)
        if made.currency is None and made.cash and (made.quantity is None or made.what is None):
            made = replace(made, currency=_known_currency(made, currency, statement.name))
        if made.fact is Fact.EXPIRY and made.quantity is None and made.what is not None:
            units = -quantities.get(_symbol(made.what), _ZERO)
            if units == 0:
                open_questions.append(f"line {made.lines[0]}: {made.what.label} expired, long or short: left out")
                continue
            booked = list(_traded(made, units, _ZERO))
        else:
            booked = list(_booked(made))
        if not booked and made.cash is None:
            open_questions.append(f"line {made.lines[0]}: {made.action or made.fact.value} is not booked: no amount")
        for row in (r for r in booked if not r.fact):
            quantities[row.symbol] = quantities.get(row.symbol, _ZERO) + row.quantity
        rows += booked
    acted = [market_action(row) for row in rows]
    read = ReadTransactions(
        name=statement.name, rows=tuple(row for row, action in zip(rows, acted, strict=True) if action is None),
        columns=statement.columns, actions=tuple(action for action in acted if action is not None),
        notes=(f"read as {statement.format}", *_as_money(statement), *statement.notes,
               *_codes_alone(statement)),
    )  # fmt: skip
    return read, tuple(open_questions)


def _known_currency(made: FactReading, currency: str, name: str) -> str:
    if not currency:
        raise FileFormatError(
            expected=f"the currency of row {made.lines[0]}, {made.fact.value} of {made.cash}", found=f"none in {name}",
            try_next="give the currency in a column, or the portfolio's base",
        )  # fmt: skip
    return currency


def _booked(made: FactReading) -> Iterator[Transaction]:
    """Give the transactions that move what a fact moved."""
    moved = made.quantity is not None and made.what is not None and made.what.kind is not NameKind.CASH
    if made.fact is Fact.EXCHANGE and made.what is not None and made.what.kind is NameKind.CASH:
        yield from _changed(
            made, (made.what.symbol or "", made.quantity or _ZERO), (made.currency or "", made.cash or _ZERO),
            ("bought", "paid"),
        )  # fmt: skip
    elif made.fact is Fact.EXCHANGE and made.counter is not None and made.quantity is not None:
        yield from _swapped(made)
    elif made.fact is Fact.SETTLEMENT or (moved and made.what and made.what.kind is NameKind.MONEY_MARKET):
        # Money for securities of another file, as the statement asks about: no flow, and no trade without its units.
        return  # Money into a money market fund, or out of it, is money still.
    elif made.fact in {Fact.SPLIT, Fact.SYMBOL_CHANGE, Fact.STOCK_DIVIDEND} or made.into is not None:
        yield _acted(made)
    elif moved and made.cash is None:
        yield from _in_kind(made)
    elif moved and made.fact in _TRADED:
        yield from _traded(made, made.quantity or _ZERO, made.cash)
    elif moved:
        yield from _in_kind(made)
    elif made.cash and made.currency:
        yield _earned(made, made.currency, made.cash, made.fact.value)
    if made.fee_currency and made.fee and made.fee_currency != made.currency:
        yield _coins(made, made.fee_currency, -made.fee)


def _acted(made: FactReading) -> Transaction:
    """Give what a company did under the columns of its kind."""
    new, old = made.ratio or (None, None)
    given = {"new": new, "old": old, "quantity": made.quantity}
    details = {name: f"{number:f}" for name, number in given.items() if number is not None}
    if made.into is not None:
        details["new_symbol" if made.fact is Fact.SYMBOL_CHANGE else "into"] = made.into
    if made.cash and made.shares:
        details["cash"] = f"{abs(made.cash / made.shares):f}"
    terms = {"currency": made.currency} if made.currency else {}
    return Transaction(
        time=_day_text(made.day), day=made.day, symbol="" if made.what is None else _symbol(made.what),
        quantity=made.quantity or _ZERO, id=_name(made, ""), terms=terms, fact=made.fact.value, details=details,
    )  # fmt: skip


def _name(made: FactReading, part: str) -> str | None:
    return f"{made.id}/{part}" if part and made.id is not None else made.id


def _money(made: FactReading, currency: str, amount: Decimal, part: str) -> Transaction:
    return Transaction(
        time=_day_text(made.day), day=made.day, symbol=currency, quantity=amount, id=_name(made, part),
        terms={"kind": "cash"},
    )  # fmt: skip


def _earned(made: FactReading, currency: str, amount: Decimal, part: str) -> Transaction:
    """Give money under the kind of what it was for; what came from outside, or nobody says, is money that came."""
    kind = _EARNED.get(made.fact)
    if kind is None or amount == 0:
        return _money(made, currency, amount, part)
    details = {"amount": f"{amount:f}"}
    symbol, terms = "", _shared((("currency", currency),))
    if made.what is not None and made.what.kind is not NameKind.CASH and kind in _ON_A_THING:
        symbol, terms = _symbol(made.what), _terms(made.what, currency)
    if kind == "dividend" and not symbol:
        kind = "interest"  # of nothing in particular: income all the same
    if kind == "dividend" and made.tax and made.tax > 0 and made.tax_currency is None:
        # A tax in another currency is inside what was paid, and cannot be added to it.
        details = {"amount": f"{amount + made.tax:f}", "tax": f"{made.tax:f}"}
    return Transaction(
        time=_day_text(made.day), day=made.day, symbol=symbol, quantity=amount, id=_name(made, part), terms=terms,
        fact=kind, details=details,
    )  # fmt: skip


def _changed(
    made: FactReading, one: tuple[str, Decimal], other: tuple[str, Decimal], parts: tuple[str, str]
) -> Iterator[Transaction]:
    """Give one currency changed into another; where both came or both went, two movements of money."""
    if one[1] * other[1] >= 0 or one[0] == other[0]:
        yield _money(made, *one, parts[0])
        yield _money(made, *other, parts[1])
        return
    (bought, received), (sold, given) = (one, other) if one[1] > 0 else (other, one)
    details = {
        "sold": f"{-given:f}", "sold_currency": sold, "bought": f"{received:f}", "bought_currency": bought,
    }  # fmt: skip
    yield Transaction(
        time=_day_text(made.day), day=made.day, symbol="", quantity=received, id=_name(made, parts[0]),
        fact="conversion", details=details,
    )  # fmt: skip


def _coins(made: FactReading, symbol: str, units: Decimal) -> Transaction:
    """Give units that went for nothing: a cost paid in another coin."""
    if symbol in CURRENCIES:
        return Transaction(
            time=_day_text(made.day), day=made.day, symbol="", quantity=units, id=_name(made, "fee"),
            terms={"currency": symbol}, fact="fee", details={"amount": f"{units:f}"},
        )  # fmt: skip
    return Transaction(
        time=_day_text(made.day), day=made.day, symbol=symbol, quantity=units, price=_ZERO, id=_name(made, "fee"),
        terms={"kind": "share", **({"currency": made.currency} if made.currency else {})},
    )  # fmt: skip


def _traded(made: FactReading, units: Decimal, cash: Decimal | None) -> Iterator[Transaction]:
    """Give a trade; one that is paid in another currency than it is priced in is followed by the exchange."""
    what = made.what
    if what is None:
        return
    quoted = made.price_currency or made.currency or ""
    whole, minor = whole_currency(quoted)
    in_percent = what.kind is NameKind.BOND and _is_percent(made)
    scale = what.multiplier * (_CENT if minor or in_percent else Decimal(1))
    paid = cash or _ZERO
    fee_other = made.fee if made.fee_currency not in {None, made.currency} else _ZERO
    costs = (made.fee or _ZERO) - (fee_other or _ZERO) + (made.tax or _ZERO) + (made.costs_implied or _ZERO)
    price = made.price
    if price is None:
        net = abs(paid + costs) if units else _ZERO
        price = (net / abs(units) / scale).quantize(_DIGITS) if units and net else _ZERO
    value = units * price * scale
    terms = _terms(what, quoted or None)
    if what.kind is NameKind.BOND:
        terms = {**terms, "quotation": "percent" if in_percent else "unit"}
    order = made.order if made.order and is_client_id(made.order) else ""
    bare = {
        "time": _day_text(made.day), "day": made.day, "symbol": _symbol(what), "quantity": units, "order": order,
    }  # fmt: skip
    if what.kind is NameKind.FUTURE or cash is None or made.currency in {None, whole}:
        fee = -paid if what.kind is NameKind.FUTURE else -paid - value
        if -_CENT < fee < 0 and what.kind is not NameKind.FUTURE:
            # Rounded by the broker in the account's favour: the price gives way, a cost is never less than none.
            price, fee = abs(paid / units / scale), _ZERO
        yield Transaction(**bare, price=price, fee=fee or None, id=_name(made, ""), terms=terms)  # type: ignore[arg-type]
        return
    yield Transaction(**bare, price=price, id=_name(made, ""), terms=terms)  # type: ignore[arg-type]
    yield from _changed(made, (whole, value), (made.currency or "", paid), ("exchanged", "paid"))


def _is_percent(made: FactReading) -> bool:
    """Tell a bond's price in percent of face from money for one: what was paid decides, and percent is usual."""
    if not made.price or not made.quantity or not made.cash:
        return True
    rate = made.fx or 1
    per_one = abs(made.cash / made.quantity / made.price)
    return min(per_one, per_one * rate, per_one / rate) < _SURELY_PERCENT


def _swapped(made: FactReading) -> Iterator[Transaction]:
    """Give one coin changed into another as a sale and a purchase of one value."""
    if made.what is None or made.counter is None or made.quantity is None:
        return
    symbol, units = made.counter
    currency = made.currency or "USD"
    value = made.value or abs(made.quantity) * (made.price or made.price_derived or _ZERO)
    if symbol in CURRENCIES:
        price = abs(units / made.quantity).quantize(_DIGITS)
        terms = {"kind": "share", "currency": symbol}
        yield Transaction(
            time=_day_text(made.day), day=made.day, symbol=_symbol(made.what), quantity=made.quantity, price=price,
            fee=(-made.quantity * price - units) or None, id=_name(made, "given"), terms=terms,
        )  # fmt: skip
        return
    for part, name, moved in (("given", _symbol(made.what), made.quantity), ("received", symbol, units)):
        price = (value / abs(moved)).quantize(_DIGITS)
        yield Transaction(
            time=_day_text(made.day), day=made.day, symbol=name, quantity=moved, price=price,
            fee=(-moved * price + value * (1 if moved > 0 else -1)) or None, id=_name(made, part),
            terms={"kind": "share", "currency": currency},
        )  # fmt: skip


def _in_kind(made: FactReading) -> Iterator[Transaction]:
    """Give units that came or went for nothing as a trade at the day's price, and the money that it did not take."""
    what, units = made.what, made.quantity
    if what is None or units is None:
        return
    price = made.price or made.price_derived or _ZERO
    terms = _terms(what, made.currency)
    yield Transaction(
        time=_day_text(made.day), day=made.day, symbol=_symbol(what), quantity=units, price=price, id=_name(made, ""),
        terms=terms,
    )  # fmt: skip
    if price and made.currency:
        # What was earned in units is income of that worth; what was moved in came from outside.
        yield _earned(made, made.currency, units * price * what.multiplier, "in kind")
    if made.cash and made.currency:
        yield _earned(made, made.currency, made.cash, made.fact.value)
