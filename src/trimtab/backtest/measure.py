r"""What a rule did, measured: beta that was held, what it cost, and where the hedge's gain came from.

With lots n held from one close to the next, E = beta_f F m the beta exposure of one lot, M = E r_m what it makes of the
benchmark's return, n* the lots that the last decision would have held had lots no size, and n' those that it would have
held had it known the beta that the book then had (its slope over the 63 returns around):

    market      sum n' M                      what a hedge without errors would have gained
    estimation  sum (n* - n') M               betas used less betas realised
    rounding    sum (n - n*) M                whole lots; a band that trades to its edge has none at the edge
    basis       sum n (gain - M)              the future apart from its benchmark; zero where its price is a model's
    cost        - half-spreads, commissions, rolls

They add up to the gain of the hedge. What missing the target made of a day, with the book's own returns taken out, is

    e = h - A / NAV (u - b r_m) - target r_m,   h, u returns with and without the hedge, A the worth of the book without
                                                it, b the realised beta of the book

and a day's total is its cost + 1/2 risk aversion e^2, both as shares of NAV.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.backtest.run import Runs
from trimtab.backtest.tape import Tape
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import error_scores, fit_lines

__all__ = ["BLOCK", "GainParts", "Measured", "Outcome", "measure_runs"]

#: Returns over which realised beta is taken.
BLOCK = 63
_BP = 1e4
#: Rules measured at once: a thousand of them would take a gigabyte.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class GainParts:
    """The gain of a hedge by where it came from, base currency.

    Parameters
    ----------
    market
        Of a hedge that had neither errors nor costs.
    basis
        Of the future apart from its benchmark.
    cost
        Trades and rolls; not positive.
    rounding
        Of whole lots.
    estimation
        Of betas used less betas realised.
    """

    market: float
    basis: float
    cost: float
    rounding: float
    estimation: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.market + self.basis + self.cost + self.rounding + self.estimation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule did.

    Parameters
    ----------
    policy
        The rule, in words.
    method
        By which betas were measured.
    realised_beta, stderr
        Slope of the hedged book's returns on the benchmark's, with its Newey-West error.
    rms_gap, rms_gap_realised
        Root mean square of beta off target: as measured at each close, and as realised over blocks of 63 returns.
    cost_bp_year
        Trades and rolls, basis points of NAV a year.
    commission_bp_year, spread_bp_year, roll_bp_year
        Its parts.
    tracking_error
        A year, of missing the target, the book's own returns taken out.
    total_bp_year
        Cost and half the risk aversion times the square of that, basis points of NAV a year.
    trades_year, lots_year, turnover_beta_year
        Trades without rolls, and what they moved.
    variance_removed
        Share of the variance about the target that the hedge took away.
    days_inside, days_surely_inside
        Share of closes with measured beta inside the band, and inside it with one standard error of the book's own
        residuals to spare.
    drawdown, drawdown_neutral
        Deepest fall of the hedged book, and of its return less the target's times the benchmark's.
    pnl
        Gain of the hedge by where it came from.
    """

    policy: str
    method: str
    realised_beta: float
    stderr: float
    rms_gap: float
    rms_gap_realised: float
    cost_bp_year: float
    commission_bp_year: float
    spread_bp_year: float
    roll_bp_year: float
    tracking_error: float
    total_bp_year: float
    trades_year: float
    lots_year: float
    turnover_beta_year: float
    variance_removed: float
    days_inside: float
    days_surely_inside: float
    drawdown: float
    drawdown_neutral: float
    pnl: GainParts


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What rules did, and day by day what each lost.

    Parameters
    ----------
    outcomes
        One for each rule.
    cost, miss
        Cost, and the penalty of missing the target, shares of NAV, shape (n_days - 1, n_rules).
    gap
        Measured beta off target, shape (n_days, n_rules).
    """

    outcomes: tuple[Outcome, ...]
    cost: Floats
    miss: Floats
    gap: Floats


@dataclass(frozen=True, slots=True)
class _Days:
    """What is the same for all rules."""

    market: Floats
    own: Floats
    realised: Floats
    starts: NDArray[np.intp]
    years: float


def measure_runs(runs: Runs, *, band: float, risk_aversion: float) -> Measured:
    """Measure what rules did.

    Parameters
    ----------
    runs
        From `trimtab.backtest.run.run_rules`.
    band
        Half-width of the mandate's band, for days inside it.
    risk_aversion
        Relative.
    """
    tape = runs.tape
    market, own = tape.level[1:] / tape.level[:-1] - 1.0, tape.assets[1:] / tape.assets[:-1] - 1.0
    starts = np.arange(max(1, len(market) // BLOCK), dtype=np.intp) * BLOCK
    slopes = _slopes(own[:, None], market, starts)[:, 0]
    realised = np.repeat(slopes, np.diff([*starts.tolist(), len(market)]))
    days = _Days(market, own, realised, starts, len(market) / tape.per_year)
    parts = [
        _measure(runs, slice(first, first + _AT_ONCE), days, band, risk_aversion)
        for first in range(0, len(runs.rules), _AT_ONCE)
    ]
    return Measured(
        outcomes=tuple(o for part in parts for o in part.outcomes),
        cost=np.concatenate([part.cost for part in parts], axis=1),
        miss=np.concatenate([part.miss for part in parts], axis=1),
        gap=runs.gap.T,
    )


def _measure(runs: Runs, some: slice, days: _Days, band: float, risk_aversion: float) -> Measured:
    tape, filled, gap = runs.tape, runs.filled[some].T, runs.gap[some].T
    nav, rolled = runs.nav[some].T, runs.rolled[some].T
    before = nav[:-1]
    hedged = nav[1:] / before - 1.0
    trade = np.abs(filled) * tape.cost[:, None]
    roll = rolled * tape.roll[:, None]
    cost = (trade + roll)[1:] / before
    # A fill at the first close itself has no day before it.
    cost[0] += trade[0] / before[0]
    charged = np.abs(filled) * tape.commission[:, None] + roll * _share(tape.commission, tape.cost)[:, None]
    commission = charged[1:] / before
    commission[0] += charged[0] / before[0]
    active = hedged - runs.target * days.market[:, None]
    # The book's own returns are on its own worth: what a hedge gained or lost over the years has made NAV another.
    own = (days.own - days.realised * days.market)[:, None] * (tape.assets[:-1, None] / before)
    missed = active - own
    miss = 0.5 * risk_aversion * missed**2
    lines = fit_lines(np.broadcast_to(days.market[:, None], hedged.shape), hedged)
    stderr = np.sqrt((error_scores(lines, "hac") ** 2).sum(axis=0))
    blocks = _slopes(hedged, days.market, days.starts) - runs.target
    plain = (days.own - runs.target * days.market).var()
    room = band * (1.0 + 1e-12) - np.abs(gap)
    year = tape.per_year * _BP
    moved = (np.abs(filled) * np.abs(tape.lot[:, None]) / nav).sum(axis=0)
    outcomes = tuple(
        Outcome(
            policy=str(rule),
            method=tape.method,
            realised_beta=float(lines.slope[k]),
            stderr=float(stderr[k]),
            rms_gap=_rms(gap[:, k]),
            rms_gap_realised=_rms(blocks[:, k]),
            cost_bp_year=float(cost[:, k].mean() * year),
            commission_bp_year=float(commission[:, k].mean() * year),
            spread_bp_year=float((cost - commission)[:, k].mean() * year),
            roll_bp_year=float((roll[1:, k] / before[:, k]).mean() * year),
            tracking_error=float(np.sqrt((missed[:, k] ** 2).mean() * tape.per_year)),
            total_bp_year=float((cost[:, k] + miss[:, k]).mean() * year),
            trades_year=float(np.count_nonzero(filled[:, k]) / days.years),
            lots_year=float(np.abs(filled[:, k]).sum() / days.years),
            turnover_beta_year=float(moved[k] / days.years),
            variance_removed=float(1.0 - active[:, k].var() / plain) if plain > 0.0 else 0.0,
            days_inside=float(np.mean(room[:, k] >= 0.0)),
            days_surely_inside=float(np.mean(room[:, k] >= tape.error / nav[:, k])),
            drawdown=_deepest(hedged[:, k]),
            drawdown_neutral=_deepest(active[:, k]),
            pnl=_parts(runs, some.start + k, days, -float((trade + roll)[:, k].sum()) + 0.0),
        )
        for k, rule in enumerate(runs.rules[some])
    )
    return Measured(outcomes=outcomes, cost=cost, miss=miss, gap=gap)


def _parts(runs: Runs, k: int, days: _Days, cost: float) -> GainParts:
    tape, lots = runs.tape, runs.lots[k, :-1]
    exact = runs.exact[k] if runs.same_close else np.concatenate([[0.0], runs.exact[k, :-1]])
    error = _errors(tape, exact, days, runs.same_close)
    makes = tape.lot[:-1] * days.market
    exact = exact[:-1]
    return GainParts(
        market=float(((exact + error) * makes).sum()),
        basis=float((lots * (tape.gain[1:] - makes)).sum()),
        cost=cost,
        rounding=float(((lots - exact) * makes).sum()),
        estimation=float((-error * makes).sum()),
    )


def _errors(tape: Tape, exact: Floats, days: _Days, same_close: bool) -> Floats:
    """Give n' - n*, set where a decision was made, and kept until the next."""
    realised = np.concatenate([days.realised, days.realised[-1:]])
    off = (tape.exposure - realised * tape.assets) / tape.lot
    if not same_close:
        off = np.concatenate([[0.0], off[:-1]])
    decided = np.flatnonzero(np.diff(exact, prepend=0.0) != 0.0)
    last = np.searchsorted(decided, np.arange(len(exact)), side="right") - 1
    kept = np.where(last >= 0, off[decided[np.maximum(last, 0)]], 0.0) if decided.size else np.zeros(len(exact))
    errors: Floats = kept[:-1]
    return errors


def _slopes(returns: Floats, market: Floats, starts: NDArray[np.intp]) -> Floats:
    """Give the slope of each column on the market over each block, shape (n_blocks, n_columns)."""
    counts = np.diff([*starts.tolist(), len(market)])
    mean = np.repeat(np.add.reduceat(market, starts) / counts, counts)
    centred = market - mean
    slopes: Floats = (
        np.add.reduceat(centred[:, None] * returns, starts, axis=0) / np.add.reduceat(centred**2, starts)[:, None]
    )
    return slopes


def _share(part: Floats, whole: Floats) -> Floats:
    share: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)
    return share


def _rms(values: Floats) -> float:
    return float(np.sqrt((values**2).mean()))


def _deepest(returns: Floats) -> float:
    wealth = np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    return float((1.0 - wealth / np.maximum.accumulate(wealth)).max())
