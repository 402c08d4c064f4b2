"""A drift, and what lies ahead, as a document."""

from trimtab.desk.ask.drift import DriftChain
from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.monitor.drift.causes import CAUSES, PositionDrift
from trimtab.monitor.drift.noise import EstimateNoise
from trimtab.report.documents.readings import portfolio_beta_document, readings_document
from trimtab.report.documents.write import Document, plain

__all__ = ["drift_document"]


def drift_document(chain: DriftChain, ahead: Ahead | None = None) -> Document:
    """Document of `trimtab drift`: schema trimtab.drift/1. What is not known is null."""
    return {
        "schema": "trimtab.drift/1",
        "benchmark": chain.start.benchmark,
        "base_currency": chain.start.base,
        "method": chain.method,
        "from": plain(chain.start.as_of),
        "to": plain(chain.end.as_of),
        "beta_start": portfolio_beta_document(chain.start.beta),
        "beta_end": portfolio_beta_document(chain.end.beta),
        "readings_start": readings_document(chain.start),
        "readings_end": readings_document(chain.end),
        "change": chain.change,
        "residual": chain.residual,
        "causes": {cause.value: part for cause, part in chain.by_cause().items()},
        "positions": [_position(p) for p in chain.positions],
        "links": [
            {
                "from": plain(link.start.as_of),
                "to": plain(link.end.as_of),
                "beta_start": link.start.beta.value,
                "beta_end": link.end.beta.value,
                "causes": {cause.value: part for cause, part in link.by_cause().items()},
                "noise": {"z": link.noise.z, "verdict": link.noise.verdict},
            }
            for link in chain.links
        ],
        "noise": _noise(chain.overall),
        "ahead": None if ahead is None else plain(ahead),
        "left_out": [plain(line) for line in chain.left_out],
        "notes": list(chain.notes),
    }


def _position(p: PositionDrift) -> Document:
    return {
        "asset": p.asset,
        "kind": p.kind,
        "start": p.start,
        "end": p.end,
        "causes": {cause.value: float(part) for cause, part in zip(CAUSES, p.by_cause, strict=True)},
    }


def _noise(noise: EstimateNoise) -> Document:
    return {
        **plain(noise, without=("assets",)),
        "z": noise.z,
        "verdict": noise.verdict,
        "assets": [{**plain(a), "z": a.z, "verdict": a.verdict} for a in noise.assets],
    }
