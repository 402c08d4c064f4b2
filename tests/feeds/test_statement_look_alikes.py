"""33 files in the layouts of brokers, custodians, trackers and filings, with the books a careful bookkeeper reads.

The files lie beside the repository and not in it: where they are missing these tests are skipped, and
`test_statement_small` proves the same readers on files of its own.
"""

import json
from pathlib import Path

import pytest
from statement_book import differences

from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.road import Settings

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "broker"
BOOKS = json.loads((FOLDER / "expected.json").read_text()) if (FOLDER / "expected.json").exists() else {}
#: Filings name no tickers: an alias of the workspace says what a code is called.
ALIASES = {"037833100": "AAPL", "US0378331005": "AAPL"}


@pytest.mark.skipif(not BOOKS, reason="the look-alikes of broker files lie beside the repository and are not here")
@pytest.mark.parametrize("name", sorted(BOOKS) or ["none"])
def test_a_look_alike_gives_the_book_of_a_careful_reader(name: str) -> None:
    """Positions, money, facts, days, accounts, units and currencies are those of the book written by hand."""
    if name.endswith(".xml"):
        pytest.importorskip("defusedxml")
    settings = Settings(contracts=bundled_contracts(), aliases=ALIASES if name.startswith("sec_") else {})
    read = read_statement((FOLDER / name).read_bytes(), name="a file", settings=settings)
    assert differences(read, BOOKS[name]) == []
