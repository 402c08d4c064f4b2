"""What decides how often to hedge: measured from a book, or stated."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite, log

from trimtab.desk.ask.hedging.rule import RISK_AVERSION, market_volatility, measure_drift, with_hedge
from trimtab.desk.ask.propose import price_hedges
from trimtab.desk.ask.review import Setting
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.often.best import budget_penalty
from trimtab.hedge.often.closed_form import GapModel, best_band, evaluate
from trimtab.hedge.often.drift import BetaDrift
from trimtab.hedge.rule import USUAL_AIM, Aim
from trimtab.market.daycount import YEAR_DAYS, date_of
from trimtab.market.frequency import TRADING_YEAR
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Instrument
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["HedgeTerms", "PolicyInputs", "Stated", "measure_inputs", "state_inputs"]

#: Drift of beta a year from the gamma of options that is worth a note.
_TOLD_GAMMA = 0.01


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
    band, cost, total
        Best half-width with it, what trading costs a year, and that with the risk penalty.
    """

    name: str
    cost_per_beta: float
    lot: float
    band: float
    cost: float
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
    budget
        Tracking error a year that missing the target may cause; None where a risk aversion is stated instead.
    mandate, aim, book, hedges
        What the rule in force is made of, and what it trades; None and empty where they are not known.
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
    budget: float | None = None
    mandate: Mandate | None = None
    aim: Aim = USUAL_AIM
    book: MeasuredBook | None = field(default=None, repr=False)
    hedges: tuple[Hedge, ...] = ()


def state_inputs(
    *,
    nav: float,
    risk_aversion: float | None = None,
    budget: float | None = None,
    stated: Stated,
    base: str = "USD",
    mandate_band: float | None = None,
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
        None, stated, nav=nav, base=base, appetite=(risk_aversion, budget), drift=None, hedges=(), sources=sources,
        market_vol=stated.market_vol or 0.0, mandate_band=mandate_band, days_per_year=TRADING_YEAR,
    )  # fmt: skip


def measure_inputs(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    *,
    hedges: tuple[Instrument, ...],
    contracts: ContractTable,
    risk_aversion: float | None = None,
    budget: float | None = None,
    aim: Aim = USUAL_AIM,
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
    risk_aversion, budget
        Relative and positive, 3 if None; or in its place the tracking error a year that missing the target may cause.
    aim
        Where trades of the rule in force go.
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
    book = setting.of(portfolio).book
    exposure = book.exposure
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
        vol, window = market_volatility(setting, mandate.benchmark)
        sources.append(f"market volatility: {mandate.benchmark} over its last {window} returns")
    drift = None
    if given.drift_vol is None:
        drift = measure_drift(exposure, setting, mandate.benchmark, block)
        sources.append(
            f"drift of beta: holdings of {exposure.as_of.astype('datetime64[D]')}, weights over {drift.n_prices} "
            f"returns and betas over {drift.n_blocks} blocks of {drift.block}, estimation noise taken out"
        )
        sources += _of_options(drift)
    measured = _inputs(
        exposure, given, nav=exposure.nav, base=exposure.base, appetite=(risk_aversion, budget), drift=drift,
        hedges=priced, sources=tuple(sources), market_vol=vol, mandate_band=mandate.band,
        days_per_year=setting.facts.frequency.days_per_year,
    )  # fmt: skip
    return replace(measured, mandate=mandate, aim=aim, book=book, hedges=priced)


def _of_options(drift: BetaDrift) -> list[str]:
    """Say how much of the drift is the gamma of options, and how long they live: a year is longer than most."""
    ending = [p for p in drift.parts if p.cause == "gamma" and p.years < 1.0 and p.vol >= _TOLD_GAMMA]
    if not ending:
        return []
    lives = " and ".join(f"{p.vol:.3f} of beta a year for {p.years * YEAR_DAYS:.0f} days" for p in ending)
    steps = ", then ".join(f"{phase.vol:.3f}" for phase in drift.phases)
    return [
        f"gamma of options alone drives {lives}, until they expire: beta drifts {steps} a year, {drift.year_vol:.3f} "
        "over the year to come, unless they are renewed"
    ]


def _inputs(
    exposure: Exposure | None,
    given: Stated,
    *,
    nav: float,
    base: str,
    appetite: tuple[float | None, float | None],
    drift: BetaDrift | None,
    hedges: tuple[Hedge, ...],
    sources: tuple[str, ...],
    market_vol: float,
    mandate_band: float | None,
    days_per_year: float,
) -> PolicyInputs:
    averse, budget = appetite
    risk_aversion = RISK_AVERSION if averse is None else averse
    if budget is not None and not 0.0 < budget < 1.0:
        raise InputError(
            expected="a tracking error a year as a fraction of NAV, above 0",
            found=f"{budget}",
            try_next="write half a per cent as 0.005",
        )
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
    measured = 0.0 if drift is None else drift.year_vol
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
        reversion=0.0 if half_life is None else log(2.0) / half_life,
    )
    models = {"stated": plain} if not hedges else {h.symbol: _with_contract(plain, h, nav, given) for h in hedges}
    if budget is not None:
        models = {name: replace(m, penalty=budget_penalty(m, budget)) for name, m in models.items()}
    terms = tuple(_terms(name, model) for name, model in models.items())
    # At one tracking error the cheapest is the one that costs least to trade; at one penalty, all together.
    chosen = min(terms, key=lambda t: t.total if budget is None else t.cost).name
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
        budget=budget,
    )


def _with_contract(plain: GapModel, hedge: Hedge, nav: float, given: Stated) -> GapModel:
    model = with_hedge(plain, hedge, nav)
    cost = model.cost_per_beta if given.cost_per_beta is None else given.cost_per_beta
    return replace(model, cost_per_beta=cost, lot=model.lot if given.lot is None else given.lot)


def _terms(name: str, model: GapModel) -> HedgeTerms:
    best = best_band(model)
    is_free = model.cost_per_beta == model.ticket == model.lot == 0.0
    expected = None if is_free else evaluate(model, best)
    return HedgeTerms(
        name=name,
        cost_per_beta=model.cost_per_beta,
        lot=model.lot,
        band=best.band or 0.0,
        cost=0.0 if expected is None else expected.cost,
        total=0.0 if expected is None else expected.total,
    )
