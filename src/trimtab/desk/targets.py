"""Targets other than a stated beta, turned into a mandate with what the book is today."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt

from trimtab.desk.review import Setting
from trimtab.desk.todays_book import base_prices, todays_book
from trimtab.errors import InputError
from trimtab.exposure.expose import expose
from trimtab.hedge.ways_targets import VolatilityRule, at_most, beta_neutral, dollar_beta, volatility_target
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["TargetKind", "TargetRule", "set_target"]

#: Returns that the forecast of volatility looks at: a year of trading days.
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
    exposure = expose(portfolio, setting.market, setting.betas)
    value = asked.value if asked.value is not None else 0.0
    base = exposure.base
    if asked.kind is TargetKind.NEUTRAL:
        return beta_neutral(mandate), "target 0: beta neutral"
    if asked.kind is TargetKind.AT_MOST:
        return at_most(mandate, value), f"beta of at most {value:g}; anything below is inside"
    if asked.kind is TargetKind.DOLLAR_BETA:
        found = dollar_beta(mandate, exposure, money=value)
        return found, f"target {found.target:.4f} = {value:,.0f} of NAV {exposure.nav:,.0f} {base}"
    assert asked.rule is not None  # noqa: S101 - checked when it was made
    book = todays_book(exposure, base_prices(portfolio, setting), setting)
    year = sqrt(book.periods_per_year)
    volatility = float(book.book[-WINDOW:].std(ddof=1)) * year
    market = float(book.market[-WINDOW:].std(ddof=1)) * year
    found = volatility_target(
        mandate, exposure, wanted=value, volatility=volatility, rule=asked.rule, market_vol=market
    )
    return found, (
        f"target {found.target:.4f} by the {asked.rule.value} rule: {value:.1%} wanted, forecast {volatility:.1%} a "
        f"year (today's exposures over the last {min(WINDOW, len(book.book))} returns), beta "
        f"{exposure.beta.value:.4f}, benchmark {market:.1%}"
    )
