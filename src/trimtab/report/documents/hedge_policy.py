"""How often to hedge, as a document."""

from dataclasses import asdict

from trimtab.desk.ask.hedge_policy import HedgePolicy
from trimtab.hedge.often.bands_simulate import OptionTable
from trimtab.hedge.often.choose import PolicyRow
from trimtab.report.documents.write import Document, plain

__all__ = ["hedge_policy_document", "mandate_line", "option_policy_document"]


def mandate_line(result: HedgePolicy) -> str:
    """Give the line that sets the recommended band in a mandate of trimtab.toml."""
    return f"band = {result.band:g}"


def hedge_policy_document(result: HedgePolicy) -> Document:
    """Document of `trimtab hedge-policy`: schema trimtab.hedge-policy/1; infinite and unknown numbers are null."""
    i, t = result.inputs, result.table
    document = {
        "schema": "trimtab.hedge-policy/1",
        "as_of": i.as_of,
        "benchmark": i.benchmark,
        "base_currency": i.base,
        "nav": i.nav,
        "beta": i.beta,
        "beta_stderr": i.beta_stderr,
        "recommended": {
            "band": result.band,
            "exact": t.recommended,
            "watched_all_the_time": t.watched,
            "range": result.band_range,
            "best_simulated": t.practice_best,
            "mandate_line": mandate_line(result),
            "mandate_band": i.mandate_band,
            "hedge": i.chosen,
        },
        "inputs": {**asdict(t.model), "risk_aversion": i.risk_aversion, "sources": i.sources},
        "hedges": i.terms,
        "drift": i.drift,
        "policies": [_row(r) for r in t.rows],
        "curve": t.curve,
        "simulation": {"seed": t.seed, "checks_per_year": t.checks_per_year},
        "notes": result.notes,
    }
    made: Document = plain(document)
    return made


def _row(row: PolicyRow) -> Document:
    return {
        "name": row.name,
        "kind": row.policy.kind.value,
        "band": row.policy.band,
        "trade": row.policy.trade,
        "years": row.policy.years,
        "expected": row.expected,
        "simulated": row.simulated,
        "practice": row.practice,
        "why_not": row.why_not,
    }


def option_policy_document(table: OptionTable) -> Document:
    """Document of `trimtab hedge-policy --strike`: schema trimtab.hedge-policy-option/1."""
    made: Document = plain(
        {
            "schema": "trimtab.hedge-policy-option/1",
            "option": table.option,
            "premium": table.premium,
            "points": table.points,
            "best": table.best,
            "leads": [{**asdict(lead), "dominates": lead.dominates} for lead in table.leads],
            "refused": table.refused,
            "simulation": {"seed": table.seed, "paths": table.n_paths, "steps": table.n_steps},
        }
    )
    return made
