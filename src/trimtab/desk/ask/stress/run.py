"""Use case: today's book in past storms, under shocks, and with betas and correlations under stress."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.ask.fields import HoldingFields, numbers_of
from trimtab.desk.ask.stress.deviations import sigmas_of
from trimtab.desk.ask.stress.lines import EpisodeLine, RegimeLine, ShockLine, Stress
from trimtab.desk.ask.stress.pools import Pool, call_of, margins_of, pools_of
from trimtab.desk.moment.setting import Setting
from trimtab.desk.moment.todays_book import TodaysBook
from trimtab.errors import TrimtabError
from trimtab.exposure.expose import Exposure, PositionExposure, find_beta
from trimtab.exposure.movable import Movable, Scenario
from trimtab.exposure.revalue import Fixed, market_beta, shocked
from trimtab.exposure.valuation import Leg
from trimtab.hedge.margin.build import MarginTerms, accounts_of
from trimtab.hedge.margin.measure import accounts_after, measure_accounts
from trimtab.market.prices import PriceTable
from trimtab.model.contract import ContractTable
from trimtab.model.portfolio import Portfolio
from trimtab.risk.convergence import Convergence, Pushed, convergence, push
from trimtab.risk.episodes import EPISODES, Episode, Replay, replay
from trimtab.risk.regime import RegimeReview, falls, high_volatility, large_moves, regime_review
from trimtab.risk.shocks import Shock, apply_shock
from trimtab.stats.arrays import Floats

__all__ = ["default_shocks", "run_stress"]

#: Valuations of options along an episode's path; above, the path is thinned.
MOST_VALUATIONS = 2000
#: Calendar days by which prices may begin after an episode does, or end before.
_SLACK = np.timedelta64(7, "D")
#: Trading days from which correlations are measured, and over which volatility before a day is.
_TWO_YEARS, _MONTH, _FEWEST = 504, 21, 4
DEGREES = (0.0, 0.25, 0.5, 0.75, 1.0)


def run_stress(
    portfolio: Portfolio,
    setting: Setting,
    *,
    episodes: Sequence[Episode] = EPISODES,
    shocks: Sequence[Shock] | None = None,
    vol_shift: float = 0.0,
    fields: Mapping[str, HoldingFields] | None = None,
    margin_rate: float = 0.06,
    margin_factor: float = 1.5,
    contracts: ContractTable | None = None,
    sigmas: tuple[float, int] = (3.0, 5),
    window: int | None = None,
    valuations: int = MOST_VALUATIONS,
) -> Stress:
    """Put a portfolio under stress.

    Parameters
    ----------
    portfolio, setting
        What is held, and the moment (from `set_up`).
    episodes
        Those that the prices do not reach back to are skipped, and named.
    shocks
        None takes `default_shocks`.
    vol_shift
        Added to every option's volatility in the episodes (0.1 = ten points).
    fields
        What is known of holdings: duration, spread_duration, margin.
    margin_rate, margin_factor
        Share of exposure asked for futures and perpetuals whose field says nothing; rates in the shock over rates now.
    contracts
        What is known of contracts, and margin rules of venues; None knows nothing.
    sigmas
        Deviations, and trading days, of the move that cash is worked out for.
    window
        Periods for correlations; None takes two years of them, 120 at least.
    valuations
        Most prices of options in an episode: with fewer than its closes the path is coarser, and its end as exact.
    """
    asset_fields, setting = fields or {}, setting.of(portfolio)
    exposure, prices, book = setting.book.exposure, setting.past_prices, setting.past
    covered = [e for e in episodes if _reaches(prices, exposure.benchmark, e)]
    pools = pools_of(setting.book, asset_fields, margin_rate)
    terms = MarginTerms(contracts=contracts or ContractTable(), share=margin_rate)
    accounts = accounts_of(setting.book, terms)
    wanted = default_shocks(exposure, asset_fields) if shocks is None else tuple(shocks)
    looked_at = min(book.frequency.rows(_TWO_YEARS, least=120) if window is None else window, len(book.market))
    recent = slice(-looked_at, None)
    alike, pushed = _converging(book, recent, exposure.beta.value)
    notes = [*setting.notes, "episodes pass in a moment: options keep their time to expiry and today's volatility"]
    if vol_shift:
        notes[-1] += f" {vol_shift:+.0%}"
    notes.append(
        f"beta on some days (falls, large moves, high volatility) is the slope of today's exposures over "
        f"{len(book.market)} past periods, not the measured beta"
    )
    if book.stood_in:
        notes.append(f"too short a history of {', '.join(book.stood_in)}: beta x benchmark stands in, without own risk")
    shock_moves = [
        Scenario(move=shocked(s.benchmark, s.currencies, setting.market, setting.betas), vol_shift=s.volatility)
        for s in wanted
    ]
    revalued = setting.book.movable.after(shock_moves, setting.betas)
    return Stress(
        exposure=exposure,
        episodes=tuple(_episode(e, setting, vol_shift, valuations) for e in covered),
        skipped=tuple(e.name for e in episodes if e not in covered),
        shocks=tuple(
            replace(
                _shock(s, after, setting, asset_fields, pools, margin_factor),
                accounts=accounts_after(accounts, s.benchmark, volatility=s.volatility),
            )
            for s, after in zip(wanted, revalued, strict=True)
        ),
        regimes=_regimes(book),
        convergence=alike,
        pushed=pushed,
        margins=margins_of(pools, margin_rate, margin_factor),
        accounts=measure_accounts(setting.book, terms, sigmas=sigmas_of(setting, *sigmas)),
        window=looked_at,
        n_obs=len(book.market),
        notes=tuple(notes),
    )


def default_shocks(exposure: Exposure, fields: Mapping[str, HoldingFields]) -> tuple[Shock, ...]:
    """Give usual shocks, and those of factors that the book has: currencies, rates, credit."""
    shocks = [
        Shock(name="fall of 10%, vol +5", benchmark=-0.10, volatility=0.05),
        Shock(name="crash of 20%, vol +15", benchmark=-0.20, volatility=0.15),
        Shock(name="crash of 40%, vol +30", benchmark=-0.40, volatility=0.30),
        Shock(name="rise of 20%, vol -5", benchmark=0.20, volatility=-0.05),
    ]
    if any(p.option is not None for p in exposure.positions):
        shocks.append(Shock(name="volatility +10 alone", volatility=0.10))
    foreign = sorted({p.currency for p in exposure.positions if p.currency != exposure.base and p.value})
    if foreign:
        shocks.append(Shock(name="foreign currencies -10%", currencies=dict.fromkeys(foreign, -0.10)))
    if any(f.duration for f in fields.values()):
        shocks.append(Shock(name="rates +1 point", rates=0.01))
    if any(f.spread_duration for f in fields.values()):
        shocks.append(Shock(name="credit spreads +2 points", credit_spread=0.02))
    return tuple(shocks)


def _reaches(prices: PriceTable, benchmark: str, episode: Episode) -> bool:
    quoted_days = prices.dates[np.isfinite(prices.values[:, prices.column(benchmark)])].astype("datetime64[D]")
    inside = quoted_days[(quoted_days >= np.datetime64(episode.start)) & (quoted_days <= np.datetime64(episode.end))]
    return (
        len(inside) >= 2
        and inside[0] - np.datetime64(episode.start) <= _SLACK
        and np.datetime64(episode.end) - inside[-1] <= _SLACK
    )


def _episode(episode: Episode, setting: Setting, vol_shift: float, valuations: int) -> EpisodeLine:
    exposure, prices = setting.book.exposure, setting.past_prices
    days = prices.dates.astype("datetime64[D]")
    level = prices.values[:, prices.column(exposure.benchmark)]
    inside = (days >= np.datetime64(episode.start)) & (days <= np.datetime64(episode.end)) & np.isfinite(level)
    rows = np.flatnonzero(inside)
    measured = [line for line in exposure.positions if line.reason is None]
    both = list(zip(setting.book.fixed, measured, strict=True))
    whole = [(one, line) for one, line in both if not one.is_linear]
    if len(whole) * len(rows) > valuations:
        # The first and last close and the benchmark's lowest stay.
        count = max(2, valuations // len(whole))
        thin = np.round(np.linspace(0, len(rows) - 1, count)).astype(int)
        rows = rows[np.unique([*thin, int(np.argmin(level[rows]))])]
    rest = [line for one, line in both if one.is_linear]
    names, amounts, gammas = _rows(rest)
    betas = _betas(names, setting)
    moves = replay(
        exposure=amounts,
        prices=_columns(prices, rows, names),
        benchmark=level[rows],
        nav=exposure.nav,
        betas=betas,
        gamma=gammas,
    )
    market = level[rows] / level[rows[0]] - 1.0
    options, curved = np.zeros(len(rows)), np.zeros(len(rows))
    storm = _Storm(prices, rows, market, setting)
    profits = dict[str, float]()
    for name, profit in zip(names, moves.profit_by_position.tolist(), strict=True):
        profits[name] = profits.get(name, 0.0) + (profit if np.isfinite(profit) else 0.0)
    for (one, line), path in zip(whole, _paths([one for one, _ in whole], storm, len(rows), vol_shift), strict=True):
        if one.position.instrument.written_on:
            options += path
        else:
            curved += path
        profits[line.asset] = profits.get(line.asset, 0.0) + float(path[-1])
    beta_money = float(sum(line.beta_exposure or 0.0 for _, line in whole)) + _beta_money(moves, amounts, betas)
    bought = sum(line.beta_exposure or 0.0 for one, line in whole if one.position.instrument.written_on)
    path = (moves.path + options + curved) / exposure.nav
    profit = moves.profit + float(options[-1]) + float(curved[-1])
    by_beta = beta_money * float(market[-1])
    unmeasured = float(np.nansum(moves.profit_by_position[~np.isfinite(betas)]))
    return EpisodeLine(
        episode=episode,
        replay=moves,
        options=float(options[-1]),
        options_beyond=float(options[-1]) - bought * float(market[-1]),
        profit=profit,
        share=profit / exposure.nav,
        by_beta=by_beta,
        beyond_beta=profit - unmeasured - by_beta,
        dates=days[rows],
        path=path,
        beta_path=beta_money * market / exposure.nav,
        worst=float(path.min()),
        losers=tuple(sorted((item for item in profits.items() if item[1] < 0), key=lambda item: item[1])[:3]),
        proxied=tuple(dict.fromkeys((*(names[i] for i in moves.proxied), *storm.proxied))),
        missing=tuple(dict.fromkeys((*(names[i] for i in moves.missing), *_unmeasured(exposure)))),
    )


def _unmeasured(exposure: Exposure) -> tuple[str, ...]:
    return tuple(m.asset for m in exposure.coverage.missing)


def _rows(lines: Sequence[PositionExposure]) -> tuple[list[str], Floats, Floats]:
    """Give what each measured line follows, with exposure and gamma, one row for each leg."""
    rows = [
        (asset, money, (line.gamma_exposure or 0.0) if len(line.weights) == 1 else 0.0)
        for line in lines
        if line.beta_exposure is not None
        for asset, money in line.weights
    ]
    return [r[0] for r in rows], np.array([r[1] for r in rows]), np.array([r[2] for r in rows])


def _betas(names: Sequence[str], setting: Setting) -> Floats:
    return np.array([setting.betas[n].value for n in names], dtype=np.float64)


def _beta_money(moves: Replay, amounts: Floats, betas: Floats) -> float:
    is_moved = np.isfinite(moves.profit_by_position) & np.isfinite(betas)
    return float(np.sum(amounts[is_moved] * betas[is_moved]))


def _columns(prices: PriceTable, rows: NDArray[np.intp], names: Sequence[str]) -> Floats:
    columns = np.full((len(rows), len(names)), np.nan)
    for j, name in enumerate(names):
        if name in prices.symbols:
            columns[:, j] = prices.values[rows, prices.column(name)]
    return columns


class _Storm:
    """How everything moved in an episode, from its first close on.

    Parameters
    ----------
    prices, rows
        In base currency, with what positions follow beside them; the closes.
    market
        Moves of the benchmark, shape (n_dates,).
    """

    def __init__(self, prices: PriceTable, rows: NDArray[np.intp], market: Floats, setting: Setting) -> None:
        self._prices, self._rows, self._market, self._betas = prices, rows, market, setting.betas
        self._known: dict[str, Floats] = {}
        self.proxied: list[str] = []

    def moves(self, leg: Leg) -> Floats:
        """Give the moves of what a leg follows, shape (n_dates,); without prices, beta x benchmark."""
        estimate, _ = find_beta(leg.follows, leg.stand_ins, self._betas)
        if estimate is None:
            return np.zeros(len(self._market))
        if estimate.asset not in self._known:
            level = _columns(self._prices, self._rows, [estimate.asset])[:, 0]
            stand_in = (estimate.value or 0.0) * self._market
            own = bool(np.isfinite(level[0]) and np.isfinite(level[-1]))
            if not own:
                self.proxied.append(estimate.asset)
            # A gap inside is carried by the benchmark's move from there; a history that lacks is beta x benchmark.
            returns = np.where(np.isfinite(level), level / level[0] - 1.0, stand_in) if own else stand_in
            self._known[estimate.asset] = returns
        return self._known[estimate.asset]


def _paths(whole: Sequence[Fixed], storm: _Storm, days: int, vol_shift: float) -> list[Floats]:
    """Give the profit of positions at each close, each valued anew there, shape (n_dates,) each."""

    def on(t: int) -> Callable[[Leg], float]:
        return lambda leg: float(storm.moves(leg)[t])

    scenarios = [Scenario(move=on(t), vol_shift=vol_shift) for t in range(1, days)]
    in_arrays = Movable(fixed=tuple(whole)).option_values(scenarios)
    paths = []
    for i, one in enumerate(whole):
        worth = in_arrays.get(i)
        if worth is None:
            worth = np.array([one.after(s.move, vol_shift=vol_shift).value for s in scenarios])
        paths.append(np.concatenate([[0.0], worth - (one.valued.value or 0.0)]))
    return paths


def _shock(
    shock: Shock,
    revalued: tuple[float, float],
    setting: Setting,
    fields: Mapping[str, HoldingFields],
    pools: tuple[Pool, ...],
    factor: float,
) -> ShockLine:
    exposure, fixed = setting.book.exposure, setting.book.fixed
    lines = exposure.positions
    assets = [p.asset for p in lines]
    cash = np.array([p.is_money for p in lines])
    years = {n: np.where(cash, 0.0, numbers_of(fields, assets, n)) for n in ("duration", "spread_duration")}
    first = _first_order(shock, exposure, fixed, setting)
    local = apply_shock(
        shock,
        nav=exposure.nav,
        value=[p.value or 0.0 for p in lines],
        exposure=[np.nan if p.delta_exposure is None else p.delta_exposure for p in lines],
        betas=first[:, 0],
        currencies=[p.currency for p in lines],
        base=exposure.base,
        gamma=[p.gamma_exposure or 0.0 for p in lines],
        vega=[100.0 * (p.option.vega or 0.0) if p.option else 0.0 for p in lines],
        currency_profit=first[:, 1],
        **years,
    )
    pnl, after = revalued
    profit = pnl + float(sum(np.nansum(part) for part in (local.rates, local.credit)))
    nav = exposure.nav + pnl
    return ShockLine(
        shock=shock,
        local=local,
        profit=profit,
        share=profit / exposure.nav,
        by_beta=exposure.beta_exposure * shock.benchmark,
        by_beta_share=exposure.beta_exposure * shock.benchmark / exposure.nav,
        beta_after=after / nav if nav > 0 else None,
        margin=call_of(pools, benchmark=shock.benchmark, factor=factor),
    )


def _first_order(shock: Shock, exposure: Exposure, fixed: Sequence[Fixed], setting: Setting) -> Floats:
    """Give beta beside the currencies that the shock moves, and what these do, shape (n_positions, 2)."""
    rows = [(np.nan if p.beta is None else p.beta, 0.0) for p in exposure.positions]
    moved = {c: f for c, f in shock.currencies.items() if c != exposure.base}
    places = [i for i, p in enumerate(exposure.positions) if p.reason is None]
    for i, one in zip(places, fixed, strict=True) if moved else ():
        beta_money = profit = 0.0
        touched = False
        for leg in one.valued.legs or ():
            beta, currency = market_beta(leg, moved, setting.market, setting.betas)
            beta_money += beta * leg.delta_exposure
            if currency is not None:
                touched = True
                profit += leg.delta_exposure * moved[currency]
        total = exposure.positions[i].delta_exposure
        if touched:
            rows[i] = (beta_money / total if total else 0.0, profit)
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _regimes(book: TodaysBook) -> tuple[RegimeLine, ...]:
    lines = []
    month = book.frequency.rows(_MONTH, least=_FEWEST)
    for name, mark in (
        (f"worst tenth of {book.frequency.period}s", falls),
        ("largest tenth of moves", large_moves),
        ("high volatility before", lambda market: high_volatility(market, window=month)),
    ):
        try:
            review: RegimeReview | None = regime_review(book.book, book.market, mark(book.market))
        except TrimtabError:
            review = None
        lines.append(RegimeLine(name=name, review=review))
    return tuple(lines)


def _converging(book: TodaysBook, recent: slice, measured: float) -> tuple[Convergence | None, tuple[Pushed, ...]]:
    """Measure how alike assets move, and push correlations from the measured beta of the book."""
    own = [i for i, a in enumerate(book.assets) if a not in book.stood_in and np.ptp(book.returns[recent, i]) > 0]
    if len(own) < 2:
        return None, ()
    returns, market = book.returns[recent][:, own], book.market[recent]
    correlation: Floats = np.atleast_2d(np.corrcoef(np.column_stack([returns, market]), rowvar=False))
    pushed = tuple(
        push(
            degree,
            weights=book.weights[own],
            correlation=correlation[:-1, :-1],
            with_market=correlation[:-1, -1],
            volatility=returns.std(axis=0, ddof=1),
            market_volatility=float(market.std(ddof=1)),
            betas=book.betas[own],
            portfolio_beta=measured,
        )
        for degree in DEGREES
    )
    return convergence(returns, market), pushed
