r"""The default: the learned mixture for what drifts as shares do, a centred fit for what does not, by the evidence.

Rule
    forecast = w x mixture + (1 - w) x calm
    calm   the level that the data show, drawn nowhere, under little drift or none (`stats.kernels.drift_ladder`)
    w      probability that the asset drifts as shares do: 1 where its residual volatility is half of the benchmark's or
           more; below that, by how well either forecast each day, from a prior weight that falls to .15 at a quarter
           (.55 with no history yet, .15 from a year on)
Why
    The mixture won the league on single shares (see the league's page), and its filters assume that beta itself wanders
    with a standard deviation of .25. For an index future, a broad fund or a leveraged one that cannot be: such
    wandering alone would leave residuals of a quarter of the benchmark's volatility, and theirs are smaller. Nor is
    there a population of them to be drawn towards. The two answers are mixed and never switched, so no asset changes
    its method at a border, and the error holds what they disagree on.
Errors
    They speak of the mean beta over the horizon: measurement and the drift to come. The fit of the past stands beside
    (`Betas.fitted`), with the error of measuring it. Assets share what measurement left as far as their residuals go
    together.
When not to use it
    When the published number of a named method is wanted.
"""

from dataclasses import dataclass, replace

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.beta.estimators.mixture import Mixture
from trimtab.beta.estimators.two_speed import flag_speeds, name_speeds
from trimtab.beta.estimators.vasicek import Vasicek
from trimtab.beta.estimators.welch import Welch
from trimtab.beta.fit import fit_to_past
from trimtab.beta.sample import MIN_OBS, take_sample
from trimtab.market.returns import PairedReturns
from trimtab.stats.linear import ErrorKind

__all__ = ["Auto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto:
    """The learned mixture as far as an asset drifts as shares do, a centred fit as far as it does not.

    Parameters
    ----------
    horizon
        Trading days over which the beta is wanted.
    window
        Most pairs looked at; None takes all.
    half_life, errors, lags
        Of welch; giving one of them means welch|vasicek for every asset, because the default has none.
    min_obs
        Fewest pairs that give an answer.
    """

    horizon: int = 63
    window: int | None = None
    half_life: float | None = None
    errors: ErrorKind | None = None
    lags: int | None = None
    min_obs: int = MIN_OBS

    @property
    def name(self) -> str:
        """As written on the command line."""
        return "auto"

    @property
    def single(self) -> Mixture | None:
        """The filters behind it; None when an option asks for welch throughout."""
        if self.half_life is not None or self.errors is not None or self.lags is not None:
            return None
        return Mixture(horizon=self.horizon, window=self.window, min_obs=self.min_obs)

    @property
    def plain(self) -> tuple[Welch, Vasicek]:
        """The estimator and the shrinkage where an option asks for them."""
        welch = Welch(lags=self.lags, min_obs=self.min_obs)
        if self.window is not None:
            welch = replace(welch, window=self.window)
        if self.half_life is not None:
            welch = replace(welch, half_life=self.half_life)
        if self.errors is not None:
            welch = replace(welch, errors=self.errors)
        return welch, Vasicek()

    def estimate(self, pairs: PairedReturns) -> Betas:
        """Estimate the beta of each asset in `pairs`."""
        if self.single is None:
            welch, vasicek = self.plain
            return vasicek.shrink(welch.estimate(pairs))
        sample = take_sample(pairs, self.window)
        last = np.array([len(sample.asset) - 1], dtype=np.intp)
        speeds, _ = self.single.run(pairs, sample.asset, sample.market, sample.rows, last)
        value, stderr, measured = (values[-1] for values in speeds.mixed())
        forecast = name_speeds(
            sample, value, stderr, measured,
            method=self.name, horizon=self.horizon, min_obs=self.min_obs, window=self.window,
        )  # fmt: skip
        mostly = speeds.weight[-1] >= 0.5
        forecast = flag_speeds(forecast, speeds.far[-1] & mostly)
        named = tuple(
            e if e.method == "identity" else replace(e, method="mixture" if mostly[i] else "calm")
            for i, e in enumerate(forecast.estimates)
        )
        calm = [e.asset for e in named if e.method == "calm" and e.value is not None]
        return replace(
            forecast,
            estimates=named,
            notes=_notes(calm, len(named)),
            fitted=fit_to_past(pairs, window=self.window, min_obs=self.min_obs),
        )


def _notes(calm: list[str], n_assets: int) -> tuple[str, ...]:
    if not calm or len(calm) == n_assets:
        return ()
    shown = ", ".join(calm[:6]) + (", ..." if len(calm) > 6 else "")
    return (f"{len(calm)} assets drift less than shares do, and are drawn towards no prior: {shown}",)
