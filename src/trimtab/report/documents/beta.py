"""Betas of assets, how far each can be trusted, and where a position's numbers come from, as documents."""

from dataclasses import asdict

from trimtab.beta.diagnostics import Diagnosis
from trimtab.beta.estimate import BetaEstimate
from trimtab.desk.moment.measure import Measured
from trimtab.exposure.explain import Explanation
from trimtab.report.documents.readings import estimate_readings, speaks_of_document
from trimtab.report.documents.write import Document, date_text, failures_document, finite

__all__ = ["beta_document", "diagnosis_document", "explanation_document"]


def beta_document(measured: Measured) -> Document:
    """Document of `trimtab beta`: schema trimtab.beta/1."""
    betas = measured.betas
    return {
        "schema": "trimtab.beta/1",
        "benchmark": betas.benchmark,
        "as_of": date_text(betas.as_of),
        "method": betas.method,
        "risk_free": betas.risk_free,
        "speaks_of": speaks_of_document(betas.speaks_of),
        "benchmark_detail": asdict(measured.benchmark),
        "betas": [{**_estimate(e), **estimate_readings(betas, e.asset)} for e in betas.estimates],
        "notes": list(measured.notes),
        "failures": failures_document(measured.failures),
    }


def _estimate(e: BetaEstimate) -> Document:
    return {
        "asset": e.asset,
        "value": e.value,
        "stderr": e.stderr,
        "n_obs": e.n_obs,
        "n_eff": e.n_eff,
        "first": date_text(e.first),
        "last": date_text(e.last),
        "method": e.method,
        "flags": [f.value for f in e.flags],
        "reason": None if e.reason is None else e.reason.value,
    }


def diagnosis_document(benchmark: str, found: tuple[Diagnosis, ...]) -> Document:
    """Document of `trimtab beta --diagnose`: schema trimtab.diagnosis/1; null where nothing can be told."""
    return {
        "schema": "trimtab.diagnosis/1",
        "benchmark": benchmark,
        "assets": [
            {
                **{k: finite(v) for k, v in asdict(d).items() if isinstance(v, str | int | float | None)},
                "break_date": date_text(d.break_date),
                "influence_date": date_text(d.influence_date),
                "estimates": {name: finite(value) for name, value in d.estimates},
                "words": list(d.words),
            }
            for d in found
        ],
    }


def explanation_document(e: Explanation) -> Document:
    """Document of `trimtab explain`: schema trimtab.explain/1."""
    return {
        "schema": "trimtab.explain/1",
        "asset": e.asset,
        "kind": e.kind,
        "formula": e.formula,
        "inputs": [
            {"name": i.name, "value": i.value, "unit": i.unit, "source": i.source, "date": date_text(i.date)}
            for i in e.inputs
        ],
        "steps": list(e.steps),
        "flags": list(e.flags),
        "reason": e.reason or None,
    }
