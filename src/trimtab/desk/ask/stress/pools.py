"""Who pays for whose margin: base cash for what is margined in money, coins for what is margined in those coins.

A contract whose gains are in a coin (an inverse or quanto perpetual) is margined in that coin: base cash does not help
it, and the coins held do, at what they are worth after the move. A short of as much as the coins are worth therefore
loses nothing at any move, and is never called. Everything else is one pool of base cash, whatever its currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from trimtab.desk.ask.fields import HoldingFields, numbers_of
from trimtab.desk.ask.stress.lines import Margins
from trimtab.exposure.expose import PositionExposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.risk.margin import Margined, MarginState, margin_after, margin_break_points

__all__ = ["Pool", "call_of", "margins_of", "pools_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Positions on margin, with the money or coins behind them.

    Parameters
    ----------
    currency
        Of the margin.
    account
        The positions; coins behind them stand among them at no margin, so that they move with their beta.
    coins
        Beta exposure of those coins, base currency; 0 for money.
    """

    currency: str
    account: Margined
    coins: float


def pools_of(book: MeasuredBook, fields: Mapping[str, HoldingFields], rate: float) -> tuple[Pool, ...]:
    """Sort what is on margin by what it is margined in; empty where nothing is, or one of it is not measured.

    Parameters
    ----------
    book
        Today's.
    fields
        Margin of holdings, as a share of exposure, where it is stated.
    rate
        For all others.
    """
    base = book.exposure.base
    pools: dict[str, list[PositionExposure]] = {}
    for position, line in zip(book.positions, book.exposure.positions, strict=True):
        instrument = position.instrument
        if not instrument.settles_daily:
            continue
        if line.beta is None or line.delta_exposure is None:
            return ()
        in_coin = instrument.paid_in != instrument.currency
        pools.setdefault(instrument.paid_in if in_coin else base, []).append(line)
    return tuple(_pool(currency, lines, book, fields, rate) for currency, lines in pools.items())


def _pool(
    currency: str,
    lines: list[PositionExposure],
    book: MeasuredBook,
    fields: Mapping[str, HoldingFields],
    rate: float,
) -> Pool:
    behind = [p for p in book.exposure.positions if _pays(p, currency, book.exposure.base)]
    coins = [p for p in behind if currency != book.exposure.base and p.beta is not None]
    stated = numbers_of(fields, [p.asset for p in lines], "margin")
    every = [*lines, *coins]
    account = Margined(
        cash=max(0.0, float(sum(p.value or 0.0 for p in behind))),
        exposure=np.array([p.delta_exposure or 0.0 for p in every], dtype=np.float64),
        betas=np.array([p.beta or 0.0 for p in every], dtype=np.float64),
        margin=np.concatenate([np.where(np.isfinite(stated), stated, rate), np.zeros(len(coins))]),
    )
    return Pool(currency=currency, account=account, coins=sum(p.beta_exposure or 0.0 for p in coins))


def _pays(line: PositionExposure, currency: str, base: str) -> bool:
    """Tell whether a position is money or coins of a currency."""
    if line.is_money:
        return line.currency == currency
    return currency != base and line.is_owned and line.asset == currency


def margins_of(pools: tuple[Pool, ...], rate: float, factor: float) -> Margins | None:
    """Give the nearest moves at which one of the pools is called; None where nothing is on margin."""
    if not pools:
        return None
    points = [margin_break_points(pool.account, factor=factor) for pool in pools]
    falls, rises = ([p[side] for p in points if p[side] is not None] for side in (0, 1))
    return Margins(
        cash=sum(pool.account.cash for pool in pools),
        rate=rate,
        factor=factor,
        fall=max((f for f in falls if f is not None), default=None),
        rise=min((r for r in rises if r is not None), default=None),
    )


def call_of(pools: tuple[Pool, ...], *, benchmark: float, factor: float) -> MarginState | None:
    """Give margin after a move of the benchmark, of all pools: each pays for itself, and calls add up.

    Parameters
    ----------
    benchmark
        Its move.
    factor
        Margin rates after over margin rates before.
    """
    states = [margin_after(pool.account, benchmark=benchmark, factor=factor) for pool in pools]
    if not states:
        return None
    call = sum(state.call for state in states)
    coins = sum(pool.coins for pool in pools) * benchmark
    return replace(
        states[0],
        # What coins behind the margin gained is no variation that is settled.
        variation=sum(state.variation for state in states) - coins,
        funding=sum(state.funding for state in states),
        required=sum(state.required for state in states),
        free=-call if call > 0 else min(state.free for state in states),
        call=call,
        to_close=max(state.to_close for state in states),
    )
