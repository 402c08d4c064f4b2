"""A stress test as a document."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.ask.stress.lines import EpisodeLine, Margins, RegimeLine, ShockLine, Stress
from trimtab.exposure.coverage import Coverage
from trimtab.exposure.expose import PositionExposure
from trimtab.hedge.margin.records import AccountAfter, AccountMargin
from trimtab.report.documents.parts import BetaFigures, Readings, finite, portfolio_beta, readings
from trimtab.report.shape.fields import FLAT
from trimtab.risk.convergence import Convergence
from trimtab.risk.margin import MarginState
from trimtab.risk.shocks import Shock
from trimtab.stats.arrays import Floats

__all__ = ["StressDocument", "stress_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loser:
    """An asset and its profit in an episode, base currency; negative = lost."""

    asset: str
    profit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFigures:
    """Today's book through one episode; money in base currency, negative = lost.

    Parameters
    ----------
    name, start, end, what
        Which episode.
    options
        Profit of options, revalued in full from first close to last.
    options_beyond
        That less what beta alone says of them.
    profit, share
        All of it, and that over NAV.
    by_beta, beyond_beta
        What beta alone says of positions with a beta, and profit less that.
    dates, path, beta_path
        Closes, profit and what beta says at each, as shares of NAV.
    worst
        Lowest point of the path, share of NAV.
    proxied, missing
        Assets replaced by beta x benchmark, and assets left out.
    benchmark_return
        First close to last.
    coverage, observed
        Covered share of gross exposure, and the share with prices of its own.
    losers
        The assets that lost most.
    """

    name: str
    start: dt.date
    end: dt.date
    what: str
    options: float | None
    options_beyond: float | None
    profit: float | None
    share: float | None
    by_beta: float | None
    beyond_beta: float | None
    dates: NDArray[np.datetime64]
    path: Floats
    beta_path: Floats
    worst: float | None
    proxied: tuple[str, ...]
    missing: tuple[str, ...]
    benchmark_return: float
    coverage: float
    observed: float
    losers: tuple[Loser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockPosition:
    """One position under a shock: profit by factor, base currency; null where its sensitivity is not known.

    Parameters
    ----------
    asset
        Symbol.
    market, volatility, currency, rates, credit
        By factor.
    """

    asset: str
    market: float | None
    volatility: float | None
    currency: float | None
    rates: float | None
    credit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalShock:
    """A shock by deltas, gammas, vegas and durations, beside full revaluation.

    Parameters
    ----------
    total
        Sum of what is known, base currency.
    coverage
        By shocked factor, the share of gross value whose sensitivity is known.
    positions
        Each position.
    """

    total: float
    coverage: Mapping[str, float]
    positions: tuple[ShockPosition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockFigures:
    """Today's book under one shock; money in base currency, negative = lost.

    Parameters
    ----------
    shock
        What is assumed.
    profit, share
        By full revaluation; over NAV.
    by_beta
        Beta exposure x the benchmark's move.
    beta_after
        Portfolio beta after it; null where NAV is gone.
    margin
        Cash and margin after it; null where nothing is on margin.
    accounts
        Each venue account after it, in the order of the document's `accounts`.
    local
        The same from sensitivities.
    """

    shock: Shock
    profit: float
    share: float
    by_beta: float
    beta_after: float | None
    margin: MarginState | None
    accounts: tuple[AccountAfter, ...]
    local: LocalShock


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedFigures:
    """Beta and volatility with correlations pushed towards one.

    Parameters
    ----------
    degree
        0 = as it is, 1 = all correlations one.
    portfolio_beta, portfolio_sd
        With them; the deviation is per period.
    """

    degree: float
    portfolio_beta: float
    portfolio_sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StressDocument:
    """Today's book in past storms, under shocks, and with betas and correlations under stress.

    Parameters
    ----------
    as_of, benchmark, base_currency, nav
        The portfolio today.
    beta, readings
        Its beta.
    coverage
        How much was measured.
    episodes, episodes_skipped
        Past storms, and those that the prices do not reach back to.
    shocks
        Hypothetical ones.
    regimes
        Beta on some days against all other days.
    convergence, pushed
        How alike the assets held move now, and with correlations pushed to one.
    margin
        Null where nothing is on margin.
    accounts
        Venue accounts today: margin by the venue's rules, distance to liquidation, cash for a move of some deviations.
    window, n_obs
        Periods that convergence looks at, and periods in which the whole book is known.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.stress/1"

    as_of: np.datetime64
    benchmark: str
    base_currency: str
    nav: float
    beta: BetaFigures
    readings: Readings = field(metadata=FLAT)
    coverage: Coverage
    episodes: tuple[EpisodeFigures, ...]
    episodes_skipped: tuple[str, ...]
    shocks: tuple[ShockFigures, ...]
    regimes: tuple[RegimeLine, ...]
    convergence: Convergence | None
    pushed: tuple[PushedFigures, ...]
    margin: Margins | None
    accounts: tuple[AccountMargin, ...]
    window: int
    n_obs: int
    notes: tuple[str, ...]


def stress_document(s: Stress) -> StressDocument:
    """Document of `trimtab stress`: schema trimtab.stress/1. What the data cannot say is null."""
    x = s.exposure
    return StressDocument(
        as_of=x.as_of,
        benchmark=x.benchmark,
        base_currency=x.base,
        nav=x.nav,
        beta=portfolio_beta(x.beta),
        readings=readings(x),
        coverage=x.coverage,
        episodes=tuple(_episode(e) for e in s.episodes),
        episodes_skipped=s.skipped,
        shocks=tuple(_shock(line, x.positions) for line in s.shocks),
        regimes=s.regimes,
        convergence=s.convergence,
        pushed=tuple(
            PushedFigures(degree=p.degree, portfolio_beta=p.portfolio_beta, portfolio_sd=p.portfolio_sd)
            for p in s.pushed
        ),
        margin=s.margins,
        accounts=s.accounts,
        window=s.window,
        n_obs=s.n_obs,
        notes=s.notes,
    )


def _episode(e: EpisodeLine) -> EpisodeFigures:
    return EpisodeFigures(
        name=e.episode.name,
        start=e.episode.start,
        end=e.episode.end,
        what=e.episode.what,
        options=finite(e.options),
        options_beyond=finite(e.options_beyond),
        profit=finite(e.profit),
        share=finite(e.share),
        by_beta=finite(e.by_beta),
        beyond_beta=finite(e.beyond_beta),
        dates=e.dates,
        path=e.path,
        beta_path=e.beta_path,
        worst=finite(e.worst),
        proxied=e.proxied,
        missing=e.missing,
        benchmark_return=e.replay.benchmark_return,
        coverage=e.replay.coverage,
        observed=e.replay.observed,
        losers=tuple(Loser(asset=name, profit=profit) for name, profit in e.losers),
    )


def _shock(line: ShockLine, positions: tuple[PositionExposure, ...]) -> ShockFigures:
    local = line.local
    return ShockFigures(
        shock=line.shock,
        profit=line.profit,
        share=line.share,
        by_beta=line.by_beta,
        beta_after=line.beta_after,
        margin=line.margin,
        accounts=line.accounts,
        local=LocalShock(
            total=local.total,
            coverage=local.coverage,
            positions=tuple(
                ShockPosition(
                    asset=p.asset,
                    market=finite(local.market[i]),
                    volatility=finite(local.volatility[i]),
                    currency=finite(local.currency[i]),
                    rates=finite(local.rates[i]),
                    credit=finite(local.credit[i]),
                )
                for i, p in enumerate(positions)
            ),
        ),
    )
