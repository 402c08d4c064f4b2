"""An extract of a ledger as a document, and as a file of comma-separated values."""

import csv
import io
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import ClassVar

from trimtab.desk.accounts.extract import LedgerExtract
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.rows import COLUMNS, LedgerRow, plain
from trimtab.ledger.statement import Statement

__all__ = ["LedgerDocument", "ledger_csv", "ledger_document"]

#: Amounts of a statement are written to so many digits: a cent of any of them is there.
_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChange:
    """How net asset value came to change, in base currency, as decimal texts.

    closing - opening = flows + income - expense + gains + currency + unexplained.

    Parameters
    ----------
    from_evening, to_evening
        The evenings compared.
    opening, closing
        Net asset value of them.
    flows
        Money and things from outside, positive = in: neither earned nor lost.
    income, expense
        Dividends, coupons, interest and funding received; fees, taxes, interest and funding paid, positive = paid.
    gains, realised
        Of prices, in the currencies things trade in, and the part of them from closed positions.
    currency
        What exchange rates did.
    unexplained
        What snapshots found that no fact explains.
    """

    from_evening: str
    to_evening: str
    opening: str
    closing: str
    flows: str
    income: str
    expense: str
    gains: str
    realised: str
    currency: str
    unexplained: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing told beside the numbers.

    Parameters
    ----------
    kind
        What sort.
    day, symbol
        When, and what it is about; no symbol if nothing in particular.
    detail
        In words, with what to record where that would settle it.
    source
        File and row.
    leaves_open
        Whether a number that rests on it may be wrong.
    """

    kind: FindingKind
    day: str
    symbol: str
    detail: str
    source: str
    leaves_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDocument:
    """What happened to an account between two days.

    Parameters
    ----------
    account, base_currency
        Whose, and the currency that net asset value is counted in.
    start, end
        First and last day whose facts are shown.
    symbol
        What alone is shown; null: everything.
    change
        How net asset value came to change; null where it cannot be said.
    no_change
        Why it cannot.
    findings, notes
        What is told beside the numbers, and what was taken for lack of anything better.
    rows
        One for each currency, and each thing, that a fact moved.
    """

    SCHEMA: ClassVar = "trimtab.ledger/1"

    account: str
    base_currency: str
    start: str
    end: str
    symbol: str | None
    change: ValueChange | None
    no_change: str | None
    findings: tuple[Told, ...]
    notes: tuple[str, ...]
    rows: tuple[LedgerRow, ...]


def ledger_document(extract: LedgerExtract) -> LedgerDocument:
    """Document of `trimtab ledger`: schema trimtab.ledger/1."""
    return LedgerDocument(
        account=extract.account,
        base_currency=extract.base,
        start=extract.start.isoformat(),
        end=extract.end.isoformat(),
        symbol=extract.symbol,
        change=None if extract.statement is None else _change(extract.statement),
        no_change=extract.without or None,
        findings=tuple(_told(f) for f in extract.findings),
        notes=extract.notes,
        rows=extract.rows,
    )


def ledger_csv(extract: LedgerExtract) -> str:
    """Give the rows as comma-separated values, under the names of the columns."""
    out = io.StringIO()
    lines = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    lines.writeheader()
    lines.writerows(asdict(row) for row in extract.rows)
    return out.getvalue()


def _change(made: Statement) -> ValueChange:
    return ValueChange(
        from_evening=made.start.isoformat(),
        to_evening=made.end.isoformat(),
        opening=_amount(made.opening),
        closing=_amount(made.closing),
        flows=_amount(made.flows),
        income=_amount(made.income),
        expense=_amount(made.expense),
        gains=_amount(made.gains),
        realised=_amount(made.realised),
        currency=_amount(made.currency),
        unexplained=_amount(made.unexplained),
    )


def _amount(value: Decimal) -> str:
    return plain(value.quantize(_STEP)) or "0"


def _told(finding: Finding) -> Told:
    return Told(
        kind=finding.kind,
        day=finding.day.isoformat(),
        symbol=finding.symbol,
        detail=finding.detail,
        source=finding.source,
        leaves_open=finding.leaves_open,
    )
