"""Workbooks: the sheets of an XLSX are tables like any others."""

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner
from intake_given import GivenDesk

from trimtab.cli.app import app
from trimtab.errors import FileFormatError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.statements.doorway import Hints
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.road import Settings

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>"
)
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Write a workbook of inline texts and numbers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", _TYPES)
        relation = f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        file.writestr("_rels/.rels", _relations(relation))
        names = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, start=1))
        book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{names}</sheets></workbook>'
        file.writestr("xl/workbook.xml", book)
        links = "".join(
            f'<Relationship Id="r{i}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        file.writestr("xl/_rels/workbook.xml.rels", _relations(links))
        for i, rows in enumerate(sheets.values(), start=1):
            file.writestr(f"xl/worksheets/sheet{i}.xml", _sheet(rows))
    return out.getvalue()


def _relations(inside: str) -> str:
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def _sheet(rows: list[list[object]]) -> str:
    lines = []
    for i, cells in enumerate(rows, start=1):
        written = "".join(_cell(f"{'ABCDEFGH'[j]}{i}", cell) for j, cell in enumerate(cells) if cell != "")
        lines.append(f'<row r="{i}">{written}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(at: str, cell: object) -> str:
    if isinstance(cell, int | float):
        return f'<c r="{at}"><v>{cell}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


BOOK = workbook(
    {
        "Positions": [
            ["Holdings as of 2024-06-28", "", "", ""],
            ["", "", "", ""],
            ["Ticker", "Qty", "Price", "Currency"],
            ["AAPL", 100, 210.5, "USD"],
            ["SAP.DE", 12.5, 180, "EUR"],
        ],
        "Trades": [
            ["Date", "Side", "Ticker", "Qty", "Price", "Currency"],
            [45471, "SELL", "AAPL", 5, 211, "USD"],
        ],
    }
)


def read(**settings: str) -> object:
    """Read the workbook."""
    pytest.importorskip("fastexcel")
    return read_statement(BOOK, name="a file", settings=Settings(contracts=bundled_contracts(), **settings))


def test_every_sheet_of_a_workbook_is_read() -> None:
    """Positions of one sheet, trades of another; a day as a spreadsheet counts it."""
    statement = read()
    assert [(p.what.symbol, float(p.quantity), p.currency) for p in statement.positions] == [
        ("AAPL", 100.0, "USD"), ("SAP.DE", 12.5, "EUR")
    ]  # fmt: skip
    assert [(str(f.day), float(f.quantity), float(f.cash)) for f in statement.facts] == [("2024-06-28", -5.0, 1055.0)]
    assert (str(statement.as_of), statement.faults) == ("2024-06-28", ())


def test_one_sheet_may_be_named() -> None:
    """A sheet that is not there is an error that names those that are."""
    assert read(sheet="Positions").facts == ()
    with pytest.raises(FileFormatError, match="Positions, Trades"):
        read(sheet="Depot")


def test_the_formats_are_listed() -> None:
    """`trimtab formats` names what is read."""
    done = CliRunner().invoke(app, ["formats"])
    assert done.exit_code == 0
    assert all(name in done.stdout for name in ("schwab-positions-csv", "ibkr-flex-xml", "swift-mt535", "beancount"))


TWO = {
    "Now": [["Symbol", "Quantity", "Price"], ["AAA", 10, 100]],
    "Last year": [["Symbol", "Quantity", "Price"], ["AAA", 7, 90], ["BBB", 1, 5]],
}


def test_a_position_on_two_sheets_is_never_held_twice() -> None:
    """Two days on two sheets, or an account beside the sum of all: somebody says which sheet; 10, 7, and never 17."""
    with pytest.raises(FileFormatError, match=r"AAA on the sheets 'Now' and 'Last year'(.|\n)*--sheet-name"):
        read_statement(workbook(TWO), name="w.xlsx")
    for sheet, quantities in (("Now", [10]), ("Last year", [7, 1])):
        read = read_statement(workbook(TWO), name="w.xlsx", settings=Settings(sheet=sheet))
        assert [int(p.quantity or 0) for p in read.positions] == quantities


def test_sheet_is_an_option_of_import_and_of_holdings(tmp_path: Path) -> None:
    """`import --sheet-name` and `review --sheet-name` read the one sheet."""
    path = tmp_path / "w.xlsx"
    path.write_bytes(workbook(TWO))
    held = read_holdings(path, base="USD", contracts=bundled_contracts(), hints=Hints(sheet="Last year"))
    assert [(p.symbol, int(p.quantity)) for p in held.positions] == [("AAA", 7), ("BBB", 1)]
    desk = GivenDesk(tmp_path)
    twice = desk.take_file(path, as_of="2024-01-31")
    assert twice.error is not None
    assert "on the sheets" in str(twice.error)
    kept = desk.take_file(path, as_of="2024-01-31", reading={"hints": Hints(sheet="Now")})
    assert kept.error is None
    assert desk.quantities("2024-01-31") == {"AAA": "10"}
    for command in ("import", "review"):
        assert "--sheet-name" in CliRunner().invoke(app, [command, "--help"]).output


def test_a_sheet_of_a_file_that_has_none_is_refused(tmp_path: Path) -> None:
    """A CSV has no sheets: the word is not passed over."""
    path = tmp_path / "h.csv"
    path.write_text("symbol,quantity\nAAA,10\n")
    with pytest.raises(FileFormatError, match="leave --sheet-name out"):
        read_holdings(path, base="USD", contracts=bundled_contracts(), hints=Hints(sheet="Now"))
