"""Tables on a terminal of eighty columns: digits are never cut off."""

import io

from rich.console import Console

import trimtab as tt
from trimtab import sample
from trimtab.cli.output import PIPE_WIDTH, console
from trimtab.report.tables.review import positions_table, show_review


def test_a_pipe_is_as_wide_as_columns_says(monkeypatch):
    """Into a pipe tables are COLUMNS wide, and 140 where it says nothing that is a width."""
    monkeypatch.setenv("COLUMNS", "97")
    assert console().width == 97
    for nothing in ("", "0", "wide", "-5"):
        monkeypatch.setenv("COLUMNS", nothing)
        assert console().width == PIPE_WIDTH == 140
    monkeypatch.delenv("COLUMNS")
    assert console().width == 140


def test_eighty_columns_show_every_digit():
    """A book of six-digit positions keeps all digits of its money on a terminal of eighty columns."""
    book = tt.portfolio("5000 AAPL, -2000 MSFT, 3000 AMD, 200000 USD")
    found = tt.review(sample.prices_path(), book, tt.Mandate(benchmark="SPX", target=1.0, band=0.05))
    out = io.StringIO()
    show_review(found, Console(file=out, width=80))
    text = out.getvalue()
    table = text[text.index("Positions by contribution") : text.index("Beta after a move")]
    assert "…" not in table
    assert max(len(line) for line in text.splitlines()) <= 80
    for p in found.exposure.positions:
        assert f"{p.value:,.0f}" in table
    wide = positions_table(found.exposure.positions, "USD", found.exposure.beta.speaks_of)
    assert wide.headers[-1] == "flags / reason"
