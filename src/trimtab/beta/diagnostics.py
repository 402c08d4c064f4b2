r"""What to know about a beta before trusting it: one record per asset, in numbers and in words.

- lead-lag            slope on yesterday's and tomorrow's benchmark return; real ones ask for Dimson or longer intervals
- autocorrelation     of the residuals at lag one, with a robust error: bounce, stale prices, or a missing factor
- structural change   sup over dates of |sum of x~_s e_s up to t| / sqrt(sum (x~ e)^2): under a constant beta the sup of
                      a Brownian bridge, beyond 1.358 in one case of twenty (Zeileis, Hornik 2007, "Generalized
                      M-fluctuation tests for parameter instability", Statistica Neerlandica 61); and the difference of
                      the betas after and before the likeliest date
- influence           the largest change of beta from leaving out one day, k_t e_t / (1 - h_t) (Belsley and others 1980)
- disagreement        spread of the betas of several methods, in errors of the first
- explained           share of the asset's variance that the benchmark explains

The whole sample is judged at once, so nothing here is a forecast, and no estimate uses it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.leadlag import lead_lag
from trimtab.beta.method import parse_method
from trimtab.beta.sample import MIN_OBS, Sample, take_sample
from trimtab.errors import TrimtabError
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import Lines, fit_lines

__all__ = ["Diagnosis", "diagnose"]

#: 95% point of the sup of a Brownian bridge's size.
_BRIDGE_95 = 1.358
#: A change of beta is worth a word from this size on, whatever its significance.
_CHANGE = 0.15
_AUTOCORRELATION, _T = 0.1, 3.0
_DISAGREEMENT, _INFLUENCE, _EXPLAINED = 3.0, 1.0, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is to be known about one asset's beta; NaN where it cannot be told.

    Parameters
    ----------
    asset
        Symbol.
    n_obs
        Paired returns judged.
    r_squared
        Share of variance explained, 0 to 1.
    lag_slope, lag_error, lead_slope, lead_error
        Answer to yesterday's and tomorrow's benchmark return beyond today's, with errors.
    autocorrelation, autocorrelation_error
        Of residuals at lag one.
    break_statistic
        Sup statistic of a change in beta; above 1.358 in 5% of cases without change.
    break_date
        Likeliest date of the change: last day before it.
    break_size
        Beta after that date less beta before it.
    influence
        Largest change of beta from leaving out one day (beta with the day less beta without it).
    influence_date
        That day.
    estimates
        (method, beta) of each method compared; NaN where refused.
    disagreement
        Largest difference between two of them, in standard errors of the first.
    recommendation
        A method to use, or None.
    words
        Sentences; none if there is nothing to say.
    """

    asset: str
    n_obs: int
    r_squared: float
    lag_slope: float
    lag_error: float
    lead_slope: float
    lead_error: float
    autocorrelation: float
    autocorrelation_error: float
    break_statistic: float
    break_date: np.datetime64 | None
    break_size: float
    influence: float
    influence_date: np.datetime64 | None
    estimates: tuple[tuple[str, float], ...]
    disagreement: float
    recommendation: str | None
    words: tuple[str, ...]


def diagnose(
    pairs: PairedReturns, *, window: int | None = 504, methods: tuple[str, ...] = ("ols", "welch", "huber")
) -> tuple[Diagnosis, ...]:
    """Judge each asset's beta to the benchmark.

    Parameters
    ----------
    pairs
        Paired returns.
    window
        Number of paired returns judged; None takes all.
    methods
        Methods to compare. One that cannot be used on these data counts as refused.

    Returns
    -------
    One record for each asset but the benchmark.

    Examples
    --------
    >>> from trimtab import sample
    >>> from trimtab.feeds.series.prices import read_prices
    >>> from trimtab.market.returns import pair_returns
    >>> pairs = pair_returns(read_prices(sample.prices_path()), benchmark="SPX", symbols=("AAPL",))
    >>> round(diagnose(pairs)[0].r_squared, 1)
    0.7
    """
    sample = take_sample(pairs, window)
    lines = fit_lines(sample.market, sample.asset)
    neighbours = lead_lag(pairs)
    lagged = _autocorrelation(lines, sample)
    changes = _change(lines, sample)
    days = _influence(lines, sample)
    compared = _compare(pairs, methods)
    dates = pairs.dates[sample.rows]
    records = []
    for i, asset in enumerate(pairs.symbols):
        if asset == pairs.benchmark:
            continue
        enough = bool(lines.n_obs[i] >= MIN_OBS and np.isfinite(lines.slope[i]))
        spread, error = compared[1][i], compared[2][i]
        record = Diagnosis(
            asset=asset,
            n_obs=int(lines.n_obs[i]),
            r_squared=_explained(lines, sample, i) if enough else np.nan,
            lag_slope=float(neighbours.lag_slope[i]),
            lag_error=float(neighbours.lag_error[i]),
            lead_slope=float(neighbours.lead_slope[i]),
            lead_error=float(neighbours.lead_error[i]),
            autocorrelation=float(lagged[0][i]) if enough else np.nan,
            autocorrelation_error=float(lagged[1][i]) if enough else np.nan,
            break_statistic=float(changes[0][i]) if enough else np.nan,
            break_date=dates[changes[1][i]] if enough else None,
            break_size=float(changes[2][i]) if enough else np.nan,
            influence=float(days[0][i]) if enough else np.nan,
            influence_date=dates[days[1][i]] if enough else None,
            estimates=tuple(zip(methods, compared[0][:, i].tolist(), strict=True)),
            disagreement=float(spread / error) if error > 0 else np.nan,
            recommendation=_recommend(late=bool(neighbours.late[i]), early=bool(neighbours.early[i])),
            words=(),
        )
        records.append(_with_words(record, float(error)))
    return tuple(records)


def _recommend(*, late: bool, early: bool) -> str | None:
    """Name a method that takes in what the benchmark did a day before, or after; None if neither explains the asset."""
    if late:
        return "dimson"
    return "weekly|ols" if early else None


def _explained(lines: Lines, sample: Sample, i: int) -> float:
    y = sample.asset[np.isfinite(sample.asset[:, i]), i]
    total = float(np.sum((y - y.mean()) ** 2))
    return 1.0 - float(lines.residual[:, i] @ lines.residual[:, i]) / total if total > 0 else float("nan")


def _autocorrelation(lines: Lines, sample: Sample) -> tuple[Floats, Floats]:
    """Give the first autocorrelation of residuals and its heteroskedasticity-robust error, shape (n_assets,)."""
    is_complete = np.isfinite(sample.asset) & np.isfinite(sample.market)
    now, before = lines.residual[1:], np.where(is_complete[1:], lines.residual[:-1], 0.0)
    s = np.maximum(np.einsum("ti,ti->i", before, before), 1e-300)
    rho = np.einsum("ti,ti->i", now, before) / s
    u = now - rho * before
    return rho, np.sqrt(np.einsum("ti,ti,ti,ti->i", before, before, u, u)) / s


def _change(lines: Lines, sample: Sample) -> tuple[Floats, NDArray[np.intp], Floats]:
    """Give the sup statistic, the row before the likeliest change, and the change's size, shape (n_assets,)."""
    shares = lines.leverage * lines.residual
    size = np.sqrt(np.einsum("ti,ti->i", shares, shares))
    path = np.abs(np.cumsum(shares, axis=0)) / np.where(size > 0, size, 1.0)
    row = np.argmax(path, axis=0)
    later = np.arange(len(path))[:, None] > row
    before = fit_lines(sample.market, np.where(later, np.nan, sample.asset))
    after = fit_lines(sample.market, np.where(later, sample.asset, np.nan))
    return path.max(axis=0), row, after.slope - before.slope


def _influence(lines: Lines, sample: Sample) -> tuple[Floats, NDArray[np.intp]]:
    """Give the largest change of the slope from one day, and its row, shape (n_assets,)."""
    is_complete = np.isfinite(sample.asset) & np.isfinite(sample.market)
    n = np.maximum(is_complete.sum(axis=0), 1)
    # h_t = 1 / n + (x_t - xbar)^2 / S_xx, and k_t = (x_t - xbar) / S_xx.
    hat = 1.0 / n + lines.leverage**2 * lines.s_xx
    change = np.where(is_complete, lines.leverage * lines.residual / np.maximum(1.0 - hat, 1e-12), 0.0)
    row = np.argmax(np.abs(change), axis=0)
    return np.take_along_axis(change, row[None, :], axis=0)[0], row


def _compare(pairs: PairedReturns, methods: tuple[str, ...]) -> tuple[Floats, Floats, Floats]:
    """Give betas by method, (n_methods, n_assets), the spread between them, and the first one's errors."""
    values = np.full((len(methods), len(pairs.symbols)), np.nan)
    error = np.full(len(pairs.symbols), np.nan)
    for k, method in enumerate(methods):
        try:
            betas = parse_method(method).estimate(pairs)
        except TrimtabError:
            continue
        values[k] = betas.values()
        if k == 0:
            error = betas.stderrs()
    has_value = np.isfinite(values)
    high = np.where(has_value, values, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(has_value, values, np.inf).min(axis=0, initial=np.inf)
    return values, np.where(has_value.sum(axis=0) > 1, high - low, np.nan), np.nan_to_num(error)


def _with_words(d: Diagnosis, error: float) -> Diagnosis:
    words = []
    if d.recommendation == "dimson":
        words.append(
            f"{d.asset} answers the benchmark a day late (slope {d.lag_slope:.2f} on yesterday's return): its prices "
            "are stale or of another hour; use dimson, or weekly returns"
        )
    elif d.recommendation is not None:
        words.append(
            f"{d.asset} moves a day before the benchmark (slope {d.lead_slope:.2f} on tomorrow's return): the "
            "benchmark's prices are of an earlier hour; use weekly returns"
        )
    if abs(d.autocorrelation) > max(_T * d.autocorrelation_error, _AUTOCORRELATION):
        words.append(f"residuals are autocorrelated ({d.autocorrelation:.2f}): use Newey-West errors (errors=hac)")
    if d.break_statistic > _BRIDGE_95 and abs(d.break_size) > _CHANGE:
        words.append(
            f"beta changed by {d.break_size:+.2f} about {_day(d.break_date)}: "
            "use a method that follows it (welch, two-speed), or a window that begins after it"
        )
    if error > 0 and abs(d.influence) > _INFLUENCE * error:
        words.append(
            f"one day, {_day(d.influence_date)}, moves beta by {d.influence:+.2f}, more than its "
            "error: check that price, or use huber"
        )
    if d.disagreement > _DISAGREEMENT:
        shown = ", ".join(f"{name} {value:.2f}" for name, value in d.estimates)
        words.append(f"methods disagree by {d.disagreement:.1f} errors: {shown}")
    if d.r_squared < _EXPLAINED:
        words.append(f"the benchmark explains {d.r_squared:.0%} of the variance: a hedge by beta would remove little")
    return replace(d, words=tuple(words))


def _day(moment: np.datetime64 | None) -> str:
    return "" if moment is None else str(moment.astype("datetime64[D]"))
