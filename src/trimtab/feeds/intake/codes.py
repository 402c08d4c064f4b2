"""Which ticker a security code has, as a statement with both told: for statements that have codes alone."""

from dataclasses import replace

from trimtab.desk.books.journal import Fact, Journal
from trimtab.feeds.statements.read import with_aliases
from trimtab.feeds.statements.records import Identity, NameKind, Statement
from trimtab.feeds.statements.road import Settings

__all__ = ["keep_codes", "with_known_codes"]

_ONE_TICKER = frozenset([NameKind.SHARE, NameKind.FUND])
#: Entries that say which ticker a security code has, as a statement with both told.
_CODE = "security-code"


def with_known_codes(statement: Statement, journal: Journal) -> Statement:
    """Give things without a ticker the one that another file stated for their code, and say so."""
    symbol_of = {entry.subject: str(entry.body["symbol"]) for entry in journal.entries(_CODE)}
    sources = {entry.subject: str(entry.body["source"]) for entry in journal.entries(_CODE)}
    named = with_aliases(statement, Settings(aliases=symbol_of))
    joined = [after for before, after in zip(_things(statement), _things(named), strict=True) if before != after]
    notes = dict.fromkeys(
        f"{code} is {what.symbol}, as {sources[code]} says"
        for what in joined for _, code in what.codes if symbol_of.get(code) == what.symbol
    )  # fmt: skip
    return replace(named, notes=(*notes, *named.notes))


def _things(statement: Statement) -> list[Identity]:
    return [*(p.what for p in statement.positions), *(f.what for f in statement.facts if f.what is not None)]


def keep_codes(statement: Statement, journal: Journal) -> None:
    """Write down which ticker a statement gives to an ISIN, where none is known yet."""
    known_codes = {entry.subject for entry in journal.entries(_CODE)}
    new_codes: dict[str, str] = {}
    for what in _things(statement):
        code = what.code("isin")
        if code is not None and what.symbol and what.kind in _ONE_TICKER:
            new_codes.setdefault(code, what.symbol)
    facts = [
        Fact(kind=_CODE, subject=code, body={"symbol": symbol, "source": statement.name})
        for code, symbol in new_codes.items() if code not in known_codes
    ]  # fmt: skip
    if facts:
        journal.append(facts)
