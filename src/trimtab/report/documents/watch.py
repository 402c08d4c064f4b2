"""What a watch sees, as a document."""

from collections.abc import Sequence
from typing import Any

from trimtab.desk.watch.watching import Sight
from trimtab.report.documents.readings import readings_document, speaks_of_document

__all__ = ["watch_document"]

_MOVERS = 6


def watch_document(sight: Sight, *, alerts: Sequence[str] = ()) -> dict[str, Any]:
    """Give a sight as a document: schema trimtab.watch/1.

    Parameters
    ----------
    alerts
        Titles of alerts that this evaluation raised.
    """
    reading, beta, drift = sight.reading, sight.reading.beta, sight.drift
    return {
        "schema": "trimtab.watch/1",
        "at": sight.at.isoformat(),
        "portfolio": sight.portfolio,
        "benchmark": sight.mandate.benchmark,
        "beta": beta.value,
        "stderr": beta.stderr,
        "low": beta.low,
        "high": beta.high,
        "speaks_of": speaks_of_document(beta.speaks_of),
        **readings_document(reading),
        "band": [sight.mandate.lower, sight.mandate.upper],
        "verdict": sight.verdict.status.value,
        "why": sight.verdict.why,
        "nav": reading.nav,
        "beta_exposure": reading.beta_exposure,
        "coverage": reading.coverage.share,
        "missing": [m.asset for m in reading.coverage.missing],
        "slow": [name for name, _ in reading.slow],
        "drift": {
            "total": drift.total,
            "currency": drift.currency,
            "price": drift.price,
            "gamma": drift.gamma,
            "estimates": drift.estimates,
            "trades": drift.trades,
        },
        "movers": [{"asset": m.asset, "change": m.change} for m in drift.movers[:_MOVERS] if m.change != 0.0],
        "oldest_price_seconds": sight.price_seconds,
        "newest_price_seconds": sight.newest_seconds,
        "oldest": reading.oldest_name,
        "quotes": reading.quotes,
        "rejected": dict(sight.rejected),
        "feed_trouble": sight.trouble,
        "unused": sight.unused,
        "notices": list(sight.notices),
        "news": list(sight.news),
        "alerts": list(alerts),
    }
