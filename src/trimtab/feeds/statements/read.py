"""A file of any kind, by its content alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trimtab.errors import FileFormatError
from trimtab.feeds.statements.booking.doubles import without_doubles
from trimtab.feeds.statements.cells.shapes import Shape
from trimtab.feeds.statements.cells.sheets import workbook_rows
from trimtab.feeds.statements.columns.mapping import find_saved, read_mapping
from trimtab.feeds.statements.columns.tables import Sheet, split_tables
from trimtab.feeds.statements.formats.beancount import read_beancount
from trimtab.feeds.statements.formats.filings import is_13f, is_nport, read_13f, read_nport
from trimtab.feeds.statements.formats.flex import is_flex, read_flex
from trimtab.feeds.statements.formats.ghostfolio import read_json
from trimtab.feeds.statements.formats.markup import local, parse
from trimtab.feeds.statements.formats.ofx import read_ofx
from trimtab.feeds.statements.formats.swift import read_mt535, read_mt940
from trimtab.feeds.statements.opened import Opened
from trimtab.feeds.statements.records import Identity, NameKind, Statement
from trimtab.feeds.statements.road import Settings, read_sheet
from trimtab.feeds.statements.sweeps import few_sweeps

__all__ = ["read_statement", "with_aliases", "with_saved"]

#: Kinds that a security code names as a whole: an option carries the code of its underlying in a 13F.
_NAMED = {NameKind.SHARE, NameKind.FUND, NameKind.MONEY_MARKET, NameKind.BOND}


def read_statement(data: bytes | Opened, *, name: str, settings: Settings | None = None) -> Statement:
    r"""Read a statement: of a broker, a custodian, a tracker or a filing; or a table of positions or transactions.

    Parameters
    ----------
    data
        The file's bytes, or the file as it was opened to tell its kind. Its name is never looked at.
    name
        What to call it in messages.
    settings
        What the user tells: the day, the account, the currency, the meaning of columns.

    Raises
    ------
    FileFormatError
        If it is of no kind that is read, or holds neither positions nor transactions nor balances. Rows that cannot be
        read are `Statement.faults`.

    Examples
    --------
    >>> read = read_statement(b"Ticker;Anzahl;Kurs\nSAP.DE;1.200;231,05\n", name="depot.csv")
    >>> [(p.what.symbol, str(p.quantity), str(p.price)) for p in read.positions]
    [('SAP.DE', '1200', '231.05')]
    """
    with few_sweeps():
        return _read(data if isinstance(data, Opened) else Opened(data, name=name), name, settings or Settings())


def _read(file: Opened, name: str, chosen: Settings) -> Statement:
    shape = file.shape
    if shape is Shape.SPREADSHEET:
        return _workbook(file.plain, name, chosen)
    if chosen.sheet:
        raise FileFormatError(
            expected=f"a workbook with a sheet named {chosen.sheet!r}",
            found=f"{shape.value} in {name}",
            try_next="leave --sheet-name out, or give the workbook",
        )
    text = file.text
    match shape:
        case Shape.XML:
            read = _xml(file.plain, name, chosen)
        case Shape.JSON:
            read = read_json(text, name=name, settings=chosen)
        case Shape.OFX:
            read = read_ofx(text, name=name, settings=chosen)
        case Shape.MT535:
            read = read_mt535(text, name=name, settings=chosen)
        case Shape.MT940:
            read = read_mt940(text, name=name, settings=chosen)
        case Shape.BEANCOUNT:
            read = read_beancount(text, name=name, settings=chosen)
        case _:
            rows, sign = file.rows(chosen.delimiter)
            chosen = with_saved(chosen, [row.cells for row in rows])
            sheet = file.sheet(chosen.delimiter, chosen.mapped)
            read = read_sheet(sheet, name=name, delimiter=sign, settings=chosen)
    read = without_doubles(read, of_entries=shape is not Shape.DELIMITED or len(file.sheet().tables) > 1)
    notes = [] if shape is Shape.DELIMITED else [f"{shape.value}, told by {file.why}"]
    if file.encoding != "UTF-8":
        notes.append(f"read as {file.encoding}")
    return replace(with_aliases(read, chosen), notes=(*notes, *read.notes))


def with_saved(settings: Settings, rows: Sequence[Sequence[str]]) -> Settings:
    """Use again what was said of a header before, unless something is said now.

    Examples
    --------
    >>> with_saved(Settings(), [["Symbol", "Quantity"]]).mapped
    {}
    """
    words = "" if settings.mapped else find_saved(rows, settings.saved)
    return replace(settings, mapped=read_mapping(words)) if words else settings


def with_aliases(read: Statement, settings: Settings) -> Statement:
    r"""Give positions and facts the names that aliases say: a ticker for a code, another name for a ticker.

    Examples
    --------
    >>> told = Settings(aliases={"US0378331005": "X"})
    >>> read_statement(b"ISIN,Quantity\nUS0378331005,5\n", name="a", settings=told).positions[0].what.symbol
    'X'
    """
    if not settings.aliases:
        return read

    def named(what: Identity, day: dt.date | None) -> Identity:
        aliases = settings.names_on(day)
        if what.underlying is not None and what.underlying in aliases:
            what = replace(what, underlying=aliases[what.underlying])
        if what.kind is NameKind.OPTION and what.underlying is None:
            # An option that is filed under the code of its share (13F).
            what = replace(what, underlying=next((aliases[code] for _, code in what.codes if code in aliases), None))
        if what.kind not in _NAMED:
            return what
        if what.symbol is not None:
            return replace(what, symbol=aliases.get(what.symbol, what.symbol))
        names = (*(code for _, code in what.codes), what.name or "")
        return replace(what, symbol=next((aliases[name] for name in names if name in aliases), None))

    names: dict[tuple[int, dt.date | None], Identity] = {}

    def under_its_name(what: Identity, day: dt.date | None) -> Identity:
        # Many rows are about one thing, and share what is said of it: it is named once for each day.
        key = (id(what), day)
        if key not in names:
            name = named(what, day)
            names[key] = what if name == what else name
        return names[key]

    facts = ((f, None if f.what is None else under_its_name(f.what, f.day)) for f in read.facts)
    return replace(
        read,
        positions=tuple(replace(p, what=under_its_name(p.what, read.as_of or settings.as_of)) for p in read.positions),
        facts=tuple(f if what is f.what else replace(f, what=what) for f, what in facts),
    )


def _xml(data: bytes, name: str, settings: Settings) -> Statement:
    root = parse(data, name=name)
    if is_flex(root):
        return read_flex(root, name=name, settings=settings)
    if is_13f(root):
        return read_13f(root, name=name, settings=settings)
    if is_nport(root):
        return read_nport(root, name=name, settings=settings)
    raise FileFormatError(
        expected="a Flex query, the table of a 13F, or an N-PORT",
        found=f"XML whose first tag is {local(root)!r} in {name}",
        try_next="export the table as CSV",
    )


def _workbook(data: bytes, name: str, settings: Settings) -> Statement:
    """Read the sheets of a workbook as one file, or the one that was named."""
    sheets = workbook_rows(data, name=name)
    names = [title for title, _ in sheets]
    if settings.sheet and settings.sheet not in names:
        raise FileFormatError(
            expected=f"a sheet named {settings.sheet!r}",
            found=f"{', '.join(names)} in {name}",
            try_next=f"give --sheet-name '{names[0]}', or leave it out to read them all" if names else "save it again",
        )
    settings = with_saved(settings, [row.cells for _, rows in sheets for row in rows])
    taken = {
        title: split_tables(rows, mapped=settings.mapped) for title, rows in sheets if settings.sheet in {"", title}
    }
    parts = list(taken.values())
    _check_apart(taken, name, settings)
    whole = Sheet(
        tables=tuple(t for part in parts for t in part.tables), loose=tuple(r for part in parts for r in part.loose)
    )
    read = read_sheet(whole, name=name, delimiter=",", settings=settings)
    return replace(read, notes=(f"sheets {', '.join(names)}", *read.notes))


def _check_apart(sheets: Mapping[str, Sheet], name: str, settings: Settings) -> None:
    """Refuse a workbook of which two sheets state the same position: of two days, or one beside its sum.

    Raises
    ------
    FileFormatError
        If so: together they would be held twice.
    """
    if len(sheets) < 2:
        return
    stated: dict[tuple[str, str], str] = {}
    for title, sheet in sheets.items():
        for key in _stated(sheet, name, settings):
            if stated.setdefault(key, title) != title:
                raise FileFormatError(
                    expected="each position on one sheet",
                    found=f"{key[1]} on the sheets {stated[key]!r} and {title!r} of {name}",
                    try_next=f"say which holds what is held: --sheet-name {title!r}",
                )


def _stated(sheet: Sheet, name: str, settings: Settings) -> set[tuple[str, str]]:
    """Give account and name of each position that a sheet states by itself."""
    try:
        read = read_sheet(sheet, name=name, delimiter=",", settings=settings)
    except FileFormatError:
        return set()  # Part of a whole, or a cover sheet: the whole is read, or refused, together.
    return {(p.account or "", p.what.symbol or p.what.name or "") for p in read.positions} - {("", "")}
