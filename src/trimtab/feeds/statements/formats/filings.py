"""Filings at the SEC: the table of a 13F, and a portfolio report N-PORT.

13F (2023 and later): values in dollars (in thousands before), long positions only. A row with ``putCall`` is an option:
its shares and value are those of the underlying, strike and expiry are not filed, so it cannot be valued. ``PRN`` is
principal. No day stands in the table.

N-PORT: ``balance`` is units, principal or contracts (``NS``, ``PA``, ``NC``); ``valUSD`` of a future is its unrealised
gain, its exposure is ``notionalAmt``; a currency stands in ``curCd``, or in ``currencyConditional`` with units per
dollar.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.identity import ThingTexts, identify
from trimtab.feeds.statements.formats.markup import children, leaf, local
from trimtab.feeds.statements.records import Ask, Fault, Holds, Identity, LeftOut, NameKind, PositionReading, Statement
from trimtab.feeds.statements.road import Settings

__all__ = ["is_13f", "is_nport", "read_13f", "read_nport"]

_HUNDRED = Decimal(100)


def is_13f(root: Element) -> bool:
    """Tell whether a document is the table of a 13F."""
    return any(True for _ in children(root, "infoTable"))


def is_nport(root: Element) -> bool:
    """Tell whether a document is a portfolio report."""
    return any(True for _ in children(root, "invstOrSec"))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")) if text else None
    except InvalidOperation:
        return None


def read_13f(root: Element, *, name: str, settings: Settings) -> Statement:
    """Read the table of a 13F."""
    positions, faults, asks = [], [], []
    for line, row in enumerate(children(root, "infoTable"), start=1):
        units, value = _number(leaf(row, "sshPrnamt")), _number(leaf(row, "value"))
        if units is None or value is None:
            faults.append(Fault(line=line, why="no number of shares, or no value"))
            continue
        positions.append(_filed(line, row, units, value, settings))
    doubtful = [
        p for p in positions if p.what.kind is NameKind.SHARE and p.market_value and p.market_value < p.quantity / 2
    ]
    if doubtful and len(doubtful) == sum(p.what.kind is NameKind.SHARE for p in positions):
        faults.append(
            Fault(line=0, why="values may be in thousands, as before 2023: every share is worth under 0.5",
                  try_next="use a filing of 2023 or later")
        )  # fmt: skip
    if any(p.what.kind is NameKind.OPTION for p in positions):
        asks.append(
            Ask("terms", "options are filed without strike and expiry: they cannot be valued", taken="not covered")
        )
    if settings.as_of is None:
        asks.append(Ask("day", "the day stands in the cover document, not in the table"))
    return Statement(
        name=name, format="sec-13f-xml", why="rows of an information table", holds=Holds.POSITIONS,
        as_of=settings.as_of, positions=tuple(positions), asks=tuple(asks), faults=tuple(faults),
        notes=("a 13F holds long positions only: no shorts, no cash, no foreign listings",),
    )  # fmt: skip


def _filed(line: int, row: Element, units: Decimal, value: Decimal, settings: Settings) -> PositionReading:
    issuer, title = leaf(row, "nameOfIssuer"), leaf(row, "titleOfClass")
    cusip, figi, side = leaf(row, "cusip"), leaf(row, "figi"), leaf(row, "putCall").lower()
    codes = tuple((scheme, code) for scheme, code in (("cusip", cusip), ("figi", figi)) if code)
    names = settings.names_on(settings.as_of)
    ticker = next((names[code] for _, code in codes if code in names), "")
    # Several managers may report the same units of one security: a row of each is none that stands there twice.
    who = tuple(t for t in (leaf(row, "investmentDiscretion"), leaf(row, "otherManager"), *_votes(row)) if t)
    if side:
        what = Identity(
            kind=NameKind.OPTION, name=issuer, codes=codes, underlying=ticker or None, right=side[0].upper(),
            multiplier=_HUNDRED, multiplier_from="contract",
        )  # fmt: skip
        return PositionReading(
            line=line,
            account=None,
            what=what,
            quantity=units / _HUNDRED,
            currency="USD",
            underlying_value=value,
            notes=who,
        )
    if leaf(row, "sshPrnamtType").upper() == "PRN":
        what = Identity(kind=NameKind.BOND, name=f"{issuer} {title}".strip(), codes=codes)
        return PositionReading(
            line=line,
            account=None,
            what=what,
            quantity=units,
            currency="USD",
            market_value=value,
            price_unit="unit",
            notes=who,
        )
    what = Identity(kind=NameKind.SHARE, symbol=ticker or None, name=issuer, codes=codes)
    return PositionReading(
        line=line, account=None, what=what, quantity=units, currency="USD", market_value=value, notes=who
    )


def _votes(row: Element) -> tuple[str, ...]:
    return tuple(leaf(row, name) for name in ("Sole", "Shared", "None"))


def read_nport(root: Element, *, name: str, settings: Settings) -> Statement:
    """Read a portfolio report."""
    day = settings.as_of or _day(leaf(root, "repPdDate")) or _day(leaf(root, "repPdEnd"))
    account = settings.account or leaf(root, "seriesId") or leaf(root, "regCik") or None
    positions, faults = [], []
    for line, row in enumerate(children(root, "invstOrSec"), start=1):
        try:
            positions.append(_reported(line, row, account, day, settings))
        except InputError as error:
            faults.append(Fault(line=line, why=f"{error.found} (expected {error.expected})"))
    return Statement(
        name=name, format="sec-nport-xml", why="holdings of a portfolio report", holds=Holds.POSITIONS, as_of=day,
        accounts=(account,) if account else (), positions=tuple(positions), faults=tuple(faults),
        left_out=(LeftOut((0,), "totals of the fund: no holdings"),),
        notes=("what is missing to net assets is not in the file, and is no cash",),
    )  # fmt: skip


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _reported(line: int, row: Element, account: str | None, day: dt.date | None, settings: Settings) -> PositionReading:
    units = _number(leaf(row, "balance"))
    if units is None:
        raise InputError(expected="a balance", found=f"none for {leaf(row, 'title')!r}", try_next="correct the row")
    conditional = next(children(row, "currencyConditional"), None)
    currency = leaf(row, "curCd") if conditional is None else conditional.get("curCd", "")
    codes = {scheme: _listed(row, scheme) for scheme in ("isin", "cusip")}
    ticker, title = _listed(row, "ticker") or _other(row), leaf(row, "title")
    kind = {"DE": "", "DBT": "bond", "ABS-MBS": "bond", "STIV": "money market"}.get(leaf(row, "assetCat"), "share")
    derivative = next((local(e) for e in row.iter() if local(e).endswith("Deriv")), "")
    kind = {"futrDeriv": "future", "optionSwaptionWarrantDeriv": "option"}.get(derivative, kind)
    if derivative and derivative != "futrDeriv":
        raise InputError(
            expected="a holding that can be read", found=f"{derivative} {title!r}", try_next="leave the row out"
        )
    texts = ThingTexts(
        symbol=ticker,
        name=title,
        kind=kind,
        codes={k: v for k, v in codes.items() if v},
        expiry=_day(leaf(row, "expDate")),
    )
    what = identify(texts, contracts=settings.contracts, as_of=day)
    short = (leaf(row, "payOffProf") or leaf(row, "payoffProfile")).lower() == "short" and units > 0
    made = PositionReading(
        line=line, account=account, what=what, quantity=-units if short else units, currency=currency or "USD",
        market_value=_number(leaf(row, "valUSD")), value_currency=None if currency == "USD" else "USD",
        price_unit="unit",
    )  # fmt: skip
    return replace(made, notes=(f"notional {leaf(row, 'notionalAmt')}",)) if kind == "future" else made


def _listed(row: Element, scheme: str) -> str:
    element = next(children(row, scheme), None)
    text = "" if element is None else element.get("value") or (element.text or "")
    return "" if text.strip().upper() in {"N/A", "000000000", "NONE"} else text.strip()


def _other(row: Element) -> str:
    tickers = (e.get("value", "") for e in children(row, "other") if "ticker" in e.get("otherDesc", "").lower())
    return next(tickers, "")
