"""Facts about facts: what was written down wrongly, and what never happened."""

import datetime as dt
from dataclasses import dataclass

from trimtab.ledger.facts.contracts import Delivery, OptionEnd, Roll, Settlement
from trimtab.ledger.facts.corporate import Delisting, Merger, MultiplierChange, SpinOff, Split, SymbolChange
from trimtab.ledger.facts.header import refusal
from trimtab.ledger.facts.income import Payout, StockDividend
from trimtab.ledger.facts.money import CashItem, Conversion, Deposit, Transfer, Withdrawal
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Trade

__all__ = ["Amendment", "Cancellation", "Correction", "Event", "Fact"]

Event = (
    Trade
    | Deposit
    | Withdrawal
    | Transfer
    | Conversion
    | CashItem
    | Payout
    | StockDividend
    | Split
    | SpinOff
    | Merger
    | SymbolChange
    | MultiplierChange
    | Delisting
    | OptionEnd
    | Settlement
    | Roll
    | Delivery
    | Snapshot
)
"""Something that happened to a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Another fact stands in the place of one that is known.

    Parameters
    ----------
    target
        The id of the fact.
    fact
        What is right. It keeps the id of what it corrects.
    number
        When it was written down (a journal number): of two corrections the later stands.
    id, source
        Its own name, by which it may be cancelled in turn, and where it was read.
    """

    target: str
    fact: Event
    number: int
    id: str | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.fact.id not in (None, self.target):
            raise refusal(
                self.fact,
                expected=f"a correction of {self.target} under its own id",
                found=f"{self.fact.id}",
                try_next="cancel the one and write the other as new",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A fact that never happened, or a correction that was none.

    Parameters
    ----------
    target
        The id of the fact or correction. It is out for good, whichever row came first.
    day
        When that was said.
    source
        Where it was read.
    """

    target: str
    day: dt.date | None = None
    source: str = ""


Amendment = Correction | Cancellation
Fact = Event | Amendment
"""Everything a ledger takes."""
