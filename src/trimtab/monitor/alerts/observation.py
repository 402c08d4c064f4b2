"""What was observed of one portfolio at one moment: everything that an alert rule may look at.

None is not observed. A rule on something that was not observed neither fires nor clears, and says so: a missing
number is never taken for a good one or a bad one.
"""

import datetime as dt
from dataclasses import dataclass
from math import isfinite

from trimtab.errors import InputError
from trimtab.stats.normal import outside_probability

__all__ = ["AssetBeta", "Dated", "MethodBeta", "Observation", "as_utc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodBeta:
    """Portfolio beta by one way of estimating it."""

    method: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetBeta:
    """Beta of one asset with its standard error."""

    asset: str
    value: float
    stderr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A position with a date ahead.

    Parameters
    ----------
    symbol
        The contract.
    days
        Calendar days until the date; 0 is today, negative is past.
    """

    symbol: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One portfolio at one moment.

    Parameters
    ----------
    at
        When it was observed; a moment with a zone, kept in UTC.
    portfolio
        Its name.
    beta, stderr
        Portfolio beta on NAV and its standard error (zero or more). Both, or neither.
    memory
        Length of the data behind the beta: two estimates this far apart share no data. None if not known.
    lower, upper, target
        Band of the mandate, in beta.
    trigger
        Half-width around the target at which a plan trades; None where the mandate has none.
    trade
        What a plan trades now, in words ("sells 7 ESH3"); None where nothing is traded or that was not worked out.
    outside
        Probability that the true beta lies outside the band, 0 to 1. None takes it from beta, error and band.
    coverage
        Measured share of gross exposure, 0 to 1.
    price_sessions
        Sessions missed by the oldest price in use; 0 is up to date.
    price_seconds
        Age of the oldest price in use, seconds.
    oldest
        The symbol that has it.
    methods
        Portfolio beta by several methods, the one in use first.
    assets
        Betas of the assets held.
    correlation
        Average correlation of the pairs of assets held, -1 to 1.
    correlation_obs
        Returns behind it.
    expiries, rolls
        Contracts that expire, and contracts that are to be rolled; empty is observed, and none.
    liquidation_days
        Trading days until the slowest position is sold.
    why
        Why something was not observed.

    Examples
    --------
    >>> at = dt.datetime(2026, 1, 5, 21, tzinfo=dt.UTC)
    >>> seen = Observation(at=at, portfolio="growth", beta=1.08, stderr=0.02, lower=0.95, upper=1.05)
    >>> round(seen.probability_outside, 3)
    0.933
    >>> Observation(at=at, portfolio="growth").probability_outside is None
    True
    """

    at: dt.datetime
    portfolio: str
    beta: float | None = None
    stderr: float | None = None
    memory: dt.timedelta | None = None
    lower: float | None = None
    upper: float | None = None
    target: float | None = None
    outside: float | None = None
    coverage: float | None = None
    price_sessions: int | None = None
    price_seconds: float | None = None
    oldest: str | None = None
    methods: tuple[MethodBeta, ...] | None = None
    assets: tuple[AssetBeta, ...] | None = None
    correlation: float | None = None
    correlation_obs: int | None = None
    expiries: tuple[Dated, ...] | None = None
    rolls: tuple[Dated, ...] | None = None
    liquidation_days: float | None = None
    why: str | None = None
    trigger: float | None = None
    trade: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", as_utc(self.at))
        if not self.portfolio:
            _refuse("the name of a portfolio", "none", "name it")
        if (self.beta is None) != (self.stderr is None):
            _refuse("a beta with its error, or neither", f"beta {self.beta}, error {self.stderr}", "give both")
        if (self.lower is None) != (self.upper is None):
            _refuse("both edges of a band, or none", f"[{self.lower}, {self.upper}]", "give both")
        for name in ("beta", "lower", "upper", "target", "liquidation_days"):
            value = getattr(self, name)
            # Days to liquidate may be infinite: what never trades is never sold.
            if value is not None and not (isfinite(value) or (name == "liquidation_days" and value > 0)):
                _refuse(f"a finite {name}, or None", str(value), "leave out what was not observed")
        _within(self, "stderr", 0.0, None)
        _within(self, "liquidation_days", 0.0, None)
        _within(self, "trigger", 0.0, None)
        _within(self, "outside", 0.0, 1.0)
        _within(self, "coverage", 0.0, 1.0)
        _within(self, "correlation", -1.0, 1.0)
        _within(self, "price_sessions", 0, None)
        _within(self, "price_seconds", 0.0, None)

    @property
    def probability_outside(self) -> float | None:
        """Probability that the true beta is outside the band; None if beta or band was not observed."""
        if self.outside is not None:
            return self.outside
        if self.beta is None or self.stderr is None or self.lower is None or self.upper is None:
            return None
        return outside_probability(self.lower, self.upper, mean=self.beta, sd=self.stderr)


def as_utc(moment: dt.datetime) -> dt.datetime:
    """Give a moment in UTC.

    Raises
    ------
    InputError
        If it has no zone: a clock time without one is no moment.

    Examples
    --------
    >>> as_utc(dt.datetime.fromisoformat("2026-01-05T16:00:00-05:00"))
    datetime.datetime(2026, 1, 5, 21, 0, tzinfo=datetime.timezone.utc)
    """
    if moment.tzinfo is None:
        _refuse("a moment with its zone", moment.isoformat(), "add the zone, for example +00:00")
    return moment.astimezone(dt.UTC)


def _within(seen: Observation, name: str, low: float, high: float | None) -> None:
    value = getattr(seen, name)
    # Written so that NaN is refused too.
    if value is not None and not (value >= low and (high is None or value <= high)):
        top = "up" if high is None else f"to {high:g}"
        _refuse(f"{name} from {low:g} {top}", str(value), "leave out what was not observed")


def _refuse(expected: str, found: str, try_next: str) -> None:
    raise InputError(expected=expected, found=found, try_next=try_next)
