"""Results as documents: plain dicts with a named schema, the same numbers that the tables show, unrounded.

Schemas grow by adding keys; a key that exists keeps its meaning, or the number after the slash goes up.
"""

import json
from dataclasses import asdict
from math import isfinite, isinf
from typing import Any

import numpy as np

from trimtab.beta.diagnostics import Diagnosis
from trimtab.beta.estimate import BetaEstimate
from trimtab.desk.measure import Measured
from trimtab.desk.review import Review
from trimtab.errors import Failure
from trimtab.exposure.explain import Explanation
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.exposure.groups import Breakdown
from trimtab.exposure.moves import MoveRow
from trimtab.exposure.valuation import OptionFigures
from trimtab.hedge.plan import Order, Plan
from trimtab.hedge.verdict import Verdict
from trimtab.model.mandate import Mandate
from trimtab.report.not_enough import not_enough_document
from trimtab.report.readings import (
    beta_document as portfolio_beta_document,
)
from trimtab.report.readings import estimate_readings, position_readings, readings_document, speaks_of_document

__all__ = [
    "beta_document", "diagnosis_document", "dumps", "explanation_document", "order_document", "plan_document",
    "review_document",
]  # fmt: skip

Document = dict[str, Any]
_MOST_FAILURES = 200


def dumps(document: Document) -> str:
    r"""Write a document as JSON text: keys in a fixed order, numbers in full, never NaN.

    Examples
    --------
    >>> dumps({"a": 0.1})
    '{\n  "a": 0.1\n}'
    """
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def beta_document(measured: Measured) -> Document:
    """Document of `trimtab beta`: schema trimtab.beta/1."""
    betas = measured.betas
    return {
        "schema": "trimtab.beta/1",
        "benchmark": betas.benchmark,
        "as_of": _date(betas.as_of),
        "method": betas.method,
        "risk_free": betas.risk_free,
        "speaks_of": speaks_of_document(betas.speaks_of),
        "benchmark_detail": asdict(measured.benchmark),
        "betas": [{**_estimate(e), **estimate_readings(betas, e.asset)} for e in betas.estimates],
        "notes": list(measured.notes),
        "failures": _failures(measured.failures),
    }


def review_document(review: Review) -> Document:
    """Document of `trimtab review`: schema trimtab.review/1."""
    return {
        "schema": "trimtab.review/1",
        **_exposure(review.exposure),
        "coverage": {
            "share": review.exposure.coverage.share,
            "unpriced": review.exposure.coverage.unpriced,
            "missing": [{"asset": m.asset, "reason": m.reason.value} for m in review.exposure.coverage.missing],
            "beta_low": review.exposure.coverage.beta_low,
            "beta_high": review.exposure.coverage.beta_high,
            "bounds": [asdict(b) for b in review.exposure.coverage.bounds],
        },
        "mandate": {**_mandate(review.mandate), **_verdict(review.verdict)},
        "benchmark_detail": asdict(review.benchmark),
        "method": review.betas.method,
        "risk_free": review.betas.risk_free,
        "positions": [
            {**_position(p), **position_readings(p, review.betas.speaks_of)} for p in review.exposure.positions
        ],
        "breakdown": _breakdown(review.breakdown),
        "moves": [_move(m) for m in review.moves],
        "joint": [asdict(j) for j in review.joint],
        "not_enough": not_enough_document(review.not_enough),
        "notes": list(review.notes),
        "failures": _failures(review.failures),
    }


def plan_document(plan: Plan) -> Document:
    """Document of `trimtab plan`: schema trimtab.plan/1."""
    return {
        "schema": "trimtab.plan/1",
        "status": plan.status.value,
        "as_of": plan.as_of.isoformat(),
        "mandate": _mandate(plan.mandate),
        "orders": [order_document(o) for o in plan.orders],
        "before": {**_exposure(plan.before), **_verdict(plan.verdict_before)},
        "after": {**_exposure(plan.after), **_verdict(plan.verdict_after)},
        "residual": plan.residual,
        "cost": plan.cost,
        "notes": list(plan.notes),
    }


def _estimate(e: BetaEstimate) -> Document:
    return {
        "asset": e.asset,
        "value": e.value,
        "stderr": e.stderr,
        "n_obs": e.n_obs,
        "n_eff": e.n_eff,
        "first": _date(e.first),
        "last": _date(e.last),
        "method": e.method,
        "flags": [f.value for f in e.flags],
        "reason": None if e.reason is None else e.reason.value,
    }


def _exposure(x: Exposure) -> Document:
    return {
        "as_of": _date(x.as_of),
        "base_currency": x.base,
        "nav": x.nav,
        "beta": portfolio_beta_document(x.beta),
        **readings_document(x),
        "beta_exposure": x.beta_exposure,
        "money_per_1pct": x.money_per_1pct,
        "gross_beta": x.gross_beta,
        "net": x.net,
        "gross": x.gross,
    }


def _mandate(m: Mandate) -> Document:
    return {
        "benchmark": m.benchmark,
        "target": m.target,
        "lower": m.lower,
        "upper": m.upper,
        "confidence": m.confidence,
        "min_coverage": m.min_coverage,
        "reading": m.reading,
    }


def _verdict(v: Verdict) -> Document:
    return {
        "probability_inside": v.probability_inside,
        "speaks_of": speaks_of_document(v.speaks_of),
        "status": v.status.value,
        "why": v.why,
        "worst_case": None if v.worst_low is None else {"low": v.worst_low, "high": v.worst_high},
        "deciding": list(v.deciding),
    }


def _position(p: PositionExposure) -> Document:
    return {
        "asset": p.asset,
        "kind": p.kind,
        "quantity": p.quantity,
        "currency": p.currency,
        "price": p.price,
        "price_date": _date(p.price_date),
        "fx": p.fx,
        "multiplier": p.multiplier,
        "value": p.value,
        "delta": p.delta,
        "delta_spot": None if p.option is None else p.delta,
        "delta_exposure": p.delta_exposure,
        "beta": p.beta,
        "stderr": p.stderr,
        "beta_exposure": p.beta_exposure,
        "contribution": p.contribution,
        "gamma_exposure": p.gamma_exposure,
        "beta_weighted_delta": p.beta_weighted_delta,
        "elasticity": p.elasticity,
        "option_beta": p.option_beta,
        "leverage": p.leverage,
        "carry_per_year": p.carry,
        "option": None if p.option is None else _option(p.option),
        "follows": p.follows,
        "flags": [f.value for f in p.flags],
        "reason": None if p.reason is None else p.reason.value,
    }


def _option(o: OptionFigures) -> Document:
    return {
        "underlying_price": o.underlying_price,
        "vol": o.vol,
        "vol_low": o.vol_low,
        "vol_high": None if o.vol_high is None or isinf(o.vol_high) else o.vol_high,
        "years": o.years,
        "delta_low": o.delta_low,
        "delta_high": o.delta_high,
        "delta_forward": o.delta_forward,
        "forward": o.forward,
        "other_rate_delta_exposure": o.other_rate_delta_exposure,
        "vega": o.vega,
        "theta": o.theta,
        "net_delta": o.net_delta,
    }


def _breakdown(b: Breakdown) -> Document:
    return {
        "by_currency": [asdict(g) for g in b.by_currency],
        "by_kind": [asdict(g) for g in b.by_kind],
        "by_underlying": [asdict(g) for g in b.by_underlying],
        "currency_hedge": [{"currency": c, "sell": amount} for c, amount in b.currency_hedge],
        "leverage": b.leverage,
        "invested": b.invested,
        "beta_on_invested": b.beta_on_invested,
        "vol_band": None if b.vol_low is None else {"low": b.vol_low, "high": b.vol_high},
    }


def _move(m: MoveRow) -> Document:
    return asdict(m)


def diagnosis_document(benchmark: str, found: tuple[Diagnosis, ...]) -> Document:
    """Document of `trimtab beta --diagnose`: schema trimtab.diagnosis/1; null where nothing can be told."""
    return {
        "schema": "trimtab.diagnosis/1",
        "benchmark": benchmark,
        "assets": [
            {
                **{k: _finite(v) for k, v in asdict(d).items() if isinstance(v, str | int | float | None)},
                "break_date": _date(d.break_date),
                "influence_date": _date(d.influence_date),
                "estimates": {name: _finite(value) for name, value in d.estimates},
                "words": list(d.words),
            }
            for d in found
        ],
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value


def explanation_document(e: Explanation) -> Document:
    """Document of `trimtab explain`: schema trimtab.explain/1."""
    return {
        "schema": "trimtab.explain/1",
        "asset": e.asset,
        "kind": e.kind,
        "formula": e.formula,
        "inputs": [
            {"name": i.name, "value": i.value, "unit": i.unit, "source": i.source, "date": _date(i.date)}
            for i in e.inputs
        ],
        "steps": list(e.steps),
        "flags": list(e.flags),
        "reason": e.reason or None,
    }


def order_document(o: Order) -> Document:
    """Write a futures order as every document has it."""
    return {
        "asset": o.future.symbol,
        "side": o.side.value,
        "quantity": int(o.quantity) if o.quantity == o.quantity.to_integral_value() else float(o.quantity),
        "price": float(o.price),
        "currency": o.future.currency,
        "multiplier": float(o.multiplier),
        "notional": o.notional,
        "cost": o.cost,
        "beta": o.beta,
        "stderr": o.stderr,
        "expiry": None if o.future.expiry is None else o.future.expiry.isoformat(),
        "flags": [f.value for f in o.flags],
    }


def _failures(failures: tuple[Failure, ...]) -> Document:
    shown = [{"where": f.where, "reason": f.reason.value, "detail": f.detail} for f in failures[:_MOST_FAILURES]]
    return {"count": len(failures), "shown": shown}


def _date(stamp: np.datetime64 | None) -> str | None:
    """Write a stamp as a date, or with its time where it has one."""
    if stamp is None:
        return None
    day = stamp.astype("datetime64[D]")
    return str(day) if day == stamp else str(stamp.astype("datetime64[s]"))
