"""Which beta is judged is said once: on the command line, in Python, in a workspace; and a replay keeps to it."""

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from given import planted

import trimtab as tt
from trimtab.cli.app import app
from trimtab.python.desk import Desk
from trimtab.report.documents.review import review_document
from trimtab.report.shape.write import plain
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reading")
    table = planted({"A": 1.4, "B": 0.6}, n=600)
    pl.DataFrame(
        {"date": table.dates.astype("datetime64[D]").astype(str).tolist()}
        | {s: table.values[:, i] for i, s in enumerate(table.symbols)}
    ).write_csv(folder / "prices.csv")
    (folder / "book.csv").write_text("symbol,quantity\nA,100\nB,100\nUSD,2000\n")
    Desk.create(folder / "desk", benchmark="M")
    day = str(table.dates[-1])[:10]
    for name, how in (("prices.csv", {}), ("book.csv", {"as_of": day})):
        (done,) = import_files([folder / name], workspace=open_workspace(folder / "desk"), accept=True, **how)
        assert done.error is None
    return folder


def asked(place: Path, reading: str | None) -> dict[str, object]:
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.05, reading=reading)  # type: ignore[arg-type]
    return plain(review_document(tt.review(place / "prices.csv", place / "book.csv", mandate)))


@pytest.mark.parametrize("reading", ["fit", "forecast"])
def test_four_ways_to_say_it_are_one(place: Path, reading: str) -> None:
    """Python, the command line, a workspace's settings and its command line: the same numbers of the same reading."""
    wanted = asked(place, reading)
    assert wanted["mandate"]["speaks_of"]["reading"] == reading  # type: ignore[index]
    files = ["--prices", str(place / "prices.csv"), "--holdings", str(place / "book.csv"), "--benchmark", "M"]
    told = CliRunner().invoke(app, ["review", *files, "--reading", reading, "--json"])
    toml = place / "desk" / "trimtab.toml"
    settings = toml.read_text()
    toml.write_text(settings.replace("[mandates.core]", f'[mandates.core]\nreading = "{reading}"', 1))
    desk = Desk(place / "desk")
    set_there = plain(review_document(desk.review()))
    run = desk.runs(limit=1)[0]
    toml.write_text(settings)
    question = tt.ReviewQuestion(measuring=tt.Measuring(reading=reading))
    named = plain(review_document(Desk(place / "desk").review(question, record=False)))
    for found in (json.loads(told.stdout), set_there, named):
        for key in ("beta", "fitted", "forecast", "mandate", "positions"):
            assert found[key] == wanted[key], key
    # the settings have changed since; the run keeps to its own
    again = Desk(place / "desk").replay(run.seq)
    assert again.same
    assert json.loads(again.run.document)["mandate"]["reading"] == reading


def test_left_out_it_is_the_methods_own(place: Path) -> None:
    """The default method forecasts; a word that is neither is refused."""
    assert asked(place, None)["beta"] == asked(place, "forecast")["beta"]
    files = ["--prices", str(place / "prices.csv"), "--holdings", str(place / "book.csv"), "--benchmark", "M"]
    done = CliRunner().invoke(app, ["review", *files, "--reading", "guess"])
    assert done.exit_code != 0
    table = CliRunner().invoke(
        app, ["beta", "--prices", str(place / "prices.csv"), "--benchmark", "M", "--reading", "fit"]
    )
    assert "standard error of the slope over the pairs of the past" in table.stdout
