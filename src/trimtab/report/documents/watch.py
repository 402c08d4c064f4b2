"""What a watch sees, as a document: one line for each evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.desk.watch.watching import Sight
from trimtab.hedge.verdict import Status
from trimtab.report.documents.parts import Readings, Told, readings, told
from trimtab.report.shape.fields import FLAT

__all__ = ["WatchDocument", "watch_document"]

_MOVERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSoFar:
    """Change of beta since the watch began, by cause.

    Parameters
    ----------
    total
        All of it.
    currency, price, gamma, estimates, trades
        Its parts.
    """

    total: float
    currency: float
    price: float
    gamma: float
    estimates: float
    trades: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A position that moved beta, and by how much."""

    asset: str
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDocument:
    """A portfolio as it is at one moment.

    Parameters
    ----------
    at, portfolio, benchmark
        When, whose, against what.
    beta, stderr, low, high, speaks_of, readings
        Portfolio beta, its interval, and which beta it is.
    band, verdict, why
        Ends of the mandate's band, and the verdict with its reason.
    nav, beta_exposure, coverage, missing, slow
        Base currency; measured share of gross exposure, what was not measured, and what is priced with delay.
    drift, movers
        Change of beta since the watch began, and the positions that moved it most.
    oldest_price_seconds, newest_price_seconds, oldest
        Ages of prices, and whose is the oldest.
    quotes, rejected, feed_trouble, unused
        Quotes taken, those set aside by reason, and what is wrong with the feed.
    notices, news, alerts
        What a reader should know, what is new, and alerts that this evaluation raised.
    """

    SCHEMA: ClassVar = "trimtab.watch/1"

    at: str
    portfolio: str
    benchmark: str
    beta: float
    stderr: float
    low: float
    high: float
    speaks_of: Told
    readings: Readings = field(metadata=FLAT)
    band: tuple[float, float]
    verdict: Status
    why: str
    nav: float
    beta_exposure: float
    coverage: float
    missing: tuple[str, ...]
    slow: tuple[str, ...]
    drift: DriftSoFar
    movers: tuple[Mover, ...]
    oldest_price_seconds: float | None
    newest_price_seconds: float | None
    oldest: str | None
    quotes: int
    rejected: Mapping[str, int]
    feed_trouble: str | None
    unused: str | None
    notices: tuple[str, ...]
    news: tuple[str, ...]
    alerts: tuple[str, ...]


def watch_document(sight: Sight, *, alerts: Sequence[str] = ()) -> WatchDocument:
    """Give a sight as a document: schema trimtab.watch/1.

    Parameters
    ----------
    alerts
        Titles of alerts that this evaluation raised.
    """
    reading, beta, drift = sight.reading, sight.reading.beta, sight.drift
    return WatchDocument(
        at=sight.at.isoformat(),
        portfolio=sight.portfolio,
        benchmark=sight.mandate.benchmark,
        beta=beta.value,
        stderr=beta.stderr,
        low=beta.low,
        high=beta.high,
        speaks_of=told(beta.speaks_of),
        readings=readings(reading),
        band=(sight.mandate.lower, sight.mandate.upper),
        verdict=sight.verdict.status,
        why=sight.verdict.why,
        nav=reading.nav,
        beta_exposure=reading.beta_exposure,
        coverage=reading.coverage.share,
        missing=tuple(m.asset for m in reading.coverage.missing),
        slow=tuple(name for name, _ in reading.slow),
        drift=DriftSoFar(
            total=drift.total, currency=drift.currency, price=drift.price, gamma=drift.gamma,
            estimates=drift.estimates, trades=drift.trades,
        ),
        movers=tuple(Mover(asset=m.asset, change=m.change) for m in drift.movers[:_MOVERS] if m.change != 0.0),
        oldest_price_seconds=sight.price_seconds,
        newest_price_seconds=sight.newest_seconds,
        oldest=reading.oldest_name,
        quotes=reading.quotes,
        rejected=dict(sight.rejected),
        feed_trouble=sight.trouble,
        unused=sight.unused,
        notices=sight.notices,
        news=sight.news,
        alerts=tuple(alerts),
    )  # fmt: skip
