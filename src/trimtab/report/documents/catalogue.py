"""Every document that there is: its schema, its record, and the command that gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from trimtab.report.shape.schema import Schema, schema_of

__all__ = ["CATALOGUE", "Listed", "document_class", "document_schema"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Where a document comes from.

    Parameters
    ----------
    home
        Module of `trimtab.report.documents` and class.
    command
        What gives it.
    """

    home: tuple[str, str]
    command: str


def _listed(module: str, kind: str, command: str) -> Listed:
    return Listed(home=(module, kind), command=command)


#: By name and number of the schema. Classes are imported when they are asked for.
CATALOGUE: Mapping[str, Listed] = MappingProxyType(
    {
        "trimtab.ahead/1": _listed("measuring.ahead", "AheadDocument", "Python: drift_ahead"),
        "trimtab.alert/1": _listed("alerts", "AlertDocument", "what a channel is sent"),
        "trimtab.alert-events/1": _listed("alerts", "AlertEventsDocument", "alerts check, ack, snooze, resolve"),
        "trimtab.alert-history/1": _listed("alerts", "AlertHistoryDocument", "alerts history"),
        "trimtab.alerts/1": _listed("alerts", "AlertsDocument", "alerts, alerts list"),
        "trimtab.attest.check/1": _listed("attest", "CheckDocument", "attest check, verify"),
        "trimtab.attest.commitment/1": _listed("attest", "CommitmentDocument", "attest commit, countersign"),
        "trimtab.attest.key/1": _listed("attest", "KeyDocument", "attest key"),
        "trimtab.attest.opening/1": _listed("attest", "OpeningDocument", "attest open"),
        "trimtab.attest.proof/1": _listed("attest", "ProofDocument", "attest prove, countersign"),
        "trimtab.attest.statement/1": _listed("attest", "StatementDocument", "attest state"),
        "trimtab.backtest/1": _listed("trading.backtest", "BacktestDocument", "backtest"),
        "trimtab.backup/1": _listed("books.workspace", "BackupDocument", "backup"),
        "trimtab.beta/1": _listed("beta", "BetaDocument", "beta"),
        "trimtab.beta-between/1": _listed("measuring.betas", "BetaBetweenDocument", "Python: beta_between"),
        "trimtab.beta-history/1": _listed("measuring.history", "BetaHistoryDocument", "Python: beta_history"),
        "trimtab.betas/1": _listed("measuring.betas", "BetasDocument", "Python: estimate_betas"),
        "trimtab.exposure/1": _listed("measuring.exposure", "ExposureDocument", "Python: expose"),
        "trimtab.partial-betas/1": _listed("measuring.betas", "PartialBetasDocument", "Python: partial_betas"),
        "trimtab.config/1": _listed("books.workspace", "ConfigDocument", "config show"),
        "trimtab.config-check/1": _listed("books.workspace", "ConfigCheckDocument", "config check"),
        "trimtab.delivery/1": _listed("alerts", "DeliveryDocument", "alerts deliver"),
        "trimtab.demo/1": _listed("plan", "DemoDocument", "demo"),
        "trimtab.diagnosis/1": _listed("beta", "DiagnosisDocument", "beta --diagnose"),
        "trimtab.doctor/1": _listed("books.workspace", "DoctorDocument", "doctor"),
        "trimtab.drift/1": _listed("drift", "DriftDocument", "drift"),
        "trimtab.error/1": _listed("error", "ErrorDocument", "every command with --json, in place of an answer"),
        "trimtab.explain/1": _listed("beta", "ExplanationDocument", "explain"),
        "trimtab.fetch/1": _listed("books.intake", "FetchDocument", "fetch"),
        "trimtab.fleet.check/1": _listed("fleet", "FleetDocument", "fleet check"),
        "trimtab.formats/1": _listed("books.formats", "FormatsDocument", "formats"),
        "trimtab.hedge-policy/1": _listed("hedge_policy", "HedgePolicyDocument", "hedge-policy"),
        "trimtab.hedge-policy-option/1": _listed("hedge_policy", "OptionPolicyDocument", "hedge-policy --strike"),
        "trimtab.holdings/1": _listed("books.runs", "HoldingsDocument", "holdings"),
        "trimtab.import/1": _listed("books.intake", "ImportDocument", "import"),
        "trimtab.init/1": _listed("books.workspace", "InitDocument", "init"),
        "trimtab.journal/1": _listed("books.workspace", "JournalDocument", "journal"),
        "trimtab.league/1": _listed("beta", "LeagueDocument", "league"),
        "trimtab.ledger/1": _listed("books.ledger", "LedgerDocument", "ledger"),
        "trimtab.orders/1": _listed("trading.orders", "OrdersDocument", "orders"),
        "trimtab.performance/1": _listed("performance", "PerformanceDocument", "performance"),
        "trimtab.plan/1": _listed("plan", "PlanDocument", "plan"),
        "trimtab.replay/1": _listed("books.runs", "ReplayDocument", "replay"),
        "trimtab.report/1": _listed("composed.report", "ReportDocument", "report"),
        "trimtab.restore/1": _listed("books.workspace", "RestoreDocument", "restore"),
        "trimtab.review-all/1": _listed("accounts", "AccountsDocument", "review --all"),
        "trimtab.review/1": _listed("review", "ReviewDocument", "review"),
        "trimtab.risk/1": _listed("risk", "RiskDocument", "risk"),
        "trimtab.roll/1": _listed("trading.roll", "RollDocument", "roll"),
        "trimtab.runs/1": _listed("books.runs", "RunsDocument", "runs"),
        "trimtab.series/1": _listed("series", "SeriesDocument", "Python: series_document"),
        "trimtab.stress/1": _listed("stress", "StressDocument", "stress"),
        "trimtab.targets/1": _listed("plan", "TargetsDocument", "plan --also-target"),
        "trimtab.verify/1": _listed("books.workspace", "VerifyDocument", "verify"),
        "trimtab.watch/1": _listed("watch", "WatchDocument", "watch, a line for each evaluation"),
        "trimtab.ways/1": _listed("ways", "WaysDocument", "plan --ways"),
    }
)


def document_class(schema: str) -> type:
    """Give the record class of a schema.

    Raises
    ------
    KeyError
        If there is none of that name.

    Examples
    --------
    >>> document_class("trimtab.error/1").__name__
    'ErrorDocument'
    """
    module, name = CATALOGUE[schema].home
    kind: type = getattr(import_module(f"trimtab.report.documents.{module}"), name)
    return kind


def document_schema(schema: str, *, closed: bool = False) -> Schema:
    """Give the JSON Schema (2020-12) of a document.

    Parameters
    ----------
    schema
        Its name, such as trimtab.review/1.
    closed
        Whether a key that the schema does not name is an error.

    Examples
    --------
    >>> document_schema("trimtab.error/1")["required"][:3]
    ['schema', 'kind', 'exit_code']
    """
    return schema_of(document_class(schema), closed=closed)
