"""Read what is held: a CSV or Parquet file, or a frame, with one row per position.

A row that cannot be read refuses the whole file, with every such row named: a portfolio with a position missing has a
beta that looks right and is wrong. A symbol that no price is known for is no such row; it is listed under coverage.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_never

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.columns import write_plainly
from trimtab.feeds.holding_cells import (
    CORRECT,
    KINDS,
    MINOR,
    MINOR_WORDS,
    ask_quotations,
    is_minor,
    read_choice,
    read_date,
    read_decimal,
    read_dividends,
    read_lots,
    read_money,
    read_number,
    read_stated_beta,
    refuse_settlement,
    row_fault,
    vendor_betas,
)
from trimtab.feeds.intake.in_memory import held_in_memory
from trimtab.feeds.naming import complete_row
from trimtab.feeds.series.prices import read_frame_file
from trimtab.feeds.statements.columns.mapping import suggest
from trimtab.feeds.statements.doorway import Hints, stated_rows
from trimtab.market.checks.findings import Findings
from trimtab.market.records import frame_records
from trimtab.model.contract import ContractTable
from trimtab.model.currencies import CURRENCIES
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Future,
    Instrument,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
from trimtab.model.instruments.kind import KindWord
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import DeltaConvention, Portfolio, Position, Stated

__all__ = ["KINDS", "NAMES", "NUMBERS", "holding_columns", "portfolio_of_records", "read_holdings"]

#: How the columns of a holdings file may be called.
NAMES = {
    "symbol": ("symbol", "ticker", "asset", "instrument", "security", "id", "name"),
    "quantity": ("quantity", "qty", "shares", "units", "position", "contracts", "amount", "size"),
    "kind": ("kind", "type", "asset_class", "assetclass", "asset class", "sectype", "instrument_type"),
    "currency": ("currency", "ccy", "cur"),
    "multiplier": ("multiplier", "contract_size", "contract size", "mult"),
    "expiry": ("expiry", "expiration", "maturity", "expiry_date", "expiration_date"),
    "price": ("price", "last", "mark", "close", "last_price"),
    "tick": ("tick", "tick_size"),
    "lot": ("lot", "lot_size"),
    "root": ("root", "family"),
    "underlying": ("underlying", "underlier"),
    "leverage": ("leverage",),
    "right": ("right", "option_type", "put_call", "put/call", "cp"),
    "strike": ("strike", "strike_price"),
    "exercise": ("exercise", "style"),
    "premium": ("premium",),
    "bid": ("bid",),
    "ask": ("ask",),
    "vol": ("vol", "iv", "volatility", "implied_volatility"),
    "delta": ("delta",),
    "delta_convention": ("delta_convention", "delta_type"),
    "rate": ("rate", "interest_rate"),
    "dividend_yield": ("dividend_yield", "yield"),
    "dividends": ("dividends",),
    "forward": ("forward",),
    "entry": ("entry", "entry_price"),
    "funding": ("funding", "funding_rate"),
    "venue": ("venue",),
    "initial_margin": ("initial_margin",),
    "maintenance_margin": ("maintenance_margin",),
    "quotation": ("quotation",),
    "payoff": ("payoff",),
    "settlement": ("settlement", "settle_currency"),
    "lots": ("lots", "tax_lots"),
    "beta": ("beta",),
    "beta_stderr": ("beta_stderr", "beta_error"),
    "beta_source": ("beta_source",),
    "beta_expires": ("beta_expires", "beta_until"),
    "proxy": ("proxy",),
    "proxy_factor": ("proxy_factor",),
}
#: Those of the names above that are numbers.
NUMBERS = (
    "quantity", "multiplier", "price", "tick", "lot", "leverage", "strike", "bid", "ask", "vol", "delta", "rate",
    "dividend_yield", "forward", "entry", "funding", "initial_margin", "maintenance_margin", "beta", "beta_stderr",
    "proxy_factor",
)  # fmt: skip
#: Money per unit of quoted price, by the way it is quoted.
_QUOTATIONS = {"unit": Decimal(1), "percent": Decimal("0.01"), "per 100": Decimal("0.01")}
_OPTION_TERMS = ("underlying", "right", "strike", "expiry")
_MOST_SHOWN = 10
_NOTHING_READ = "correct these rows; nothing was read: a portfolio with a position missing has a wrong beta"


def read_holdings(
    source: Any, *, base: str, contracts: ContractTable, as_of: dt.date | None = None, hints: Hints | None = None
) -> Portfolio:
    """Read a portfolio.

    Parameters
    ----------
    source
        A path to CSV, Parquet or a statement, a frame, quantities by symbol, or a `Portfolio` (given back as it is).
    base
        Base currency; also the currency of rows that state none.
    contracts
        Contract families known by name.
    as_of
        Needed to read one-digit contract years such as ESZ6.
    hints
        What somebody says of the columns and names of a statement.

    Raises
    ------
    FileFormatError
        If symbol or quantity columns are missing, the file is empty, or rows cannot be read (all of them are named).
    """
    if isinstance(source, Portfolio):
        return source
    is_file = isinstance(source, str | Path)
    line, source = (None, source) if is_file else held_in_memory(source)
    if line is not None:
        return parse_portfolio(line, base=base, contracts=contracts, as_of=as_of)
    stated = (
        stated_rows(Path(source), own=NAMES, contracts=contracts, as_of=as_of, base=base, hints=hints)
        if is_file
        else None
    )
    if stated is not None:
        where, day = Path(source).name, stated.day or as_of
        portfolio = portfolio_of_records(
            stated.rows, base=base, contracts=contracts, as_of=day, name=Path(source).stem, where=where
        )
        return replace(portfolio, stated_on=stated.day, remarks=stated.notes)
    header, rows, broken, delimiter = _file_records(Path(source)) if is_file else (*frame_records(source), [], None)
    where = Path(source).name if is_file else "the frame"
    columns = holding_columns(header, where, mappable=is_file)
    records = [
        (line, {name: cells[i].strip() for name, i in columns.items() if i < len(cells) and cells[i].strip()})
        for line, cells in rows
    ]
    broken += write_plainly(records, NUMBERS, where=where, delimiter=delimiter)
    ask_quotations(records, where)
    name = Path(source).stem if is_file else "portfolio"
    return portfolio_of_records(
        records, base=base, contracts=contracts, as_of=as_of, name=name, where=where, broken=broken
    )


def portfolio_of_records(
    records: Iterable[tuple[int, Mapping[str, str]]],
    *,
    base: str,
    contracts: ContractTable,
    as_of: dt.date | None = None,
    name: str = "portfolio",
    where: str = "the records",
    broken: Sequence[str] = (),
) -> Portfolio:
    """Make a portfolio of rows of text under the names of `NAMES`.

    Parameters
    ----------
    records
        (line, cells by name) of each row; empty rows are passed over.
    base, contracts, as_of
        As in `read_holdings`.
    name
        Of the portfolio.
    where
        The file, for messages.
    broken
        What is known to be wrong with other rows.

    Raises
    ------
    FileFormatError
        If there are no rows, or some cannot be read (all of them are named).

    Examples
    --------
    >>> held = portfolio_of_records([(2, {"symbol": "A", "quantity": "10.50"})], base="USD", contracts=ContractTable())
    >>> held.positions[0].quantity
    Decimal('10.50')
    """
    positions, faults, ways, rows = [], list(broken), [], tuple(records)
    for line, record in rows:
        if not record:
            continue
        try:
            positions.append(_position(record, base, contracts, as_of))
        except InputError as error:
            faults.append(f"row {line}: {error.found} (expected {error.expected})")
            ways.append(error.try_next)
    if faults:
        more = f"; and {len(faults) - _MOST_SHOWN} more" if len(faults) > _MOST_SHOWN else ""
        raise FileFormatError(
            expected="a position in each row",
            found=f"in {where}, " + "; ".join(faults[:_MOST_SHOWN]) + more,
            try_next="; ".join([*dict.fromkeys(way for way in ways if way != CORRECT), _NOTHING_READ]),
        )
    if not positions:
        raise FileFormatError(
            expected="at least one position", found=f"none in {where}", try_next="add rows with a symbol and a quantity"
        )
    return Portfolio(positions=tuple(positions), base=base, name=name, remarks=vendor_betas(rows))


def _file_records(path: Path) -> tuple[tuple[str, ...], list[tuple[int, list[str]]], list[str], str | None]:
    """Give header, numbered rows, the rows that could not be taken apart, and the delimiter."""
    findings = Findings()
    frame, origin, _ = read_frame_file(path, findings=findings)
    header, rows = frame_records(frame)
    if origin.lines is not None:
        rows = [(int(line), cells) for line, (_, cells) in zip(origin.lines, rows, strict=True)]
    return header, rows, [f"{f.where}: {f.detail}" for f in findings.failures()], origin.delimiter


def holding_columns(header: Sequence[str], where: str, *, mappable: bool = False) -> dict[str, int]:
    """Match header spellings to the names used here; of a file somebody may say what its columns are (--map).

    Raises
    ------
    FileFormatError
        If there is no symbol or no quantity.

    Examples
    --------
    >>> holding_columns(["Ticker", "Qty"], "h.csv")
    {'symbol': 0, 'quantity': 1}
    """
    spelled = {h.strip().lower(): i for i, h in reversed(list(enumerate(header)))}
    places: dict[str, int] = {}
    for name, spellings in NAMES.items():
        for spelling in spellings:
            if spelling in spelled:
                places[name] = spelled[spelling]
                break
    lacking = [name for name in ("symbol", "quantity") if name not in places]
    if lacking:
        raise FileFormatError(
            expected="columns symbol and quantity in the holdings",
            found=f"no {' and no '.join(lacking)} in {where}, which has: {', '.join(header) or 'no header'}",
            try_next="name the columns symbol,quantity (and kind,currency,multiplier,expiry where needed)"
            + (f"; or say what they are: --map '{suggest(header)}'" if mappable and header else ""),
        )
    return places


def _position(record: Mapping[str, str], base: str, contracts: ContractTable, as_of: dt.date | None) -> Position:
    if "symbol" not in record:
        raise row_fault("a symbol", "an empty symbol")
    if not record["symbol"].isprintable():
        raise row_fault("a symbol of signs that can be printed", f"{record['symbol']!a}")
    quantity = read_decimal(record, "quantity")
    if quantity is None:
        raise row_fault(f"a quantity of {record['symbol']}", "an empty quantity")
    record = complete_row(record, contracts, as_of)
    instrument = _instrument(record, base, contracts, as_of)
    lots = read_lots(record)
    if instrument.is_owned and instrument.minor:
        lots = tuple(replace(lot, price=lot.price / 100) for lot in lots)
    return Position(instrument=instrument, quantity=quantity, lots=lots, stated=_stated(record))


def _stated(record: Mapping[str, str]) -> Stated:
    return Stated(
        price=read_money(record, "price"),
        bid=read_money(record, "bid"),
        ask=read_money(record, "ask"),
        vol=read_number(record, "vol"),
        delta=read_number(record, "delta"),
        delta_convention=_delta_convention(record),
        rate=read_number(record, "rate"),
        dividend_yield=read_number(record, "dividend_yield"),
        dividends=tuple((day, amount / 100 if is_minor(record) else amount) for day, amount in read_dividends(record)),
        forward=None if (forward := read_money(record, "forward")) is None else float(forward),
        entry=read_money(record, "entry"),
        funding=read_number(record, "funding"),
        venue=record.get("venue"),
        initial_margin=read_number(record, "initial_margin"),
        maintenance_margin=read_number(record, "maintenance_margin"),
        beta=read_stated_beta(record),
    )


def _delta_convention(record: Mapping[str, str]) -> DeltaConvention:
    """Read what a vendor's delta is per 1 of: spot (the default) or forward."""
    written = record.get("delta_convention", "").lower()
    if not written:
        return DeltaConvention.SPOT
    try:
        return DeltaConvention(written)
    except ValueError:
        raise row_fault(f"a delta convention of {record['symbol']}: spot or forward", repr(written)) from None


def _instrument(record: Mapping[str, str], base: str, contracts: ContractTable, as_of: dt.date | None) -> Instrument:
    symbol = record["symbol"]
    written = record.get("currency", "")
    minor = is_minor(record)
    currency = MINOR.get(written, written.upper())
    stated = record.get("kind", "").lower()
    if stated and stated not in KINDS:
        raise row_fault(f"a kind among {', '.join(sorted(set(KINDS.values())))}", f"{record['kind']!r} for {symbol}")
    listed = contracts.find(symbol, as_of=as_of)
    kind = KINDS[stated] if stated else _guess(symbol, record, listed)
    match kind:
        case "cash":
            return Cash(currency=(symbol if symbol.upper() in CURRENCIES or not currency else currency).upper())
        case "future":
            return _future(record, listed, currency or base, contracts)
        case "option":
            return _option(record, currency or base, stated, contracts, as_of)
        case "perpetual":
            return _perpetual(record, currency, base, contracts)
        case "spot":
            leverage = read_decimal(record, "leverage")
            return Spot(
                symbol=symbol,
                currency=currency or base,
                leverage=Decimal(1) if leverage is None else leverage,
                scale=_quotation(record),
                minor=minor,
            )
        case _ as never:
            assert_never(never)


def _quotation(record: Mapping[str, str]) -> Decimal:
    word = record.get("quotation", "unit").lower().replace("per100", "per 100")
    if word in MINOR_WORDS:
        return Decimal(1)
    if word not in _QUOTATIONS:
        raise row_fault(
            f"quotation among {', '.join((*_QUOTATIONS, *MINOR_WORDS))} for {record['symbol']}",
            f"{record['quotation']!r}",
        )
    return _QUOTATIONS[word]


def _guess(symbol: str, record: Mapping[str, str], listed: Future | None) -> KindWord:
    """Tell the kind where the file does not say: from its terms, then from its name."""
    if "strike" in record:
        return "option"
    if symbol in CURRENCIES:
        return "cash"
    # A bare root such as GE or MES can be a share as well; only a full contract name such as ESZ6 is taken as a future.
    return "future" if listed is not None and listed.symbol == symbol and symbol != listed.root else "spot"


def _future(record: Mapping[str, str], listed: Future | None, currency: str, contracts: ContractTable) -> Future:
    symbol = record["symbol"]
    roots = {s.root: s for s in contracts.specs if s.is_dated}
    if listed is None and record.get("root") in roots:
        listed = roots[record["root"]].future(symbol=symbol)
    terms = _terms(record)
    if listed is None and terms is None:
        raise row_fault(f"a multiplier for the future {symbol}, which is not in the contract table", "none")
    expiry = read_date(record, "expiry")
    if listed is None:
        assert terms is not None  # noqa: S101
        return Future(
            symbol=symbol,
            root=record.get("root", symbol),
            currency=currency,
            terms=(terms,),
            underlying=(record["underlying"],) if "underlying" in record else (),
            expiry=expiry,
            minor=is_minor(record),
        )
    if "currency" in record and record["currency"].upper() != listed.currency:
        raise row_fault(f"currency {listed.currency} for {symbol}, as in the contract table", record["currency"])
    return Future(
        symbol=symbol,
        root=listed.root,
        currency=listed.currency,
        terms=listed.terms if terms is None else (terms,),
        underlying=(record["underlying"],) if "underlying" in record else listed.underlying,
        trackers=listed.trackers,
        siblings=listed.siblings,
        expiry=expiry or listed.expiry,
        quanto=listed.quanto,
    )


def _option(
    record: Mapping[str, str], currency: str, stated: str, contracts: ContractTable, as_of: dt.date | None
) -> Option:
    symbol = record["symbol"]
    word = record.get("right", stated).lower()
    right = {"c": OptionRight.CALL, "call": OptionRight.CALL, "p": OptionRight.PUT, "put": OptionRight.PUT}.get(word)
    strike, expiry = read_decimal(record, "strike"), read_date(record, "expiry")
    if right is None or strike is None or expiry is None or "underlying" not in record:
        raise row_fault(
            f"underlying, right (call or put), strike and expiry for the option {symbol}",
            f"only {', '.join(k for k in _OPTION_TERMS if k in record) or 'none of them'}",
        )
    underlying = record["underlying"]
    future = contracts.find(underlying, as_of=as_of)
    if future is not None and (underlying == future.root or future.symbol != underlying):
        # A bare root such as BTC or GE can name a coin or a share as well: only a full contract name is a future.
        future = None
    return Option(
        symbol=symbol,
        underlying=underlying,
        on_future=future is not None,
        aliases=_aliases(underlying, future, contracts),
        currency=currency,
        right=right,
        strike=strike / 100 if is_minor(record) else strike,
        expiry=expiry,
        terms=_option_terms(record, future),
        exercise=read_choice(record, "exercise", Exercise, Exercise.EUROPEAN),
        premium=read_choice(record, "premium", Premium, Premium.MONEY),
        minor=is_minor(record),
        quanto=future is not None and future.quanto,
    )


def _aliases(underlying: str, future: Future | None, contracts: ContractTable) -> tuple[str, ...]:
    """Give other names under which price tables may hold the underlying."""
    if future is not None:
        return (future.root, *future.siblings, *future.underlying)
    return next((s.underlying for s in contracts.specs if underlying in s.underlying), ())


def _option_terms(record: Mapping[str, str], future: Future | None) -> tuple[Terms, ...]:
    own = _terms(record)
    if own is not None:
        return (own,)
    if future is not None:
        return future.terms
    # Listed options on shares and indices are on 100 units; those paid in coin are on one coin.
    return (Terms(multiplier=Decimal(1 if record.get("premium", "").lower() == "coin" else 100)),)


def _perpetual(record: Mapping[str, str], currency: str, base: str, contracts: ContractTable) -> Perpetual:
    """Make a perpetual of what its row says, and of the contract table where the row is silent."""
    symbol = record["symbol"]
    spec = contracts.spec(symbol)
    listed = None if spec is None else spec.perpetual
    if listed is None:
        quoted, usual = currency or base, None
        payoff = read_choice(record, "payoff", PerpetualPayoff, PerpetualPayoff.LINEAR)
    else:
        quoted, usual = listed.currency, listed
        payoff = read_choice(record, "payoff", PerpetualPayoff, listed.payoff)
        if currency not in {"", quoted}:
            raise row_fault(f"currency {quoted} for {symbol}, as in the contract table", currency)
        if payoff is not listed.payoff:
            raise row_fault(f"payoff {listed.payoff.value} for {symbol}, as in the contract table", payoff.value)
    otherwise = (Terms(multiplier=Decimal(1)),) if usual is None else usual.terms
    settled = record.get("settlement", quoted if usual is None else usual.settlement).upper()
    refuse_settlement(symbol, payoff, settled, quoted=quoted, listed=None if usual is None else usual.settlement)
    coins = () if usual is None else usual.underlying
    own = _terms(record)
    if usual is not None and own is not None and own.multiplier not in {t.multiplier for t in usual.terms}:
        listed_size = usual.terms[-1].multiplier
        raise row_fault(f"multiplier {listed_size} for {symbol}, as in the contract table", str(own.multiplier))
    return Perpetual(
        symbol=symbol,
        currency=quoted,
        settlement=settled,
        payoff=payoff,
        terms=otherwise if own is None else (own,),
        underlying=(record["underlying"],) if "underlying" in record else coins,
    )


def _terms(record: Mapping[str, str]) -> Terms | None:
    multiplier = read_decimal(record, "multiplier")
    if multiplier is None:
        return None
    tick, lot = read_decimal(record, "tick"), read_decimal(record, "lot")
    return Terms(multiplier=multiplier, tick=Decimal("0.01") if tick is None else tick, lot=lot or Decimal(1))
