"""How often to hedge, simulated: the closed forms checked, and what daily checks and whole lots make of them.

Two ways of looking:

    continuous   watched all the time, in the sizes that the closed form assumes. Steps are short and crossings between
                 them are drawn from the Brownian bridge, so there is no bias from looking only at their ends.
    in practice  looked at so many times a year, in whole lots, each trade a ticket. Nothing is corrected: this is what
                 somebody gets who checks at the close.

Without the bridge a band looked at every dt behaves like one wider by 0.5826 s sqrt(dt)
(Broadie, Glasserman and Kou, 1997, Mathematical Finance 7: -zeta(1/2) / sqrt(2 pi)).
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from trimtab.errors import InputError
from trimtab.hedge.often.closed_form import GapModel, Kind, Policy
from trimtab.stats.arrays import Floats

__all__ = ["CONTINUITY", "Effort", "Simulated", "simulate"]

#: -zeta(1/2) / sqrt(2 pi)
CONTINUITY = 0.5825971579390107


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is simulated.

    Parameters
    ----------
    paths
        Independent paths; standard errors come from their spread, so at least 8.
    cycles
        Length of each path in natural times of the policy (band^2 / s^2, or its interval).
    steps
        Steps in a natural time, when watched all the time.
    """

    paths: int = 64
    cycles: int = 200
    steps: int = 250

    def __post_init__(self) -> None:
        if self.paths < 8 or self.cycles < 1 or self.steps < 10:
            raise InputError(
                expected="at least 8 paths, 1 cycle and 10 steps",
                found=f"{self.paths}, {self.cycles} and {self.steps}",
                try_next="leave the defaults",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a policy did on average, with standard errors of the averages.

    Parameters
    ----------
    cost, cost_se
        Trading cost, money per year.
    tracking_error
        Market volatility x root mean square gap.
    gap_sd
        Root mean square gap.
    total, total_se
        Cost and risk penalty, money per year.
    trades
        Trades a year; infinite when trading to the edge is watched all the time.
    checks_per_year
        How often the gap was looked at; None if all the time.
    """

    cost: float
    cost_se: float
    gap_sd: float
    tracking_error: float
    total: float
    total_se: float
    trades: float
    checks_per_year: float | None


def simulate(
    model: GapModel,
    policy: Policy,
    *,
    seed: int,
    checks_per_year: float | None = None,
    effort: Effort | None = None,
    about_book: bool = False,
) -> Simulated:
    """Follow a policy along simulated gaps.

    Parameters
    ----------
    model, policy
        The gap and the rule.
    seed
        The same seed gives the same answer.
    checks_per_year
        None watches all the time in amounts of any size (a trade of fixed size for `inside`); a number looks so often
        and trades in whole lots of `model.lot`.
    effort
        Paths and their length.
    about_book
        For a reverting gap: the book's own beta reverts and the hedge stays where trades put it, so that the gap
        reverts to the sum of past trades instead of to zero.

    Examples
    --------
    >>> unit = GapModel(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0, market_vol=0.2)
    >>> done = simulate(unit, Policy(kind=Kind.EDGE, band=0.9086), seed=1)
    >>> abs(done.total - 0.8255) < 4 * done.total_se
    True
    """
    # Compiled code is loaded only when it is wanted.
    from trimtab.stats.kernels.policy import GapMotion, GapRule, Steps, gap_paths  # noqa: PLC0415

    work = effort or Effort()
    practice = checks_per_year is not None
    code, size = _rule(model, policy, practice=practice)
    natural = policy.years if policy.band is None else (policy.band / model.gap_vol) ** 2
    if not natural:
        raise InputError(
            expected="a band or an interval above zero",
            found=f"{policy.kind.value} with band {policy.band}, years {policy.years}",
            try_next="a policy that trades all the time, or never, needs no simulation",
        )
    # A step is short beside the time in which a reverting gap goes back as well.
    fine = natural / work.steps if model.reversion == 0.0 else min(natural / work.steps, 0.02 / model.reversion)
    step = fine if checks_per_year is None else 1.0 / checks_per_year
    # Whole cycles of a calendar, so that no part of one is counted twice.
    cycle = max(1, round(natural / step))
    done = gap_paths(
        GapRule(code, band=policy.band or 0.0, size=size, every=cycle),
        GapMotion(model.gap_vol, reversion=model.reversion, about_book=about_book),
        Steps(step, number=cycle * work.cycles, warm=cycle * max(4, work.cycles // 20), bridge=not practice),
        n_paths=work.paths,
        seed=seed,
    )
    smooth = policy.kind is Kind.EDGE and not practice
    # Trading at the edge all the time is trading without end.
    per_year = np.inf if smooth else done.tickets
    tickets = model.ticket * per_year if model.ticket > 0.0 else 0.0
    cost = model.cost_per_beta * done.turnover + tickets
    total = cost + model.penalty * done.square
    gap_sd = sqrt(float(done.square.mean()))
    return Simulated(
        cost=float(cost.mean()),
        cost_se=_error(cost),
        gap_sd=gap_sd,
        tracking_error=model.market_vol * gap_sd,
        total=float(total.mean()),
        total_se=_error(total),
        trades=inf if smooth else float(done.tickets.mean()),
        checks_per_year=checks_per_year,
    )


def _rule(model: GapModel, policy: Policy, *, practice: bool) -> tuple[int, float]:
    """Give the kernel's code of a policy, and the size of its lot: 0 for any amount.

    Raises
    ------
    InputError
        If whole lots cannot end inside the band.
    """
    from trimtab.stats.kernels import policy as kernel  # noqa: PLC0415

    lot = model.lot if practice else 0.0
    match policy.kind:
        case Kind.EDGE | Kind.INSIDE:
            size = lot if policy.trade is None else policy.trade
            if lot > 0.0 and policy.trade is not None:
                size = max(1, round(policy.trade / lot)) * lot
            if size == 0.0:
                return kernel.EDGE, 0.0
            if size > 2.0 * (policy.band or 0.0) * (1.0 + 1e-12):
                raise InputError(
                    expected=f"a band of at least half a trade, {size / 2:.4g}",
                    found=f"+/- {policy.band:.4g}",
                    try_next="widen the band, or hedge with a smaller contract",
                )
            return kernel.LOTS, size
        case Kind.CENTRE:
            return kernel.CENTRE, lot
        case Kind.CALENDAR:
            return kernel.CALENDAR, lot
        case Kind.NEVER:
            return kernel.CALENDAR, lot


def _error(values: Floats) -> float:
    """Give the standard error of a mean of independent paths."""
    return float(np.std(values, ddof=1)) / sqrt(len(values)) if np.isfinite(values).all() else inf
