"""What a stress test gives: a line for each episode, shock and regime, and what a margin account makes of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.exposure.expose import Exposure
from trimtab.hedge.margin.records import AccountAfter, AccountMargin
from trimtab.model.shown import Shown
from trimtab.risk.convergence import Convergence, Pushed
from trimtab.risk.episodes import Episode, Replay
from trimtab.risk.margin import MarginState
from trimtab.risk.regime import RegimeReview
from trimtab.risk.shocks import Shock, ShockResult
from trimtab.stats.arrays import Floats

__all__ = ["EpisodeLine", "Margins", "RegimeLine", "ShockLine", "Stress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeLine:
    """Today's book through one episode; money in base currency.

    Parameters
    ----------
    episode
        Which.
    replay
        Everything but revalued options; its betas and coverage.
    options
        Profit of options, revalued in full from first close to last. Whatever else is not linear in what it follows
        (perpetuals, futures in a foreign currency) is revalued in full as well.
    options_beyond
        That less what beta alone says of them: what their curvature brings, if they live through it.
    profit, share
        All of it, and that over NAV; negative = lost.
    by_beta, beyond_beta
        What beta alone says of positions with a beta, and profit less that.
    dates, path, beta_path
        Closes, profit and what beta says at each, as shares of NAV.
    worst
        Lowest point of the path, share of NAV.
    losers
        The assets that lost most, with profit; three at most.
    proxied, missing
        Assets replaced by beta x benchmark, and assets left out.
    """

    episode: Episode
    replay: Replay
    options: float
    options_beyond: float
    profit: float
    share: float
    by_beta: float
    beyond_beta: float
    dates: NDArray[np.datetime64]
    path: Floats
    beta_path: Floats
    worst: float
    losers: tuple[tuple[str, float], ...]
    proxied: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def by_beta_share(self) -> float:
        """What beta alone says, share of NAV."""
        return self.by_beta / self.replay.nav

    @property
    def options_share(self) -> float:
        """What options bring beyond beta, share of NAV."""
        return self.options_beyond / self.replay.nav

    @property
    def beyond_share(self) -> float:
        """Profit less that, share of NAV."""
        return self.beyond_beta / self.replay.nav


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockLine:
    """Today's book under one shock; money in base currency.

    Parameters
    ----------
    shock
        What is assumed.
    local
        From deltas, gammas, vegas, durations: by position and factor, with coverage.
    profit, share
        Benchmark, currencies and volatility by full revaluation, other factors as in `local`; over NAV.
    by_beta, by_beta_share
        beta exposure x the benchmark's move; over NAV.
    beta_after
        Portfolio beta after it; None where NAV is gone.
    margin
        Cash and margin after it; None where nothing is on margin.
    accounts
        Each venue account after it, in the order of `Stress.accounts`.
    """

    shock: Shock
    local: ShockResult
    profit: float
    share: float
    by_beta: float
    by_beta_share: float
    beta_after: float | None
    margin: MarginState | None
    accounts: tuple[AccountAfter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeLine:
    """Beta in one kind of stress; `review` is None where there are too few days of it."""

    name: str
    review: RegimeReview | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Positions on margin: cash behind them, assumed rate and factor, and the moves at which a call comes."""

    cash: float
    rate: float
    factor: float
    fall: float | None
    rise: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stress(Shown):
    """A portfolio under stress.

    Parameters
    ----------
    exposure
        The portfolio today.
    episodes
        Past storms that the prices reach back to.
    skipped
        Names of the others.
    shocks
        Hypothetical ones.
    regimes
        Beta in falls, large moves and high volatility against all other days.
    convergence, pushed
        How alike the assets held move now, and beta and volatility with correlations pushed to one; None and empty
        with fewer than two assets.
    margins
        None where nothing is on margin.
    accounts
        Venue accounts today: margin by the venue's rules, distance to liquidation, cash for a move of some deviations.
    window, n_obs
        Periods that convergence looks at, and periods in which the whole book is known.
    notes
        What was decided on the way.
    """

    exposure: Exposure
    episodes: tuple[EpisodeLine, ...]
    skipped: tuple[str, ...]
    shocks: tuple[ShockLine, ...]
    regimes: tuple[RegimeLine, ...]
    convergence: Convergence | None
    pushed: tuple[Pushed, ...]
    margins: Margins | None
    accounts: tuple[AccountMargin, ...]
    window: int
    n_obs: int
    notes: tuple[str, ...]
