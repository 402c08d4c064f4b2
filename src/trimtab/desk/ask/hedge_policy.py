"""Use case: how often to hedge a portfolio, from its own drift, the market's volatility and what its hedge costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, isfinite

import numpy as np

from trimtab.desk.ask.propose import price_hedges
from trimtab.desk.ask.review import Setting
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.often.choose import PolicyTable, compare_policies, for_checks
from trimtab.hedge.often.closed_form import GapModel, best_band, evaluate
from trimtab.hedge.often.drift import MIN_BLOCKS, BetaDrift, beta_drift
from trimtab.hedge.often.simulate import Effort
from trimtab.hedge.standing.measure import greeks
from trimtab.hedge.ways.figures import benchmark_volatility
from trimtab.market.daycount import YEAR_DAYS, date_of
from trimtab.market.frequency import TRADING_YEAR
from trimtab.market.returns import pair_returns
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Instrument
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.model.shown import Shown

__all__ = [
    "HedgePolicy",
    "HedgeTerms",
    "PolicyInputs",
    "Stated",
    "exposures_by_symbol",
    "hedge_policy",
    "measure_inputs",
    "state_inputs",
]

#: Trading days that the drift of betas is measured on: ten years.
_HISTORY = 2520
#: Trading days of a block, and the fewest returns in one: short blocks are mostly noise, long ones are few.
_BLOCK, _LEAST_BLOCK = 126, 42
#: Rows looked back on at least, on whatever calendar: as many of the shortest blocks as slopes are compared over.
_LEAST_ROWS = MIN_BLOCKS * _LEAST_BLOCK
#: Drift of beta a year from the gamma of options that is worth a note.
_TOLD_GAMMA = 0.01
#: Returns that a volatility needs.
_LEAST_RETURNS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the user states instead of having it measured; None is measured.

    Parameters
    ----------
    drift_vol, market_vol
        Per square-root year.
    cost_per_beta
        Money to move portfolio beta by 1.
    ticket
        Money per trade.
    lot
        Beta step of one contract; 0 for any amount.
    half_life_years
        Time in which the gap goes half-way back by itself; None if it does not.
    """

    drift_vol: float | None = None
    market_vol: float | None = None
    cost_per_beta: float | None = None
    ticket: float = 0.0
    lot: float | None = None
    half_life_years: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeTerms:
    """What one contract makes of the question.

    Parameters
    ----------
    name
        Contract, or "stated".
    cost_per_beta
        Money to move portfolio beta by 1.
    lot
        Beta of one lot, absolute.
    band, total
        Best half-width with it, and cost and risk penalty a year.
    """

    name: str
    cost_per_beta: float
    lot: float
    band: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInputs:
    """Everything that decides how often to hedge, and where it came from.

    Parameters
    ----------
    nav, base, as_of, benchmark
        The portfolio; date and benchmark None if they are not known.
    beta, beta_stderr
        Portfolio beta now and its error; None if not measured.
    risk_aversion
        Relative.
    model
        With the cheapest of the contracts.
    terms
        The contracts, the one of the model marked by `chosen`.
    chosen
        Its name.
    drift
        How the drift was measured; None if it was stated.
    mandate_band
        Half-width now in force; None without a mandate.
    sources
        In words, one for each input.
    days_per_year
        Days on which the band can be looked at: those with prices of the benchmark's calendar.
    """

    nav: float
    base: str
    as_of: date | None
    benchmark: str | None
    beta: float | None
    beta_stderr: float | None
    risk_aversion: float
    model: GapModel
    terms: tuple[HedgeTerms, ...]
    chosen: str
    drift: BetaDrift | None
    mandate_band: float | None
    sources: tuple[str, ...]
    days_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HedgePolicy(Shown):
    """The answer: policies side by side, the recommended band, and what a reader should know.

    Parameters
    ----------
    inputs
        What went in.
    table
        Policies and curve.
    band
        Recommended half-width, rounded up to four decimals: what goes into a mandate.
    band_range
        The same with the drift one standard error lower and higher; None if the drift was stated.
    notes
        In words.
    """

    inputs: PolicyInputs
    table: PolicyTable
    band: float
    band_range: tuple[float, float] | None
    notes: tuple[str, ...]


def state_inputs(
    *, nav: float, risk_aversion: float, stated: Stated, base: str = "USD", mandate_band: float | None = None
) -> PolicyInputs:
    """Take every input as stated.

    Raises
    ------
    InputError
        If one is missing.

    Examples
    --------
    >>> inputs = state_inputs(
    ...     nav=1e6, risk_aversion=3.0, stated=Stated(drift_vol=0.1, market_vol=0.2, cost_per_beta=50.0)
    ... )
    >>> round(inputs.model.penalty, 6)
    60000.0
    """
    asked = {"--drift-vol": stated.drift_vol, "--market-vol": stated.market_vol, "--cost": stated.cost_per_beta}
    missing = [name for name, value in asked.items() if value is None]
    if missing:
        raise InputError(
            expected="prices and holdings to measure from, or every input stated",
            found=f"neither, without {', '.join(missing)}",
            try_next="give --prices, --holdings, --benchmark, --hedge; or --nav, --drift-vol, --market-vol, --cost",
        )
    sources = ("drift of beta, market volatility and cost as stated",)
    return _inputs(
        None, stated, nav=nav, base=base, risk_aversion=risk_aversion, drift=None, hedges=(), sources=sources,
        market_vol=stated.market_vol or 0.0, mandate_band=mandate_band, days_per_year=TRADING_YEAR,
    )  # fmt: skip


def measure_inputs(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    *,
    hedges: tuple[Instrument, ...],
    contracts: ContractTable,
    risk_aversion: float,
    stated: Stated | None = None,
    stated_prices: Mapping[str, float] | None = None,
    block: int | None = None,
) -> PolicyInputs:
    """Measure what decides how often to hedge; what is stated is not measured.

    Parameters
    ----------
    portfolio, mandate, setting
        The book, its mandate (whose costs are those of plans) and the moment.
    hedges, contracts, stated_prices
        As for plans.
    risk_aversion
        Relative; positive.
    stated
        Inputs that replace measured ones.
    block
        Returns in a block of the drift measurement; None takes half a year of them, or an eighth of the history if that
        is shorter, but no fewer than 42.

    Raises
    ------
    NotEnoughDataError
        If an input can be neither measured nor is stated.
    """
    given = stated or Stated()
    exposure = setting.of(portfolio).book.exposure
    priced = price_hedges(
        portfolio, mandate, setting.market, setting.betas, hedges, contracts, stated_prices=stated_prices,
    )  # fmt: skip
    if not priced and given.cost_per_beta is None:
        raise InputError(
            expected="a contract to hedge with, or a stated cost",
            found="neither",
            try_next="give --hedge ES,MES, or --cost MONEY-PER-UNIT-OF-BETA",
        )
    sources = [note for hedge in priced for note in hedge.notes]
    vol = given.market_vol
    if vol is None:
        calendar = setting.facts.frequency
        window = calendar.rows(252, least=_LEAST_RETURNS)
        per_year = calendar.periods_per_year
        vol = benchmark_volatility(setting.converted, mandate.benchmark, window=window, per_year=per_year)
        sources.append(f"market volatility: {mandate.benchmark} over its last {window} returns")
    if vol is None:
        raise NotEnoughDataError(
            expected=f"at least 20 returns of {mandate.benchmark}",
            found="fewer",
            try_next="state the market's volatility with --market-vol",
        )
    drift = None
    if given.drift_vol is None:
        drift = _drift(exposure, setting, mandate.benchmark, block)
        sources.append(
            f"drift of beta: holdings of {exposure.as_of.astype('datetime64[D]')}, weights over {drift.n_prices} "
            f"returns and betas over {drift.n_blocks} blocks of {drift.block}, estimation noise taken out"
        )
        sources += _of_options(exposure, vol)
    return _inputs(
        exposure, given, nav=exposure.nav, base=exposure.base, risk_aversion=risk_aversion, drift=drift, hedges=priced,
        sources=tuple(sources), market_vol=vol, mandate_band=mandate.band,
        days_per_year=setting.facts.frequency.days_per_year,
    )  # fmt: skip


def _of_options(exposure: Exposure, market_vol: float) -> list[str]:
    """Say how much of the drift is the gamma of options, and how long they live: a year is longer than most."""
    years = [p.option.years for p in exposure.positions if p.option is not None and p.gamma_exposure]
    gamma = abs(greeks(exposure)[0]) * 100.0 / exposure.nav * market_vol
    if not years or gamma < _TOLD_GAMMA or min(years) >= 1.0:
        return []
    days = dict.fromkeys(f"{end * YEAR_DAYS:.0f}" for end in (min(years), max(years)))
    return [
        f"gamma of options alone drives {gamma:.3f} of beta a year, and they expire in {' to '.join(days)} days: after "
        "that there is less drift, and fewer trades, unless they are renewed"
    ]


def hedge_policy(
    inputs: PolicyInputs,
    *,
    bands: Sequence[float] = (),
    intervals: Sequence[float] = (),
    seed: int = 1,
    checks_per_year: float | None = None,
    effort: Effort | None = None,
) -> HedgePolicy:
    """Say how often to hedge.

    Parameters
    ----------
    inputs
        Measured or stated.
    bands, intervals
        Half-widths, and years between trades, to show beside the best ones; the mandate's band is added.
    seed, checks_per_year, effort
        Of the simulations; None looks at the band on every day that has prices (252 or 365 a year).
    """
    checks = inputs.days_per_year if checks_per_year is None else checks_per_year
    shown = dict.fromkeys((*bands, *((inputs.mandate_band,) if inputs.mandate_band else ())))
    table = compare_policies(
        inputs.model, bands=tuple(shown), intervals=intervals, seed=seed, checks_per_year=checks,
        effort=effort,
    )  # fmt: skip
    ends = None
    if inputs.drift is not None and isfinite(inputs.drift.stderr):
        vols = [max(0.05 * inputs.drift.vol, inputs.drift.vol + z * inputs.drift.stderr) for z in (-1.0, 1.0)]
        models = [replace(inputs.model, gap_vol=v) for v in vols]
        low, high = (_up(for_checks(m, best_band(m), checks).band or 0.0) for m in models)
        ends = (low, high)
    return HedgePolicy(
        inputs=inputs,
        table=table,
        band=_up(table.recommended),
        band_range=ends,
        notes=tuple(_notes(inputs, table)),
    )


def _up(band: float) -> float:
    """Round up, so that whole lots still fit into the band."""
    return ceil(band * 1e4 - 1e-9) / 1e4


def _inputs(
    exposure: Exposure | None,
    given: Stated,
    *,
    nav: float,
    base: str,
    risk_aversion: float,
    drift: BetaDrift | None,
    hedges: tuple[Hedge, ...],
    sources: tuple[str, ...],
    market_vol: float,
    mandate_band: float | None,
    days_per_year: float,
) -> PolicyInputs:
    if not (isfinite(nav) and nav > 0 and isfinite(risk_aversion) and risk_aversion > 0):
        raise InputError(
            expected="a positive NAV and a positive risk aversion",
            found=f"{nav} and {risk_aversion}",
            try_next="give --nav 1000000 --risk-aversion 3",
        )
    half_life = given.half_life_years
    if half_life is not None and not half_life > 0:
        raise InputError(
            expected="a positive half-life in years",
            found=f"{half_life}",
            try_next="leave it out if beta does not revert",
        )
    measured = 0.0 if drift is None else drift.vol
    gap_vol = measured if given.drift_vol is None else given.drift_vol
    if gap_vol == 0.0:
        raise NotEnoughDataError(
            expected="a beta that drifts", found="no drift beyond noise", try_next="state it with --drift-vol 0.1"
        )
    plain = GapModel(
        cost_per_beta=given.cost_per_beta or 0.0,
        gap_vol=gap_vol,
        penalty=GapModel.penalty_of(risk_aversion=risk_aversion, market_vol=market_vol, nav=nav),
        market_vol=market_vol,
        ticket=given.ticket,
        lot=given.lot or 0.0,
        reversion=0.0 if half_life is None else float(np.log(2.0)) / half_life,
    )
    models = {"stated": plain} if not hedges else {h.symbol: _with_contract(plain, h, nav, given) for h in hedges}
    terms = tuple(_terms(name, model) for name, model in models.items())
    chosen = min(terms, key=lambda t: t.total).name
    return PolicyInputs(
        nav=nav,
        base=base,
        as_of=None if exposure is None else date_of(exposure.as_of),
        benchmark=None if exposure is None else exposure.benchmark,
        beta=None if exposure is None else exposure.beta.value,
        beta_stderr=None if exposure is None else exposure.beta.stderr,
        risk_aversion=risk_aversion,
        model=models[chosen],
        terms=terms,
        chosen=chosen,
        drift=drift,
        mandate_band=mandate_band,
        sources=sources,
        days_per_year=days_per_year,
    )


def _with_contract(plain: GapModel, hedge: Hedge, nav: float, given: Stated) -> GapModel:
    step = abs(hedge.beta_per_lot) / nav
    return replace(
        plain,
        cost_per_beta=given.cost_per_beta if given.cost_per_beta is not None else hedge.cost_per_lot / step,
        lot=given.lot if given.lot is not None else step,
    )


def _terms(name: str, model: GapModel) -> HedgeTerms:
    best = best_band(model)
    return HedgeTerms(
        name=name,
        cost_per_beta=model.cost_per_beta,
        lot=model.lot,
        band=best.band or 0.0,
        total=0.0 if model.cost_per_beta == model.ticket == model.lot == 0.0 else evaluate(model, best).total,
    )


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
        # Of something that follows several prices the second derivative is not split; it counts for the first.
        if line.weights and line.gamma_exposure:
            first = line.weights[0][0]
            gamma[first] = gamma.get(first, 0.0) + line.gamma_exposure / exposure.nav
    return delta, gamma


def _drift(exposure: Exposure, setting: Setting, benchmark: str, block: int | None) -> BetaDrift:
    delta, gamma = exposures_by_symbol(exposure)
    priced_symbols = [s for s in delta if s in setting.converted.symbols]
    if not priced_symbols:
        raise NotEnoughDataError(
            expected="holdings with past prices",
            found="none among the positions with a beta",
            try_next="state the drift with --drift-vol",
        )
    pairs = pair_returns(
        setting.converted, benchmark=benchmark, symbols=tuple(priced_symbols), risk_free=setting.risk_free
    )
    calendar = pairs.frequency
    whole = np.flatnonzero(np.isfinite(pairs.asset).all(axis=1))[-calendar.rows(_HISTORY, least=_LEAST_ROWS) :]
    market = pairs.market if pairs.market.ndim == 2 else pairs.market[:, None]
    return beta_drift(
        pairs.asset[whole],
        market[whole, 0],
        delta=[delta[s] for s in priced_symbols],
        gamma=[gamma.get(s, 0.0) for s in priced_symbols],
        betas=[setting.betas[s].value or 0.0 for s in priced_symbols],
        periods_per_year=calendar.periods_per_year,
        block=max(_LEAST_BLOCK, min(calendar.rows(_BLOCK), len(whole) // 8)) if block is None else block,
        recent=calendar.rows(252, least=_LEAST_RETURNS),
    )


def _notes(inputs: PolicyInputs, table: PolicyTable) -> list[str]:
    m, notes = inputs.model, []
    if inputs.beta_stderr is not None and inputs.beta_stderr > table.recommended:
        notes.append(
            f"beta is known to +/- {inputs.beta_stderr:.3f} only, wider than the best band: some of the trades "
            "would follow estimation noise; a smoother estimate of beta helps more than a narrower band"
        )
    if m.lot > 0 and m.lot / 2 > 0.5 * table.recommended:
        notes.append(
            f"half a lot ({m.lot / 2:.4f}) makes up most of the band: a smaller contract would track more closely"
        )
    if m.reversion > 0 and table.recommended > 3 * m.still_sd:
        notes.append(
            f"the gap goes back by itself so fast (standard deviation {m.still_sd:.3f} untouched) that never trading "
            "is about as good"
        )
    if inputs.drift is not None and inputs.drift.beta_variance <= 0:
        notes.append("changes of the assets' betas were not found beyond noise; the drift is that of weights alone")
    return notes
