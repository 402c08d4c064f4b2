"""Statements of brokers into a journal: positions as a snapshot, facts as transactions.

A file of our own columns goes to the readers of `trimtab.feeds.intake.files`; everything else that holds positions or
transactions is a statement. What it cannot settle itself is a doubt, so somebody looks before it is kept.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from trimtab.desk.books.intake import Imported, Kind, Outcome, Preview
from trimtab.desk.books.keeping import FileRead, Keeper
from trimtab.errors import FileFormatError, printable
from trimtab.feeds.holdings import NAMES, portfolio_of_records
from trimtab.feeds.intake.codes import joining_codes, keep_codes, with_known_codes
from trimtab.feeds.intake.held import units_in_books
from trimtab.feeds.recognise import recognise
from trimtab.feeds.statements.books import demand_whole, holdings_records, statement_transactions
from trimtab.feeds.statements.cells.shapes import Shape
from trimtab.feeds.statements.cells.sheets import workbook_rows
from trimtab.feeds.statements.columns.layout import lay_out
from trimtab.feeds.statements.columns.mapping import find_saved, fingerprint, header_key, read_mapping
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.doorway import Hints, has_odd_numbers, holds_rows
from trimtab.feeds.statements.opened import Opened
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.records import Holds, Statement
from trimtab.feeds.statements.road import Settings
from trimtab.feeds.statements.telling import doubts_of, left_out_note
from trimtab.feeds.transactions import OWN_NAMES
from trimtab.market.reading.fields import spelling
from trimtab.model.contract import ContractTable

__all__ = ["goes_by_statement", "header_of", "settings_of", "take_statement"]

#: Columns that change what a row means: one that our own readers do not know makes a file a statement.
_TELLING = frozenset(
    [
        Role.SIDE, Role.ACTION, Role.CURRENCY, Role.FEE, Role.TAX, Role.NET, Role.GROSS, Role.VALUE, Role.BASE_VALUE,
        Role.KIND, Role.UNIT, Role.MULTIPLIER, Role.FX, Role.ACCOUNT,
    ]
)  # fmt: skip
#: Numbers of a log of trades or money.
_COUNTED = frozenset([Role.QUANTITY, Role.AMOUNT, Role.NET, Role.GROSS, Role.BALANCE, Role.FEE, Role.TAX])
_OURS = frozenset(spelling(way) for ways in (*NAMES.values(), *OWN_NAMES.values()) for way in ways)
_QUANTITIES = frozenset(spelling(way) for way in NAMES["quantity"])
#: Which outcome speaks for a file of which two parts were taken.
_WORST = (
    Outcome.FAILED, Outcome.DOUBTFUL, Outcome.NEW_FORMAT, Outcome.KEPT, Outcome.SHOWN, Outcome.NOTHING_NEW,
)  # fmt: skip


def goes_by_statement(data: bytes | Opened, *, name: str, saved: Mapping[str, str] | None = None) -> bool:
    r"""Tell a statement from prices, and from a table of our own columns.

    Examples
    --------
    >>> goes_by_statement(b"date,symbol,side,quantity,price\n2024-01-02,A,buy,1,2\n", name="a")
    False
    >>> goes_by_statement(b"date,symbol,Order Side,quantity,price\n2024-01-02,A,buy,1,2\n", name="a")
    True
    """
    try:
        file = data if isinstance(data, Opened) else Opened(data, name=name)
        if file.shape is not Shape.DELIMITED:
            return True
        rows, _ = file.rows()
    except FileFormatError:
        return False  # The plain readers say what is wrong with it.
    if find_saved([row.cells for row in rows], saved or {}):
        return True
    sheet = file.sheet()
    whole = [table for table in sheet.tables if holds_rows(table)]
    first = next((row.line for row in rows if not row.is_blank), 0)
    if not whole or len(sheet.tables) > 1 or sheet.tables[0].line != first:
        return bool(whole)
    return _has_foreign_columns(whole[0], name)


def _has_foreign_columns(table: Table, name: str) -> bool:
    layout = lay_out(table)
    if has_odd_numbers(table):
        return True
    if any(c.role in _TELLING and spelling(c.header) not in _OURS for c in layout.columns):
        return True
    try:
        kind = recognise(table.header, where=name)
    except FileFormatError:
        # A code and a quantity under names that are not ours; day, name, quantity and price under ours ask for a kind.
        coded = layout.has(Role.SYMBOL, Role.ISIN, Role.CUSIP, Role.WKN, Role.FIGI, Role.NAME)
        return coded and layout.has(Role.QUANTITY) and not {spelling(h) for h in table.header} & _QUANTITIES
    if kind is not Kind.PRICES:
        return False
    # A wide table of prices may hold tickers such as NET or COST: words of a log of trades are no tickers.
    counted = {c.role for c in layout.columns if c.role in _COUNTED and not c.header.isupper()}
    return layout.has(Role.SIDE, Role.ACTION) or len(counted) > 1


def take_statement(
    path: Path, file: Opened, *, keeper: Keeper, settings: Settings, kind: Kind | None, source: str,
    whose: Callable[..., tuple[str, str]],
) -> Imported:  # fmt: skip
    """Take a statement: its positions, its facts, or both.

    Parameters
    ----------
    path, file
        Where it lies, and the file as it was opened to tell its kind.
    keeper
        Keeps what it says.
    settings
        What the user tells.
    kind
        Which part to take; None takes all.
    source
        The word for where it comes from.
    whose
        Gives the portfolio and its base currency: of the file, or of an account that it names.

    Raises
    ------
    FileFormatError
        If it could not be read whole.
    """
    settings = replace(settings, units_held=units_in_books(keeper, *whose()))
    statement = with_known_codes(read_statement(file, name=path.name, settings=settings), keeper.journal)
    file.let_go()
    demand_whole(statement)
    joined = joining_codes(statement, keeper.journal, settings)
    statement = replace(statement, notes=(*statement.notes, *joined, *left_out_note(statement)))
    base = whose()[1]
    # Whose a file is, the portfolio says that was chosen for it.
    doubts = doubts_of(replace(statement, asks=tuple(ask for ask in statement.asks if ask.what != "account")))
    if settings.currency == "" and _lacks_currency(statement):
        doubts = (*doubts, f"amounts without a currency are taken as {base}")
    origin = {"name": printable(path.name), "sha256": file.sha256, "label": source}
    columns = [header for header, _ in statement.columns] or [statement.format]
    kept_as = FileRead(path=str(path), source=origin, columns=columns, doubts=doubts)
    accounts = _by_account(statement)
    kept_as = replace(kept_as, doubts=(*doubts, *_several_new([name for name, _ in accounts], keeper, whose)))

    def taken(file: FileRead, keeper: Keeper) -> list[Imported]:
        parts: list[Imported] = []
        for account, one in accounts:
            parts += _taken(one, file, keeper, settings, kind, _Owner(*whose(account), account, source))
        return parts

    if not keeper.dry_run and (len(accounts) > 1 or (statement.positions and statement.facts)):
        # A file is kept whole or not at all: what is odd about one part holds back the others.
        seen = taken(kept_as, replace(keeper, dry_run=True))
        odd = (doubt for part in seen if part.preview is not None for doubt in part.preview.doubts)
        kept_as = replace(kept_as, doubts=tuple(dict.fromkeys((*kept_as.doubts, *odd))))
    done = _together(taken(kept_as, keeper))
    if done.outcome is Outcome.KEPT:
        keep_codes(statement, keeper.journal, settings)
    return done


def _several_new(
    accounts: list[str], keeper: Keeper, whose: Callable[..., tuple[str, str]]
) -> Iterator[str]:  # fmt: skip
    """Ask about accounts of one file that no file named before, where they are added up in one portfolio."""
    named = [account for account in accounts if account]
    if len(named) < 2:
        return
    seen = {str(e.body.get("part", "")) for kind in ("holdings", "transactions") for e in keeper.journal.entries(kind)}
    together: dict[str, list[str]] = {}
    for account in named:
        if account not in seen:
            together.setdefault(whose(account)[0], []).append(account)
    for portfolio, new in together.items():
        if len(new) > 1:
            yield (
                f"accounts {', '.join(new)} of the file are added up in {portfolio}; accounts = [...] under "
                "[portfolios.NAME] in trimtab.toml sends one to another portfolio"
            )


def _by_account(statement: Statement) -> list[tuple[str, Statement]]:
    """Part a statement by the accounts that its rows name."""
    rows = (statement.positions, statement.cash, statement.facts)
    accounts = list(dict.fromkeys(row.account for part in rows for row in part))
    if len(accounts) < 2:
        return [(next(iter(accounts), None) or next(iter(statement.accounts), ""), statement)]
    return [
        (
            account or "",
            replace(
                statement, positions=tuple(p for p in statement.positions if p.account == account),
                cash=tuple(c for c in statement.cash if c.account == account),
                facts=tuple(f for f in statement.facts if f.account == account),
            ),
        )
        for account in accounts
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose a statement is: portfolio and its base currency, the account it names, the word for where it comes from."""

    portfolio: str
    base: str
    account: str
    source: str


def _taken(
    statement: Statement, file: FileRead, keeper: Keeper, settings: Settings, kind: Kind | None, owner: _Owner
) -> list[Imported]:
    """Take what a statement says of one account."""
    parts = []
    if kind in {None, Kind.HOLDINGS} and (statement.positions or kind is Kind.HOLDINGS or _is_balance(statement)):
        parts.append(_holdings(statement, file, keeper, settings, owner))
    if kind in {None, Kind.TRANSACTIONS} and (statement.facts or kind is Kind.TRANSACTIONS):
        read, left = statement_transactions(statement, currency=settings.currency or owner.base)
        if read.rows or read.actions:
            doubted = replace(file, doubts=(*file.doubts, *left))
            parts.append(keeper.take_transactions(doubted, read, owner.portfolio, base=owner.base, part=owner.account))
    return parts


def _is_balance(statement: Statement) -> bool:
    """Tell the balance of an account of money, which is all that the account holds, from what trades left of it."""
    return bool(statement.cash) and (not statement.facts or statement.holds is Holds.CASH)


def _lacks_currency(statement: Statement) -> bool:
    money = (*(c.currency for c in statement.cash), *(f.currency for f in statement.facts if f.cash))
    return any(currency is None for currency in money)


def _holdings(statement: Statement, file: FileRead, keeper: Keeper, settings: Settings, owner: _Owner) -> Imported:
    records, day = holdings_records(
        statement, day=settings.as_of, currency=settings.currency or owner.base, of_money=True
    )
    numbered = list(zip(records.lines, records.rows, strict=True))
    # Only what can be read back as a portfolio is kept.
    portfolio_of_records(numbered, base=owner.base, contracts=settings.contracts, as_of=day, where=records.name)
    answered = replace(file, doubts=tuple(d for d in file.doubts if settings.as_of is None or "of which day" not in d))
    return keeper.take_holdings(
        answered,
        records,
        [day] * len(records.rows),
        portfolio=owner.portfolio,
        base=owner.base,
        part=owner.account or owner.source or statement.format,
    )


def _together(parts: list[Imported]) -> Imported:
    """Speak of the parts of one file as of one file."""
    first = parts[0]
    for second in parts[1:]:
        outcome = min((first.outcome, second.outcome), key=_WORST.index)
        preview = first.preview
        if preview is not None and second.preview is not None:
            preview = _added(preview, second.preview)
        entries = (*first.entries, *second.entries)
        first = replace(first, outcome=outcome, preview=preview, entries=entries)
    return first


def _added(first: Preview, second: Preview) -> Preview:
    counts = f"{first.kind.value}: {first.new} new, {first.same} known; {second.kind.value}: {second.new} new, "
    counts += f"{second.same} known"
    if first.kind is not second.kind:
        counts += "; the positions hold the transactions of the file already"
    return replace(
        first, new=first.new + second.new, same=first.same + second.same, corrected=first.corrected + second.corrected,
        corrections=(*first.corrections, *second.corrections),
        notes=(counts, *dict.fromkeys((*first.notes, *second.notes))),
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))), facts=(*first.facts, *second.facts),
    )  # fmt: skip


def settings_of(
    *, contracts: ContractTable, as_of: dt.date | None, currency: str | None, date_format: str | None,
    decimal: str | None, delimiter: str | None, hints: Hints | None = None,
) -> Settings:  # fmt: skip
    """Give what the options of an import, and the settings of a workspace, tell a statement.

    Examples
    --------
    >>> options = dict(as_of=None, currency="EUR", date_format=None, decimal=None, delimiter=None)
    >>> settings_of(contracts=ContractTable(), **options).currency
    'EUR'
    """
    given = hints or Hints()
    return Settings(
        contracts=contracts, as_of=as_of, currency=(currency or "").upper(), date_format=date_format, decimal=decimal,
        delimiter=delimiter, mapped=read_mapping(given.mapping), saved=given.saved, aliases=given.aliases,
        sheet=given.sheet,
    )  # fmt: skip


def header_of(path: Path, mapping: str) -> str:
    """Give the fingerprint of the header in a file of which a mapping speaks; empty if it has none."""
    mapped = read_mapping(mapping)
    try:
        file = Opened(path.read_bytes(), name=path.name)
        if file.shape is Shape.SPREADSHEET:
            rows = [row for _, sheet in workbook_rows(file.plain, name=path.name) for row in sheet]
        else:
            rows, _ = file.rows()
    except (OSError, FileFormatError):
        return ""
    headers = (row.cells for row in rows if mapped.keys() <= {header_key(c) for c in row.cells})
    return next((fingerprint(cells) for cells in headers), "")
