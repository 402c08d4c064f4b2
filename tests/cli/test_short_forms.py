"""Short forms of answers: what is asked first fits eighty columns in one table, and nothing is said twice."""

import io
from importlib import import_module
from types import SimpleNamespace

import pytest
from report_answers import answer
from rich.console import Console

import trimtab as tt
from trimtab import sample
from trimtab.cli import alerts
from trimtab.desk.ask.review import Review
from trimtab.hedge.margin.records import AccountMargin
from trimtab.report.tables.depth import Depth
from trimtab.report.tables.margin.accounts import trouble_lines
from trimtab.report.tables.parts import counted_remarks
from trimtab.report.tables.review import show_review
from trimtab.report.tables.sheet import Screen, Sheet

#: Answers that have a short form, and what prints them.
SHORTENED = {
    "trimtab.drift/1": "drift.show_drift", "trimtab.performance/1": "performance.show_performance",
    "trimtab.review/1": "review.show_review", "trimtab.hedge-policy/1": "hedge_policy.show_hedge_policy",
    "trimtab.risk/1": "risk.show_risk", "trimtab.stress/1": "stress.show_stress",
}  # fmt: skip


@pytest.fixture(scope="module")
def reviewed() -> Review:
    """Review the sample portfolio once."""
    mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    return tt.review(sample.prices_path(), sample.portfolio_path(), mandate, method="ols")


def _shown(reviewed: Review, width: int, top: int) -> str:
    out = io.StringIO()
    depth = Depth(top=top, full=False)
    show_review(reviewed, Screen(file=out, width=width, markup=False, emoji=False), depth=depth)
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
    assert "1 position more" in _shown(reviewed, 120, len(reviewed.exposure.positions) - 1)


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
    for notes, words in ((("a",), "1 note on"), (("a price", "b"), "2 notes: 1 on"), ((), "")):
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


def _text_of(schema: str, depth: Depth) -> str:
    module, _, function = SHORTENED[schema].rpartition(".")
    out = io.StringIO()
    show = getattr(import_module(f"trimtab.report.tables.{module}"), function)
    show(answer(schema).words[0], Screen(file=out, width=80, markup=False), depth=depth)
    return out.getvalue()


@pytest.mark.parametrize("schema", sorted(SHORTENED))
def test_a_short_form_is_no_longer_than_the_full_one_and_says_what_next(schema: str) -> None:
    """The short form names the next step and --full, and lists no note; the full one lists every note."""
    short, full = _text_of(schema, Depth(full=False)), _text_of(schema, Depth())
    assert "Next: " in short
    assert "--full" in short
    assert "note: " not in short
    assert "Next: " not in full
    assert max(map(len, short.splitlines())) <= 80
    assert len(short.splitlines()) < len(full.splitlines()) + 4
    assert ("(--full lists them)" in " ".join(short.split())) == ("note: " in full)


def test_a_table_says_how_many_rows_it_left_out() -> None:
    """Rows and their styles go together, and what went is counted."""
    sheet = Sheet("t")
    sheet.add_column("name")
    for name in "ABC":
        sheet.add_row(name, style="bold")
    out = io.StringIO()
    Console(file=out, width=60).print(sheet.first(1))
    assert "2 rows more" in out.getvalue()
    assert "B" not in out.getvalue()


@pytest.mark.parametrize(
    ("equity", "maintenance", "fall", "words"),
    [
        (1000.0, 100.0, -0.05, "liquidated at BTC -5.0%"), (1000.0, 100.0, -0.5, None),
        (100.0, 300.0, 0.0, "short of 200"), (None, None, None, "not known"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_venue_account_takes_one_line(
    equity: float | None, maintenance: float | None, fall: float | None, words: str | None
) -> None:
    """Liquidation near, margin short, margin not known: one line; an account far from it says nothing."""
    account = AccountMargin(
        venue="Binance", currency="USDT", of="BTC", source="rules", collateral=0.0, parts=(), notes=(), equity=equity,
        initial=None, maintenance=maintenance, fall=fall, rise=None, reason="no rules" if equity is None else "",
    )  # fmt: skip
    lines = trouble_lines([account])
    assert len(lines) == (words is not None)
    assert (words or "") in "".join(lines)
