"""The series that positions follow beside the prices of a table: prices in another currency than base, and rates.

A name is the same whatever else is held, and no series changes for what else is held: a price in the base currency
stands under its symbol, the same price in another currency and the rate of a currency have names of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from trimtab.errors import InputError
from trimtab.market.asset_facts import AssetFacts, AssetKind, origin_of
from trimtab.market.prices import Flag, PriceTable, absence
from trimtab.market.rates.crossing import local_name
from trimtab.market.rates.history import price_history, rate_history
from trimtab.market.snapshot import Market
from trimtab.model.currencies import CURRENCIES
from trimtab.model.instrument import Instrument
from trimtab.model.instruments.followed import Followed

__all__ = ["check_readings", "with_followed", "with_followed_own"]


def with_followed(
    converted: PriceTable, market: Market, instruments: Iterable[Instrument]
) -> tuple[PriceTable, tuple[str, ...]]:
    """Add to prices in base currency what instruments follow beside them.

    Parameters
    ----------
    converted
        Prices of the market in its base currency, with its dates.
    market
        Holds prices in their own currencies, and rates.
    instruments
        Held, or to be traded.

    Returns
    -------
    The table with the new columns, and their names: the same assets in another currency, and currencies. They are
    nobody's like when betas are shrunk towards each other.
    """
    series: dict[str, np.ndarray] = {}
    origin: dict[str, str] = {}
    wanted = dict.fromkeys(one for instrument in instruments for one in instrument.followed)
    for one in wanted:
        name = _name(one, market)
        if name is None or name in converted or name in series:
            continue
        values = _series(one, market)
        if np.isfinite(values).any():
            series[name] = np.where(values > 0, values, np.nan)
            if one.symbol is not None:
                origin[name] = one.symbol
    return _with_columns(converted, series, origin, dict.fromkeys(series, market.base)), tuple(series)


def with_followed_own(
    prices: PriceTable, market: Market, instruments: Iterable[Instrument]
) -> tuple[PriceTable, tuple[str, ...]]:
    """Add to prices in their own currencies what instruments follow beside them.

    A price in a currency other than base keeps its own returns whatever rates do; money is worth 1 of itself, so that
    converting it gives its rate.

    Parameters
    ----------
    prices, market
        Prices in their own currencies, and the moment of them.
    instruments
        Held at any time.
    """
    series: dict[str, np.ndarray] = {}
    origin: dict[str, str] = {}
    currencies: dict[str, str] = {}
    for one in dict.fromkeys(one for instrument in instruments for one in instrument.followed):
        name = _name(one, market)
        if name is None or name in prices or name in series:
            continue
        values = _series(one, market)
        if not np.isfinite(values).any():
            continue
        money = one.symbol is None and one.silent is None
        series[name] = np.ones(len(values)) if money else np.where(values > 0, values, np.nan)
        currencies[name] = one.currency if money and one.currency is not None else market.base
        if one.symbol is not None:
            origin[name] = one.symbol
    return _with_columns(prices, series, origin, currencies), tuple(series)


def _with_columns(
    table: PriceTable, series: Mapping[str, np.ndarray], origin: Mapping[str, str], currencies: Mapping[str, str]
) -> PriceTable:
    """Add columns to a table; what is known of the prices that one was made from is known of it as well."""
    if not series:
        return table
    names = tuple(series)
    new = np.column_stack(list(series.values()))
    why = absence(new)
    flags: list[tuple[Flag, ...]] = []
    breaks = [table.breaks]
    for k, name in enumerate(names):
        if name not in origin:
            flags.append(())
            continue
        column = table.column(origin[name])
        # A price that is missing is missing in any currency, and for the same reason.
        same = np.isnan(new[:, k]) & np.isnan(table.values[:, column])
        why[same, k] = table.why[same, column]
        flags.append(tuple(f for f in table.flags[column] if f is not Flag.CONVERTED))
        rows = table.breaks[table.breaks[:, 1] == column, 0]
        breaks.append(np.column_stack([rows, np.full(len(rows), len(table.symbols) + k)]).astype(np.intp))
    return replace(
        table,
        symbols=(*table.symbols, *names),
        values=np.hstack([table.values, new]),
        why=np.hstack([table.why, why]),
        currencies=(*table.currencies, *(currencies[name] for name in names)),
        flags=(*table.flags, *flags),
        facts=table.facts.with_(_money_among(name for name in names if name not in origin)),
        breaks=np.vstack(breaks),
        volumes=None if table.volumes is None else np.hstack([table.volumes, np.full(new.shape, np.nan)]),
        to_quoted=None if table.to_quoted is None else np.hstack([table.to_quoted, np.ones(new.shape)]),
    )


def _money_among(names: Iterable[str]) -> AssetFacts:
    """State which rates are those of currencies; a coin is owned like a share."""
    return AssetFacts(kinds=tuple((n, AssetKind.CURRENCY) for n in names if origin_of(n) in CURRENCIES))


def _name(one: Followed, market: Market) -> str | None:
    """Give the name under which a series is measured; None if that of the prices in base currency is enough."""
    if one.symbol is None:
        if one.currency is None or one.currency == market.base:
            return None
        return market.money_names(one.currency, silent=one.silent)[-1]
    if one.symbol not in market.prices:
        return None
    currency = one.currency or market.currency_of(one.symbol) or market.base
    return None if currency == market.base else local_name(one.symbol, currency)


def _series(one: Followed, market: Market) -> np.ndarray:
    if one.symbol is None:
        return rate_history(
            market.prices, one.currency or market.base, base=market.base, fx=market.fx, silent=one.silent
        )
    currency = one.currency or market.currency_of(one.symbol) or market.base
    return price_history(market.prices, one.symbol, currency, base=market.base, fx=market.fx)


def check_readings(prices: PriceTable, instruments: Iterable[Instrument], base: str) -> None:
    """Refuse a column without a currency that two instruments read in different ones: which is right is not known.

    Raises
    ------
    InputError
        Naming the column and both instruments.
    """
    read: dict[str, tuple[str, bool, str]] = {}
    listed_all = tuple(instruments)
    # A share held under a column's name says what its prices are in, for money in that coin as well.
    owned_symbols = {one.symbol for one in listed_all if one.is_owned}
    for instrument in listed_all:
        if instrument.is_money and instrument.currency in owned_symbols:
            continue
        for column, currency, minor in instrument.readings(base):
            if column not in prices or prices.currencies[prices.column(column)] is not None:
                continue
            first = read.setdefault(column, (currency, minor, instrument.symbol))
            if first[:2] != (currency, minor):
                one, other = (
                    f"{'hundredths of ' if pence else ''}{unit}" for unit, pence, *_ in (first, (currency, minor))
                )
                raise InputError(
                    expected=f"one currency for the prices of {column}, which state none",
                    found=f"{first[2]} reads them in {one}, {instrument.symbol} in {other}",
                    try_next="give the price file a currency for that column, or correct the currency in the holdings",
                )
