"""The rule that plans, ways, hedging policies and alerts read, measured for a book: drift, volatility, lots, cost."""

from dataclasses import replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.moment.setting import Setting
from trimtab.errors import NotEnoughDataError, TrimtabError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.often.best import best_of
from trimtab.hedge.often.closed_form import GapModel
from trimtab.hedge.often.drift import MIN_BLOCKS, BetaDrift, beta_drift
from trimtab.hedge.rule import USUAL_AIM, Aim, HedgeRule
from trimtab.hedge.ways.figures import benchmark_volatility
from trimtab.market.prices import PriceTable
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.model.mandate import Mandate
from trimtab.stats.arrays import Floats

__all__ = [
    "RISK_AVERSION", "exposures_by_symbol", "gammas_by_life", "market_volatility", "measure_drift", "measured_rule",
    "with_hedge",
]  # fmt: skip

#: Usual relative risk aversion.
RISK_AVERSION = 3.0
#: Trading days that the drift of betas is measured on: ten years.
_HISTORY = 2520
#: Trading days of a block, and the fewest returns in one: short blocks are mostly noise, long ones are few.
_BLOCK, _LEAST_BLOCK = 126, 42
#: Rows looked back on at least, on whatever calendar: as many of the shortest blocks as slopes are compared over.
_LEAST_ROWS = MIN_BLOCKS * _LEAST_BLOCK
#: Returns that a volatility needs.
_LEAST_RETURNS = 60


def measured_rule(
    mandate: Mandate,
    exposure: Exposure,
    setting: Setting,
    hedges: tuple[Hedge, ...],
    *,
    aim: Aim = USUAL_AIM,
    risk_aversion: float = RISK_AVERSION,
) -> HedgeRule:
    """Give the rule for a book, with the best trigger where it can be measured.

    Parameters
    ----------
    mandate, aim
        Target, limit, trigger and step; where trades go.
    exposure, setting
        The book, measured, and the moment.
    hedges
        What may be traded, priced.
    risk_aversion
        Relative; positive.
    """
    rule = HedgeRule(mandate=mandate, aim=aim)
    if not hedges:
        return replace(rule, not_known="no hedge is named")
    try:
        vol, _ = market_volatility(setting, mandate.benchmark)
        drift = measure_drift(exposure, setting, mandate.benchmark)
        plain = GapModel(
            cost_per_beta=0.0, gap_vol=drift.year_vol, market_vol=vol,
            penalty=GapModel.penalty_of(risk_aversion=risk_aversion, market_vol=vol, nav=exposure.nav),
        )  # fmt: skip
        best = best_of(
            {h.symbol: with_hedge(plain, h, exposure.nav) for h in hedges},
            checks_per_year=setting.facts.frequency.days_per_year, nav=exposure.nav, risk_aversion=risk_aversion,
        )  # fmt: skip
    except TrimtabError as error:
        return replace(rule, not_known=f"expected {error.expected}, found {error.found}")
    return replace(rule, best=best)


def with_hedge(plain: GapModel, hedge: Hedge, nav: float) -> GapModel:
    """Give the gap with what a hedge costs per unit of beta, and the beta of its lot."""
    step = abs(hedge.beta_per_lot) / nav
    return replace(plain, cost_per_beta=hedge.cost_per_lot / step, lot=step)


def market_volatility(setting: Setting, benchmark: str) -> tuple[float, int]:
    """Give the volatility of the benchmark per square-root year, and the returns looked at.

    Raises
    ------
    NotEnoughDataError
        With fewer than 20 returns.
    """
    calendar = setting.facts.frequency
    window = calendar.rows(252, least=_LEAST_RETURNS)
    vol = benchmark_volatility(setting.converted, benchmark, window=window, per_year=calendar.periods_per_year)
    if vol is None:
        raise NotEnoughDataError(
            expected=f"at least 20 returns of {benchmark}",
            found="fewer",
            try_next="state the market's volatility with --market-vol",
        )
    return vol, window


def exposures_by_symbol(exposure: Exposure) -> tuple[dict[str, float], dict[str, float]]:
    """Add up delta and gamma exposure over NAV by the symbol whose beta was used.

    Parameters
    ----------
    exposure
        A portfolio, measured.

    Returns
    -------
    Delta and gamma, each a number per unit of NAV by symbol.
    """
    delta: dict[str, float] = {}
    gamma: dict[str, float] = {}
    for line in exposure.positions:
        for symbol, money in line.weights:
            delta[symbol] = delta.get(symbol, 0.0) + money / exposure.nav
    for by_symbol in gammas_by_life(exposure).values():
        for symbol, value in by_symbol.items():
            gamma[symbol] = gamma.get(symbol, 0.0) + value
    return delta, gamma


def gammas_by_life(exposure: Exposure) -> dict[float, dict[str, float]]:
    """Add up gamma exposure over NAV by how long it lasts, in years, and by symbol; what has no end lasts for good."""
    gammas: dict[float, dict[str, float]] = {}
    for line in exposure.positions:
        # Of something that follows several prices the second derivative is not split; it counts for the first.
        if line.weights and line.gamma_exposure:
            own = gammas.setdefault(inf if line.option is None else line.option.years, {})
            first = line.weights[0][0]
            own[first] = own.get(first, 0.0) + line.gamma_exposure / exposure.nav
    return gammas


def measure_drift(exposure: Exposure, setting: Setting, benchmark: str, block: int | None = None) -> BetaDrift:
    """Measure how far the beta of a book drifts by itself.

    Parameters
    ----------
    exposure, setting, benchmark
        The book, measured; the moment; its benchmark.
    block
        Returns in a block; None takes half a year of them, or an eighth of the history if that is shorter, but no fewer
        than 42.

    Raises
    ------
    NotEnoughDataError
        If nothing held has past prices, or they are too few.
    """
    delta, _ = exposures_by_symbol(exposure)
    gammas = gammas_by_life(exposure)
    priced_symbols = tuple(s for s in delta if s in setting.converted.symbols)
    if not priced_symbols:
        raise NotEnoughDataError(
            expected="holdings with past prices",
            found="none among the positions with a beta",
            try_next="state the drift with --drift-vol",
        )
    pairs = pair_returns(setting.converted, benchmark=benchmark, symbols=priced_symbols, risk_free=setting.risk_free)
    calendar = pairs.frequency
    rows = np.flatnonzero(np.isfinite(pairs.asset).all(axis=1))[-calendar.rows(_HISTORY, least=_LEAST_ROWS) :]
    market = pairs.market if pairs.market.ndim == 2 else pairs.market[:, None]
    return beta_drift(
        pairs.asset[rows],
        market[rows, 0],
        delta=[delta[s] for s in priced_symbols],
        gamma=[[own.get(s, 0.0) for s in priced_symbols] for own in gammas.values()],
        lives=tuple(gammas),
        betas=[setting.betas[s].value or 0.0 for s in priced_symbols],
        currency=_by_rates(setting, exposure, pairs, rows),
        periods_per_year=calendar.periods_per_year,
        block=max(_LEAST_BLOCK, min(calendar.rows(_BLOCK), len(rows) // 8)) if block is None else block,
        recent=calendar.rows(252, least=_LEAST_RETURNS),
    )


def _by_rates(setting: Setting, exposure: Exposure, pairs: PairedReturns, rows: NDArray[np.intp]) -> Floats:
    """Give the part of past returns that exchange rates made, shape (n_rows, n_assets)."""
    # What a position follows beside its price is its currency; money follows nothing else.
    money = {s for line in exposure.positions for s, _ in (line.weights if line.is_money else line.weights[1:])}
    rates = _rates_in(setting.converted, setting.market.prices, setting.market.base, pairs.symbols)
    if rates is not None:
        moved = pair_returns(rates, benchmark=pairs.benchmark, symbols=pairs.symbols).asset[rows]
        foreign = np.where(np.isfinite(moved), moved, 0.0)
    else:
        foreign = np.zeros_like(pairs.asset[rows])
    return np.where([s in money for s in pairs.symbols], pairs.asset[rows], foreign)


def _rates_in(converted: PriceTable, local: PriceTable, base: str, symbols: tuple[str, ...]) -> PriceTable | None:
    """Give exchange rates in the place of prices that were converted, and 1 in that of others; None if none was."""
    quoted = dict(zip(local.symbols, local.currencies, strict=True))
    foreign = [s for s in symbols if quoted.get(s) not in {None, base}]
    if not foreign:
        return None
    values = converted.values.copy()
    for symbol in set(symbols) - set(foreign):
        column = converted.column(symbol)
        values[:, column] = np.where(np.isnan(values[:, column]), np.nan, 1.0)
    rows = np.searchsorted(local.dates, converted.dates)
    is_there = (rows < len(local.dates)) & (local.dates[np.minimum(rows, len(local.dates) - 1)] == converted.dates)
    for symbol in foreign:
        before = np.where(is_there, local.values[np.minimum(rows, len(local.dates) - 1), local.column(symbol)], np.nan)
        values[:, converted.column(symbol)] /= before
    return replace(converted, values=values)
