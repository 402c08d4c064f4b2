"""Positions and balances of an exchange, as ccxt gives them, to a table of holdings.

ccxt gives a position's ``contracts`` and ``contractSize``, and not every exchange means the same by them: its Deribit
has dollars as contracts and ten dollars as their size. The value that the exchange states (``notional``) decides: the
size is the one with which contracts come to it. Where none does, or nothing is stated, the position is refused: a
position ten times too large looks right.

What a balance holds differs too. Where the total has open gains in it, positions are given without their entry price,
so that no gain counts twice.
"""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from trimtab.errors import InputError, ServiceError
from trimtab.feeds.venues.coins import STABLE, counted_as
from trimtab.model.decimals import as_decimal, is_in_reach
from trimtab.model.json import Json, JsonObject

__all__ = ["COLUMNS", "holdings_of", "size_of"]

COLUMNS = (
    "symbol", "quantity", "kind", "currency", "price", "multiplier", "payoff", "settlement", "underlying", "entry",
    "right", "strike", "expiry", "premium", "venue",
)  # fmt: skip
#: Whether the total of a balance has open gains in it, by exchange (read in the source of ccxt 4.5.90).
GAINS_IN_TOTAL = {
    "deribit": True, "okx": True, "bybit": False, "binanceusdm": True, "binancecoinm": True,
}  # fmt: skip
#: How far a stated value may be off contracts x size x price: marks move between two numbers of one answer.
_NEAR = Decimal("0.02")

Row = dict[str, str]


def holdings_of(
    exchange: str,
    positions: Sequence[JsonObject],
    balance: JsonObject,
    markets: Mapping[str, JsonObject],
    *,
    day: dt.date,
    currency: str | None,
) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """Give an account as a table of holdings, with notes and doubts.

    Parameters
    ----------
    exchange
        As ccxt calls it.
    positions, balance, markets
        As ccxt gives them.
    day
        Of the snapshot.
    currency
        What stable coins count as; None leaves them what they are.

    Raises
    ------
    ServiceError
        If a position cannot be told for certain, or there is nothing at all.
    """
    notes: list[str] = []
    doubts: list[str] = []
    rows = [_position(exchange, p, markets, currency, doubts) for p in positions if _number(p.get("contracts"))]
    if rows and exchange not in GAINS_IN_TOTAL:
        doubts.append(f"whether balances of {exchange} have open gains in them is not known; they would count twice")
    if rows and GAINS_IN_TOTAL.get(exchange, True):
        for row in rows:
            row["entry"] = ""
        notes.append("open gains are in the balances; positions have no entry price, so that they count once")
        if any(row["kind"] == "option" for row in rows):
            rows += _less_options(exchange, balance, rows, doubts)
    rows += _coins(balance, currency)
    if not rows:
        raise _fault(exchange, "an account without a position or a balance", "look whether the keys are this account's")
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    # Where it lies decides what stands behind its margin.
    writer.writerows({**row, "venue": exchange} for row in _joined(rows))
    notes.append(f"{len(rows)} rows as of {day}")
    return text.getvalue().encode(), tuple(notes), tuple(doubts)


def size_of(
    contracts: Decimal, sizes: Sequence[Decimal], *, mark: Decimal | None, stated: Decimal | None, inverse: bool
) -> Decimal | None:
    """Give the size of a contract that brings contracts to the value that is stated; None where none or two do.

    Parameters
    ----------
    contracts
        How many.
    sizes
        Those that are stated for one.
    mark
        Price.
    stated
        Value of the position: in money, or in the coin of an inverse contract.
    inverse
        Whether a contract is so much money, paid in coin.

    Examples
    --------
    >>> ten, one = Decimal(10), Decimal(1)
    >>> size_of(Decimal(50), [ten, one], mark=Decimal(7476), stated=Decimal("0.006687"), inverse=True)
    Decimal('1')
    >>> size_of(Decimal(3), [Decimal(100)], mark=Decimal(60000), stated=Decimal(300), inverse=True)
    Decimal('100')
    >>> size_of(Decimal(3), [Decimal(100)], mark=Decimal(60000), stated=Decimal(3000), inverse=True)
    """
    if stated is None or not stated or not mark:
        return None
    fits = set()
    for size in sizes:
        units = contracts * size
        values = (units, units / mark) if inverse else (units * mark, units)
        if any(abs(value / stated - 1) <= _NEAR for value in values):
            fits.add(size)
    return fits.pop() if len(fits) == 1 else None


def _position(
    exchange: str,
    position: JsonObject,
    markets: Mapping[str, JsonObject],
    currency: str | None,
    doubts: list[str],
) -> Row:
    """Write a position as a row."""
    symbol, side = str(position.get("symbol")), position.get("side")
    market = markets.get(symbol)
    if market is None or side not in {"long", "short"}:
        raise _fault(exchange, f"a position in {symbol} without a market or a side", "report it; it was not kept")
    inverse, mark = bool(market.get("inverse")), _number(position.get("markPrice"))
    contracts = abs(_number(position.get("contracts")) or Decimal(0))
    size = _certain_size(exchange, symbol, position, market, contracts, mark, inverse=inverse)
    quote, settle = str(market.get("quote")), str(market.get("settle"))
    row = {
        "symbol": symbol,
        "quantity": f"{contracts if side == 'long' else -contracts:f}",
        "currency": counted_as(quote, currency),
        "multiplier": f"{size:f}",
        "underlying": str(market.get("base")),
        "price": "" if mark is None else f"{mark:f}",
        # a perpetual of Deribit has the year 3000 for its expiry
        "expiry": _day(market) if market.get("expiry") and not market.get("swap") else "",
    }
    if market.get("option"):
        right, strike = market.get("optionType"), _number(market.get("strike"))
        if right not in {"call", "put"} or strike is None or not row["expiry"]:
            raise _fault(exchange, f"an option {symbol} without right, strike or expiry", "report it; it was not kept")
        premium = "coin" if inverse else "money"
        return row | {"kind": "option", "right": str(right), "strike": f"{strike:f}", "premium": premium}
    if row["expiry"]:
        doubts.append(f"{symbol} expires on {row['expiry']}; it is taken as a perpetual, and its expiry is not watched")
    entry = _number(position.get("entryPrice"))
    payoff = "inverse" if inverse else "linear"
    return row | {
        "kind": "perpetual", "payoff": payoff, "settlement": counted_as(settle, currency), "expiry": "",
        "entry": "" if entry is None else f"{entry:f}",
    }  # fmt: skip


def _certain_size(
    exchange: str,
    symbol: str,
    position: JsonObject,
    market: JsonObject,
    contracts: Decimal,
    mark: Decimal | None,
    *,
    inverse: bool,
) -> Decimal:
    """Give the size of a contract, or refuse the position."""
    both = (_number(position.get("contractSize")), _number(market.get("contractSize")), Decimal(1))
    sizes = list(dict.fromkeys(size for size in both if size))
    stated = _number(position.get("notional"))
    # an option's value at stake is that of what it is on: units x the index, or the units themselves
    price = mark if not market.get("option") else _number(_info(position).get("index_price")) or mark
    size = size_of(contracts, sizes, mark=price, stated=None if stated is None else abs(stated), inverse=inverse)
    if market.get("option") and size is None and stated is not None and stated:
        size = next((s for s in sizes if abs(contracts * s / abs(stated) - 1) <= _NEAR), None)
    if size is None:
        raise _fault(
            exchange,
            f"{contracts} contracts of {symbol} of a size that is not certain ({', '.join(map(str, sizes))}; "
            f"value stated: {stated}, price {mark})",
            "write the position into a file of holdings, with its multiplier",
        )
    return size


def _coins(balance: JsonObject, currency: str | None) -> list[Row]:
    """Write the totals of a balance as rows."""
    totals = balance.get("total")
    rows: list[Row] = []
    for coin, amount in totals.items() if isinstance(totals, Mapping) else ():
        number = _number(amount)
        if number:
            name = counted_as(str(coin), currency)
            is_money = str(coin) in STABLE or name in {"USD", "EUR", "GBP", "JPY", "CHF"}
            rows.append({"symbol": name, "quantity": f"{number:f}", "kind": "cash" if is_money else "spot"})
    return rows


def _less_options(exchange: str, balance: JsonObject, rows: list[Row], doubts: list[str]) -> list[Row]:
    """Take the value of options out of balances that have it in them: they are there as rows of their own."""
    summaries = _info(balance).get("result") if exchange == "deribit" else None
    several = summaries.get("summaries") if isinstance(summaries, Mapping) else None
    items = several if isinstance(several, list) else [summaries]
    values = {str(s.get("currency")): _number(s.get("options_value")) for s in items if isinstance(s, Mapping)}
    coins = {row["underlying"] for row in rows if row["kind"] == "option"}
    if not coins <= {coin for coin, value in values.items() if value is not None}:
        doubts.append("options are rows of their own, and may be in the balances as well: they would count twice")
        return []
    return [{"symbol": coin, "quantity": f"{-value:f}", "kind": "spot"} for coin, value in values.items() if value]


def _joined(rows: Sequence[Row]) -> list[Row]:
    """Add up rows of the same coin."""
    coins: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        if row["kind"] in {"cash", "spot"}:
            key = (row["symbol"], row["kind"])
            coins[key] = coins.get(key, Decimal(0)) + Decimal(row["quantity"])
    # the two sides of one market, as accounts in hedge mode have them, stay two rows
    contracts = [row for row in rows if row["kind"] not in {"cash", "spot"}]
    added = [{"symbol": symbol, "kind": kind, "quantity": f"{n:f}"} for (symbol, kind), n in coins.items() if n]
    return [*contracts, *added]


def _info(whole: JsonObject) -> JsonObject:
    info = whole.get("info")
    return info if isinstance(info, Mapping) else {}


def _day(market: JsonObject) -> str:
    return str(dt.datetime.fromtimestamp(int(_number(market["expiry"]) or 0) / 1000, tz=dt.UTC).date())


def _number(value: Json) -> Decimal | None:
    """Read a number; None where there is none."""
    try:
        number = Decimal(value) if isinstance(value, str) else as_decimal(value, "a number")
    except (InputError, InvalidOperation):
        return None
    return number if is_in_reach(number) else None


def _fault(exchange: str, found: str, try_next: str) -> ServiceError:
    return ServiceError(expected=f"what an account at {exchange} holds", found=found, try_next=try_next)
