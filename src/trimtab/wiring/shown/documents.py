"""The document of a result, whichever it is."""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from trimtab.errors import InputError
from trimtab.model.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trimtab.report.shape.write import Document

__all__ = ["HOMES", "document_of"]

#: Module of `trimtab.report.documents` and function, by the name of the result's class.
HOMES: "Mapping[str, tuple[str, str]]" = MappingProxyType(
    {
        "Ahead": ("measuring.ahead", "ahead_document"),
        "BetaBetween": ("measuring.betas", "between_document"),
        "BetaHistory": ("measuring.history", "history_document"),
        "Betas": ("measuring.betas", "betas_document"),
        "Diagnosed": ("beta", "diagnosed_document"),
        "Exposure": ("measuring.exposure", "exposure_document"),
        "FleetRun": ("fleet", "fleet_document"),
        "PartialBetas": ("measuring.betas", "partial_document"),
        "AccountsReviewed": ("accounts", "accounts_document"),
        "Backtest": ("trading.backtest", "backtest_document"),
        "DriftChain": ("drift", "drift_document"),
        "Explanation": ("beta", "explanation_document"),
        "HedgePolicy": ("hedge_policy", "hedge_policy_document"),
        "JointPlan": ("plan", "targets_document"),
        "League": ("beta", "league_document"),
        "LedgerExtract": ("books.ledger", "ledger_document"),
        "Measured": ("beta", "beta_document"),
        "Performance": ("performance", "performance_document"),
        "Plan": ("plan", "plan_document"),
        "Rolls": ("trading.roll", "roll_document"),
        "Review": ("review", "review_document"),
        "Risk": ("risk", "risk_document"),
        "Stress": ("stress", "stress_document"),
        "Ways": ("ways", "ways_document"),
    }
)


def document_of(result: Shown) -> "Document":
    """Give a result as its document: the record that `--json` writes.

    Raises
    ------
    InputError
        If it is no result of an answer.
    """
    home = HOMES.get(type(result).__name__)
    if home is None or not type(result).__module__.startswith("trimtab."):
        raise InputError(
            expected=f"a result of trimtab: {', '.join(HOMES)}",
            found=type(result).__name__,
            try_next="give what review, plan, compare_ways, drift, stress or another question returned",
        )
    module, function = home
    document: Document = getattr(import_module(f"trimtab.report.documents.{module}"), function)(result)
    return document
