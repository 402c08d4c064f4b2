"""A workspace end to end: what it was told, what it answered, and the same answers again."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

import trimtab as tt
from trimtab import sample
from trimtab.cli.app import app
from trimtab.errors import FileFormatError, InputError, NotEnoughDataError, StorageError
from trimtab.python.desk import Desk
from trimtab.report import documents
from trimtab.report.shape.write import dumps, plain
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one sample workspace; tests that write take a copy."""
    folder = tmp_path_factory.mktemp("desk") / "sample"
    create_workspace(folder, sample=True)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def told(folder: Path, name: str, text: str, **how: object) -> None:
    file = folder.parent / name
    file.write_text(text)
    (done,) = import_files([file], workspace=open_workspace(folder), accept=True, **how)  # type: ignore[arg-type]
    if done.error is not None:
        raise done.error


def test_a_workspace_and_files_give_the_same_numbers(folder: Path) -> None:
    """A review of the sample in a workspace is the review of its files, to the last digit."""
    in_workspace = plain(documents.review_document(Desk(folder).review()))
    review = tt.review(
        [sample.prices_path(), sample.futures_path()], sample.portfolio_path(),
        tt.Mandate(benchmark="SPX", target=1.0, band=0.05), benchmark_returns="price",
    )  # fmt: skip
    of_files = plain(documents.review_document(review))
    for key in ("beta", "fitted", "forecast", "nav", "positions", "moves", "breakdown"):
        assert in_workspace[key] == of_files[key], key


def test_every_run_is_the_same_again(folder: Path) -> None:
    """A review and a plan asked again of a workspace that has learnt more since give the same bytes."""
    desk = Desk(folder)
    desk.review()
    desk.plan()
    told(folder, "later.csv", "date,AAPL\n2022-12-28,200.0\n2022-12-29,201.0\n")
    told(folder, "book.csv", "symbol,quantity\nAAPL,1\nUSD,1000\n", as_of="2022-12-29")
    again = Desk(folder)
    for run in again.runs():
        replay = again.replay(run.seq)
        assert replay.same, replay.differences
    assert {r.command for r in again.runs()} == {"review", "plan"}


def test_rates_by_currency_are_kept_with_the_run(folder: Path) -> None:
    """Rates in words decide an answer, are written down with it, and give it again."""
    desk = Desk(folder)
    plain = tt.ReviewQuestion(measuring=tt.Measuring(risk_free=0.03))
    by_currency = desk.review(tt.ReviewQuestion(measuring=tt.Measuring(risk_free="USD=0.03,EUR=0.02")))
    assert by_currency.exposure == desk.review(plain, record=False).exposure
    (run,) = desk.runs()
    assert desk.replay(run.seq).same


def test_a_review_is_as_it_was_known(folder: Path) -> None:
    """A corrected price changes today's answer, and not the answer of before it was corrected."""
    desk = Desk(folder)
    before = desk.review(record=False)
    known = desk.known()
    told(folder, "fix.csv", "date,AAPL\n2022-12-28,110.0\n")
    desk = Desk(folder)
    assert desk.review(record=False).exposure.nav < before.exposure.nav - 100_000
    then = desk.review(record=False, known=known)
    assert dumps(documents.review_document(then)) == dumps(documents.review_document(before))


def test_a_moment_of_knowledge_may_be_a_time(folder: Path) -> None:
    """What was known a century ago is nothing; what is known at the end of time is everything."""
    desk = Desk(folder)
    assert desk.known("1926-01-01") == 0
    assert desk.known("2999-01-01T00:00:00Z") == desk.known() == desk.known(dt.datetime(2999, 1, 1))  # noqa: DTZ001
    with pytest.raises(InputError, match="a moment such as"):
        desk.known("yesterday")


def test_a_changed_batch_is_refused(folder: Path) -> None:
    """A price file that is not what the journal says it was stops the answer, and is named."""
    desk = Desk(folder)
    batch = max((folder / "data" / "prices").glob("*.parquet"), key=lambda f: f.stat().st_size)
    content = bytearray(batch.read_bytes())
    content[len(content) // 2] ^= 1
    batch.write_bytes(bytes(content))
    with pytest.raises(StorageError, match=batch.name):
        desk.review()
    assert desk.runs() == ()


def test_rates_that_change_on_disk_do_not_change_a_replay(folder: Path) -> None:
    """A run keeps the very file of rates that it used."""
    rates = folder / "rates.csv"
    rates.write_text("date,rate\n1990-01-01,0.0\n2022-01-03,0.04\n")
    toml = folder / "trimtab.toml"
    toml.write_text(toml.read_text().replace("[estimation]", '[estimation]\nrisk_free = "rates.csv"', 1))
    desk = Desk(folder)
    desk.review()
    rates.write_text("date,rate\n1990-01-01,0.2\n")
    (run,) = Desk(folder).runs()
    assert Desk(folder).replay(run.seq).same
    assert run.settings["measuring"]["risk_free"]["name"] == "rates.csv"


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("rates.csv", lambda file: {"measuring": tt.Measuring(risk_free=file)}),
        ("mine.csv", lambda file: {"instruments": tt.Instruments(funds=file)}),
    ],
)
def test_what_is_wrong_in_a_file_is_told_under_its_name(folder: Path, name: str, how: object) -> None:
    """An answer is made from the copy that is kept, whose name is a digest; nobody knows it by that."""
    file = folder.parent / name
    file.write_text("date,rate,rate\n1990-01-01,0.0,1\n")
    with pytest.raises(FileFormatError) as refused:
        Desk(folder).review(tt.ReviewQuestion(**how(str(file))))  # type: ignore[operator]
    words = str(refused.value)
    assert name in words
    assert not re.search(r"[0-9a-f]{64}", words)
    assert f"Found: {refused.value.found}" in words


def test_decisions_stand_beside_their_plans(folder: Path) -> None:
    """A decision names its plan; anything that is no plan cannot be decided."""
    desk = Desk(folder)
    desk.review()
    desk.plan()
    plan, review = desk.runs()
    number = desk.decide(plan.seq, "accepted", by="committee", note="on Monday")
    (entry,) = desk.workspace.journal.entries("decision")
    assert entry.seq == number
    assert entry.body["run"] == plan.seq
    with pytest.raises(InputError, match="is a review"):
        desk.decide(review.seq, "accepted", by="committee")
    with pytest.raises(InputError, match="accepted, rejected or done"):
        desk.decide(plan.seq, "perhaps", by="committee")


def test_secrets_do_not_reach_the_journal(folder: Path) -> None:
    """What trimtab.toml says in confidence is masked where settings are written down."""
    toml = folder / "trimtab.toml"
    toml.write_text(
        toml.read_text()
        + '\n[alerts.channels.mail]\nkind = "email"\nhost = "mail.invalid"\nsender = "a@b.invalid"\n'
        + 'recipients = ["c@d.invalid"]\nusername = "a"\npassword = "hunter2"\n'
    )
    Desk(folder).review()
    (config,) = open_workspace(folder).journal.entries("config")
    assert "hunter2" not in json.dumps(config.body)
    assert "mail.invalid" in json.dumps(config.body)


def test_a_sample_that_was_killed_half_way_goes_on(tmp_path: Path) -> None:
    """Prices without holdings are what a killed `init --sample` leaves; the same command makes it whole."""
    folder = tmp_path / "desk"
    create_workspace(folder)
    shutil.rmtree(folder)
    create_workspace(folder, sample=True)
    whole = open_workspace(folder).journal.entries("holdings")
    killed = tmp_path / "killed"
    create_workspace(killed, sample=False, benchmark="SPX")
    import_files([sample.prices_path()], workspace=open_workspace(killed), source="bundled sample", accept=True)
    create_workspace(killed, sample=True)
    assert [e.body["rows"] for e in open_workspace(killed).journal.entries("holdings")] == [
        e.body["rows"] for e in whole
    ]
    with pytest.raises(InputError, match="no workspace yet"):
        create_workspace(killed, sample=True)


def test_no_holdings_is_said(tmp_path: Path) -> None:
    """A workspace that knows prices and no holdings says what to import."""
    create_workspace(tmp_path / "desk", benchmark="SPX")
    import_files([sample.prices_path()], workspace=open_workspace(tmp_path / "desk"), accept=True)
    with pytest.raises(NotEnoughDataError, match="import"):
        Desk(tmp_path / "desk").review()


def test_verify_reads_price_files_too(folder: Path) -> None:
    """A price file that was touched is found by `trimtab verify`, not only when it is next asked for."""
    run_ok = CliRunner().invoke(app, ["verify", "-w", str(folder)])
    assert run_ok.exit_code == 0
    assert "Price files and kept files: 2" in run_ok.stdout
    batch = next((folder / "data" / "prices").glob("*.parquet"))
    batch.write_bytes(batch.read_bytes()[:-1] + b"x")
    after = CliRunner().invoke(app, ["verify", "-w", str(folder)])
    assert after.exit_code == 74
    assert batch.name in after.stdout


@pytest.mark.parametrize("name", ["what?", "50%", "a#b", "ü mit Lücke"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Letters that mean something in a URL mean nothing in a folder's name: the journal lies in that folder."""
    create_workspace(tmp_path / name, benchmark="SPX")
    assert (tmp_path / name / "journal.db").is_file()
    assert open_workspace(tmp_path / name).journal.head().seq == 0
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_performance_says_what_ended_it(folder: Path, tmp_path: Path) -> None:
    """Days without a return, for want of a price, are said with the answer."""
    create_workspace(tmp_path / "desk", benchmark="SPX")
    told(tmp_path / "desk", "p.csv", sample_prices())
    told(tmp_path / "desk", "b.csv", "symbol,quantity\nAAPL,10\nZZZZ,1\n", as_of="2022-06-01")
    told(tmp_path / "desk", "c.csv", "symbol,quantity\nAAPL,10\n", as_of="2022-08-01")
    found = Desk(tmp_path / "desk").performance()
    assert any("ZZZZ" in note for note in found.notes)


def sample_prices() -> str:
    prices = pl.read_parquet(sample.prices_path()).select("date", "SPX", "AAPL").tail(150)
    return prices.write_csv()
