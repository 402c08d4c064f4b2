"""A name that is nearly one that is known is asked about, whoever looks it up and from whichever face."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

import trimtab as tt
from trimtab.cli.app import app
from trimtab.errors import TrimtabError
from trimtab.model.near import near_names

SETTINGS = """\
[workspace]
base = "USD"
[benchmarks.main]
symbol = "SPX"
[mandates.core]
benchmark = "main"
[portfolios.growth]
mandate = "core"
[portfolios.income]
mandate = "core"
"""
MOVES = np.sin(np.arange(130)) / 100
DAYS = business_days(131)
PRICES = pl.DataFrame({"date": DAYS, "SPX": price_path(MOVES), "AAPL": price_path(0.5 * MOVES)})
BOOK = pl.DataFrame({"symbol": ["AAPL", "USD"], "quantity": [10, 1000]})
MISSPELT = BOOK.with_columns(symbol=pl.Series(["APPL", "USD"]))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files and a workspace that holds nothing yet."""
    folder = tmp_path_factory.mktemp("names")
    PRICES.write_csv(folder / "prices.csv")
    BOOK.write_csv(folder / "book.csv")
    MISSPELT.write_csv(folder / "misspelt.csv")
    assert CliRunner().invoke(app, ["init", str(folder / "desk")]).exit_code == 0
    (folder / "desk" / "trimtab.toml").write_text(SETTINGS)
    return folder


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("plan @files --hedge EZ", "ES"),
        ("plan @files --hedge MESS", "MES"),
        ("review @files --benchmark SPY", "SPX"),
        ("review @files --method olss", "ols"),
        ("explain APPL @files", "AAPL"),
        ("review --prices prices.csv --holdings misspelt.csv --benchmark SPX", "AAPL"),
        ("holdings -w desk -p grwth", "growth"),
        ("import book.csv -w desk -p incme --dry-run", "income"),
        ("import book.csv -w desk -p growth --dry-run --map symbol=simbol", "symbol"),
        ("config set -w desk estimation.metod ols", "estimation.method"),
        ("alerts test -w desk terminl", "terminal"),
    ],
)
def test_commands_ask_which_name_was_meant(
    place: Path, monkeypatch: pytest.MonkeyPatch, words: str, meant: str
) -> None:
    """The error's third part, or the note beside an answer, names what is nearest to what was written."""
    monkeypatch.chdir(place)
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    files = "--prices prices.csv --holdings book.csv" + ("" if "--benchmark" in words else " --benchmark SPX")
    done = CliRunner().invoke(app, words.replace("@files", files).split())
    told = str(done.exception) if isinstance(done.exception, TrimtabError) else done.output
    assert f"did you mean {meant}" in " ".join(told.split())


@pytest.mark.parametrize(
    ("ask", "meant"),
    [
        (lambda mandate, desk: tt.plan(PRICES, BOOK, mandate, hedge=["EZ"]), "ES"),
        (lambda mandate, desk: tt.review(PRICES, BOOK, tt.Mandate(benchmark="SPY", target=1.0, band=0.1)), "SPX"),
        (lambda mandate, desk: tt.review(PRICES, BOOK, mandate, method="olss"), "ols"),
        (lambda mandate, desk: tt.review(PRICES, BOOK, mandate, method="ols(windw=50)"), "window"),
        (lambda mandate, desk: tt.Desk(desk).ledger(account="grwth"), "growth"),
        (lambda mandate, desk: tt.Desk(desk).review(account="incme"), "income"),
    ],
)
def test_python_asks_what_was_meant(place: Path, ask, meant: str) -> None:
    """Python raises what the commands print."""
    with pytest.raises(TrimtabError, match=f"did you mean {meant}"):
        ask(tt.Mandate(benchmark="SPX", target=1.0, band=0.1), place / "desk")


def test_python_notes_the_symbol_that_a_holding_was_meant_to_have() -> None:
    """A position without prices is no error; its note names the price column nearest to it."""
    review = tt.review(PRICES, MISSPELT, tt.Mandate(benchmark="SPX", target=1.0, band=0.1), method="ols")
    assert any(note.startswith("APPL has no prices: did you mean AAPL?") for note in review.notes)


def test_what_is_like_nothing_is_not_guessed() -> None:
    """No name is offered for one that has little in common with any; case alone is no difference."""
    assert near_names("ZB", ["ES", "MES", "NQ"]) == ()
    assert near_names("spx", ["SPX", "SPY"], most=2) == ("SPX", "SPY")
