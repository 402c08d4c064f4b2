"""What alert rules look at while a portfolio is watched.

Beta, coverage and ages are those of each evaluation. What takes long to measure and changes slowly (other methods,
correlation, days to sell) is measured whenever the book is made again, and carried along in between.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from trimtab.desk.watch.alerting import expiries, sessions_missed
from trimtab.desk.watch.watching import Sight
from trimtab.model.calendar import Calendar
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.observation import AssetBeta, Dated, MethodBeta, Observation

__all__ = ["Measured", "observation_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of a portfolio beside its quotes; None was not measured.

    Parameters
    ----------
    method
        How its betas were estimated.
    differences
        Portfolio beta by other methods, less that by the method in use, at the same prices.
    memory
        Length of the data behind the beta.
    assets
        Betas of the assets held.
    correlation
        Average correlation of pairs, and the number of returns behind it.
    rolls
        Day on which each contract is to be rolled.
    liquidation_days
        Trading days until the slowest position is sold.
    calendar
        When prices are to be expected; None counts weekdays.
    """

    method: str = "default"
    differences: Mapping[str, float] = field(default_factory=dict)
    memory: dt.timedelta | None = None
    assets: tuple[AssetBeta, ...] | None = None
    correlation: tuple[float, int] | None = None
    rolls: Mapping[str, dt.date] | None = None
    liquidation_days: float | None = None
    calendar: Calendar | None = None


def observation_of(sight: Sight, portfolio: Portfolio, measured: Measured | None = None) -> Observation:
    """Make what alert rules look at from a sight; while NAV is not known, beta is not observed.

    A position whose bounds leave the verdict as it is does not keep it from being observed.
    """
    slow = measured or Measured()
    reading, mandate = sight.reading, sight.mandate
    is_measured = reading.coverage.nav_known or (not reading.coverage.unpriced and not sight.verdict.deciding)
    today = sight.at.astimezone(dt.UTC).date()
    beta, oldest = reading.beta, reading.oldest
    own = MethodBeta(method=slow.method, value=beta.value)
    # the others are shifted along with it: that prices moved since they were measured is no disagreement
    others = tuple(MethodBeta(method=m, value=beta.value + less) for m, less in slow.differences.items())
    missed, ended = (
        (None, None) if oldest is None else sessions_missed(oldest.astype("datetime64[D]"), sight.at, slow.calendar)
    )
    rolls = None if slow.rolls is None else sorted(slow.rolls.items())
    return Observation(
        at=sight.at,
        portfolio=sight.portfolio,
        beta=beta.value if is_measured else None,
        stderr=beta.stderr if is_measured else None,
        memory=slow.memory,
        lower=mandate.lower,
        upper=mandate.upper,
        target=mandate.target,
        trigger=mandate.trigger,
        coverage=min(1.0, max(0.0, reading.coverage.share)),
        price_sessions=missed,
        price_seconds=sight.price_seconds,
        oldest=reading.oldest_name,
        methods=(own, *others) if others and is_measured else None,
        assets=slow.assets,
        correlation=None if slow.correlation is None else slow.correlation[0],
        correlation_obs=None if slow.correlation is None else slow.correlation[1],
        expiries=expiries(portfolio, today),
        rolls=None if rolls is None else tuple(Dated(symbol=s, days=(d - today).days) for s, d in rolls),
        liquidation_days=slow.liquidation_days,
        why=sight.unused or ended,
    )
