"""What nobody foresaw ends in a short message and a report without a word of what was given; escapes stay on paper."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import click
import polars as pl
import pytest
from click.testing import CliRunner
from intake_given import GivenDesk

import trimtab.cli
from trimtab import sample
from trimtab.cli.app import app
from trimtab.cli.draw import Drawn
from trimtab.cli.output import console
from trimtab.config.read import read_config
from trimtab.desk.books.intake import Imported, Outcome
from trimtab.errors import DefectError, InputError, TrimtabError, UsageError, printable
from trimtab.feeds.snapshots import read_snapshots
from trimtab.report.documents.error import error_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.books.intake import show_imports
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files

SECRET = "s3cr3t-of-mine"  # noqa: S105 - no password
ESCAPE = "\x1b[31mred\x9b2J\u202e"


def run_broken(monkeypatch: pytest.MonkeyPatch, error: BaseException, *words: str) -> int | str | None:
    """Run a command that raises, as the shell would; give its exit code."""

    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("trimtab.cli.app.app", broken)
    monkeypatch.setattr(sys, "argv", ["trimtab", *words])
    with pytest.raises(SystemExit) as left:
        trimtab.cli.main()
    return left.value.code


class PanicError(BaseException):
    """What compiled code raises: no Exception."""


@pytest.mark.parametrize("error", [RuntimeError(SECRET), KeyError(SECRET), RecursionError(), PanicError(SECRET)])
def test_a_defect_is_told_in_three_parts_with_a_report_that_keeps_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, error: BaseException
) -> None:
    """No traceback; the report has version, places and options, and none of the words, values and addresses."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TRIMTAB_TOKEN", SECRET)
    url = f"postgresql://me:{SECRET}@host/db"
    code = run_broken(monkeypatch, error, "import", f"{SECRET}.csv", "--source", SECRET, f"--url={url}", "--yes")
    told = capsys.readouterr()
    assert (code, told.out) == (1, "")
    assert "Traceback" not in told.err
    assert SECRET not in told.err
    assert all(word in told.err for word in ("trimtab itself broke", type(error).__name__, "running trimtab import"))
    (report,) = tmp_path.glob("trimtab-report-*.txt")
    assert str(report) in told.err
    assert report.stat().st_mode & 0o077 == 0
    text = report.read_text()
    assert "arguments: import <a .csv file> --source <text> --url=<text> --yes" in text
    assert "test_defects.py" in text
    assert all(word not in text for word in (SECRET, "postgresql", str(tmp_path), str(Path.home())))


def test_a_defect_is_a_document_where_one_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With --json the place of the report is in the document of the error."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run_broken(monkeypatch, ZeroDivisionError(), "review", "--json") == 1
    assert f'"report": "{next(tmp_path.iterdir())}"' in capsys.readouterr().out


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (OSError("no room"), 74)])
def test_what_is_no_defect_stays_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    """An interruption and a disk that is full are nobody's fault."""
    assert run_broken(monkeypatch, error, "review") == code
    assert "itself broke" not in capsys.readouterr().err


def test_a_file_on_which_reading_breaks_is_reported_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From Python as well: one file fails with its report, nothing of it is kept, the file beside it is."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    desk = create_workspace(tmp_path / "desk", benchmark="SPY")
    (tmp_path / "good.csv").write_text("symbol,quantity\nAAPL,5\n")
    (tmp_path / "bad.csv").write_text("symbol,quantity\nMSFT,5\n")
    read = read_snapshots

    def breaks(frame: Any, **options: Any) -> Any:
        if "MSFT" in frame["symbol"]:
            raise KeyError(SECRET)
        return read(frame, **options)

    monkeypatch.setattr("trimtab.feeds.intake.files.read_snapshots", breaks)
    paths = [tmp_path / "bad.csv", tmp_path / "good.csv"]
    bad, good = import_files(paths, workspace=desk, as_of="2026-01-05", accept=True)
    assert (bad.outcome, good.outcome) == (Outcome.FAILED, Outcome.KEPT)
    assert isinstance(bad.error, DefectError)
    assert "Nothing of it was kept" in bad.error.found
    assert bad.error.report is not None
    assert SECRET not in Path(bad.error.report).read_text()
    assert error_document(bad.error).report == bad.error.report


def test_r9_names_of_files_and_accounts_never_steer_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Escapes in a file's name, an account and a cell are written out, in tables, lines and messages."""
    desk = GivenDesk(tmp_path)
    text = f"symbol,quantity,price,Acct\nAAPL,5,90,{ESCAPE}\n"
    done = desk.take(text, name=f"{ESCAPE}.csv", as_of="2024-04-30")
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    show_imports([done, Imported(source=f"{ESCAPE}.csv", outcome=Outcome.FAILED)], console())
    console().print(f"- {ESCAPE}")
    shown = screen.getvalue() + str(InputError(expected=ESCAPE, found=ESCAPE, try_next=ESCAPE))
    assert "\\x1b[31mred\\x9b2J\\u202e" in shown
    assert not [sign for sign in shown if sign != "\n" and not sign.isprintable()]


def test_r9_documents_and_journals_hold_no_sign_that_a_terminal_obeys(tmp_path: Path) -> None:
    """JSON says the same name with its signs escaped; what the journal keeps of a file's name is printable."""
    assert json.loads(dumps({"a": ESCAPE}))["a"] == ESCAPE
    assert dumps({"a": ESCAPE}).replace("\n", "").isprintable()
    desk = GivenDesk(tmp_path)
    desk.take("symbol,quantity\nAAPL,5\n", name=f"{ESCAPE}.csv", as_of="2024-04-30")
    desk.take("Account,Ticker,Qty,Last Price,Mkt Value\nA,MSFT,5,2,10\n", name=f"b{ESCAPE}.csv", as_of="2024-05-31")
    kept = [entry.body["source"] for entry in desk.journal.entries("holdings")]
    assert [str(source["name"]).isprintable() for source in kept] == [True, True]


def test_what_people_write_stays_as_it_is() -> None:
    """Umlauts, no-break spaces, tabs and ends of lines are shown as they are."""
    for text in ("Zürich 1\xa0000 €", "a\tb\n", "日本", "\u200dab"):
        assert printable(text) == text


def test_a_workspace_without_a_portfolio_says_what_to_do(tmp_path: Path) -> None:
    """A book for a workspace that was made without a benchmark: where to set one, and what makes it whole."""
    desk = create_workspace(tmp_path / "desk")
    (tmp_path / "book.csv").write_text("symbol,quantity\nAAPL,5\n")
    error = import_files([tmp_path / "book.csv"], workspace=desk, as_of="2026-01-05", accept=True)[0].error
    assert error is not None
    assert all(
        word in error.try_next for word in ("[portfolios.main]", "trimtab init FOLDER --benchmark", "trimtab.toml")
    )
    # What it says works: the signs taken away, the same file is taken.
    wanted = ("benchmarks.main", "mandates.core", "portfolios.main")
    keys = ("symbol", "benchmark", "target", "band", "mandate")
    section, lines = "", []
    for line in (tmp_path / "desk/trimtab.toml").read_text().splitlines():
        section = line.strip("#[]") if line.startswith(("#[", "[")) else section
        plain = line.startswith("#[") or line[1:].partition(" ")[0] in keys
        lines.append(line[1:] if section in wanted and line.startswith("#") and plain else line)
    (tmp_path / "desk/trimtab.toml").write_text("\n".join(lines) + "\n")
    assert read_config(tmp_path / "desk").portfolio_name() == "main"


@pytest.mark.parametrize(
    "words",
    [
        ("hedge-policy", "--cost", "1e308"), ("review", "--band", "1e308"), ("plan", "--target", "-1e200"),
        ("plan", "--half-spread-ticks", "1e308"), ("risk", "--target-volatility", "1e200"),
    ],
)  # fmt: skip
def test_r14_numbers_that_no_value_could_hold_are_refused_at_the_option(words: tuple[str, ...]) -> None:
    """They ended in an overflow, or in digits of a chart that were none."""
    done = CliRunner().invoke(app, [*words, "--benchmark", "SPX"])
    assert isinstance(done.exception, UsageError)
    assert "below 1e21 in size" in done.exception.expected


#: Commands that measure a book, and what they need beside it.
ASKED: dict[str, tuple[str, ...]] = {
    "review": (), "plan": ("--hedge", "ES", "--hedge-price", "ES=3800"), "drift": (), "stress": (), "risk": (),
    "hedge-policy": ("--paths", "20"),
}  # fmt: skip
ODD = ("1e308", "1e-308", "-1", "0", "9" * 25, "1e200", "\u00b2", "ES=1e308", "SPX=nan")


@pytest.mark.long
@pytest.mark.parametrize("name", ASKED)
def test_odd_values_of_every_option_are_answered_or_refused(name: str, tmp_path: Path) -> None:
    """Each option of a command with each odd value: an answer, or an error that was foreseen."""
    command = app.get_command(click.Context(app), name)
    assert isinstance(command, Drawn)
    prices, book = tmp_path / "p.csv", tmp_path / "h.csv"
    pl.read_parquet(sample.prices_path()).select("date", "SPX", "AAPL", "MSFT").tail(400).write_csv(prices)
    book.write_text("symbol,quantity\nAAPL,100\nMSFT,50\nUSD,1000\n")
    base = [name, "--prices", str(prices), "--holdings", str(book), "--benchmark", "SPX", *ASKED[name]]
    options = [p.opts[0] for leaf in command.leaves if not leaf.asked.place
               for p in [leaf.parameter()] if isinstance(p, click.Option) and not p.is_flag]  # fmt: skip
    foreseen = (TrimtabError, SystemExit, click.exceptions.Exit, click.ClickException)
    for option in (o for o in options if o not in {"--prices", "--holdings", "--benchmark"}):
        for value in ODD:
            error = CliRunner().invoke(app, [*base, option, value]).exception
            assert error is None or isinstance(error, foreseen), (option, value, repr(error))
