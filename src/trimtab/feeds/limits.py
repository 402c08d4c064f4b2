"""Limits of a reallocation from a TOML file, or from a mapping of the same shape.

    long_only = true            max_weight = 0.2       max_turnover = 0.3      max_participation = 0.1
    no_trade = ["IBM"]          buy = ["XOM"]          min_ticket = 1000       cash_neutral = false
    min_cash = -inf             max_cash = 1e6         lot = 1                 tick = "0.01"
    risk_aversion = 5.0

    [costs]                     half_spread, impact, exponent, commission_rate, commission_per_unit
    [lots]                      XOM = 10
    [taxes]                     short_rate, long_rate, method, loss_relief
    [taxes.specific]            IBM = [2, 1]
    [sectors.technology]        low = 0.1, high = 0.4, symbols = [...]; without symbols those that fields put there
    [liquidity.IBM]             daily_value, volatility, half_spread

An infinite limit is none: `min_cash = -inf` lets cash go below zero. A key that is not known is refused, so that a slip
of the pen does not silently lift a limit.
"""

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from math import isinf
from pathlib import Path
from typing import Any, cast

from trimtab.desk.ask.fields import HoldingFields
from trimtab.desk.ask.limits import ReallocationTerms
from trimtab.errors import FileFormatError, InputError, StorageError
from trimtab.hedge.reallocate.tax import TaxMethod, TaxRules
from trimtab.hedge.reallocate.terms import Liquidity, ReallocationLimits, SectorLimit, TradingCosts
from trimtab.model.decimals import as_decimal, is_in_reach
from trimtab.model.json import Json, JsonObject
from trimtab.model.near import nearest

__all__ = ["load_limits", "make_terms"]

_NUMBERS = frozenset(
    {"max_weight", "max_turnover", "min_cash", "max_cash", "cash_tolerance", "max_participation", "min_ticket",
     "risk_aversion"}
)  # fmt: skip
_LIFTED = frozenset({"max_weight", "max_turnover", "min_cash", "max_cash", "max_participation"})
_SWITCHES = frozenset({"long_only", "cash_neutral"})
_COSTS = frozenset({"commission_rate", "commission_per_unit", "half_spread", "impact", "exponent"})
_TAXES = frozenset({"short_rate", "long_rate", "method", "loss_relief", "specific"})
_SECTOR = frozenset({"low", "high", "symbols"})
_LIQUIDITY = frozenset({"daily_value", "volatility", "half_spread"})
_PARTS = frozenset({"no_trade", "buy", "lot", "tick", "costs", "lots", "taxes", "sectors", "liquidity"})


def load_limits(path: str | Path) -> JsonObject:
    """Read a TOML file of limits as a mapping, unchecked.

    Raises
    ------
    StorageError, FileFormatError
        If it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise StorageError(
            expected=f"to read {path}", found=str(error.strerror or error), try_next="check the path"
        ) from error
    except (
        ValueError,
        RecursionError,
    ) as error:  # no TOML, no UTF-8, a number of 5,000 digits, or brackets without end
        raise FileFormatError(
            expected=f"TOML in {path}", found=str(error), try_next="write for example max_weight = 0.2"
        ) from error


def make_terms(given: JsonObject, fields: Mapping[str, HoldingFields] | None = None) -> ReallocationTerms:
    """Make limits from a mapping.

    Parameters
    ----------
    given
        As in the module's text.
    fields
        Sector, daily value and half-spread of symbols; what `given` states goes before.

    Raises
    ------
    InputError
        If a key is not known, a value is of the wrong kind, or a sector has no members.

    Examples
    --------
    >>> make_terms({"max_weight": 0.2, "no_trade": ["A"]}).limits.max_weight
    0.2
    """
    asset_fields = fields or {}
    _only(given, _NUMBERS | _SWITCHES | _PARTS, "limits")
    numbers = {k: _unless_infinite(given[k], k) for k in sorted(_NUMBERS & given.keys())}
    switches = {k: _kind(given[k], k, bool, "true or false") for k in sorted(_SWITCHES & given.keys())}
    sizes = {k: _decimal(given[k], k) for k in ("lot", "tick") if k in given}
    lots = _table(given, "lots")
    return ReallocationTerms(
        limits=ReallocationLimits(
            **numbers,  # type: ignore[arg-type] # None lifts a limit, and only those that may be
            **switches,
            **sizes,  # type: ignore[arg-type] # mypy takes each to be every field
            no_trade=frozenset(_names(given.get("no_trade", []), "no_trade")),
            lots=tuple((symbol, _decimal(q, f"lots.{symbol}")) for symbol, q in lots.items()),
            costs=TradingCosts(**_numbers(_table(given, "costs"), _COSTS, "costs")),
            taxes=_taxes(_table(given, "taxes")) if "taxes" in given else None,
            sectors=tuple(_sector(name, table, asset_fields) for name, table in _table(given, "sectors").items()),
        ),
        buy=_names(given.get("buy", []), "buy"),
        liquidity=_liquidity(_table(given, "liquidity"), asset_fields),
    )


def _taxes(given: JsonObject) -> TaxRules:
    _only(given, _TAXES, "taxes")
    lacking = [k for k in ("short_rate", "long_rate") if k not in given]
    if lacking:
        raise InputError(
            expected="both rates of tax: on lots held up to a year, and longer",
            found=f"no {lacking[0]} in taxes",
            try_next="give both, for example --tax-short 0.37 --tax-long 0.2; 0 where nothing is due",
        )
    specific = _table(given, "specific", "taxes.")
    return TaxRules(
        short_rate=_decimal(given["short_rate"], "taxes.short_rate"),
        long_rate=_decimal(given["long_rate"], "taxes.long_rate"),
        method=cast("TaxMethod", str(given.get("method", "fifo"))),
        loss_relief=_decimal(given.get("loss_relief", 0), "taxes.loss_relief"),
        specific=tuple((symbol, _wholes(numbers, symbol)) for symbol, numbers in specific.items()),
    )


def _sector(name: str, given: Json, fields: Mapping[str, HoldingFields]) -> SectorLimit:
    table = _kind(given, f"sectors.{name}", dict, "a table with low, high and perhaps symbols")
    _only(table, _SECTOR, f"sectors.{name}")
    symbols = _names(table.get("symbols", []), f"sectors.{name}.symbols")
    members = symbols or tuple(s for s, f in fields.items() if f.sector is not None and f.sector == name)
    if not members:
        sectors = sorted({f.sector for f in fields.values() if f.sector is not None})
        raise InputError(
            expected=f"members of the sector {name}",
            found=f"none; sectors that are known: {', '.join(sectors[:12]) or 'none'}",
            try_next="name its symbols in the limits, or give --fields FILE with symbol and sector",
        )
    ends = {end: _number(table[end], f"sectors.{name}.{end}") for end in ("low", "high") if end in table}
    return SectorLimit(name=name, symbols=frozenset(members), **ends)


def _liquidity(given: JsonObject, fields: Mapping[str, HoldingFields]) -> tuple[Liquidity, ...]:
    liquidity = {
        symbol: Liquidity(symbol=symbol, daily_value=f.daily_value, half_spread=f.half_spread)
        for symbol, f in fields.items()
        if f.daily_value is not None or f.half_spread is not None
    }
    for symbol, stated in given.items():
        table = _kind(stated, f"liquidity.{symbol}", dict, "a table with daily_value, volatility or half_spread")
        liquidity[symbol] = Liquidity(symbol=symbol, **_numbers(table, _LIQUIDITY, f"liquidity.{symbol}"))
    return tuple(liquidity.values())


def _only(given: JsonObject, names: frozenset[str], where: str) -> None:
    strange = [k for k in given if k not in names]
    if strange:
        raise InputError(
            expected=f"in {where} only {', '.join(sorted(names))}",
            found=f"{strange[0]!r}",
            try_next=nearest(strange[0], sorted(names)) or "leave it out",
        )


def _table(given: JsonObject, name: str, inside: str = "") -> JsonObject:
    table: JsonObject = _kind(given.get(name, {}), f"{inside}{name}", dict, "a table")
    return table


def _kind(value: Json, name: str, kind: Callable[..., Any], what: str) -> Any:
    if type(value) is not kind:
        raise InputError(expected=f"{name} as {what}", found=f"{value!r}", try_next="correct the limits")
    return value


def _number(value: Json, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or _is_endless(value):
        raise InputError(expected=f"{name} as a number", found=f"{value!r:.60}", try_next="write 5% as 0.05")
    return float(value)


def _is_endless(value: float) -> bool:
    return isinstance(value, int) and not is_in_reach(Decimal(value))


def _unless_infinite(value: Json, name: str) -> float | None:
    # TOML has no word for "no limit", but it has infinities.
    number = _number(value, name)
    return None if isinf(number) and name in _LIFTED else number


def _numbers(given: JsonObject, names: frozenset[str], where: str) -> dict[str, float]:
    _only(given, names, where)
    return {k: _number(v, f"{where}.{k}") for k, v in given.items()}


def _decimal(value: Json, name: str) -> Decimal:
    try:
        return Decimal(value) if isinstance(value, str) else as_decimal(value, name)
    except InvalidOperation:
        raise InputError(
            expected=f"{name} as a number", found=f"{value!r}", try_next="write for example 0.01"
        ) from None


def _names(value: Json, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) and v for v in value):
        raise InputError(
            expected=f"{name} as a list of symbols", found=f"{value!r}", try_next='write for example ["XOM", "IBM"]'
        )
    return tuple(dict.fromkeys(value))


def _wholes(value: Json, symbol: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(v) is int for v in value):
        raise InputError(
            expected=f"numbers of lots of {symbol}, from 1, in the order they go",
            found=f"{value!r}",
            try_next="write for example [2, 1]",
        )
    return tuple(value)
