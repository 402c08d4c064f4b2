r"""Doing nothing: whether a gap is worth closing, cost against benefit.

Equations: gap b of portfolio beta from target, drifting with volatility s per square-root year; penalty L b^2 per year,
L = 1/2 x risk aversion x sigma_m^2 x NAV; cost k of moving beta by 1:
    trade to the edge       h = (3 k s^2 / (4 L))^(1/3)        total per year  L h^2
    trade to the centre     H = (3 k s^2 / L)^(1/3)            total per year  L H^2 / 6 + k s^2 / H
    trade by the calendar   tau = (k sqrt(2/pi) / (L s))^(2/3) total per year  L s^2 tau / 2 + k s sqrt(2 / (pi tau))
Source
    Derived for a quadratic penalty and proportional costs; with L = gamma sigma^2 S^2 / 2, s = Gamma S sigma and
    k = lambda S the first is the band of Whalley and Wilmott (1997), Mathematical Finance 7, 307-324.
Assumption
    The gap has no drift of its own. Risk aversion, s and sigma_m are arguments; they are stated with every answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite, pi, sqrt

from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.rule import BestTrigger
from trimtab.hedge.verdict import Status, Verdict, is_one_sided
from trimtab.market.daycount import YEAR_DAYS
from trimtab.model.mandate import Mandate

__all__ = ["DoingNothing", "NoTradeBand", "NothingReason", "no_trade_band", "weigh_doing_nothing"]

#: Standard errors that a distance from the band must exceed to be more than noise.
_NOISE = 1.96


class NothingReason(StrEnum):
    """What speaks for, or against, leaving the portfolio as it is."""

    INSIDE = "inside"  # the mandate is met
    WITHIN_NOISE = "within_noise"  # the distance to the band is small beside the error of beta
    COST_ABOVE_BENEFIT = "cost_above_benefit"  # over the horizon trading costs more than it is worth
    UNDECIDED = "undecided"  # not sure enough to trade
    TRADE = "trade"  # nothing speaks for waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTradeBand:
    """Best half-widths of a band, and what each policy costs a year.

    Parameters
    ----------
    edge, centre
        Half-width in beta if trades go to the edge, and if they go to the centre.
    calendar_years
        Best time between trades by the calendar.
    edge_cost, centre_cost, calendar_cost
        Risk penalty and trading cost together, money per year.
    """

    edge: float
    centre: float
    calendar_years: float
    edge_cost: float
    centre_cost: float
    calendar_cost: float


def no_trade_band(*, cost_per_beta: float, gap_vol: float, penalty: float) -> NoTradeBand:
    """Find the best no-trade bands around a target beta.

    Parameters
    ----------
    cost_per_beta
        k: money to move portfolio beta by 1, not negative.
    gap_vol
        s: how far beta drifts by itself, per square-root year; positive.
    penalty
        L: money per year and squared gap; positive.

    Examples
    --------
    >>> band = no_trade_band(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0)
    >>> round(band.edge_cost, 4), round(band.centre_cost, 4), round(band.calendar_cost, 4)
    (0.8255, 1.04, 1.2904)
    """
    k, s, big = cost_per_beta, gap_vol, penalty
    if not (isfinite(k) and k >= 0 and isfinite(s) and s > 0 and isfinite(big) and big > 0):
        raise InputError(
            expected="a cost of zero or more, a positive drift of beta and a positive penalty",
            found=f"{k}, {s}, {big}",
            try_next="give a positive risk aversion and gap volatility",
        )
    if k == 0.0:
        return NoTradeBand(edge=0.0, centre=0.0, calendar_years=0.0, edge_cost=0.0, centre_cost=0.0, calendar_cost=0.0)
    edge, centre = (3 * k * s * s / (4 * big)) ** (1 / 3), (3 * k * s * s / big) ** (1 / 3)
    tau = (k * sqrt(2 / pi) / (big * s)) ** (2 / 3)
    return NoTradeBand(
        edge=edge,
        centre=centre,
        calendar_years=tau,
        edge_cost=big * edge**2,
        centre_cost=big * centre**2 / 6 + k * s * s / centre,
        calendar_cost=big * s * s * tau / 2 + k * s * sqrt(2 / (pi * tau)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoingNothing:
    """The case for leaving the portfolio as it is.

    Parameters
    ----------
    reason
        What speaks loudest.
    gap, gap_errors
        Beta minus target; distance from the nearest edge of the band in standard errors of beta, 0 inside.
    cost
        Money now of the cheapest trade that would bring beta into the band; None if there is none.
    benefit_per_year
        Risk penalty per year that the trade would take away; None without a trade.
    payback_years
        cost / benefit; None without a trade, infinite if it brings nothing.
    band
        Best no-trade band at that trade's cost; None without a trade.
    why
        The reasoning in a sentence, with its numbers.
    """

    reason: NothingReason
    gap: float
    gap_errors: float
    cost: float | None
    benefit_per_year: float | None
    payback_years: float | None
    band: NoTradeBand | None
    why: str

    @property
    def advised(self) -> bool:
        """Whether leaving it is what the numbers say; the mandate may still demand a trade."""
        return self.reason is not NothingReason.TRADE


def weigh_doing_nothing(
    before: Exposure,
    verdict: Verdict,
    mandate: Mandate,
    *,
    market_vol: float,
    cost: float | None = None,
    beta_after: float | None = None,
    risk_aversion: float = 3.0,
    gap_vol: float | None = None,
    best: BestTrigger | None = None,
    horizon_years: float = 0.25,
) -> DoingNothing:
    """Weigh the cost of the cheapest trade against what it is worth.

    Parameters
    ----------
    before, verdict, mandate
        The portfolio as it is.
    market_vol
        Volatility of the benchmark per square-root year, positive.
    cost, beta_after
        Money now, and beta after, of the cheapest trade that satisfies the mandate; None if there is none.
    risk_aversion
        Relative; 3 is a usual figure.
    gap_vol
        How far portfolio beta drifts by itself per square-root year; None where it is not known: then no band is.
    best
        The best trigger with the hedges that may be traded; None where it is not known.
    horizon_years
        Over which the cost must be earned back.
    """
    beta, error = before.beta.value, before.beta.stderr
    outside = max(0.0, beta - mandate.upper, mandate.lower - beta)
    errors = 0.0
    if outside > 0.0:
        errors = outside / error if error > 0.0 else inf
    penalty = 0.5 * risk_aversion * market_vol**2 * before.nav
    benefit = payback = band = None
    words = ""
    # A one-sided mandate has no target worth the name: its distance counts from the edge.
    edge = mandate.upper if beta > mandate.target else mandate.lower
    centre = edge if is_one_sided(mandate) else mandate.target
    gap = beta - centre
    if cost is not None and beta_after is not None and beta_after != beta:
        left = beta_after - centre
        benefit = penalty * (gap * gap - left * left)
        payback = cost / benefit if benefit > 0 else inf
        if gap_vol is not None:
            each = max(0.0, cost) / abs(beta_after - beta)
            band = no_trade_band(cost_per_beta=each, gap_vol=gap_vol, penalty=penalty)
        words = (
            f"trading to {beta_after:.3f} costs {cost:,.0f} {before.base} now and takes away {benefit:,.0f} a year of "
            f"risk (risk aversion {risk_aversion:g}, benchmark volatility {market_vol:.1%}), {_earned(payback)}"
            f"{_best_words(best, mandate)}"
        )
    reason = _reason(verdict, errors, payback, horizon_years)
    return DoingNothing(
        reason=reason,
        gap=gap,
        gap_errors=errors,
        cost=cost,
        benefit_per_year=benefit,
        payback_years=payback,
        band=band,
        why=_say(reason, gap, errors, mandate, verdict, words, horizon_years),
    )


def _reason(verdict: Verdict, errors: float, payback: float | None, horizon: float) -> NothingReason:
    if verdict.status is Status.INSIDE:
        return NothingReason.INSIDE
    if verdict.status is Status.UNDECIDED:
        return NothingReason.UNDECIDED
    if errors < _NOISE:
        return NothingReason.WITHIN_NOISE
    if payback is not None and payback > horizon:
        return NothingReason.COST_ABOVE_BENEFIT
    return NothingReason.TRADE


def _say(
    reason: NothingReason,
    gap: float,
    errors: float,
    mandate: Mandate,
    verdict: Verdict,
    words: str,
    horizon: float,
) -> str:
    tail = f": {words}" if words else ""
    if reason is NothingReason.INSIDE:
        return f"nothing to do: beta is {abs(gap):.3f} from its target, within the band of {mandate.band:.3f}"
    if reason is NothingReason.UNDECIDED:
        return f"no trade: {verdict.why}"
    if reason is NothingReason.WITHIN_NOISE:
        return f"beta lies only {errors:.1f} standard errors outside the band, which noise can explain{tail}"
    if reason is NothingReason.COST_ABOVE_BENEFIT:
        return f"over {_duration(horizon)} a trade costs more than it is worth{tail}"
    far = "any number of" if errors == inf else f"{errors:.1f}"
    return f"waiting is not advised: beta lies {far} standard errors outside the band{tail}"


def _best_words(best: BestTrigger | None, mandate: Mandate) -> str:
    """Say what the best trigger is: the one that `trimtab hedge-policy` gives; empty where it is not known."""
    if best is None:
        return ""
    return (
        f"; with beta drifting {best.drift:.3f} a year the best trigger is {best.trigger:g} "
        f"({best.hedge}), and this mandate's is {mandate.band:g}"
    )


def _earned(payback: float) -> str:
    if payback == inf:
        return "and never pays for itself"
    return "and pays for itself at once" if payback <= 0 else f"so it pays for itself in {_duration(payback)}"


def _duration(years: float) -> str:
    if years >= 1.0:
        return f"{years:.1f} years"
    days = years * YEAR_DAYS
    if days >= 60:
        return f"{years * 12:.1f} months"
    return f"{days:.0f} days" if days >= 1.5 else "about a day"
