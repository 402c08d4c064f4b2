"""Use case: what beta misses in today's book: concentration, currency, exits, tails, horizons, and the five largest."""

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np

from trimtab.beta.estimators.downside import Definition, Downside
from trimtab.desk.ask.fields import HoldingFields, numbers_of, words_of
from trimtab.desk.ask.findings import find_hidden
from trimtab.desk.ask.liquidity.exit_frontier import BOOK, exit_frontier
from trimtab.desk.ask.liquidity.exits import ExitLine, Liquidity
from trimtab.desk.ask.risk_parts import DownsideLine, Flow, Groups, Horizons, Losses, Risk, Scaled
from trimtab.desk.ask.stress.lines import Stress
from trimtab.desk.ask.stress.run import run_stress
from trimtab.desk.moment.history import pair_assets
from trimtab.desk.moment.setting import Setting
from trimtab.desk.moment.todays_book import TodaysBook
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.market.facts import calendar_of
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Portfolio
from trimtab.risk.concentration import Concentration, concentration, concentration_by_group
from trimtab.risk.convergence import Convergence, convergence_history, effective_bets
from trimtab.risk.currency import CurrencyRisk, currency_risk
from trimtab.risk.drawdown import drawdown_review
from trimtab.risk.episodes import EPISODES, Episode
from trimtab.risk.flow import alarm_record, amihud, on_balance_volume, selling_pressure
from trimtab.risk.hidden import Role, hidden_most
from trimtab.risk.holdings import Credit, PriceRatio, SizeBucket, credit_quality, price_ratio, size_buckets
from trimtab.risk.liquidity import Exit, ExitBook, days_to_liquidate, exit_table, liquidity_var
from trimtab.risk.scaling import horizon_beta, scale_to_target, variance_ratio
from trimtab.risk.tails import coskewness, tail_dependence
from trimtab.risk.value_at_risk import empirical_var, normal_var
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = ["betas_before", "liquidity_of", "review_risk"]

#: Trading days over which volume and volatility are taken, and the fewest rows of each.
_VOLUME_DAYS, _VOLUME_ROWS = 21, 3
_VOL_DAYS, _VOL_ROWS = 63, 26
#: Trading days.
HORIZONS = (5, 21, 63)


def review_risk(
    portfolio: Portfolio,
    setting: Setting,
    *,
    role: Role | None = None,
    fields: Mapping[str, HoldingFields] | None = None,
    participation: float = 0.2,
    half_spread: float = 0.0005,
    target_volatility: float | None = None,
    exit_of: str | None = None,
    exit_days: int = 5,
    episodes: Sequence[Episode] = EPISODES,
    stress: Stress | None = None,
) -> Risk:
    """Measure what a portfolio's beta does not show.

    Parameters
    ----------
    portfolio, setting
        What is held, and the moment (from `set_up`).
    role
        "spending", "growth" or "trading": what weighs more among the five.
    fields
        What is known of holdings beyond prices.
    participation
        Share of a day's volume that one is willing to be.
    half_spread
        Decimal of price, where a holding states none.
    target_volatility
        A year, decimal; None leaves scaling out.
    exit_of, exit_days
        Whose way out is weighed against its risk, a symbol or the whole book (None), and within how many days.
    episodes
        For the finding on past episodes.
    stress
        One that was run already; None runs it.
    """
    asset_fields, setting = fields or {}, setting.of(portfolio)
    tested = run_stress(portfolio, setting, episodes=episodes, fields=asset_fields) if stress is None else stress
    exposure, prices, book = setting.book.exposure, setting.past_prices, setting.past
    liquidity = liquidity_of(exposure, prices, setting.market, asset_fields, participation, half_spread)
    before = betas_before(book)
    has = np.isfinite(before)
    falls = drawdown_review(book.book[has], book.market[has], before[has]) if has.sum() >= 60 else None
    year = float(np.std(book.book[-book.year :], ddof=1)) * book.periods_per_year**0.5
    findings = find_hidden(exposure, tested, book, falls, liquidity.exits, asset_fields)
    return Risk(
        exposure=exposure,
        role=role,
        hidden=hidden_most(findings, role=role),
        findings=findings,
        groups=_groups(exposure, book, asset_fields),
        currency=_currency(exposure, prices, book, setting.market),
        price_earnings=_ratio(exposure, asset_fields, "price_earnings"),
        price_book=_ratio(exposure, asset_fields, "price_book"),
        credit=_credit(exposure, asset_fields),
        sizes=_sizes(exposure, asset_fields),
        liquidity=liquidity,
        losses=_losses(exposure, book, liquidity),
        drawdowns=falls,
        drawdown_dates=book.dates[has],
        downside=_downside(book),
        horizons=_horizons(book),
        scaled=None if target_volatility is None or year == 0.0 else _scaled(target_volatility, year),
        convergence=_history(book),
        flows=_flows(exposure, setting.market.prices) if book.frequency.sessions == 1.0 else (),
        stress=tested,
        n_obs=len(book.market),
        first=book.dates[0],
        last=book.dates[-1],
        frequency=book.frequency,
        year=book.year,
        notes=_notes(tested, liquidity, book),
        exit_frontier=exit_frontier(
            exposure, prices, liquidity, what=exit_of or BOOK, days=exit_days, fields=asset_fields
        )
        if liquidity.exits or exit_of is not None
        else None,
    )


def _notes(tested: Stress, liquidity: Liquidity, book: TodaysBook) -> tuple[str, ...]:
    notes = list(tested.notes)
    notes.append(
        "betas at other horizons, in falls and in trailing windows are slopes of today's exposures over past periods, "
        "not the measured beta"
    )
    if book.frequency.sessions != 1.0:
        notes.append(
            f"prices are {book.frequency.name}: losses are those of one {book.frequency.period}, a day's volume and "
            "volatility for exits are worked out from theirs, and flow indicators, which need daily volumes, are left "
            "out"
        )
    if not liquidity.exits:
        notes.append("no volumes: the cost of getting out is not known, and stands in no finding")
    return tuple(notes)


def _groups(exposure: Exposure, book: TodaysBook, fields: Mapping[str, HoldingFields]) -> Groups:
    lines = [p for p in exposure.positions if not p.is_money or p.currency != exposure.base]
    names = [p.asset for p in lines]
    amounts = np.array([np.nan if p.delta_exposure is None else p.delta_exposure for p in lines], dtype=np.float64)
    beta = np.array([np.nan if p.beta_exposure is None else p.beta_exposure for p in lines], dtype=np.float64)

    def grouped(name: str) -> Concentration | None:
        labels = words_of(fields, names, name)
        return concentration_by_group(np.nan_to_num(amounts), labels) if any(labels) else None

    recent = book.returns[-2 * book.year :]
    covariance = np.atleast_2d(np.cov(recent, rowvar=False))
    return Groups(
        by_weight=concentration(amounts, names),
        by_beta=concentration(beta, names) if np.nansum(np.abs(beta)) > 0 else None,
        by_currency=concentration_by_group(np.nan_to_num(amounts), [p.currency for p in lines]),
        by_sector=grouped("sector"),
        by_issuer=grouped("issuer"),
        effective_bets=effective_bets(book.weights, covariance) if np.any(covariance) else None,
    )


def _currency(exposure: Exposure, prices: PriceTable, book: TodaysBook, market: Market) -> CurrencyRisk | None:
    """Measure foreign currencies whose rates are known throughout; None without rates."""
    value_by_currency: dict[str, float] = {}
    for p in exposure.positions:
        if p.currency != exposure.base and p.value is not None:
            value_by_currency[p.currency] = value_by_currency.get(p.currency, 0.0) + p.value
    rows = np.searchsorted(prices.dates, book.dates)
    before = np.maximum(rows - 1, 0)
    # The series of the rate, under a name that no share has.
    columns = {
        c: prices.column(name) for c in value_by_currency if (name := market.money_names(c)[-1]) in prices.symbols
    }
    codes = tuple(c for c, j in columns.items() if np.isfinite(prices.values[np.union1d(rows, before), j]).all())
    if not codes:
        return None
    levels = prices.values[:, [columns[c] for c in codes]]
    return currency_risk(
        currencies=codes,
        exposures=[value_by_currency[c] / exposure.nav for c in codes],
        currency_returns=levels[rows] / levels[before] - 1.0,
        book=book.book,
        market=book.market,
    )


def _owned(exposure: Exposure) -> list[PositionExposure]:
    return [p for p in exposure.positions if p.is_owned and p.value is not None]


def _ratio(exposure: Exposure, fields: Mapping[str, HoldingFields], name: str) -> PriceRatio | None:
    lines = _owned(exposure)
    ratios = numbers_of(fields, [p.asset for p in lines], name)
    return price_ratio([p.value for p in lines], ratios) if np.isfinite(ratios).any() else None  # type: ignore[arg-type]


def _credit(exposure: Exposure, fields: Mapping[str, HoldingFields]) -> Credit | None:
    lines = _owned(exposure)
    names = [p.asset for p in lines]
    ratings, years = words_of(fields, names, "rating"), numbers_of(fields, names, "spread_duration")
    if not any(ratings) and not np.any(np.nan_to_num(years)):
        return None
    values = np.array([p.value for p in lines], dtype=np.float64)
    return credit_quality(values, ratings, nav=exposure.nav, spread_duration=years)


def _sizes(exposure: Exposure, fields: Mapping[str, HoldingFields]) -> tuple[SizeBucket, ...]:
    lines = [p for p in _owned(exposure) if p.delta_exposure is not None]
    supply = numbers_of(fields, [p.asset for p in lines], "supply")
    if not np.isfinite(supply).any():
        return ()
    price = np.array([(p.price or np.nan) * (p.fx or np.nan) for p in lines])
    return size_buckets(
        market_value=price * supply,
        exposure=np.array([p.delta_exposure for p in lines], dtype=np.float64),
        betas=np.array([np.nan if p.beta is None else p.beta for p in lines], dtype=np.float64),
        nav=exposure.nav,
    )


def liquidity_of(
    exposure: Exposure,
    prices: PriceTable,
    market: Market,
    fields: Mapping[str, HoldingFields],
    participation: float,
    half_spread: float,
) -> Liquidity:
    """Measure how what is held outright can be got out of.

    Parameters
    ----------
    exposure, prices, market
        The portfolio; prices in base currency; the moment, with volumes if there are any.
    fields, participation, half_spread
        As for `review_risk`.
    """
    lines = _owned(exposure)
    names = [p.asset for p in lines]
    stated = numbers_of(fields, names, "daily_value")
    traded = np.array([_traded(p, market) for p in lines])
    daily = np.where(np.isfinite(stated), stated, traded)
    spreads = numbers_of(fields, names, "half_spread")
    value = np.array([p.value for p in lines], dtype=np.float64)
    exits: tuple[Exit, ...] = ()
    if np.isfinite(daily).any():
        exits = exit_table(
            ExitBook(
                value=value,
                daily_value=daily,
                volatility=np.array([_volatility(p.asset, prices) for p in lines]),
                half_spread=np.where(np.isfinite(spreads), spreads, half_spread),
                betas=np.array([np.nan if p.beta is None else p.beta for p in lines], dtype=np.float64),
                nav=exposure.nav,
            ),
            participation=participation,
        )
    days = days_to_liquidate(value, daily, participation=participation)
    rows = [
        ExitLine(
            asset=name, value=float(v), daily_value=float(a) if np.isfinite(a) else None,
            days=float(d) if np.isfinite(d) else None,
        )
        for name, v, a, d in zip(names, value, daily, days, strict=True)
    ]  # fmt: skip
    return Liquidity(
        exits=exits,
        lines=tuple(sorted(rows, key=lambda r: -(r.days if r.days is not None else np.inf))),
        unknown=tuple(r.asset for r in rows if r.days is None),
        left_out=tuple(p.asset for p in exposure.positions if p.is_contract),
        participation=participation,
        half_spread=half_spread,
    )


def _traded(line: PositionExposure, market: Market) -> float:
    """Give the median money traded a day over 21 days with volume, base currency; NaN without volumes."""
    table = market.prices
    if table.volumes is None or line.asset not in table.symbols:
        return float("nan")
    column, calendar = table.column(line.asset), calendar_of(table, line.asset)
    rows = calendar.rows(_VOLUME_DAYS, least=_VOLUME_ROWS)
    money = (table.volumes[:, column] * table.values[:, column])[-2 * rows :]
    money = money[np.isfinite(money)][-rows:]
    # The volume of a row is that of all days in it.
    return float(np.median(money)) / calendar.sessions * (line.fx or float("nan")) if money.size else float("nan")


def _volatility(asset: str, prices: PriceTable) -> float:
    """Give the volatility of one day with prices; NaN with too few prices."""
    if asset not in prices.symbols:
        return float("nan")
    calendar = calendar_of(prices, asset)
    level = prices.values[:, prices.column(asset)]
    level = level[np.isfinite(level)][-calendar.rows(_VOL_DAYS, least=_VOL_ROWS) - 1 :]
    return calendar.per_session(float(np.std(np.diff(np.log(level)), ddof=1))) if len(level) > 20 else float("nan")


def _losses(exposure: Exposure, book: TodaysBook, liquidity: Liquidity) -> Losses:
    recent = book.returns[-book.year :]
    sd = recent.std(axis=0, ddof=1)
    spread = np.where(sd > 0, sd, 1.0)
    covariance = np.atleast_2d(np.cov(recent, rowvar=False))
    value_at_risk = normal_var(book.exposure, sd, correlation=covariance / np.outer(spread, spread))
    profits = book.book * exposure.nav
    empirical, shortfall = empirical_var(profits) if len(profits) >= 100 else (None, None)
    z = normal_quantile(0.99)
    gross = float(sum(abs(r.value) for r in liquidity.lines))
    share = liquidity_var(gross, sd=0.0, z=z, spread=2.0 * liquidity.half_spread)
    own = book.book - book.book.mean()
    slope = float(own @ book.market) / float(book.market @ (book.market - book.market.mean()))
    is_own = float(np.std(book.book - slope * book.market)) > 1e-9
    return Losses(
        normal=value_at_risk,
        empirical=empirical,
        shortfall=shortfall,
        with_liquidity=value_at_risk.total + share,
        coskewness=coskewness(book.book, book.market) if is_own else None,
        tail=tail_dependence(book.book, book.market) if len(book.market) >= 200 else None,
    )


def betas_before(book: TodaysBook) -> Floats:
    """Give the least-squares beta over the year of periods before each one, shape (n_periods,); NaN in the first."""
    n, year = len(book.market), book.year
    betas = np.full(n, np.nan)
    if n <= year:
        return betas
    m = np.lib.stride_tricks.sliding_window_view(book.market, year)[:-1]
    r = np.lib.stride_tricks.sliding_window_view(book.book, year)[:-1]
    dev = m - m.mean(axis=1, keepdims=True)
    betas[year:] = (dev * r).sum(axis=1) / (dev**2).sum(axis=1)
    return betas


def _downside(book: TodaysBook) -> tuple[DownsideLine, ...]:
    """Measure beta in falls by all four definitions, over all periods: they differ, so each is named."""
    pairs = pair_assets(book.book[:, None], book.market, book.dates, ("book",))
    lines = []
    for definition in get_args(Definition):
        estimate = Downside(definition=definition, window=None).estimate(pairs)["book"]
        lines.append(DownsideLine(definition=definition, beta=estimate.value, stderr=estimate.stderr))
    return tuple(lines)


def _horizons(book: TodaysBook) -> Horizons:
    logs, market = np.log1p(np.maximum(book.book, -0.99)), np.log1p(book.market)
    spans = sorted({book.frequency.rows(days) for days in HORIZONS} - {1})
    fitting = [q for q in spans if q <= len(logs) // 3]
    return Horizons(
        ratios=tuple(variance_ratio(logs, periods=q) for q in fitting),
        betas=tuple(horizon_beta(logs, market, periods=q) for q in (1, *fitting)),
    )


def _scaled(target: float, actual: float) -> Scaled:
    return Scaled(
        target=target,
        actual=actual,
        by_volatility=scale_to_target(target_sd=target, actual_sd=actual),
        by_variance=scale_to_target(target_sd=target, actual_sd=actual, convention="variance"),
    )


def _history(book: TodaysBook) -> tuple[tuple[np.datetime64, Convergence], ...]:
    year = book.year
    if len(book.market) < year:
        return ()
    # Counted back from the last row, so that the newest window ends today.
    start = (len(book.market) - year) % year
    # What stands still for a whole window, such as a pegged currency, moves with nothing.
    moves = (np.ptp(book.returns[start:].reshape(-1, year, len(book.assets)), axis=1) > 0).all(axis=0)
    own = [i for i, a in enumerate(book.assets) if a not in book.stood_in and moves[i]]
    if len(own) < 2:
        return ()
    rows = convergence_history(book.returns[start:, own], book.market[start:], window=year, step=year)
    return tuple((book.dates[start + row], measured) for row, measured in rows)


def _flows(exposure: Exposure, prices: PriceTable) -> tuple[Flow, ...]:
    if prices.volumes is None:
        return ()
    flows = []
    for line in _owned(exposure):
        if line.asset not in prices.symbols:
            continue
        column = prices.column(line.asset)
        close, volume = prices.values[:, column], prices.volumes[:, column]
        is_traded = np.isfinite(close) & np.isfinite(volume)
        close, volume = close[is_traded], volume[is_traded]
        if len(close) < 120:
            continue
        marked = selling_pressure(close, volume)
        moves = close[1:] / close[:-1] - 1.0
        traded = float(volume[-_VOLUME_DAYS:].sum())
        balance = on_balance_volume(close[-_VOLUME_DAYS - 1 :], volume[-_VOLUME_DAYS - 1 :])[-1]
        flows.append(
            Flow(
                asset=line.asset,
                selling=bool(marked[-1]),
                balance=float(balance) / traded if traded > 0 else 0.0,
                amihud=amihud(moves, (close * volume)[1:]) if np.count_nonzero(volume[1:] > 0) >= 60 else None,
                record=alarm_record(close, marked),
            )
        )
    return tuple(flows)
