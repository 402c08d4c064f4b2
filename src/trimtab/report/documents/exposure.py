"""What is shared by the documents of reviews and plans: exposure, mandate and verdict."""

from trimtab.exposure.expose import Exposure
from trimtab.hedge.verdict import Verdict
from trimtab.model.mandate import Mandate
from trimtab.report.documents.readings import portfolio_beta_document, readings_document, speaks_of_document
from trimtab.report.documents.write import Document, date_text

__all__ = ["exposure_document", "mandate_document", "verdict_document"]


def exposure_document(x: Exposure) -> Document:
    """Write a portfolio's figures as a whole."""
    return {
        "as_of": date_text(x.as_of),
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


def mandate_document(m: Mandate) -> Document:
    """Write what a portfolio should be."""
    return {
        "benchmark": m.benchmark,
        "target": m.target,
        "lower": m.lower,
        "upper": m.upper,
        "confidence": m.confidence,
        "min_coverage": m.min_coverage,
        "reading": m.reading,
    }


def verdict_document(v: Verdict) -> Document:
    """Write whether it is so."""
    return {
        "probability_inside": v.probability_inside,
        "speaks_of": speaks_of_document(v.speaks_of),
        "status": v.status.value,
        "why": v.why,
        "worst_case": None if v.worst_low is None else {"low": v.worst_low, "high": v.worst_high},
        "deciding": list(v.deciding),
    }
