"""Which ticker a security code has, as a statement with both told: for statements that have codes alone."""

from dataclasses import replace

from trimtab.desk.books.journal import Fact, Journal
from trimtab.desk.books.renamed import SECURITY_CODE
from trimtab.feeds.statements.read import with_aliases
from trimtab.feeds.statements.records import Identity, NameKind, Statement
from trimtab.feeds.statements.road import Settings

__all__ = ["joining_codes", "keep_codes", "with_known_codes"]

_ISIN_SIGNS = 12
_ONE_TICKER = frozenset([NameKind.SHARE, NameKind.FUND])


def with_known_codes(statement: Statement, journal: Journal) -> Statement:
    """Give things without a ticker the one that another file stated for their code, and say so."""
    symbol_of: dict[str, str] = {}
    sources: dict[str, str] = {}
    for entry in journal.entries(SECURITY_CODE):
        # What was said of the code itself goes before what follows from another.
        for code in (entry.subject, *_same_as(entry.subject)):
            if code == entry.subject or code not in symbol_of:
                symbol_of[code], sources[code] = str(entry.body["symbol"]), str(entry.body["source"])
    named = with_aliases(statement, Settings(aliases=symbol_of))
    both = zip(_things(statement), _things(named), strict=True)
    joined = [after for before, after in both if before is not after and before != after]
    notes = dict.fromkeys(
        f"{code} is {what.symbol}, as {sources[code]} says"
        for what in joined for _, code in what.codes if symbol_of.get(code) == what.symbol
    )  # fmt: skip
    return replace(named, notes=(*notes, *named.notes))


def _same_as(code: str) -> tuple[str, ...]:
    """Give the CUSIP that an American or Canadian ISIN holds.

    Examples
    --------
    >>> _same_as("US0378331005"), _same_as("DE0007164600")
    (('037833100',), ())
    """
    return (code[2:11],) if len(code) == _ISIN_SIGNS and code[:2] in {"US", "CA"} else ()


def _things(statement: Statement) -> list[Identity]:
    return [*(p.what for p in statement.positions), *(f.what for f in statement.facts if f.what is not None)]


def keep_codes(statement: Statement, journal: Journal, settings: Settings) -> None:
    """Write down which ticker a statement gives to an ISIN or a CUSIP, where none is known yet."""
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
    # Rows about one thing share it; only what the settings say of a code depends on the day.
    things = {(id(what), day if settings.aliases else None): (what, day) for what, day in dated}
    for what, day in things.values():
        stated = [code for scheme in ("isin", "cusip") if (code := what.code(scheme)) is not None]
        # Under a name that is a code itself nothing was told.
        if not what.symbol or what.kind not in _ONE_TICKER or what.symbol in stated:
            continue
        for code in dict.fromkeys((*stated, *(same for one in stated for same in _same_as(one)))):
            # What the settings say of a code holds on its days, and is no statement's word.
            if code not in known_codes and settings.names_on(day).get(code) != what.symbol:
                new_codes.setdefault(code, what.symbol)
    return new_codes
