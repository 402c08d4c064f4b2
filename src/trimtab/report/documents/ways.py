"""Ways side by side as a document."""

from dataclasses import asdict
from typing import Any

from trimtab.hedge.ways.records import Way, Ways
from trimtab.report.documents.readings import readings_document, speaks_of_document
from trimtab.report.documents.write import Document, finite

__all__ = ["ways_document"]


def ways_document(ways: Ways) -> Document:
    """Document of `trimtab plan --ways`: schema trimtab.ways/1."""
    return {
        "schema": "trimtab.ways/1",
        "as_of": ways.as_of.isoformat(),
        "expires": ways.expires.isoformat(),
        "inputs_hash": ways.inputs_hash,
        "base_currency": ways.before.base,
        "mandate": {
            "benchmark": ways.mandate.benchmark,
            "target": ways.mandate.target,
            "lower": ways.mandate.lower,
            "upper": ways.mandate.upper,
        },
        "before": {
            "nav": ways.before.nav,
            "beta": ways.before.beta.value,
            "stderr": ways.before.beta.stderr,
            **readings_document(ways.before),
        },
        "speaks_of": speaks_of_document(ways.before.beta.speaks_of),
        "verdict": {"status": ways.verdict.status.value, "why": ways.verdict.why},
        "moves": _moves(ways.moves),
        "cheapest": ways.cheapest,
        "reason": ways.reason,
        "nothing": _nothing(ways),
        "ways": [_way(w) for w in ways.ways],
        "refused": [{"way": name, "why": why} for name, why in ways.refused],
        "assumptions": _plain(asdict(ways.assumptions)),
        "year": _year(ways),
        "notes": list(ways.notes),
    }


def _year(ways: Ways) -> Document:
    """Give what a year was counted with: calendar, rates and yields, and which of them are assumed."""
    t = ways.terms
    known = {c: r for c in t.facts.interest.by_currency if (r := t.facts.rate(c)) is not None}
    return {
        "calendar": t.facts.frequency.name,
        "periods_per_year": t.per_year,
        "returns": t.window,
        "rates": known,
        "other_rates": {"value": t.rate, "assumed": t.rate_assumed},
        "yields": dict(t.facts.yields),
        "other_yields": {"value": t.dividend_yield, "assumed": t.yield_assumed},
    }


def _nothing(ways: Ways) -> Document:
    n = ways.nothing
    return {
        "reason": n.reason.value,
        "advised": n.advised,
        "why": n.why,
        "gap": n.gap,
        "gap_errors": finite(n.gap_errors),
        "cost": n.cost,
        "benefit_per_year": n.benefit_per_year,
        "payback_years": finite(n.payback_years),
        "band": None if n.band is None else asdict(n.band),
    }


def _way(w: Way) -> Document:
    return {
        "name": w.name,
        "id": w.id,
        "status": w.status.value,
        "satisfies": w.satisfies,
        "why": w.why,
        "orders": [_ticket(t) for t in w.tickets],
        "after": {
            "nav": w.after.nav, "beta": w.after.beta.value, "stderr": w.after.beta.stderr,
            **readings_document(w.after),
        },
        "residual": w.residual,
        "cost_now": {**asdict(w.now), "total": w.now.total},
        "cost_per_year": {
            **asdict(w.year), "friction": w.year.friction, "standing_still": w.year.standing_still,
        },
        "price": w.price,
        "margin": w.margin,
        "cash_used": w.cash_used,
        "cash_after": w.cash_after,
        "risks": asdict(w.risks),
        "holds": asdict(w.holds),
        "moves": _moves(w.moves),
        "futures": [asdict(f) for f in w.futures],
        "notes": list(w.notes),
    }  # fmt: skip


def _ticket(t: Any) -> Document:
    return {
        "asset": t.asset,
        "kind": t.kind,
        "side": t.side,
        "quantity": float(t.quantity),
        "price": float(t.price),
        "currency": t.currency,
        "multiplier": float(t.multiplier),
        "notional": t.notional,
        "cost": t.cost,
        "expiry": None if t.expiry is None else t.expiry.isoformat(),
    }


def _moves(rows: Any) -> list[Document]:
    return [{"move": m.move, "pnl": m.pnl, "nav": m.nav, "beta": m.beta} for m in rows]


def _plain(record: Document) -> Document:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in record.items()}
