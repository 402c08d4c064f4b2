"""Bad input to each question gives the same error from the command line and from Python: what was wanted, found, next.

Files are the road here: each question is asked of the same prices and holdings by both faces, with one thing wrong.
What a single option may be is held to the same words in `tests/desk/test_questions.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

import trimtab as tt
from trimtab.cli.app import app
from trimtab.desk.questions.every import QUESTIONS
from trimtab.errors import TrimtabError, UsageError

N = 260
START, END = "2022-03-01", "2022-12-01"


@dataclass(frozen=True)
class Files:
    """What a question is asked of, by words or as arguments."""

    prices: str
    holdings: str
    benchmark: str = "SPX"
    as_of: str | None = None
    method: str | None = None
    base: str | None = None
    fx: str | None = None

    @property
    def how(self) -> dict[str, Any]:
        """Give what is said of measuring, as keywords."""
        stated = {"as_of": self.as_of, "method": self.method, "base": self.base, "fx": self.fx}
        return {name: value for name, value in stated.items() if value is not None}

    @property
    def mandate(self) -> tt.Mandate:
        """Give the mandate."""
        return tt.Mandate(benchmark=self.benchmark, target=1.0, band=0.05)

    def words(self, *, held: bool) -> list[str]:
        """Give the options of the command line."""
        told = {"benchmark": self.benchmark, "prices": self.prices, **self.how}
        told |= {"holdings": self.holdings} if held else {}
        return [word for name, value in told.items() for word in (f"--{name.replace('_', '-')}", value)]


@dataclass(frozen=True)
class Face:
    """One question by both faces."""

    words: tuple[str, ...]
    python: Callable[[Files], Any]
    held: bool = True


FUTURE = ("--hedge", "ESH23", "--hedge-price", "ESH23=4000")
FACES = {
    "review": Face(("review",), lambda f: tt.review(f.prices, f.holdings, f.mandate, **f.how)),
    "plan": Face(
        ("plan", *FUTURE),
        lambda f: tt.plan(f.prices, f.holdings, f.mandate, hedge="ESH23", hedge_prices={"ESH23": 4000.0}, **f.how),
    ),
    "roll": Face(
        ("roll",),
        lambda f: tt.review_roll(f.prices, f.holdings, benchmark=f.mandate.benchmark, **f.how),
    ),
    "ways": Face(
        ("plan", "--ways", "reallocate"),
        lambda f: tt.compare_ways(f.prices, f.holdings, f.mandate, ways="reallocate", **f.how),
    ),
    "targets": Face(
        ("plan", "--also-target", "BBB=0.2", *FUTURE),
        lambda f: tt.plan_targets(
            f.prices, f.holdings, f.mandate, targets={"BBB": 0.2}, hedge="ESH23",
            hedge_prices={"ESH23": 4000.0}, **f.how,
        ),
    ),
    "stress": Face(("stress",), lambda f: tt.stress(f.prices, f.holdings, benchmark=f.benchmark, **f.how)),
    "risk": Face(("risk",), lambda f: tt.review_risk(f.prices, f.holdings, benchmark=f.benchmark, **f.how)),
    "drift": Face(
        ("drift", "--from", START, "--to", END),
        lambda f: tt.drift(
            f.prices, f.holdings, f.mandate, start=START, end=f.as_of or END, **{**f.how, "as_of": None}
        ),
    ),
    "performance": Face(
        ("performance", "--nav", "BBB"),
        lambda f: tt.review_performance(f.prices, portfolio="BBB", benchmark=f.benchmark, **f.how),
        held=False,
    ),
    "hedge-policy": Face(
        ("hedge-policy", *FUTURE),
        lambda f: tt.hedge_policy(
            f.prices, f.holdings, f.mandate, hedge="ESH23", hedge_prices={"ESH23": 4000.0}, **f.how
        ),
    ),
    "backtest": Face(
        ("backtest", "--hedge", "ES"), lambda f: tt.run_backtest(f.prices, f.holdings, f.mandate, hedge="ES", **f.how)
    ),
    "explain": Face(
        ("explain", "AAA"), lambda f: tt.explain(tt.review(f.prices, f.holdings, f.mandate, **f.how), "AAA")
    ),
    "beta": Face(("beta",), lambda f: tt.estimate_betas(f.prices, benchmark=f.benchmark, **f.how), held=False),
    "diagnosis": Face(
        ("beta", "--diagnose"), lambda f: tt.diagnose_betas(f.prices, benchmark=f.benchmark, **f.how), held=False
    ),
    "league": Face(("league",), lambda f: tt.validate_betas(f.prices, benchmark=f.benchmark, **f.how), held=False),
}  # fmt: skip

#: What is wrong, by its name: the field it is wrong in, and what stands there; {folder} is where the files are.
WRONG = {
    "prices that are not there": ("prices", "{folder}/none.csv"),
    "prices that are no table": ("prices", "{folder}/words.csv"),
    "holdings that are not there": ("holdings", "{folder}/book.csv"),
    "a line that is none": ("holdings", "abc def ghi"),
    "a benchmark without prices": ("benchmark", "XXX"),
    "a day before the prices": ("as_of", "1990-01-01"),
    "a day that is none": ("as_of", "yesterday"),
    "a method that is not known": ("method", "olss"),
    "an option that the method lacks": ("method", "ols(windw=3)"),
    "a value that the option lacks": ("method", "ols(errors=hacc)"),
    "a currency that is none": ("base", "yen"),
    "rates that are not there": ("fx", "{folder}/fx.csv"),
    "rates that are no table": ("fx", "{folder}/words.csv"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make prices of a benchmark and two shares, and a file that is none."""
    place = tmp_path_factory.mktemp("faces")
    rng = np.random.default_rng(3)
    market = rng.normal(0.0003, 0.01, N)
    returns = {"SPX": market} | {s: b * market + rng.normal(0, 0.01, N) for s, b in {"AAA": 1.2, "BBB": 0.7}.items()}
    days = business_days(N + 1, "2022-01-03").astype(str).tolist()
    pl.DataFrame({"date": days, **{s: 100 * price_path(r) for s, r in returns.items()}}).write_csv(place / "prices.csv")
    (place / "words.csv").write_text("this is no table\n")
    return place


def refused(files: Files, face: Face) -> tuple[TrimtabError | None, TrimtabError | None]:
    """Give the errors of the command line and of Python; None where a face answers."""
    done = CliRunner().invoke(app, [*face.words, *files.words(held=face.held)])
    by_words = done.exception if isinstance(done.exception, TrimtabError) else None
    assert by_words is not None or done.exit_code in {0, 1, 3, 4, 5}, done.output
    try:
        face.python(files)
    except TrimtabError as error:
        return by_words, error
    return by_words, None


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("word", FACES)
def test_both_faces_refuse_with_the_same_words(word: str, wrong: str, folder: Path) -> None:
    """The same kind of error, and the same three parts."""
    face, (name, value) = FACES[word], WRONG[wrong]
    if (name == "holdings" and not face.held) or (name == "method" and word == "league"):
        pytest.skip("not a part of this question")
    stated = {"prices": f"{folder}/prices.csv", "holdings": "100 AAA, 50 BBB, 5000 USD"}
    by_words, by_python = refused(Files(**(stated | {name: value.format(folder=folder)})), face)
    assert type(by_words) is type(by_python)
    assert str(by_words) == str(by_python)
    assert by_words is not None


def test_every_question_of_files_has_both_faces() -> None:
    """A new question comes with its row; what a ledger is asked has no function of its own."""
    assert {*FACES} == {*QUESTIONS} - {"ledger"}


@pytest.mark.parametrize("stated", [{"method": "ols"}, {"half_life": 63.0}, {"errors": "hac"}])
def test_what_a_question_does_not_look_at_is_refused(stated: dict[str, Any], folder: Path) -> None:
    """A diagnosis compares methods of its own, and so does a league: one that is stated would be overlooked."""
    prices, ((name, value),) = f"{folder}/prices.csv", stated.items()
    words = ["beta", "--diagnose", "--prices", prices, "-b", "SPX", f"--{name.replace('_', '-')}", str(value)]
    done = CliRunner().invoke(app, words)
    with pytest.raises(UsageError, match=f"{name} ") as python:
        tt.diagnose_betas(prices, benchmark="SPX", **stated)
    assert str(done.exception) == str(python.value)
    with pytest.raises(UsageError, match=f"leave {name} out"):
        tt.validate_betas(prices, benchmark="SPX", **stated)
