"""A review as a document."""

from dataclasses import asdict
from math import isinf

from trimtab.desk.ask.review import Review
from trimtab.exposure.expose import PositionExposure
from trimtab.exposure.groups import Breakdown
from trimtab.exposure.moves import MoveRow
from trimtab.exposure.valuation import OptionFigures
from trimtab.report.documents.exposure import exposure_document, mandate_document, verdict_document
from trimtab.report.documents.not_enough import not_enough_document
from trimtab.report.documents.readings import (
    position_readings,
)
from trimtab.report.documents.write import Document, date_text, failures_document

__all__ = ["review_document"]


def review_document(review: Review) -> Document:
    """Document of `trimtab review`: schema trimtab.review/1."""
    return {
        "schema": "trimtab.review/1",
        **exposure_document(review.exposure),
        "coverage": {
            "share": review.exposure.coverage.share,
            "unpriced": review.exposure.coverage.unpriced,
            "missing": [{"asset": m.asset, "reason": m.reason.value} for m in review.exposure.coverage.missing],
            "beta_low": review.exposure.coverage.beta_low,
            "beta_high": review.exposure.coverage.beta_high,
            "bounds": [asdict(b) for b in review.exposure.coverage.bounds],
        },
        "mandate": {**mandate_document(review.mandate), **verdict_document(review.verdict)},
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
        "failures": failures_document(review.failures),
    }


def _position(p: PositionExposure) -> Document:
    return {
        "asset": p.asset,
        "kind": p.kind,
        "quantity": p.quantity,
        "currency": p.currency,
        "price": p.price,
        "price_date": date_text(p.price_date),
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
