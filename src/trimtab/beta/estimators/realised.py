r"""Realised beta from bars within the day, with neighbours for prices that do not move at the same moment.

Equation
    beta = sum_d C_d / sum_d V_d,
    C_d = sum over t and |l| <= lags within day d of y_t x_{t+l},   V_d = the same with x in place of y
Assumption
    Within a day means are nought against the noise, and an asset answers the benchmark within `lags` bars either way.
    Without neighbours, beta falls towards zero as bars get shorter (Epps 1979): trades do not come at the same moment.
Errors
    Days are independent draws: the error is the robust one of the ratio of day sums, whatever happens within a day.
    n_eff counts days, by their share in the sum: (sum V)^2 / sum V^2.
Source
    Barndorff-Nielsen, Shephard (2004), "Econometric analysis of realized covariation", Econometrica 72, 885-925; the
    sums of neighbours as in Dimson (1979) and Scholes, Williams (1977).
When not to use it
    Where what happens overnight matters to the holder: by default the step from one day to the next is left out. With
    bars shorter than the time between trades use more lags, or `hayashi_yoshida_betas`, which needs none.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.beta.sample import name_values, take_sample
from trimtab.errors import InputError, NotEnoughDataError, Reason
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.returns import PairedReturns
from trimtab.stats.realised import day_ratio, hayashi_yoshida, neighbour_sums

__all__ = ["Realised", "hayashi_yoshida_betas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """Ratio of summed products of bar returns.

    Parameters
    ----------
    lags
        Neighbouring bars on each side that enter; 0 for the plain realised beta.
    days
        How many of the last days to use; None takes all.
    overnight
        True lets the first return of each day, which spans the night, count.
    min_days
        Fewest days that give an answer.
    """

    lags: int = 1
    days: int | None = 63
    overnight: bool = False
    min_days: int = 10

    def __post_init__(self) -> None:
        if self.lags < 0 or self.min_days < 2 or (self.days is not None and self.days < self.min_days):
            raise InputError(
                expected="0 or more lags, 2 or more days at least, and no fewer days than that",
                found=f"lags={self.lags}, days={self.days}, min_days={self.min_days}",
                try_next="give for example realised(lags=1, days=63)",
            )

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "realised"

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`.

        Raises
        ------
        InputError
            If there are no bars within the day.
        """
        if pairs.frequency.name != "intraday":
            raise InputError(
                expected="several prices a day",
                found=f"{pairs.frequency.name} prices of {pairs.benchmark}",
                try_next="give intraday bars, or a method for daily prices",
            )
        sample = take_sample(pairs, None)
        day, count = _days(pairs.dates)
        keep = np.ones(len(day), dtype=bool) if self.days is None else day >= count - self.days
        if not self.overnight:
            keep &= np.concatenate([[False], day[1:] == day[:-1]])
        asset = np.where(keep[:, None], sample.asset, np.nan)
        # (n_days, n_assets)
        cross = neighbour_sums(asset, sample.market, day, self.lags)
        own = neighbour_sums(np.where(np.isfinite(asset), sample.market, np.nan), sample.market, day, self.lags)
        value, scores, n_eff = day_ratio(cross, own)
        value = np.where(np.count_nonzero(own, axis=0) >= self.min_days, value, np.nan)
        betas = name_values(
            replace(sample, asset=asset),
            value=value,
            scores=scores,
            n_eff=n_eff,
            method=self.name,
            min_obs=2,
            window=None,
        )
        return replace(betas, estimates=tuple(_too_few_days(e) for e in betas.estimates))


def hayashi_yoshida_betas(
    prices: PriceTable, *, benchmark: str, symbols: tuple[str, ...] | None = None, min_days: int = 10
) -> Betas:
    """Estimate realised betas from prices that are not observed at the same moments.

    For each day, the returns of asset and benchmark between their own observations are multiplied wherever their
    intervals overlap: no grid, no interpolation, no Epps effect (Hayashi, Yoshida 2005, "On covariance estimation of
    non-synchronously observed diffusion processes", Bernoulli 11, 359-379). Beta is the sum over days divided by the
    benchmark's own sum of squared returns. Give NaN where an asset did not trade: an old price repeated counts as one.

    Parameters
    ----------
    prices
        Intraday prices; each column with NaN where it was not observed.
    benchmark
        Its symbol.
    symbols
        Assets; all by default.
    min_days
        Fewest days that give an answer.
    """
    column = prices.column(benchmark)
    wanted = prices.symbols if symbols is None else symbols
    day, n_days = _days(prices.dates)
    if n_days < 2:
        raise NotEnoughDataError(
            expected="several days of intraday prices", found=f"{n_days} day", try_next="give more days"
        )
    bounds = np.searchsorted(day, np.arange(n_days + 1))
    logs = np.log(prices.values)
    cross, own = np.zeros((n_days, len(wanted))), np.zeros((n_days, len(wanted)))
    for j, symbol in enumerate(wanted):
        i = prices.column(symbol)
        for d in range(n_days):
            rows = slice(bounds[d], bounds[d + 1])
            cross[d, j] = hayashi_yoshida(logs[rows, i], logs[rows, column])
            seen = np.count_nonzero(np.isfinite(logs[rows, i])) > 1
            own[d, j] = hayashi_yoshida(logs[rows, column], logs[rows, column]) if seen else 0.0
    value, scores, n_eff = day_ratio(cross, own)
    error = np.sqrt(np.einsum("ti,ti->i", scores, scores))
    estimates = []
    for j, symbol in enumerate(wanted):
        seen_rows = np.flatnonzero(np.isfinite(logs[:, prices.column(symbol)]))
        refused = np.count_nonzero(own[:, j]) < min_days
        is_benchmark = symbol == benchmark
        if refused or is_benchmark:
            scores[:, j] = 0.0
        beta, error_of_beta = (1.0, 0.0) if is_benchmark else (float(value[j]), float(error[j]))
        estimates.append(
            BetaEstimate(
                asset=symbol,
                value=None if refused else beta,
                stderr=None if refused else error_of_beta,
                n_obs=int(seen_rows.size),
                n_eff=float(n_eff[j]),
                first=prices.dates[seen_rows[0]] if seen_rows.size else None,
                last=prices.dates[seen_rows[-1]] if seen_rows.size else None,
                method="identity" if is_benchmark else "hayashi-yoshida",
                flags=(Flag.IDENTITY,) if is_benchmark and not refused else (),
                reason=Reason.TOO_FEW_PAIRS if refused else None,
            )
        )
    return Betas(
        benchmark=benchmark,
        as_of=prices.dates[-1],
        method="hayashi-yoshida",
        estimates=tuple(estimates),
        scores=scores,
        own_variance=np.zeros(len(wanted)),
        frame=prices.frame,
    )


def _days(dates: NDArray[np.datetime64]) -> tuple[NDArray[np.intp], int]:
    """Give the number of each stamp's day, from 0, and how many days there are."""
    stamps = dates.astype("datetime64[D]").astype(np.int64)
    number = np.concatenate([[0], np.cumsum(np.diff(stamps) != 0)]).astype(np.intp)
    return number, int(number[-1]) + 1


def _too_few_days(estimate: BetaEstimate) -> BetaEstimate:
    # The benchmark moved; what is missing is days.
    if estimate.reason is Reason.NO_BENCHMARK_VARIANCE:
        return replace(estimate, reason=Reason.TOO_FEW_PAIRS)
    return estimate
