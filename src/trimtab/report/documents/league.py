"""The league as a document."""

from dataclasses import asdict

from trimtab.beta.validation.league import League
from trimtab.report.documents.write import Document, date_text, finite

__all__ = ["league_document"]


def league_document(league: League) -> Document:
    """Document of `trimtab beta --league`: schema trimtab.league/1. What the data cannot say is null."""
    return {
        "schema": "trimtab.league/1",
        "benchmark": league.benchmark,
        "frequency": league.frequency,
        "step": league.step,
        "first": date_text(league.first),
        "last": date_text(league.last),
        "n_assets": league.n_assets,
        "methods": list(league.methods),
        "recommendation": {
            "method": league.recommendation.method,
            "equals": list(league.recommendation.equals),
            "text": league.recommendation.text,
        },
        "horizons": [
            {
                **_plain(asdict(verdict)),
                "removed_at_most": finite(most),
                "scores": [_plain(asdict(s)) for s in league.scores if s.days == verdict.days],
            }
            for verdict, most in zip(league.verdicts, league.removed_at_most, strict=True)
        ],
        "assets": [_plain(asdict(s)) for s in league.assets],
        "notes": list(league.notes),
    }


def _plain(values: Document) -> Document:
    return {
        name: finite(v) if isinstance(v, float) else list(v) if isinstance(v, tuple) else v
        for name, v in values.items()
    }
