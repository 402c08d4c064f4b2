"""What beta misses, as a document."""

from trimtab.desk.ask.risk_parts import Risk
from trimtab.report.documents.readings import portfolio_beta_document, readings_document
from trimtab.report.documents.write import Document, drawdown_day, plain

__all__ = ["risk_document"]


def risk_document(r: Risk) -> Document:
    """Document of `trimtab risk`: schema trimtab.risk/1. What the data cannot say is null or empty."""
    x = r.exposure
    return {
        "schema": "trimtab.risk/1",
        "as_of": plain(x.as_of),
        "benchmark": x.benchmark,
        "base_currency": x.base,
        "nav": x.nav,
        "beta": portfolio_beta_document(x.beta),
        **readings_document(x),
        "coverage": plain(x.coverage),
        "role": r.role,
        "beta_is_not_enough": [plain(h) for h in r.hidden],
        "findings": [plain(h) for h in r.findings],
        "concentration": plain(r.groups),
        "currency": plain(r.currency),
        "valuation": {"price_earnings": plain(r.price_earnings), "price_book": plain(r.price_book)},
        "credit": plain(r.credit),
        "sizes": plain(r.sizes),
        "liquidity": plain(r.liquidity),
        "exit_frontier": plain(r.exit_frontier),
        "losses": plain(r.losses),
        "drawdowns": plain(r.drawdowns),
        "drawdown_dates": None if r.drawdowns is None else _dates(r),
        "downside": plain(r.downside),
        "horizons": plain(r.horizons),
        "scaled": plain(r.scaled),
        "convergence": [{"date": plain(day), **plain(c, without=("betas", "stderrs"))} for day, c in r.convergence],
        "flows": plain(r.flows),
        "calendar": {"name": r.frequency.name, "periods_per_year": r.frequency.periods_per_year, "year": r.year},
        "n_obs": r.n_obs,
        "first": plain(r.first),
        "last": plain(r.last),
        "notes": list(r.notes),
    }


def _dates(r: Risk) -> Document:
    assert r.drawdowns is not None  # noqa: S101 - the caller looked
    return {
        side: [[drawdown_day(r.drawdown_dates, row) for row in (d.peak, d.trough, d.recovery)] for d in falls]
        for side, falls in (("book", r.drawdowns.book), ("neutral", r.drawdowns.neutral))
    }
