"""A stress test as a document."""

from typing import Any

from trimtab.desk.ask.stress import EpisodeLine, ShockLine, Stress
from trimtab.report.documents.readings import (
    portfolio_beta_document,
    readings_document,
)
from trimtab.report.documents.write import Document, plain

__all__ = ["stress_document"]


def stress_document(s: Stress) -> Document:
    """Document of `trimtab stress`: schema trimtab.stress/1. What the data cannot say is null."""
    x = s.exposure
    return {
        "schema": "trimtab.stress/1",
        "as_of": plain(x.as_of),
        "benchmark": x.benchmark,
        "base_currency": x.base,
        "nav": x.nav,
        "beta": portfolio_beta_document(x.beta),
        **readings_document(x),
        "coverage": plain(x.coverage),
        "episodes": [_episode(e) for e in s.episodes],
        "episodes_skipped": list(s.skipped),
        "shocks": [_shock(line, x.positions) for line in s.shocks],
        "regimes": [{"name": r.name, "review": plain(r.review)} for r in s.regimes],
        "convergence": plain(s.convergence),
        "pushed": [
            {"degree": p.degree, "portfolio_beta": p.portfolio_beta, "portfolio_sd": p.portfolio_sd} for p in s.pushed
        ],
        "margin": plain(s.margins),
        "window": s.window,
        "n_obs": s.n_obs,
        "notes": list(s.notes),
    }


def _episode(e: EpisodeLine) -> Document:
    return {
        **plain(e.episode),
        **plain(e, without=("episode", "replay", "losers")),
        "benchmark_return": e.replay.benchmark_return,
        "coverage": e.replay.coverage,
        "observed": e.replay.observed,
        "losers": [{"asset": name, "profit": profit} for name, profit in e.losers],
    }


def _shock(line: ShockLine, positions: Any) -> Document:
    parts = ("market", "volatility", "currency", "rates", "credit")
    return {
        "shock": plain(line.shock),
        "profit": line.profit,
        "share": line.share,
        "by_beta": line.by_beta,
        "beta_after": line.beta_after,
        "margin": plain(line.margin),
        "local": {
            "total": line.local.total,
            "coverage": plain(line.local.coverage),
            "positions": [
                {"asset": p.asset, **{n: plain(getattr(line.local, n)[i]) for n in parts}}
                for i, p in enumerate(positions)
            ],
        },
    }
