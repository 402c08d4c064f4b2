r"""Partial betas: sensitivities to several benchmarks at once, each with the others held still.

Equation
    y_t = a + b_1 x_1t + ... + b_k x_kt + e_t   by least squares
Assumption
    As for `ols`, and that no benchmark is a combination of the others.
Errors
    Robust (HC1) or Newey-West; one set of scores per benchmark, whose products give the covariance of any two betas of
    any two assets, and so the error of a portfolio's partial betas.
Source
    Any textbook of econometrics; Frisch, Waugh (1933), Econometrica 1, for what "held still" means.
When not to use it
    With benchmarks that nearly repeat one another (an index and a fund on it): each beta is then poorly known and only
    their sum is not. Nor as one beta after another: a partial beta is not the beta to that benchmark alone.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, Reason
from trimtab.market.prices import PRESENT, PriceTable, unknown_symbol
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.records import build_frame, frame_kind
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.model.shown import Shown
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import hac_scores, newey_west_lags
from trimtab.stats.multiple import fit_plane

__all__ = ["PartialBetas", "partial_betas"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PartialBetas(Shown):
    """Betas of several assets to several benchmarks at once.

    Parameters
    ----------
    benchmarks
        Their symbols, length n_benchmarks.
    assets
        Their symbols, length n_assets.
    as_of
        The last date that the data could have held.
    values
        Shape (n_assets, n_benchmarks); NaN where refused.
    scores
        Shape (n_scores, n_assets, n_benchmarks): products over the first axis add up to error covariances.
    r_squared
        Share of each asset's variance that the benchmarks explain together, shape (n_assets,).
    n_obs
        Joint returns used, shape (n_assets,).
    reasons
        Why an asset has no values; None where it has.
    frame
        Kind of frame that results are given in.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> both = tt.partial_betas(prices, benchmarks=("SPX", "XOM"), symbols=("CVX",))
    >>> both.benchmarks, both.values.shape
    (('SPX', 'XOM'), (1, 2))
    """

    benchmarks: tuple[str, ...]
    assets: tuple[str, ...]
    as_of: np.datetime64
    values: Floats
    scores: Floats
    r_squared: Floats
    n_obs: NDArray[np.intp]
    reasons: tuple[Reason | None, ...]
    frame: str = "polars"

    def stderrs(self) -> Floats:
        """Give standard errors, shape (n_assets, n_benchmarks); NaN where refused."""
        error = np.sqrt(np.einsum("tik,tik->ik", self.scores, self.scores))
        return np.where(np.isfinite(self.values), error, np.nan)

    def of(self, asset: str) -> dict[str, float]:
        """Give one asset's betas by benchmark; NaN where refused."""
        if asset not in self.assets:
            raise unknown_symbol(asset, self.assets)
        return dict(zip(self.benchmarks, self.values[self.assets.index(asset)].tolist(), strict=True))

    def combined(self, weights: Floats) -> tuple[Floats, Floats]:
        """Give sum(weights x betas) for each benchmark, and the covariance of its errors.

        Parameters
        ----------
        weights
            Shape (n_assets,); assets without values must have weight 0.

        Returns
        -------
        Betas, shape (n_benchmarks,), and covariance, shape (n_benchmarks, n_benchmarks).
        """
        missing = [a for a, w, r in zip(self.assets, weights, self.reasons, strict=True) if r is not None and w != 0]
        if missing:
            raise InputError(
                expected="partial betas of every asset with a weight",
                found=f"none for {', '.join(missing[:5])}",
                try_next="set their weights to 0, or give a longer history",
            )
        shared = np.einsum("tik,i->tk", self.scores, weights)
        return np.nan_to_num(self.values).T @ weights, shared.T @ shared

    def to_frame(self, kind: str | None = None) -> Any:
        """Give one row per asset and benchmark, as a frame of the kind the prices came in."""
        errors = self.stderrs()
        rows = [(i, k) for i in range(len(self.assets)) for k in range(len(self.benchmarks))]
        has_value = [bool(np.isfinite(self.values[i, k])) for i, k in rows]
        return build_frame(
            {
                "asset": [self.assets[i] for i, _ in rows],
                "benchmark": [self.benchmarks[k] for _, k in rows],
                "value": [float(self.values[r]) if ok else None for r, ok in zip(rows, has_value, strict=True)],
                "stderr": [float(errors[r]) if ok else None for r, ok in zip(rows, has_value, strict=True)],
                "n_obs": [int(self.n_obs[i]) for i, _ in rows],
                "reason": [None if self.reasons[i] is None else str(self.reasons[i]) for i, _ in rows],
            },
            kind=self.frame if kind is None else frame_kind(kind),
        )


def partial_betas(
    prices: PriceTable,
    *,
    benchmarks: tuple[str, ...],
    symbols: tuple[str, ...] | None = None,
    window: int | None = 252,
    errors: Literal["robust", "hac"] = "robust",
    lags: int | None = None,
    min_obs: int = 60,
    risk_free: RiskFree | None = None,
) -> PartialBetas:
    """Estimate betas to several benchmarks at once.

    Parameters
    ----------
    prices
        Checked prices, all in one currency.
    benchmarks
        Two or more symbols; only dates on which all of them have prices are used.
    symbols
        Assets; all but the benchmarks by default.
    window
        Number of joint returns; None takes all.
    errors
        "robust" or "hac".
    lags
        Newey-West lags for "hac"; None takes floor(4 (n / 100)^(2/9)).
    min_obs
        Fewest joint returns that give an answer.
    risk_free
        Interest to subtract from all sides.

    Examples
    --------
    >>> from trimtab import sample
    >>> from trimtab.feeds.series.prices import read_prices
    >>> table = read_prices(sample.prices_path())
    >>> result = partial_betas(table, benchmarks=("SPX", "XOM"), symbols=("CVX",))
    >>> {name: round(beta, 1) for name, beta in result.of("CVX").items()}
    {'SPX': 0.1, 'XOM': 0.8}
    """
    names = tuple(dict.fromkeys(benchmarks))
    if len(names) < 2:
        raise InputError(
            expected="two benchmarks or more",
            found=f"{', '.join(names) or 'none'}",
            try_next="use estimate_betas for one",
        )
    wanted = tuple(s for s in (prices.symbols if symbols is None else symbols) if s not in names)
    together = _common_rows(prices, names)
    paired = [pair_returns(together, benchmark=b, symbols=wanted, risk_free=risk_free) for b in names]
    n_dates, n_assets = paired[0].asset.shape
    values, r_squared = np.full((n_assets, len(names)), np.nan), np.full(n_assets, np.nan)
    shares, n_obs = np.zeros((n_dates, n_assets, len(names))), np.zeros(n_assets, dtype=np.intp)
    reasons: list[Reason | None] = []
    for i in range(n_assets):
        y, X, rows = _joint(paired, i, window)
        n_obs[i] = len(rows)
        if len(rows) < max(min_obs, len(names) + 3):
            reasons.append(Reason.TOO_FEW_PAIRS)
            continue
        plane = fit_plane(np.column_stack([np.ones(len(rows)), X]), y)
        if not np.isfinite(plane.coefficients).all():
            reasons.append(Reason.NO_BENCHMARK_VARIANCE)
            continue
        reasons.append(None)
        values[i] = plane.coefficients[1:]
        total = float(np.sum((y - y.mean()) ** 2))
        r_squared[i] = 1.0 - float(plane.residual @ plane.residual) / total if total > 0 else np.nan
        correction = np.sqrt(len(rows) / (len(rows) - len(names) - 1))
        shares[rows, i] = plane.leverage[:, 1:] * plane.residual[:, None] * correction
    return PartialBetas(
        benchmarks=names,
        assets=wanted,
        as_of=prices.dates[-1],
        values=values,
        scores=_with_errors(shares, errors, lags, int(n_obs.max(initial=0))),
        r_squared=r_squared,
        n_obs=n_obs,
        reasons=tuple(reasons),
        frame=prices.frame,
    )


def _common_rows(prices: PriceTable, names: tuple[str, ...]) -> PriceTable:
    """Blank every benchmark on dates on which one of them has no price, so that all have the same intervals."""
    columns = [prices.column(n) for n in names]
    rows = np.flatnonzero((prices.why[:, columns] == PRESENT).all(axis=1))
    if rows.size < 2:
        raise InputError(
            expected=f"dates on which {', '.join(names)} all have prices",
            found=f"{rows.size}",
            try_next="check the benchmarks' date ranges",
        )
    if rows.size == len(prices.dates):
        return prices
    # A break keeps its place: the first kept row at or after it.
    breaks = prices.breaks.copy()
    breaks[:, 0] = np.minimum(np.searchsorted(rows, breaks[:, 0]), rows.size - 1)
    return replace(
        prices,
        dates=prices.dates[rows],
        values=prices.values[rows],
        why=prices.why[rows],
        volumes=None if prices.volumes is None else prices.volumes[rows],
        to_quoted=None if prices.to_quoted is None else prices.to_quoted[rows],
        breaks=breaks,
    )


def _joint(paired: list[PairedReturns], i: int, window: int | None) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Give one asset's returns, the benchmarks' over the same intervals, and their rows."""
    X = np.column_stack([p.market[:, i] for p in paired])
    y = paired[0].asset[:, i]
    for p in paired[1:]:
        # A break in one benchmark takes the interval from all.
        y = np.where(np.isfinite(p.asset[:, i]), y, np.nan)
    rows = np.flatnonzero(np.isfinite(y) & np.isfinite(X).all(axis=1))
    rows = rows if window is None else rows[-window:]
    return y[rows], X[rows], rows


def _with_errors(shares: Floats, errors: str, lags: int | None, n_obs: int) -> Floats:
    if errors == "robust":
        return shares
    reach = newey_west_lags(n_obs) if lags is None else lags
    n_dates, n_assets, k = shares.shape
    return hac_scores(shares.reshape(n_dates, n_assets * k), reach).reshape(-1, n_assets, k)
