"""Statements of many senders, and what counts as the same book: for tests that write the files another way."""

from pathlib import Path

from trimtab.errors import TrimtabError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Fact, Statement
from trimtab.feeds.statements.road import Settings

__all__ = ["BESIDE", "OURS", "is_safe", "numbers", "read"]

#: Those that are part of this repository, and those that lie beside it where it is worked on.
OURS = sorted((Path(__file__).parent / "feeds" / "generations").glob("*.csv"))
BESIDE = sorted((Path(__file__).resolve().parents[2] / "shared" / "data" / "broker").glob("*.csv"))


def read(data: bytes) -> Statement:
    """Read a file without a name."""
    return read_statement(data, name="a file", settings=Settings(contracts=bundled_contracts()))


def numbers(statement: Statement) -> tuple[object, ...]:
    """Give everything that is booked: what was held, what moved, and in which money."""
    held = sorted(
        (p.what.label, p.quantity, p.price_unit if p.price else "", p.what.multiplier) for p in statement.positions
    )
    # A sale that opens a short moves what any sale moves, and coins earned are coins however they were earned.
    same = {Fact.SHORT: Fact.SELL, Fact.STAKING: Fact.INTEREST}
    facts = [same.get(f.fact, f.fact) for f in statement.facts]
    moved = [(f.day, fact, f.quantity, f.cash, f.currency) for f, fact in zip(statement.facts, facts, strict=True)]
    return held, moved, {c: a for c, a in statement.cash_totals.items() if statement.positions}


def is_safe(whole: Statement, data: bytes) -> bool:
    """Tell whether a copy gives the same numbers, or asks something new, or is refused."""
    try:
        copy = read(data)
    except TrimtabError:
        return True
    if copy.faults or numbers(copy) == numbers(whole):
        return True
    return bool({(a.what, a.lines) for a in copy.asks} - {(a.what, a.lines) for a in whole.asks}) or _says_less(
        whole, copy
    )


def _says_less(whole: Statement, copy: Statement) -> bool:
    """Tell whether a copy states nothing else, and leaves out what it does not know."""
    pairs = zip(whole.facts, copy.facts, strict=False)
    if len(whole.facts) != len(copy.facts) or len(whole.positions) != len(copy.positions):
        return False
    moved = all(b.fact is a.fact and b.quantity == a.quantity and b.cash in {a.cash, None} for a, b in pairs)
    held = all(b.quantity == a.quantity and b.what.multiplier == a.what.multiplier
               for a, b in zip(whole.positions, copy.positions, strict=True))  # fmt: skip
    return moved and held
