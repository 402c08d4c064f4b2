"""What an estimator gives: betas with their errors, counts and reasons, and how the errors move together.

An error is a statement about something. Two readings are told apart, and a result says which one its numbers are:

    fit        the slope over the pairs of the past; its error is that of measuring it
    forecast   the mean beta over the days to come; its error holds measuring, and the drift until then

They agree where beta stands still, except that the error of a forecast leaves room for drift.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, Reason
from trimtab.market.asset_facts import NO_FACTS, AssetFacts
from trimtab.market.prices import Flag, unknown_symbol
from trimtab.market.records import build_frame, frame_kind
from trimtab.model.shown import Shown
from trimtab.stats.arrays import Floats

__all__ = ["BetaEstimate", "BetaReading", "Betas", "SpeaksOf"]


class BetaReading(StrEnum):
    """What a beta, and the error beside it, is a statement about."""

    FIT = "fit"
    FORECAST = "forecast"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeaksOf:
    """What betas and their errors are a statement about.

    Parameters
    ----------
    reading
        Past or future.
    horizon
        Trading days to come over which a forecast is the mean beta; 0 means today's beta. 0 for a fit.

    Examples
    --------
    >>> str(SpeaksOf()), str(SpeaksOf(reading=BetaReading.FORECAST, horizon=63))
    ('the slope over the pairs of the past', 'the mean beta over the next 63 trading days')
    """

    reading: BetaReading = BetaReading.FIT
    horizon: int = 0

    def __post_init__(self) -> None:
        if self.horizon < 0 or (self.horizon and self.reading is BetaReading.FIT):
            raise InputError(
                expected="a horizon of 0 or more days for a forecast, and none for a fit",
                found=f"{self.reading} over {self.horizon} days",
                try_next="leave the horizon out",
            )

    def __str__(self) -> str:
        """Say it in words."""
        if self.reading is BetaReading.FIT:
            return "the slope over the pairs of the past"
        return f"the mean beta over the next {self.horizon} trading days" if self.horizon else "today's beta"

    @property
    def brief(self) -> str:
        """The same in a few words, to stand behind a number.

        Examples
        --------
        >>> SpeaksOf().brief, SpeaksOf(reading=BetaReading.FORECAST, horizon=63).brief
        ('fitted to the past', 'forecast over 63 days')
        """
        if self.reading is BetaReading.FIT:
            return "fitted to the past"
        return f"forecast over {self.horizon} days" if self.horizon else "forecast for today"


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaEstimate:
    """One asset's beta, or the reason why there is none.

    Parameters
    ----------
    asset
        Symbol.
    value
        Slope of the asset's excess return on the benchmark's; None if refused.
    stderr
        Standard error of `value`, same unit; None if refused.
    n_obs
        Paired returns used.
    n_eff
        Effective number of observations under the weights; equals n_obs for equal weights.
    first, last
        Ends of the first and last interval used; None if none.
    method
        How it was estimated.
    flags
        What a reader should know.
    reason
        Why there is no value; None if there is one.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> apple = tt.estimate_betas(prices, benchmark="SPX", method="ols(window=252)")["AAPL"]
    >>> f"{apple.value:.2f} +/- {apple.stderr:.2f} of {apple.n_obs} returns"
    '1.31 +/- 0.04 of 252 returns'
    """

    asset: str
    value: float | None
    stderr: float | None
    n_obs: int
    n_eff: float
    first: np.datetime64 | None
    last: np.datetime64 | None
    method: str
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None

    def with_flags(self, *flags: Flag) -> "BetaEstimate":
        """Give the estimate with more flags, each once."""
        return replace(self, flags=tuple(dict.fromkeys((*self.flags, *flags))))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Betas(Shown):
    """Betas of several assets to one benchmark, with the covariance of their errors.

    The covariance is kept as factors: scores' scores + diag(own_variance). The error of any combination of betas
    is then a norm, and correlated errors neither cancel nor add up by assumption.

    Parameters
    ----------
    benchmark
        Symbol of the benchmark.
    as_of
        The last date that the data could have held.
    method
        The estimator, as it is written on the command line.
    estimates
        One per asset.
    scores
        Shape (n_scores, n_assets): products of columns add up to error covariances; 0 where refused.
    own_variance
        Shape (n_assets,): error variance that no other asset shares.
    risk_free
        What was subtracted from returns, in words.
    notes
        What was decided on the way, in words.
    frame
        Kind of frame that results are given in.
    speaks_of
        What these values and errors are a statement about: the reading that the method answers with.
    facts
        What was known of the assets beside their returns.
    fitted, forecast
        The other reading, where the method gives it: the same assets in the same order, with scores and own variance of
        its own, so that the error of a portfolio is exact for either. A companion has no companions. `reading` gives
        either one, whichever the method answers with.
    outside
        Assets that enter nobody's prior: another asset in another currency, or an exchange rate.
    noise
        Shape (n_assets,): the error by which a shrinkage weighs each beta against its prior, where that is not the
        stated one; None where it is. What a bound may have pulled counts in the stated error and never in this.
    seasoned
        Shape (n_assets,): who has the history that a prior is estimated from; None where that is not known.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX", method="ols(window=252)")
    >>> betas.benchmark, len(betas.assets) == len(betas.values())
    ('SPX', True)

    The error of a mix comes from errors that move together:

    >>> import numpy as np
    >>> mix = np.array([0.5 if name in {"AAPL", "MSFT"} else 0.0 for name in betas.assets])
    >>> bool(betas.combined_error(mix) < 0.5 * betas["AAPL"].stderr + 0.5 * betas["MSFT"].stderr)
    True
    """

    benchmark: str
    as_of: np.datetime64
    method: str
    estimates: tuple[BetaEstimate, ...]
    scores: Floats
    own_variance: Floats
    risk_free: str = "none"
    notes: tuple[str, ...] = ()
    frame: str = "polars"
    speaks_of: SpeaksOf = SpeaksOf()
    facts: AssetFacts = NO_FACTS
    fitted: "Betas | None" = None
    forecast: "Betas | None" = None
    outside: frozenset[str] = frozenset()
    noise: Floats | None = None
    seasoned: NDArray[np.bool_] | None = None
    _rows: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {e.asset: i for i, e in enumerate(self.estimates)})
        for wanted, other in ((BetaReading.FIT, self.fitted), (BetaReading.FORECAST, self.forecast)):
            if other is not None and not self._goes_with(other, wanted):
                raise InputError(
                    expected=f"as companion a {wanted} of {', '.join(self.assets[:5])}, without companions",
                    found=f"a {other.speaks_of.reading} of {', '.join(other.assets[:5])} beside a "
                    f"{self.speaks_of.reading}",
                    try_next="give both readings of the same assets in the same order",
                )

    def _goes_with(self, other: "Betas", wanted: BetaReading) -> bool:
        return (
            other.assets == self.assets
            and other.benchmark == self.benchmark
            and other.speaks_of.reading is wanted is not self.speaks_of.reading
            and other.fitted is None is other.forecast
        )

    def reading(self, wanted: BetaReading | str) -> "Betas | None":
        """Give one reading, "fit" or "forecast", without companions; None if the method does not have it."""
        asked = _reading_named(wanted)
        if self.speaks_of.reading is asked:
            return replace(self, fitted=None, forecast=None)
        return self.fitted if asked is BetaReading.FIT else self.forecast

    def answering(self, wanted: BetaReading | str | None) -> "Betas":
        """Give these betas with one reading in front and the other as its companion; None leaves the method's own.

        Raises
        ------
        InputError
            If the method does not have that reading.
        """
        if wanted is None or self.speaks_of.reading == wanted:
            return self
        chosen = self.reading(wanted)
        if chosen is None:
            raise InputError(
                expected=f"a method that gives a {wanted}, which the reading {wanted!s} asks for",
                found=f"{self.method}, which gives {self.speaks_of}",
                try_next=f"leave the reading out, ask for {self.speaks_of.reading!s}, or take the default method",
            )
        own = replace(self, fitted=None, forecast=None)
        is_fit = self.speaks_of.reading is BetaReading.FIT
        return replace(chosen, fitted=own if is_fit else None, forecast=None if is_fit else own)

    @property
    def companion(self) -> "Betas | None":
        """The reading that these betas do not answer with; None if the method does not have it."""
        return self.fitted if self.forecast is None else self.forecast

    def in_each_reading(self, change: "Callable[[Betas], Betas]") -> "Betas":
        """Give the same change made to these betas and to their companions; `change` sees no companions."""
        changed = change(replace(self, fitted=None, forecast=None))
        return replace(
            changed,
            fitted=None if self.fitted is None else change(self.fitted),
            forecast=None if self.forecast is None else change(self.forecast),
        )

    @property
    def assets(self) -> tuple[str, ...]:
        """Symbols in order."""
        return tuple(self._rows)

    def __contains__(self, asset: object) -> bool:
        """Tell whether there is an estimate, or a refusal, for an asset."""
        return asset in self._rows

    def __getitem__(self, asset: str) -> BetaEstimate:
        """Give the estimate of one asset."""
        if asset not in self._rows:
            raise unknown_symbol(asset, self.assets)
        return self.estimates[self._rows[asset]]

    def row(self, asset: str) -> int:
        """Give the place of an asset in `assets`, `values()` and `scores`."""
        return self._rows[asset]

    def noises(self) -> Floats:
        """Give the errors by which a shrinkage weighs betas, shape (n_assets,); NaN where refused."""
        return self.stderrs() if self.noise is None else self.noise

    def values(self) -> Floats:
        """Give betas as an array, shape (n_assets,); NaN where refused."""
        return np.array([np.nan if e.value is None else e.value for e in self.estimates])

    def stderrs(self) -> Floats:
        """Give standard errors as an array, shape (n_assets,); NaN where refused."""
        return np.array([np.nan if e.stderr is None else e.stderr for e in self.estimates])

    def covariance(self) -> Floats:
        """Give the covariance of the errors, shape (n_assets, n_assets); 0 for refused assets and identities."""
        return self.scores.T @ self.scores + np.diag(self.own_variance)

    def combined_error(self, weights: Floats) -> float:
        """Give the standard error of sum(weights x betas).

        Parameters
        ----------
        weights
            Shape (n_assets,), in the order of `assets`.
        """
        # What is not held takes no part, and what is held is added by name, so that the error is the same to the last
        # digit whatever else was measured and in whatever order.
        names = self.assets
        used = np.array(sorted(np.flatnonzero(weights).tolist(), key=lambda i: names[i]), dtype=np.intp)
        weights_used = weights[used]
        shared = self.scores[:, used] @ weights_used
        return float(np.sqrt(shared @ shared + self.own_variance[used] @ weights_used**2))

    def to_frame(self, kind: str | None = None) -> Any:
        """Give the estimates as a frame of the kind the prices came in."""
        rows = self.estimates
        return build_frame(
            {
                "asset": [e.asset for e in rows],
                "value": [e.value for e in rows],
                "stderr": [e.stderr for e in rows],
                "n_obs": [e.n_obs for e in rows],
                "n_eff": [e.n_eff for e in rows],
                "first": [None if e.first is None else e.first.item() for e in rows],
                "last": [None if e.last is None else e.last.item() for e in rows],
                "method": [e.method for e in rows],
                "flags": [" ".join(e.flags) for e in rows],
                "reason": [None if e.reason is None else e.reason.value for e in rows],
            },
            kind=self.frame if kind is None else frame_kind(kind),
        )


def _reading_named(wanted: BetaReading | str) -> BetaReading:
    try:
        return BetaReading(wanted)
    except ValueError:
        raise InputError(
            expected=" or ".join(repr(r.value) for r in BetaReading) + " as a reading",
            found=f"{wanted!r}",
            try_next="choose one of the two",
        ) from None
