"""A performance review as a document."""

import numpy as np

from trimtab.desk.ask.learned import Attributed, BasisLine, Performance
from trimtab.desk.ask.present import Worth
from trimtab.report.documents.write import Document, drawdown_day, plain

__all__ = ["performance_document"]


def performance_document(p: Performance, worth: Worth | None = None) -> Document:
    """Document of `trimtab performance`: schema trimtab.performance/1. What the data cannot say is null."""
    arithmetic, geometric = p.relative
    return {
        "schema": "trimtab.performance/1",
        **plain(
            p,
            without=("relative", "attributed", "basis", "dates", "returns", "market", "neutral", "drawdown_dates"),
        ),
        "relative": {"arithmetic": plain(arithmetic), "geometric": plain(geometric)},
        "drawdown_dates": None if p.drawdowns is None else _drawdown_dates(p),
        "attribution": None if p.attributed is None else _attribution(p.attributed),
        "cost_basis": [_basis(line) for line in p.basis],
        "present_value": None if worth is None else plain(worth),
        "series": {
            "dates": plain(p.dates), "portfolio": plain(p.returns), "benchmark": plain(p.market),
            "neutral": plain(p.neutral),
        },
        "conventions": list(_CONVENTIONS),
    }  # fmt: skip


_CONVENTIONS = (
    "returns are simple, per period, decimal; a missing one is left out, never filled",
    "standard deviations are of a sample (n - 1; residuals n - 2), times the root of periods per year",
    "intervals are 95%, with Newey-West errors over floor(1.3 sqrt n) lags and Kiefer-Vogelsang critical values",
    "the neutral part is the excess return less beta x the benchmark's, beta known before the period, without costs",
)


def _drawdown_dates(p: Performance) -> Document:
    assert p.drawdowns is not None  # noqa: S101 - the caller looked
    return {
        side: [[drawdown_day(p.drawdown_dates, row) for row in (d.peak, d.trough, d.recovery)] for d in falls]
        for side, falls in (("book", p.drawdowns.book), ("neutral", p.drawdowns.neutral))
    }


def _attribution(a: Attributed) -> Document:
    return {
        "beta_held": a.beta_held,
        "first": plain(a.first),
        "last": plain(a.last),
        "linked": plain(a.linked),
        "compound_return": float(np.prod(1.0 + a.parts.total) - 1.0),
        "selection_by_asset": [{"asset": name, "selection": value} for name, value in a.by_asset],
        "by_period": {
            **{name: plain(part) for name, part in a.parts.components().items()},
            "total": plain(a.parts.total),
        },
    }


def _basis(line: BasisLine) -> Document:
    return {
        "symbol": line.symbol,
        "price": plain(line.price),
        "price_date": plain(line.price_date),
        "methods": [
            {
                "method": r.method,
                "quantity": plain(r.quantity),
                "cost": plain(r.cost),
                "realised": plain(r.realised),
                "unrealised": None if line.price is None else plain(r.unrealised(line.price)),
                "lots": plain(r.lots),
                "disposals": [{**plain(d), "gain": plain(d.gain)} for d in r.disposals],
            }
            for r in line.results
        ],
    }
