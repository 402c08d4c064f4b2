"""What a row leaves unsaid and its name says: the terms of an option, the root of a contract, the currency of cash.

A name that looks like a derivative is never a share. Where it cannot be read whole the row is refused, and asked for
its kind: somebody who says `share` is believed.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from trimtab.errors import InputError
from trimtab.model.contract import ContractTable
from trimtab.model.names.days import day_in
from trimtab.model.names.futures import write_future
from trimtab.model.names.read import read_name
from trimtab.model.names.records import CashName, FutureName, Name, OptionName, PerpetualName, Unread

__all__ = ["complete_row"]

#: Kinds under which a name may complete what the row says; an empty one means that the row states none.
_OPEN = ("", "option", "opt", "call", "put", "future", "futures", "fut")


def complete_row(record: Mapping[str, str], contracts: ContractTable, as_of: dt.date | None) -> dict[str, str]:
    """Fill in what the symbol of a row says of its kind and terms; what the row states itself stands.

    Parameters
    ----------
    record
        Cells by name, as `trimtab.feeds.holdings.NAMES` has them; with a symbol.
    contracts
        Families of futures that are known.
    as_of
        Day of the file, for contract years of one digit.

    Raises
    ------
    InputError
        If the row states no kind and its name looks like a derivative that cannot be read, or is cash of no currency.

    Examples
    --------
    >>> row = complete_row({"symbol": "SPY 18SEP26 560 P", "quantity": "-4"}, ContractTable(), None)
    >>> row["underlying"], row["right"], row["strike"], row["expiry"]
    ('SPY', 'put', '560', '2026-09-18')
    """
    kind = record.get("kind", "").lower()
    if kind not in _OPEN or contracts.find(record["symbol"], as_of=as_of) is not None:
        return dict(record)
    name = read_name(
        record["symbol"], roots=contracts.roots, as_of=as_of,
        under=record.get("underlying"),
    )  # fmt: skip
    if not kind:
        _refuse(record, name)
    _demand_same(record, name)
    return {**_said(name, record), **record, **_renamed(name, record)}


def _refuse(record: Mapping[str, str], name: Name) -> None:
    """Refuse a row that says too little of what its name could be."""
    symbol = record["symbol"]
    match name:
        case Unread(why=why) if "strike" not in record and "look" in why and "check digit" not in why:
            raise InputError(
                expected=f"the kind of {symbol!r} and its terms, because {why}",
                found="no kind",
                try_next="add a column kind: share if it is one; or option with underlying, right, strike and expiry; "
                "or future with its multiplier",
            )
        case PerpetualName() if "payoff" not in record:
            raise InputError(
                expected=f"the kind and payoff of {symbol!r}, because it looks like a perpetual contract",
                found="no kind",
                try_next="add columns kind (perpetual), payoff (linear, inverse or quanto), settlement, multiplier",
            )
        case CashName(currency=None) if "currency" not in record:
            raise InputError(
                expected=f"the currency of {symbol!r}",
                found="none",
                try_next="write the currency as the symbol (USD), or add a column currency",
            )
        case _:
            return


def _demand_same(record: Mapping[str, str], name: Name) -> None:
    """Refuse a row whose columns say another option than its name.

    The underlying may differ: SPXW is on SPX. So may numbers that only the reader of the columns can read.
    """
    if not isinstance(name, OptionName):
        return
    named = {"right": name.right.value[0], "strike": name.strike, "expiry": name.expiry}
    stated: dict[str, str | Decimal | dt.date | None] = {
        "right": record["right"][:1].lower() if "right" in record else None,
        "strike": _number(record.get("strike")),
        "expiry": _day(record.get("expiry")),
    }
    for term, value in stated.items():
        if value is None or value == named[term] or (term == "expiry" and name.month_only):
            continue
        raise InputError(
            expected=f"one {term} of {record['symbol']!r}",
            found=f"{named[term]} in its name and {record[term]} in its column",
            try_next="correct one of them",
        )


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _day(text: str | None) -> dt.date | None:
    day = None if text is None else day_in(text)
    return None if day is None or day[1] else day[0]


def _said(name: Name, record: Mapping[str, str]) -> dict[str, str]:
    """Give the cells that a name stands for."""
    match name:
        case OptionName() if "strike" not in record:
            settled = {"currency": name.settlement} if name.settlement is not None else {}
            return {
                "kind": "option",
                "underlying": name.underlying,
                "right": name.right.value,
                "strike": f"{name.strike:f}",
                "expiry": name.expiry.isoformat(),
                **settled,
            }
        case FutureName(day=day):
            return {"kind": "future", **({} if day is None else {"expiry": day.isoformat()})}
        case CashName():
            return {"kind": "cash"}
        case _:
            return {}


def _renamed(name: Name, record: Mapping[str, str]) -> dict[str, str]:
    """Give the symbol under which the rest of the house knows a contract or money."""
    match name:
        case FutureName():
            return {"symbol": write_future(name)}
        case CashName(currency=str(currency)):
            return {"symbol": currency}
        case CashName():
            return {"symbol": record["currency"].upper()}
        case _:
            return {}
