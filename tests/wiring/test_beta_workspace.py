"""Betas, their diagnosis and the league of methods: asked of a workspace as of its files, written down and replayed."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from given import business_days, price_path

from trimtab.cli.app import app
from trimtab.desk.questions.beta import BetaQuestion, LeagueQuestion
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.errors import UsageError
from trimtab.python.desk import Desk

N = 600
TRUE = {"A": 1.3, "B": 0.7}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A workspace with prices and no holdings, and the file that they came from."""
    folder = tmp_path_factory.mktemp("betas")
    rng = np.random.default_rng(11)
    market = rng.normal(0.0003, 0.01, N)
    columns = {name: beta * market + rng.normal(0, 0.004, N) for name, beta in TRUE.items()} | {"M": market}
    prices = {name: price_path(returns) for name, returns in columns.items()}
    days = business_days(N + 1)
    rows = (f"{day},{','.join(f'{prices[s][i]:.6f}' for s in prices)}\n" for i, day in enumerate(days))
    (folder / "prices.csv").write_text(f"date,{','.join(prices)}\n" + "".join(rows))
    made = Desk.create(folder / "desk", benchmark="M")
    assert made.import_files(folder / "prices.csv", source="test", accept=True)[0].error is None
    return folder


def asked(place, *words):
    """Ask a command for its document, of the files and of the workspace."""
    answers = []
    for source in (["--prices", str(place / "prices.csv"), "--benchmark", "M"], ["-w", str(place / "desk")]):
        done = CliRunner().invoke(app, [words[0], *source, *words[1:], "--json"])
        assert done.exit_code == 0, done.output or done.exception
        answers.append(done.stdout)
    return answers


@pytest.mark.parametrize(
    "words",
    [
        ("beta", "--method", "ols", "--window", "252"),
        ("beta", "--method", "welch", "--multiple", "A=3"),
        ("beta", "--diagnose", "--window", "300"),
        ("league", "--methods", "ols,welch", "--horizons", "21"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_workspace_answers_as_its_files_do_and_a_replay_says_the_same(place, words):
    """The same numbers to the last digit by both roads; the run is written down, and a replay gives the same bytes."""
    of_files, of_workspace = map(json.loads, asked(place, *words))
    for document in (of_files, of_workspace):  # where the prices came from is not what they say
        document.pop("failures", None)
        document.pop("notes", None)
    assert of_workspace == of_files
    desk = Desk(place / "desk")
    newest = desk.runs(limit=1)[0]
    assert newest.command == ("diagnosis" if "--diagnose" in words else words[0])
    assert desk.replay(newest.seq).same


def test_planted_betas_come_back_from_a_workspace_without_holdings(place):
    """Within four standard errors of what was planted, as of a day, with nothing held."""
    desk = Desk(place / "desk")
    betas = desk.betas(BetaQuestion(measuring=Measuring(method="ols", window=500)), record=False).betas
    for name, beta in TRUE.items():
        assert abs(betas[name].value - beta) < 4 * betas[name].stderr
    day = str(business_days(N + 1)[400])
    earlier = desk.betas(BetaQuestion(measuring=Measuring(method="ols", window=252, as_of=day)), record=False).betas
    assert str(earlier["A"].last)[:10] == day


def test_what_was_known_before_a_correction_is_asked_by_its_number(place, tmp_path):
    """After an import of later prices the number of before gives what was said before."""
    desk = Desk.create(tmp_path / "desk", benchmark="M")
    whole = (place / "prices.csv").read_text().splitlines(keepends=True)
    for name, rows in (("first.csv", whole[:-20]), ("later.csv", [whole[0], *whole[-20:]])):
        (tmp_path / name).write_text("".join(rows))
        desk.import_files(tmp_path / name, source="test", accept=True)
        if name == "first.csv":
            number, before = desk.known(), desk.betas(record=False).betas
    assert desk.betas(record=False, known=number).betas["A"].value == before["A"].value
    assert desk.betas(record=False).betas["A"].value != before["A"].value


def test_the_league_of_a_workspace_ranks_what_it_is_told_to(place):
    """Only the methods that were named play, by Python as by the command line."""
    league = Desk(place / "desk").league(LeagueQuestion(methods="ols,ewma", horizons=(21,)), record=False)
    assert {score.method for score in league.scores} >= {"ols", "ewma"}


@pytest.mark.parametrize("command", ["beta", "league"])
def test_without_prices_or_a_workspace_the_error_names_what_the_command_has(command, tmp_path, monkeypatch):
    """Holdings are no option of these commands, and are not asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    done = CliRunner().invoke(app, [command])
    assert isinstance(done.exception, UsageError)
    assert "--prices" in done.exception.expected
    assert "workspace" in done.exception.expected
    assert "--holdings" not in str(done.exception)


def test_a_benchmark_that_the_settings_do_not_name_may_be_asked(place):
    """A question's own benchmark goes before that of the mandate."""
    desk = Desk(place / "desk")
    betas = desk.betas(BetaQuestion(mandate=MandateTerms(benchmark="A")), record=False).betas
    assert betas.benchmark == "A"
