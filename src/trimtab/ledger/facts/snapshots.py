"""A book as somebody says it stands at the end of a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from trimtab.ledger.facts.header import FactHeader, refusal
from trimtab.model.portfolio import Position

__all__ = ["Snapshot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(FactHeader):
    """Everything that is held at the end of a day; the first opens the books, later ones are compared with them.

    Parameters
    ----------
    positions
        With signs, and lots where they are known. Prices of lots and stated prices are in whole currency, never in
        pence, as everywhere in `trimtab.model.portfolio`. The same thing may stand in several rows.
    whole
        True: what is not listed is not held. False: the snapshot speaks only of what it lists.
    marks
        Settlement prices of its evening by symbol: contracts are carried at them, whatever price a row states.
    """

    positions: tuple[Position, ...]
    whole: bool = True
    marks: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.positions and not self.whole:
            raise refusal(self, expected="a position", found="none", try_next="leave the snapshot out")

    @property
    def states_cash(self) -> bool:
        """Whether any money is listed; a file of shares alone says nothing of it."""
        return any(p.instrument.is_money for p in self.positions)
