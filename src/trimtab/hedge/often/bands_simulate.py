"""One option hedged to expiry under each policy: what is left on average, how much it varies, and what it costs.

Every policy sees the same simulated prices. Two policies are compared where their standard deviations are the same, by
straight lines between the points of a frontier: a frontier that lies above another wherever both reach dominates it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import TYPE_CHECKING

import numpy as np

from trimtab.errors import InfeasibleError, InputError
from trimtab.exposure.pricing.black import european_greeks
from trimtab.hedge.often.bands import leland_volatility
from trimtab.market.frequency import TRADING_YEAR
from trimtab.stats.arrays import Floats

if TYPE_CHECKING:
    from trimtab.stats.kernels.policy_option import HedgedOption

__all__ = ["FrontierPoint", "Lead", "OptionHedge", "OptionTable", "compare_option_policies", "lead_of"]

#: Risk aversions of the frontier, as multiples of the stated one.
_MULTIPLES = (0.1, 0.3, 1.0, 3.0, 10.0)
#: Rehedgings to expiry of the frontier of fixed intervals, per 63 trading days.
_PER_QUARTER = (4, 13, 32, 63, 126)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionHedge:
    """One European option without dividends that is to be hedged.

    Parameters
    ----------
    right
        "call" or "put".
    spot, strike
        Money per share.
    volatility, rate
        Per square-root year, per year.
    years
        To expiry.
    cost
        lambda: of one trade, one way, per money traded.
    risk_aversion
        Absolute: per unit of the money that `spot` is in.
    short
        Sold; bought if false.
    drift
        Of the price per year; None takes the rate.
    """

    right: str
    spot: float
    strike: float
    volatility: float
    years: float
    cost: float
    risk_aversion: float
    rate: float = 0.0
    short: bool = True
    drift: float | None = None

    def __post_init__(self) -> None:
        positive = (self.spot, self.strike, self.volatility, self.years, self.cost, self.risk_aversion)
        if self.right not in {"call", "put"} or not all(isfinite(v) and v > 0 for v in positive):
            raise InputError(
                expected="a call or put with positive spot, strike, volatility, time, cost and risk aversion",
                found=f"{self.right} {positive}",
                try_next="check the terms; the cost is a share of the money traded, such as 0.001",
            )
        if not isfinite(self.rate) or (self.drift is not None and not isfinite(self.drift)) or self.cost >= 1:
            raise InputError(
                expected="a finite rate and drift, and a cost below 1",
                found=f"rate {self.rate}, drift {self.drift}, cost {self.cost}",
                try_next="write 0.04 for 4%, and 0.001 for a tenth of a per cent",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """A policy with one setting.

    Parameters
    ----------
    policy
        "interval", "leland", "whalley-wilmott" or "zakamouline".
    setting
        Rehedgings to expiry, or absolute risk aversion.
    mean, mean_se
        Money left at expiry on average, and its standard error; costs make it negative.
    expected
        Minus `cost` where the price drifts at the rate: hedging is a fair game then, and the costs are known far more
        exactly than the mean. `mean` otherwise.
    sd, sd_se
        Standard deviation of what is left, and its standard error.
    cost, trades
        Costs paid, with interest to expiry; number of trades before the closing one.
    penalised
        expected - 1/2 risk aversion x sd^2 at the stated risk aversion.
    """

    policy: str
    setting: float
    mean: float
    mean_se: float
    expected: float
    sd: float
    sd_se: float
    cost: float
    trades: float
    penalised: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How far one policy's frontier lies above another's, where both reach.

    Parameters
    ----------
    over
        The other policy.
    least, most
        Smallest and largest difference of `expected` at the same standard deviation, money; NaN if they do not overlap.
    points
        Points of the other frontier at which they were compared.
    """

    over: str
    least: float
    most: float
    points: int

    @property
    def dominates(self) -> bool:
        """Whether it lies above at every point compared."""
        return self.points > 0 and self.least > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTable:
    """Policies for one option side by side.

    Parameters
    ----------
    option, premium
        What is hedged, and its Black-Scholes value.
    points
        Policies with their settings.
    leads
        Of Zakamouline's policy over the others.
    best
        The point with the highest `penalised`.
    refused
        Settings that have no answer, with the reason.
    n_paths, n_steps, seed
        Of the simulation.
    """

    option: OptionHedge
    premium: float
    points: tuple[FrontierPoint, ...]
    leads: tuple[Lead, ...]
    best: FrontierPoint
    refused: tuple[str, ...]
    n_paths: int
    n_steps: int
    seed: int

    def frontier(self, policy: str) -> tuple[FrontierPoint, ...]:
        """Give the points of one policy."""
        return tuple(p for p in self.points if p.policy == policy)


def compare_option_policies(
    option: OptionHedge,
    *,
    seed: int = 1,
    n_paths: int = 4000,
    steps_per_day: int = 8,
    multiples: Sequence[float] = _MULTIPLES,
) -> OptionTable:
    """Simulate the hedging of one option under each policy.

    Parameters
    ----------
    option
        With its costs and risk aversion.
    seed, n_paths
        The same prices for every policy; at least 100 paths.
    steps_per_day
        Looks at the price per trading day (252 a year).
    multiples
        Risk aversions of the frontiers of bands, over the stated one.

    Examples
    --------
    >>> sold = OptionHedge(
    ...     right="call", spot=100, strike=100, volatility=0.2, years=0.25, cost=0.005, risk_aversion=1.0
    ... )
    >>> table = compare_option_policies(sold, n_paths=500, steps_per_day=2)
    >>> round(table.premium, 4), len(table.points)
    (3.9878, 20)
    """
    if n_paths < 100 or steps_per_day < 1:
        raise InputError(
            expected="at least 100 paths and one step a day",
            found=f"{n_paths} paths, {steps_per_day} steps",
            try_next="leave the defaults",
        )
    # Compiled code is loaded only when it is wanted.
    from trimtab.stats.kernels import policy_option as kernel  # noqa: PLC0415

    days = max(1, round(option.years * TRADING_YEAR))
    n_steps = days * steps_per_day
    terms = _terms(option)
    fair = option.drift is None or option.drift == option.rate
    points, refused = [], []

    def add(policy: str, setting: float, rule: int, *, vol: float, averse: float, every: int = 1) -> None:
        how = kernel.HedgeRule(rule, volatility=vol, cost=option.cost, risk_aversion=averse, every=every)
        done = kernel.hedged_paths(terms, how, n_steps=n_steps, n_paths=n_paths, seed=seed)
        points.append(_point(policy, setting, done.result, done.cost, done.trades, option.risk_aversion, fair=fair))

    counts = sorted({max(1, min(n_steps, round(n * days / 63))) for n in _PER_QUARTER})
    for count in counts:
        every = max(1, n_steps // count)
        add("interval", n_steps / every, kernel.FIXED, vol=option.volatility, averse=1.0, every=every)
    for count in counts:
        every = max(1, n_steps // count)
        try:
            vol = leland_volatility(
                option.volatility,
                round_trip_cost=2.0 * option.cost,
                interval=every * option.years / n_steps,
                short=option.short,
            )
        except InfeasibleError as error:
            refused.append(f"leland, {n_steps / every:g} rehedgings: {error.found}")
            continue
        add("leland", n_steps / every, kernel.FIXED, vol=vol, averse=1.0, every=every)
    for name, rule in (("whalley-wilmott", kernel.WHALLEY), ("zakamouline", kernel.ZAKAMOULINE)):
        for m in multiples:
            add(name, m * option.risk_aversion, rule, vol=option.volatility, averse=m * option.risk_aversion)
    return OptionTable(
        option=option,
        premium=terms.premium,
        points=tuple(points),
        leads=_leads(points),
        best=max(points, key=lambda p: p.penalised),
        refused=tuple(refused),
        n_paths=n_paths,
        n_steps=n_steps,
        seed=seed,
    )


def _terms(option: OptionHedge) -> "HedgedOption":
    """Give the option as the simulation takes it, sold or bought at its Black-Scholes value."""
    from trimtab.stats.kernels.policy_option import HedgedOption  # noqa: PLC0415

    sign = 1.0 if option.right == "call" else -1.0
    greeks = european_greeks(
        right=sign,
        spot=option.spot,
        strike=option.strike,
        vol=option.volatility,
        time=option.years,
        rate=option.rate,
    )
    return HedgedOption(
        sign=sign,
        side=1.0 if option.short else -1.0,
        spot=option.spot,
        strike=option.strike,
        years=option.years,
        rate=option.rate,
        volatility=option.volatility,
        drift=option.rate if option.drift is None else option.drift,
        premium=float(greeks.value),
    )


def _leads(points: Sequence[FrontierPoint]) -> tuple[Lead, ...]:
    """Compare each other frontier with Zakamouline's."""
    by_policy: dict[str, list[FrontierPoint]] = {}
    for point in points:
        by_policy.setdefault(point.policy, []).append(point)
    others = (by_policy[name] for name in ("interval", "leland", "whalley-wilmott") if name in by_policy)
    return tuple(lead_of(by_policy["zakamouline"], other) for other in others)


def lead_of(upper: Sequence[FrontierPoint], lower: Sequence[FrontierPoint]) -> Lead:
    """Compare two frontiers at the standard deviations of the second that lie within the first.

    Parameters
    ----------
    upper, lower
        Points of one policy each; at least two of `upper` to draw a line.
    """
    ordered = sorted(upper, key=lambda p: p.sd)
    sds, means = [p.sd for p in ordered], [p.expected for p in ordered]
    gaps = [float(np.interp(p.sd, sds, means)) - p.expected for p in lower if sds[0] <= p.sd <= sds[-1]]
    return Lead(
        over=lower[0].policy,
        least=min(gaps, default=float("nan")),
        most=max(gaps, default=float("nan")),
        points=len(gaps),
    )


def _point(
    policy: str,
    setting: float,
    result: Floats,
    cost: Floats,
    trades: Floats,
    averse: float,
    *,
    fair: bool,
) -> FrontierPoint:
    n = len(result)
    mean, sd = float(result.mean()), float(result.std(ddof=1))
    expected = -float(cost.mean()) if fair else mean
    # The error of a variance from the spread of squares: hedging errors are not normal.
    fourth = float(np.std((result - mean) ** 2, ddof=1))
    return FrontierPoint(
        policy=policy,
        setting=setting,
        mean=mean,
        mean_se=sd / sqrt(n),
        expected=expected,
        sd=sd,
        sd_se=fourth / sqrt(n) / (2.0 * sd) if sd > 0 else inf,
        cost=float(cost.mean()),
        trades=float(trades.mean()),
        penalised=expected - 0.5 * averse * sd * sd,
    )
