"""Short forms of answers: what is asked first fits eighty columns in one table, and nothing is said twice."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

import trimtab as tt
from trimtab import sample
from trimtab.cli import alerts
from trimtab.desk.ask.review import Review
from trimtab.report.tables.parts import counted_remarks
from trimtab.report.tables.review import show_short_review
from trimtab.report.tables.sheet import Screen, Sheet


@pytest.fixture(scope="module")
def reviewed() -> Review:
    """Review the sample portfolio once."""
    mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    return tt.review(sample.prices_path(), sample.portfolio_path(), mandate, method="ols")


def _shown(reviewed: Review, width: int, top: int) -> str:
    out = io.StringIO()
    show_short_review(reviewed, Screen(file=out, width=width, markup=False, emoji=False), top=top)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_short_review_has_one_table_with_flags_and_weights(reviewed: Review, width: int) -> None:
    """At each width: one table, its flags, a weight for each position, the verdict and what to do next."""
    text = _shown(reviewed, width, 5)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("flags / reason") == 1
    assert ("not at this width" in text) == (width == 80)
    largest = max(reviewed.exposure.positions, key=lambda p: abs(p.contribution or 0.0))
    (row,) = (line for line in text.splitlines() if line.lstrip("│ ").startswith(f"{largest.asset} "))
    assert f"{(largest.value or 0.0) / reviewed.exposure.nav:.1%}" in row
    assert f"{len(reviewed.exposure.positions) - 5} positions more" in text
    assert "trimtab plan" in text


def test_a_short_review_of_few_positions_says_of_no_more(reviewed: Review) -> None:
    """Where all fit, nothing is said of others."""
    text = _shown(reviewed, 120, 100)
    assert f"The {len(reviewed.exposure.positions)} positions" in text
    assert "positions more" not in text


def test_columns_make_room_in_the_order_stated() -> None:
    """The first named goes first; numbers that stay are whole, and what went is named."""
    sheet = Sheet("t", less_needed=("b", "a"))
    sheet.add_column("name")
    for header in ("a", "b", "c"):
        sheet.add_column(header, justify="right")
    sheet.add_row("X", "1,111,111", "2,222,222", "3,333,333")
    out = io.StringIO()
    Console(file=out, width=34).print(sheet)
    assert "1,111,111" in out.getvalue()
    assert "3,333,333" in out.getvalue()
    assert "2,222,222" not in out.getvalue()
    assert "not at this width: b" in out.getvalue()


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("name", ["A" * 100 + "Z" * 100, "中文" * 100, "שלום" * 50])
def test_long_names_are_cut_in_the_middle(name: str, width: int) -> None:
    """Both ends of a name of two hundred letters stay, on one line, whatever the script; the row fits."""
    sheet = Sheet("t")
    sheet.add_column("asset")
    sheet.add_column("value", justify="right")
    sheet.add_row(name, "1,234")
    out = io.StringIO()
    Screen(file=out, width=width).print(sheet)
    (row,) = (line for line in out.getvalue().splitlines() if "1,234" in line)
    assert "…" in row
    assert name[:5] in row
    assert name[-5:] in row


def test_notes_are_counted(reviewed: Review) -> None:
    """One note is one, several are several, and none is nothing."""
    for notes, words in ((("a",), "1 note:"), (("a", "b"), "2 notes:"), ((), "")):
        out = io.StringIO()
        counted_remarks(Console(file=out, width=80), notes, ())
        assert out.getvalue().startswith(words)
        assert bool(out.getvalue()) == bool(notes)


def test_an_alert_that_a_channel_printed_is_not_said_again() -> None:
    """Only a message that the terminal's channel took counts as shown, and every event must have been."""
    event = SimpleNamespace(portfolio="main", rule="r", subject="", kind=SimpleNamespace(value="raised"))
    message = SimpleNamespace(portfolio="main", rule="r", subject="", event="raised", channel="terminal")
    workspace = SimpleNamespace(config=SimpleNamespace(alerts=SimpleNamespace(channels={})))
    evaluated = [SimpleNamespace(events=(event,))]
    sent, failed = (SimpleNamespace(attempts=[SimpleNamespace(message=message, outcome=o)]) for o in ("sent", "failed"))
    assert alerts._was_shown(workspace, evaluated, sent)
    assert not alerts._was_shown(workspace, evaluated, failed)
    assert not alerts._was_shown(workspace, [SimpleNamespace(events=())], sent)
