r"""Answers as series.

A compound return up to the end of period t is

    prod_{s <= t} (1 + r_s) - 1

over the periods in which r is known. A period in which it is not has no value; the next one goes on from the last.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from trimtab.beta.history import BetaHistory
from trimtab.desk.ask.drift import DriftChain
from trimtab.desk.ask.hedge_policy import HedgePolicy
from trimtab.desk.ask.learned import Performance, WeightHistory
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.stress.lines import EpisodeLine
from trimtab.desk.books.history import BookHistory
from trimtab.desk.series.records import Along, Line, Series, SeriesKind
from trimtab.errors import InputError
from trimtab.exposure.coverage import LEVEL
from trimtab.monitor.ahead.projection import QUANTILES, Projection
from trimtab.monitor.drift.causes import CAUSES
from trimtab.stats.arrays import Floats
from trimtab.stats.normal import normal_quantile

__all__ = [
    "ahead_series", "beta_series", "compound_path", "correlation_series", "drift_series", "episode_series",
    "nav_series", "policy_series", "return_series", "weight_series",
]  # fmt: skip


def compound_path(returns: ArrayLike) -> Floats:
    """Give the compound return up to the end of each period, decimal; NaN in a period that is not known.

    Examples
    --------
    >>> compound_path([np.nan, 0.1, np.nan, 0.1]).round(4).tolist()
    [nan, 0.1, nan, 0.21]
    """
    given = np.asarray(returns, dtype=np.float64)
    is_known = np.isfinite(given)
    path = np.cumprod(1.0 + np.where(is_known, given, 0.0)) - 1.0
    return np.where(is_known, path, np.nan)


def beta_series(history: BetaHistory, assets: Sequence[str] | None = None) -> Series:
    """Give the betas of assets through time, with the 95% interval of each: value +/- 1.96 standard errors.

    Parameters
    ----------
    history
        From `beta_history`.
    assets
        Which; None gives all but the benchmark.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> history = tt.beta_history(sample.prices_path(), benchmark="SPX", method="ols", window=252, step="year-end")
    >>> series = beta_series(history, ["AAPL"])
    >>> series.lines[0].name, round(float(series.lines[0].values[-1]), 2)
    ('AAPL', 1.31)
    """
    wanted = [s for s in history.symbols if s != history.benchmark] if assets is None else list(assets)
    wide = normal_quantile(0.5 + LEVEL / 2.0)
    lines = []
    for asset in wanted:
        k = history.column(asset)
        value, error = history.beta[:, k], history.stderr[:, k]
        lines.append(Line(name=asset, values=value, low=value - wide * error, high=value + wide * error))
    return Series(
        kind=SeriesKind.BETA, subject=history.method, benchmark=history.benchmark, unit="beta",
        along=Along(name="day", days=history.dates), lines=tuple(lines),
    )  # fmt: skip


def nav_series(portfolio: str, history: BookHistory, base: str) -> Series:
    """Give net asset value of what was held at each close, base currency; NaN where something had no price."""
    return Series(
        kind=SeriesKind.NAV, subject=portfolio, benchmark=None, unit=base,
        along=Along(name="day", days=history.dates), lines=(Line(name=portfolio, values=history.nav),),
    )  # fmt: skip


def weight_series(portfolio: str, weights: WeightHistory) -> Series:
    """Give what a book weighed at the ends of days, share of NAV; what is left of 1 is cash."""
    return Series(
        kind=SeriesKind.WEIGHTS, subject=portfolio, benchmark=None, unit="share of NAV",
        along=Along(name="day", days=weights.dates),
        lines=tuple(Line(name=s, values=weights.weights[:, k]) for k, s in enumerate(weights.symbols)),
    )  # fmt: skip


def return_series(p: Performance) -> Series:
    """Give the compound return of a portfolio, its benchmark, and its part without beta, since the start."""
    lines = ((p.portfolio, p.returns), (p.benchmark, p.market), ("neutral part (beta taken out)", p.neutral))
    return Series(
        kind=SeriesKind.RETURN, subject=p.portfolio, benchmark=p.benchmark, unit="decimal return",
        along=Along(name="day", days=p.dates),
        lines=tuple(Line(name=name, values=compound_path(returns)) for name, returns in lines),
    )  # fmt: skip


def episode_series(e: EpisodeLine, benchmark: str) -> Series:
    """Give today's book through a past storm, and what beta alone says of it, share of NAV."""
    return Series(
        kind=SeriesKind.EPISODE, subject=e.episode.name, benchmark=benchmark, unit="share of NAV",
        along=Along(name="day", days=e.dates),
        lines=(Line(name="today's book", values=e.path), Line(name="as beta says", values=e.beta_path)),
    )  # fmt: skip


def correlation_series(r: Risk) -> Series:
    """Give the average correlation of what is held over trailing windows."""
    return Series(
        kind=SeriesKind.CORRELATION, subject=f"windows of {r.year} periods", benchmark=r.exposure.benchmark,
        unit="correlation", along=Along(name="day", days=np.array([day for day, _ in r.convergence])),
        lines=(
            Line(name="average correlation", values=np.array([c.average_correlation for _, c in r.convergence])),
        ),
    )  # fmt: skip


def policy_series(result: HedgePolicy) -> Series:
    """Give cost a year against tracking error for bands from narrow to wide: in practice, and by closed form.

    The closed form is laid along its own tracking errors by straight lines between its points; beyond them it is NaN.
    """
    curve = sorted(result.table.curve, key=lambda p: p.practice.tracking_error)
    errors = np.array([p.practice.tracking_error for p in curve])
    stated = sorted((p.expected.tracking_error, p.expected.cost) for p in curve)
    own, cost = np.array([x for x, _ in stated]), np.array([y for _, y in stated])
    closed = np.interp(errors, own, cost, left=np.nan, right=np.nan) if len(own) else np.array([])
    return Series(
        kind=SeriesKind.POLICY, subject=result.inputs.chosen, benchmark=result.inputs.benchmark,
        unit=result.inputs.base, along=Along(name="tracking error a year", numbers=errors),
        lines=(
            Line(name="cost in practice", values=np.array([p.practice.cost for p in curve])),
            Line(name="cost by closed form", values=closed),
            Line(name="half-width of the band", values=np.array([p.band for p in curve])),
        ),
    )  # fmt: skip


def drift_series(chain: DriftChain) -> Series:
    """Give portfolio beta along the links of a drift, and what each cause has added since the start."""
    points = (chain.links[0].start, *(link.end for link in chain.links))
    parts = np.array([[link.total(cause) for link in chain.links] for cause in CAUSES])
    added = np.concatenate([np.zeros((len(CAUSES), 1)), np.cumsum(parts, axis=1)], axis=1)
    beta = np.array([x.beta.value for x in points])
    return Series(
        kind=SeriesKind.DRIFT, subject=chain.method, benchmark=chain.start.benchmark, unit="beta",
        along=Along(name="day", days=np.array([x.as_of for x in points])),
        lines=(
            Line(
                name="portfolio beta", values=beta,
                low=np.array([x.beta.low for x in points]), high=np.array([x.beta.high for x in points]),
            ),
            *(Line(name=cause.value, values=added[k]) for k, cause in enumerate(CAUSES)),
        ),
    )  # fmt: skip


def ahead_series(p: Projection, benchmark: str) -> Series:
    """Give where portfolio beta is going: quantiles of the simulation by trading days ahead, today's beta at 0.

    Raises
    ------
    InputError
        If nothing was projected.
    """
    if not p.horizons:
        raise InputError(expected="at least one horizon", found="none", try_next="ask for one, such as 21 days")
    days = np.array([0.0, *(float(h.days) for h in p.horizons)])
    return Series(
        kind=SeriesKind.AHEAD, subject="portfolio", benchmark=benchmark, unit="beta",
        along=Along(name="trading days ahead", numbers=days),
        lines=tuple(
            Line(name=f"{q:.0%} of paths below", values=np.array([p.beta, *(h.quantiles[k] for h in p.horizons)]))
            for k, q in enumerate(QUANTILES)
        ),
    )  # fmt: skip
