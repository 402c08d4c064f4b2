"""Targets other than one stated beta: turned into a mandate, or planned for several at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from math import isfinite, sqrt

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.partial import PartialBetas, partial_betas
from trimtab.desk.ask.hedging.whole_book import standings_of
from trimtab.desk.ask.propose import price_hedges
from trimtab.desk.moment.setting import Setting
from trimtab.errors import InputError
from trimtab.hedge.joint.plan import followed, lot_followed, plan_joint
from trimtab.hedge.joint.records import JointPlan, JointTarget
from trimtab.hedge.roll.due import roll_notes
from trimtab.hedge.verdict import never_sure_of
from trimtab.hedge.ways.targets import VolatilityRule, at_most, beta_neutral, dollar_beta, volatility_target
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Instrument
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["TargetKind", "TargetRule", "plan_targets", "set_target"]

#: Joint returns that partial betas are measured from.
WINDOW = 252


class TargetKind(StrEnum):
    """What is asked for in place of a beta."""

    NEUTRAL = "neutral"
    AT_MOST = "at_most"
    DOLLAR_BETA = "dollar_beta"
    VOLATILITY = "volatility"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRule:
    """A target other than a stated beta.

    Parameters
    ----------
    kind
        Which.
    value
        The most beta may be; money of beta exposure, base currency; or volatility per year (0.12). None for neutral.
    rule
        How a volatility becomes a beta; needed there, because the conventions differ.
    """

    kind: TargetKind
    value: float | None = None
    rule: VolatilityRule | None = None

    def __post_init__(self) -> None:
        if self.kind is not TargetKind.NEUTRAL and (self.value is None or not isfinite(self.value)):
            raise InputError(
                expected=f"a number for the target {self.kind.value}", found=f"{self.value}", try_next="state it"
            )
        if self.kind is TargetKind.VOLATILITY and self.rule is None:
            raise InputError(
                expected="the rule by which a volatility becomes a beta: volatility, variance or systematic",
                found="none",
                try_next="add --volatility-rule volatility (see docs/ways.md for what each does)",
            )


def set_target(mandate: Mandate, asked: TargetRule, portfolio: Portfolio, setting: Setting) -> tuple[Mandate, str]:
    """Turn a target into a mandate.

    Parameters
    ----------
    mandate
        Benchmark, band, confidence and costs; its target is replaced.
    asked
        What is wanted.
    portfolio, setting
        The book and the moment: NAV, beta and volatility are measured here.

    Returns
    -------
    The mandate, and in words how its target came about.

    Raises
    ------
    InputError, InfeasibleError
        If the target makes no sense, or cannot be met by changing beta alone.
    """
    setting = setting.of(portfolio)
    exposure = setting.book.exposure
    value = asked.value if asked.value is not None else 0.0
    base = exposure.base
    if asked.kind is TargetKind.NEUTRAL:
        return beta_neutral(mandate), "target 0: beta neutral"
    if asked.kind is TargetKind.AT_MOST:
        return at_most(mandate, value), f"beta of at most {value:g}; anything below is inside"
    if asked.kind is TargetKind.DOLLAR_BETA:
        aimed = dollar_beta(mandate, exposure, money=value)
        return aimed, f"target {aimed.target:.4f} = {value:,.0f} of NAV {exposure.nav:,.0f} {base}"
    assert asked.rule is not None  # noqa: S101 - checked when it was made
    book = setting.past
    year = sqrt(book.periods_per_year)
    volatility = float(book.book[-book.year :].std(ddof=1)) * year
    market = float(book.market[-book.year :].std(ddof=1)) * year
    aimed = volatility_target(
        mandate, exposure, wanted=value, volatility=volatility, rule=asked.rule, market_vol=market
    )
    return aimed, (
        f"target {aimed.target:.4f} by the {asked.rule.value} rule: {value:.1%} wanted, forecast {volatility:.1%} a "
        f"year (today's exposures over the last {min(book.year, len(book.book))} returns), beta "
        f"{exposure.beta.value:.4f}, benchmark {market:.1%}"
    )


def plan_targets(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    targets: tuple[JointTarget, ...],
    *,
    hedges: tuple[Instrument, ...] = (),
    contracts: ContractTable | None = None,
    stated_prices: Mapping[str, float] | None = None,
    currencies: tuple[tuple[str, float, float], ...] = (),
    step: Decimal = Decimal(1),
    window: int | None = WINDOW,
) -> JointPlan:
    """Plan for a beta to each of several benchmarks, and a share held in each of several currencies.

    Parameters
    ----------
    targets
        Each benchmark with its target and band; the first is the mandate's own.
    hedges, contracts, stated_prices
        As for `trimtab.desk.ask.propose.propose`; up to six contracts.
    currencies
        (code, share of NAV wanted, half-width of its band).
    step
        Currency amounts are multiples of it.
    window
        Joint returns that the betas are measured from.
    """
    named = tuple(t.benchmark for t in targets)
    for name in named:
        setting.converted.column(name)
    market, betas, book = setting.market, setting.betas, setting.of(portfolio).book
    priced = price_hedges(
        portfolio,
        mandate,
        market,
        betas,
        hedges,
        contracts or ContractTable(),
        stated_prices=stated_prices,
        min_beta=0.0,
    )
    assets = [*followed(book.exposure), *(a for h in priced for a in lot_followed(h, market, betas))]
    assets += [code for code, _, _ in currencies if code in setting.converted.symbols]
    others = tuple(dict.fromkeys(a for a in assets if a not in named))
    partial = (
        _alone(betas)
        if len(named) == 1
        else partial_betas(
            setting.converted, benchmarks=named, symbols=others or None, window=window, risk_free=setting.risk_free
        )
    )
    done = plan_joint(book, mandate, targets, priced, partial, currencies=currencies, step=step)
    does_nothing = not done.orders and not done.forwards
    after = book if does_nothing else book.becoming(done.apply(book.portfolio), done.after)
    standings = standings_of(book, after, mandate, setting, contracts or ContractTable())
    of_hedges = tuple(note for hedge in priced for note in hedge.notes)
    rolls = roll_notes(after.portfolio, contracts or ContractTable(), market.day)
    notes = (*of_hedges, *done.notes, *rolls, *_never_sure(done, targets, mandate.confidence))
    if len(named) > 1:
        whole = f"{after.exposure.beta.value:.3f}"
        notes += (
            f"partial betas: one least-squares fit on {', '.join(named)} over {window or 'all'} joint returns",
            f"the whole book's tracking error goes by its whole beta to {named[0]}, {whole} after, not the partial one",
        )
    return replace(done, notes=notes, standings=standings)


def _never_sure(done: JointPlan, targets: tuple[JointTarget, ...], confidence: float) -> tuple[str, ...]:
    """Say of each target whose error is too wide for its band that no trade can make it sure."""
    if not done.orders:
        return ()
    lines = zip(targets, done.lines, strict=True)
    words = (
        never_sure_of(t.target, t.band, x.before_stderr, name=f"beta to {t.benchmark}", confidence=confidence)
        for t, x in lines
    )
    return tuple(filter(None, words))


def _alone(betas: Betas) -> PartialBetas:
    """Put betas to one benchmark in the form of joint ones: the same values, and the same errors of any portfolio."""
    others = [i for i, a in enumerate(betas.assets) if a != betas.benchmark]
    values = np.array([[betas.estimates[i].value for i in others]], dtype=np.float64).T
    own = np.diag(np.sqrt(betas.own_variance[others]))
    scores = np.nan_to_num(np.vstack([betas.scores[:, others], own]))
    return PartialBetas(
        benchmarks=(betas.benchmark,),
        assets=tuple(betas.assets[i] for i in others),
        as_of=betas.as_of,
        values=values,
        scores=scores[:, :, None],
        r_squared=np.full(len(others), np.nan),
        n_obs=np.array([betas.estimates[i].n_obs for i in others], dtype=np.intp),
        reasons=tuple(betas.estimates[i].reason for i in others),
    )
