"""`trimtab ledger`: rows, their sums, the change of net asset value, every form it is written in."""

# ruff: noqa: S311 - prices drawn, not secrets

import csv
import datetime as dt
import io
import json
import random
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import trimtab as tt
from trimtab.cli.app import app
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.errors import InputError, NotEnoughDataError, TrimtabError, UsageError

D = Decimal
COLUMNS = ["date", "fact", "symbol", "quantity", "price", "currency", "cash", "income", "flow", "nav", "source"]
#: Raw closes: ABC was split in two on 4 January; VOD is in pence.
PRICES = """date,IDX,ABC,VOD,GBPUSD
2024-01-02,100,40,70,1.25
2024-01-03,101,42,71,1.26
2024-01-04,102,21.5,72,1.27
2024-01-05,103,22,73,1.28
"""
HELD = "symbol,quantity,currency,lots\nABC,100,USD,100@30@2022-05-02\nUSD,5000,USD,\nGBP,2000,GBP,\n"
TRADES = """id,date,symbol,quantity,price,fee,kind,currency
a,2024-01-03,VOD,1000,71,12,share,GBX
b,2024-01-05,ABC,-50,22,1,share,USD
c,2024-01-04,USD,1000,,,,
"""
SPLIT = "effective,symbol,type,ratio\n2024-01-04,ABC,split,2:1\n"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("books")
    desk = tt.Desk.create(place / "desk", benchmark="IDX")
    for name, text in (("p.csv", PRICES), ("h.csv", HELD), ("t.csv", TRADES), ("a.csv", SPLIT)):
        (place / name).write_text(text)
    desk.import_files(place / "p.csv", accept=True)
    desk.import_files(place / "h.csv", as_of="2024-01-02", accept=True)
    desk.import_files(place / "t.csv", place / "a.csv", accept=True)
    return place / "desk"


def run(*words, columns=None):
    env = {"COLUMNS": str(columns)} if columns else None
    done = CliRunner().invoke(app, ["ledger", *(str(w) for w in words)], env=env)
    if isinstance(done.exception, TrimtabError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def rows_of(*words):
    return list(csv.DictReader(io.StringIO(run(*words, "--csv"))))


def test_each_fact_is_a_row_and_nav_is_that_of_the_evening(folder):
    told = [tuple(row[c] for c in COLUMNS[:-1]) for row in rows_of("-w", folder)]
    assert told == [
        ("2024-01-02", "snapshot", "ABC", "100", "", "USD", "5000", "", "", ""),
        # 100 x 40 + 5,000 + 2,000 x 1.25
        ("2024-01-02", "snapshot", "", "", "", "GBP", "2000", "", "", "11500"),
        # 1,000 at 71p and 12 pounds; 100 x 42 + 5,000 + (1,278 + 710) x 1.26
        ("2024-01-03", "buy", "VOD", "1000", "71", "GBP", "-722", "-12", "", "11704.88"),
        ("2024-01-04", "split", "ABC", "100", "", "USD", "", "", "", ""),
        # 200 x 21.5 + 6,000 + (1,278 + 720) x 1.27
        ("2024-01-04", "deposit", "", "", "", "USD", "1000", "", "1000", "12837.46"),
        # 150 x 22 + 6,000 + 50 x 22 - 1 + (1,278 + 730) x 1.28
        ("2024-01-05", "sell", "ABC", "-50", "22", "USD", "1099", "-1", "", "12969.24"),
    ]
    assert [row["source"] for row in rows_of("-w", folder)][2:3] == ["t.csv row 2, journal entry 5"]


def test_the_change_of_net_asset_value_adds_up(folder):
    told = json.loads(run("-w", folder, "--json"))
    assert list(told["rows"][0]) == COLUMNS
    change = {name: D(value) for name, value in told["change"].items() if not name.endswith("evening")}
    assert (change["opening"], change["closing"]) == (11500, D("12969.24"))
    assert change["flows"] == 1000
    # 12 pounds at 1.26, and a dollar.
    assert (change["income"], change["expense"]) == (0, D("16.12"))
    # 100 shares at 40 became 200 at 22, 50 of them sold there; 2 pence on 1,000 at 1.28.
    assert change["gains"] == 200 * 22 - 100 * 40 + 20 * D("1.28")
    # 50 of the 200 had cost 15.
    assert change["realised"] == 50 * (22 - 15)
    parts = sum(change[n] for n in ("flows", "income", "gains", "currency", "unexplained")) - change["expense"]
    assert parts == change["closing"] - change["opening"]


def test_some_days_and_one_symbol_are_part_of_everything(folder):
    some = rows_of("-w", folder, "--from", "2024-01-04", "--to", "2024-01-04")
    assert [row["fact"] for row in some] == ["split", "deposit"]
    told = json.loads(run("-w", folder, "--from", "2024-01-04", "--to", "2024-01-04", "--json"))["change"]
    assert (told["from_evening"], told["to_evening"]) == ("2024-01-03", "2024-01-04")
    assert (told["opening"], told["closing"], told["flows"]) == ("11704.88", "12837.46", "1000")
    assert [row["fact"] for row in rows_of("-w", folder, "--symbol", "VOD")] == ["buy"]
    assert {row["fact"] for row in rows_of("-w", folder, "--symbol", "ABC")} == {"snapshot", "split", "sell"}
    assert [row["fact"] for row in rows_of("-w", folder, "--symbol", "USD")] == ["deposit"]
    assert rows_of("-w", folder, "--symbol", "NONE") == []


def test_a_replay_gives_the_same_bytes_and_so_does_what_was_known(folder):
    out = run("-w", folder)
    number = out.partition("Written down as run ")[2].split(":")[0]
    done = CliRunner().invoke(app, ["replay", number, "-w", str(folder)])
    assert done.exit_code == 0
    assert "the same to the byte" in done.stdout
    before = rows_of("-w", folder, "--known", "3")
    assert [row["fact"] for row in before] == ["snapshot", "snapshot"]


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_terminal_shows_every_number(folder, columns):
    out = run("-w", folder, columns=columns)
    assert max(map(len, out.splitlines())) <= columns
    for word in ("11,704.88", "12,837.46", "-722", "2024-01-03", "evening", "flows from outside", "1,000"):
        assert word in out


def test_python_asks_the_same_question(folder):
    told = tt.Desk(folder).ledger(LedgerQuestion(symbol="VOD"), record=False)
    assert [row.fact for row in told.rows] == ["buy"]
    assert told.statement.closing.quantize(D("0.01")) == D("12969.24")
    assert told.columns()["cash"] == [D("-722")]
    later = LedgerQuestion(start="2024-01-05", measuring=Measuring(as_of="2024-01-05"))
    assert tt.Desk(folder).ledger(later, record=False).start == dt.date(2024, 1, 5)


def bean_check(path):
    program = Path(sys.executable).with_name("bean-check")
    found = str(program) if program.exists() else shutil.which("bean-check")
    if found is None:
        pytest.skip("bean-check is not installed: pip install beancount")
    return subprocess.run([found, "--no-cache", str(path)], capture_output=True, text=True, check=False)


def test_beancount_accepts_the_export_and_finds_a_cent_that_is_missing(folder, tmp_path):
    run("-w", folder, "--beancount", tmp_path / "book.beancount", "--symbol", "VOD")
    text = (tmp_path / "book.beancount").read_text()
    ran = bean_check(tmp_path / "book.beancount")
    assert (ran.returncode, ran.stderr) == (0, "")
    # Everything is in it, whatever else is asked: without the split the sale would not fit.
    assert text.count("* ") == 5
    (tmp_path / "wrong.beancount").write_text(text.replace("  Assets:Cash  1100 USD", "  Assets:Cash  1099.99 USD"))
    assert bean_check(tmp_path / "wrong.beancount").returncode == 1


def test_without_prices_a_ledger_has_no_values_and_says_why(tmp_path):
    desk = tt.Desk.create(tmp_path / "desk", benchmark="IDX")
    (tmp_path / "h.csv").write_text("symbol,quantity\nABC,100\nUSD,5000\n")
    (tmp_path / "t.csv").write_text("id,date,symbol,quantity,price,fee\n1,2024-01-03,ABC,-40,25,1\n")
    desk.import_files(tmp_path / "h.csv", as_of="2024-01-02", accept=True)
    desk.import_files(tmp_path / "t.csv", accept=True)
    told = json.loads(run("-w", tmp_path / "desk", "--json"))
    assert [row["cash"] for row in told["rows"]] == ["5000", "999"]
    assert [row["nav"] for row in told["rows"]] == [None, None]
    assert told["change"] is None
    assert "a price of ABC on 2024-01-02 is not known" in told["no_change"]
    held = CliRunner().invoke(app, ["holdings", "-w", str(tmp_path / "desk"), "--json"])
    assert {p["asset"]: p["quantity"] for p in json.loads(held.stdout)["positions"]} == {"ABC": "60", "USD": "5999"}


def test_transactions_alone_have_a_ledger_and_no_holdings(tmp_path):
    desk = tt.Desk.create(tmp_path / "desk", benchmark="IDX")
    (tmp_path / "t.csv").write_text(
        "id,date,symbol,quantity,price,fee,kind,currency\n1,2024-01-03,USD,5000,,,,\n2,2024-01-03,ABC,10,25,1,share,USD\n"
    )
    desk.import_files(tmp_path / "t.csv", accept=True)
    assert [row["cash"] for row in rows_of("-w", tmp_path / "desk")] == ["5000", "-251"]
    refused = CliRunner().invoke(app, ["holdings", "-w", str(tmp_path / "desk")]).exception
    assert isinstance(refused, NotEnoughDataError)
    assert "trimtab ledger" in refused.try_next


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--from", "2024-01-05", "--to", "2024-01-03"), UsageError),
        (("--csv", "--json"), UsageError),
        (("--to", "2024-01-01"), InputError),
        (("--from", "soon"), UsageError),
    ],
)
def test_what_cannot_be_asked_is_refused_in_three_parts(folder, words, error):
    with pytest.raises(error) as refused:
        run("-w", folder, *words)
    assert refused.value.expected
    assert refused.value.found
    assert refused.value.try_next


def test_a_file_that_cannot_be_written_is_an_error_of_its_own(folder, tmp_path):
    with pytest.raises(TrimtabError, match="to write"):
        run("-w", folder, "--beancount", tmp_path / "nowhere" / "x.beancount")


def test_a_split_nobody_recorded_leaves_no_value_and_says_what_to_record(tmp_path):
    rng = random.Random(3)
    lines, index, abc, day = ["date,IDX,ABC"], 100.0, 80.0, dt.date(2024, 1, 2)
    for i in range(80):
        move = rng.gauss(0, 0.01)
        index, abc = index * (1 + move), abc * (1 + move + rng.gauss(0, 0.004)) / (4 if i == 60 else 1)
        lines.append(f"{day},{index:.2f},{abc:.2f}")
        day += dt.timedelta(days=3 if day.weekday() == 4 else 1)
    (tmp_path / "p.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "h.csv").write_text("symbol,quantity\nABC,100\nUSD,5000\n")
    desk = tt.Desk.create(tmp_path / "desk", benchmark="IDX")
    desk.import_files(tmp_path / "p.csv", accept=True)
    desk.import_files(tmp_path / "h.csv", as_of="2024-01-02", accept=True)
    told = json.loads(run("-w", tmp_path / "desk", "--json"))
    assert told["change"] is None
    assert "its prices look split" in told["notes"][-1]
    before = json.loads(run("-w", tmp_path / "desk", "--to", "2024-03-20", "--json"))
    assert before["change"] is not None
    split = lines[61].split(",")[0]
    (tmp_path / "a.csv").write_text(f"effective,symbol,type,ratio\n{split},ABC,split,4:1\n")
    desk.import_files(tmp_path / "a.csv", accept=True)
    known = json.loads(run("-w", tmp_path / "desk", "--json"))
    assert D(known["change"]["closing"]) == 5000 + 400 * D(lines[-1].split(",")[2])
    assert not any("look split" in note for note in known["notes"])


def test_each_doubt_is_told_once_and_beside_the_values_too(folder, tmp_path):
    """Of a sale of more than is held: the table says it once, and rows alone are not passed off as whole."""
    own = shutil.copytree(folder, tmp_path / "desk")
    more = tmp_path / "more.csv"
    more.write_text("date,fact,symbol,quantity,price\n2024-01-05,sell,ABC,900,22\n2024-01-05,sell,NIX,5,10\n")
    tt.Desk(own).import_files(more, accept=True)
    told = " ".join(run("-w", own).split())
    assert told.count("900 sold, 150 there") == 1
    assert told.count("NIX: no row and no price says its currency") == 1
    with_csv = CliRunner().invoke(app, ["ledger", "-w", str(own), "--csv"])
    assert "900 sold, 150 there" in with_csv.stderr
    assert "900 sold" not in with_csv.stdout


def test_money_is_shown_in_the_smallest_units_of_its_currency(tmp_path):
    """A coin paid with a third of it leaves cents in the table; values and files keep every digit."""
    desk = tt.Desk.create(tmp_path / "desk", benchmark="IDX")
    (tmp_path / "h.csv").write_text("symbol,quantity,kind\nEUR,1000,cash\nJPY,100000,cash\n")
    (tmp_path / "t.csv").write_text(
        "id,date,symbol,quantity,price,fee,currency\n"
        "a,2024-01-03,ABC,0.0574,3139.7212543554006969,0.00000000000004,EUR\n"
        "b,2024-01-04,XYZ,3,33.333333,0,JPY\n"
    )
    desk.import_files(tmp_path / "h.csv", as_of="2024-01-02", accept=True)
    desk.import_files(tmp_path / "t.csv", accept=True)
    shown = run("-w", tmp_path / "desk", columns=200)
    assert "-180.22 " in shown
    assert "-100 " in shown
    assert not re.search(r"\d\.\d{3,}[^\d]*JPY|-0 |E-|180\.22\d", shown)
    exact = {row["date"]: row["cash"] for row in rows_of("-w", tmp_path / "desk")}
    assert (exact["2024-01-03"][:7], exact["2024-01-04"]) == ("-180.22", "-99.999999")
    done = CliRunner().invoke(app, ["holdings", "-w", str(tmp_path / "desk")], env={"COLUMNS": "100"})
    assert "819.78 " in done.stdout
    assert "99,900 " in done.stdout
