"""Which ticker a security code has, as a statement with both told: for statements that have codes alone."""

from dataclasses import replace

from trimtab.desk.books.journal import Fact, Journal
from trimtab.desk.books.renamed import SECURITY_CODE
from trimtab.feeds.statements.read import with_aliases
from trimtab.feeds.statements.records import Identity, NameKind, Statement
from trimtab.feeds.statements.road import Settings

__all__ = ["joining_codes", "keep_codes", "with_known_codes"]

_ONE_TICKER = frozenset([NameKind.SHARE, NameKind.FUND])


def with_known_codes(statement: Statement, journal: Journal) -> Statement:
    """Give things without a ticker the one that another file stated for their code, and say so."""
    symbol_of = {entry.subject: str(entry.body["symbol"]) for entry in journal.entries(SECURITY_CODE)}
    sources = {entry.subject: str(entry.body["source"]) for entry in journal.entries(SECURITY_CODE)}
    named = with_aliases(statement, Settings(aliases=symbol_of))
    joined = [after for before, after in zip(_things(statement), _things(named), strict=True) if before != after]
    notes = dict.fromkeys(
        f"{code} is {what.symbol}, as {sources[code]} says"
        for what in joined for _, code in what.codes if symbol_of.get(code) == what.symbol
    )  # fmt: skip
    return replace(named, notes=(*notes, *named.notes))


def _things(statement: Statement) -> list[Identity]:
    return [*(p.what for p in statement.positions), *(f.what for f in statement.facts if f.what is not None)]


def keep_codes(statement: Statement, journal: Journal, settings: Settings) -> None:
    """Write down which ticker a statement gives to an ISIN, where none is known yet."""
    facts = [
        Fact(kind=SECURITY_CODE, subject=code, body={"symbol": symbol, "source": statement.name})
        for code, symbol in _new_codes(statement, journal, settings).items()
    ]
    if facts:
        journal.append(facts)


def joining_codes(statement: Statement, journal: Journal, settings: Settings) -> tuple[str, ...]:
    """Say which things that books hold under their security code a statement gives a ticker to."""
    new_codes = _new_codes(statement, journal, settings)
    if not new_codes:
        return ()
    booked: set[str] = set()
    for kind in ("holdings", "transactions"):
        for entry in journal.entries(kind):
            rows = entry.body.get("rows", [])
            booked |= (
                {str(row.get("symbol")) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
            )
    return tuple(
        f"{code}, which books hold under this code, is {symbol} once this file is kept"
        for code, symbol in new_codes.items() if code in booked
    )  # fmt: skip


def _new_codes(statement: Statement, journal: Journal, settings: Settings) -> dict[str, str]:
    known_codes = {entry.subject for entry in journal.entries(SECURITY_CODE)}
    new_codes: dict[str, str] = {}
    dated = [(p.what, statement.as_of) for p in statement.positions]
    dated += [(f.what, f.day) for f in statement.facts if f.what is not None]
    for what, day in dated:
        code = what.code("isin")
        if code is None or not what.symbol or what.kind not in _ONE_TICKER or code in known_codes:
            continue
        # What the settings say of a code holds on its days, and is no statement's word.
        if settings.names_on(day).get(code) != what.symbol:
            new_codes.setdefault(code, what.symbol)
    return new_codes
