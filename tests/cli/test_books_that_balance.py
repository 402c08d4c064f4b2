"""Each case in which a workspace once had wrong books, through its command line, with the right value."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.errors import TrimtabError

FIRST = "2024-01-02"
BOOK = "symbol,quantity,currency\nABC,1000,USD\nUSD,5000,USD\n"


def run(*words: object) -> tuple[int, str]:
    """Run a command; give exit code and output, or the error's."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, TrimtabError):
        return done.exception.exit_code, str(done.exception)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def dates(periods: int = 131) -> list[str]:
    days = np.arange(FIRST, "2026-01-01", dtype="M8[D]")
    return [str(day) for day in days[np.is_busday(days)][:periods]]


class Workspace:
    """A workspace in a folder, with a benchmark that moves."""

    def __init__(self, folder: Path, book: str = BOOK, day: str = FIRST, **prices: object) -> None:
        self.folder, self._files = folder / "desk", 0
        folder.mkdir(exist_ok=True)
        code, out = run("init", self.folder, "--benchmark", "M")
        assert code == 0, out
        self._place = folder
        self.prices(**prices)
        self.take(book, "--as-of", day)

    def prices(self, days: list[str] | None = None, **columns: object) -> None:
        """Import closes, with a benchmark beside them."""
        days = days or dates()
        rng = np.random.default_rng(5)
        table = {"M": 100 * np.cumprod(1 + rng.normal(0.0004, 0.01, len(days)))}
        table |= {name: np.broadcast_to(np.asarray(value, float), len(days)) for name, value in columns.items()}
        rows = [",".join([day, *(repr(float(c[i])) for c in table.values())]) for i, day in enumerate(days)]
        self.take("\n".join([",".join(["date", *table]), *rows]) + "\n")

    def take(self, text: str, *words: object, code: int = 0) -> str:
        """Import a file."""
        self._files += 1
        file = self._place / f"file{self._files}.csv"
        file.write_text(text)
        done, out = run("import", file, "-w", self.folder, "--yes", *words)
        assert done == code, out
        return out

    def ask(self, *words: object, code: int | tuple[int, ...] = 0) -> dict:
        """Ask for a document."""
        done, out = run(*words, "-w", self.folder, "--json")
        assert done in ((code,) if isinstance(code, int) else code), out
        return json.loads(out)

    def held(self, day: str) -> dict[str, float]:
        """Give what is held by symbol."""
        return {p["asset"]: float(p["quantity"]) for p in self.ask("holdings", "--as-of", day)["positions"]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    return tmp_path


def growth(desk: Workspace) -> float:
    """Give what the book earned in all, time-weighted, from the annual figure."""
    found = desk.ask("performance")
    return (1 + found["annual_return"]) ** (found["n_obs"] / found["periods_per_year"]) - 1


RISING = np.linspace(10, 11, 131)
ODD = np.arange(131) % 2  # prices stand where they stood on the first day, the last, and each day something happens on
STEADY = 10 + 0.05 * ODD
PAYING = np.where(np.arange(131) < 20, 10.0, 9.0) + 0.05 * ODD


# -- what a row is


@pytest.mark.parametrize("row", ["USD,20000,1,0", "USD,20000,,"])
def test_a_deposit_is_no_gain_whether_or_not_it_has_a_price_of_one(folder, row):
    desk = Workspace(folder, ABC=STEADY)
    desk.take(f"id,date,symbol,quantity,price,fee\n1,2024-02-05,{row}\n")
    assert desk.held("2024-02-05") == {"ABC": 1000, "USD": 25000}
    assert growth(desk) == pytest.approx(0, abs=1e-12)


def test_an_option_under_its_shares_symbol_is_the_option(folder):
    desk = Workspace(folder, "symbol,quantity,currency\nABC,100,USD\nUSD,0,USD\n", ABC=RISING)
    row = "1,2024-01-03,ABC,-1,3.5,option,ABC,2024-06-21,call,30,100"
    desk.take(f"id,date,symbol,quantity,price,kind,underlying,expiry,right,strike,multiplier\n{row}\n")
    held = desk.held("2024-01-04")
    assert (held.pop("ABC"), held.pop("USD")) == (100, 350)
    assert list(held.values()) == [-1]


def test_two_options_under_one_symbol_are_two(folder):
    desk = Workspace(folder, ABC=RISING)
    rows = "1,2024-01-03,ABC,-1,3.5,option,ABC,2024-06-21,call,30,100\n"
    rows += "2,2024-01-03,ABC,1,2,option,ABC,2024-06-21,put,9,100\n"
    desk.take(f"id,date,symbol,quantity,price,kind,underlying,expiry,right,strike,multiplier\n{rows}")
    held = desk.held("2024-01-04")
    assert sorted(q for name, q in held.items() if name not in {"ABC", "USD"}) == [-1, 1]
    assert (held["ABC"], held["USD"]) == (1000, 5000 + 350 - 200)


def test_a_share_in_pence_sold_out_and_bought_again_is_paid_in_pounds(folder):
    book = "symbol,quantity,currency\nVOD,100000,GBX\nGBP,1000,GBP\nUSD,50000,USD\n"
    desk = Workspace(folder, book, VOD=np.full(131, 70.0))
    desk.take("id,date,symbol,quantity,price\n1,2024-01-03,VOD,-100000,70\n2,2024-01-10,VOD,50000,69\n")
    assert desk.held("2024-01-11") == {"VOD": 50000, "GBP": 36500, "USD": 50000}


def test_an_option_bought_back_without_its_terms_is_the_one_that_was_sold(folder):
    book = (
        "symbol,kind,quantity,underlying,right,strike,expiry\nABC C,option,1,ABC,call,30,2024-06-21\nUSD,cash,0,,,,\n"
    )
    desk = Workspace(folder, book, ABC=RISING)
    desk.take("id,date,symbol,quantity,price\n1,2024-01-03,ABC C,-1,2\n2,2024-01-04,ABC C,1,2.5\n")
    assert desk.held("2024-01-05") == {"ABC C": 1, "USD": 200 - 250}


def test_a_first_purchase_without_a_currency_takes_that_of_its_prices_or_says_what_it_took(folder):
    desk = Workspace(folder, ABC=RISING)
    days = dates()
    desk.take("date,symbol,close,currency\n" + "".join(f"{d},SAP,100,EUR\n" for d in days))
    desk.take("id,date,symbol,quantity,price\n1,2024-01-03,SAP,10,100\n2,2024-01-03,NEW,10,5\n")
    found = desk.ask("holdings", "--as-of", "2024-01-04")
    held = {p["asset"]: float(p["quantity"]) for p in found["positions"]}
    assert (held["EUR"], held["USD"]) == (-1000, 4950)
    assert any("NEW" in note and "taken to be in USD" in note for note in found["notes"])


# -- the order of a day

ACTS = {
    "split": "2024-01-05,split,ABC,4,,",
    "dividend": "2024-01-05,dividend,ABC,,1.00,",
}


@pytest.mark.parametrize("order", list(permutations(ACTS)))
def test_a_dividend_and_a_split_of_one_day_do_not_depend_on_their_rows(folder, order):
    book = "symbol,quantity,currency\nABC,100,USD\nUSD,1000,USD\n"
    desk = Workspace(folder, book, ABC=np.where(np.arange(131) < 3, 40.0, 10.0))
    rows = "\n".join(ACTS[name] for name in order)
    desk.take(f"effective,type,symbol,ratio,amount,new_symbol\n{rows}\n")
    assert desk.held("2024-01-05") == {"ABC": 400, "USD": 1100}


def test_a_change_of_symbol_loses_neither_dividend_nor_split_of_its_day(folder):
    book = "symbol,quantity,currency\nABC,100,USD\nUSD,1000,USD\n"
    desk = Workspace(folder, book, ABC=np.where(np.arange(131) < 3, 40.0, 10.0))
    rows = ["2024-01-05,symbol,ABC,,,XYZ", *ACTS.values()]
    desk.take("effective,type,symbol,ratio,amount,new_symbol\n" + "\n".join(rows) + "\n")
    assert desk.held("2024-01-05") == {"XYZ": 400, "USD": 1100}


def test_two_dividends_of_one_ex_date_are_two(folder):
    desk = Workspace(folder, ABC=RISING)
    text = "effective,type,symbol,amount\n2024-01-05,dividend,ABC,1.00\n2024-01-05,dividend,ABC,5.00\n"
    desk.take(text)
    desk.take(text)  # once more: nothing new
    assert desk.held("2024-01-05")["USD"] == 5000 + 6000
    desk.take("effective,type,symbol,amount\n2024-01-05,dividend,ABC,5.00\n")
    assert desk.held("2024-01-05")["USD"] == 5000 + 6000


# -- pence


@pytest.mark.parametrize("currency", ["", "GBX"])
def test_a_dividend_in_pence_is_pounds(folder, currency):
    desk = Workspace(folder, "symbol,quantity,currency\nVOD,1000,GBX\nGBP,0,GBP\n", VOD=np.full(131, 70.0))
    desk.take(f"effective,type,symbol,amount,currency\n2024-01-05,dividend,VOD,4.5,{currency}\n")
    assert desk.held("2024-01-05") == {"VOD": 1000, "GBP": 45}


# -- income and cost


@pytest.mark.parametrize(
    ("row", "earned"),
    [
        ("1,2024-02-05,dividend,ABC,1500,USD", 0.1),
        ("1,2024-02-05,fee,,-1500,USD", -0.1),
        ("1,2024-02-05,interest,,1500,USD", 0.1),
        ("1,2024-02-05,funding,,-1500,USD", -0.1),
        ("1,2024-02-05,deposit,,1500,USD", 0.0),
        ("1,2024-02-05,withdrawal,,1500,USD", 0.0),
    ],
)
def test_income_and_cost_are_earned_and_deposits_are_not(folder, row, earned):
    desk = Workspace(folder, ABC=STEADY)
    desk.take(f"id,date,fact,symbol,amount,currency\n{row}\n")
    assert growth(desk) == pytest.approx(earned, rel=1e-9, abs=1e-12)


def test_money_changed_is_no_flow_and_its_loss_is_one(folder):
    desk = Workspace(folder, ABC=STEADY)
    days = dates()
    rates = folder / "rates.csv"
    rates.write_text("date,EURUSD\n" + "".join(f"{d},1.1\n" for d in days))
    toml = desk.folder / "trimtab.toml"
    toml.write_text(toml.read_text().replace("[estimation]", f'[estimation]\nfx = "{rates}"', 1))
    desk.take("id,date,fact,sold,sold_currency,bought,bought_currency\n1,2024-02-05,conversion,5000,USD,3000,EUR\n")
    assert growth(desk) == pytest.approx((3000 * 1.1 - 5000) / 15000, rel=1e-9)


# -- dividends and performance


def test_a_dividend_counts_once_where_closes_and_adjusted_prices_are_both_there(folder):
    """Shares at 10 that pay 1 and fall to 9: nothing was earned that day."""
    days = dates()
    desk = Workspace(folder)
    adjusted = np.where(np.arange(131) < 20, 0.9, 1.0) * PAYING
    rows = "".join(f"{d},ABC,{a},{b}\n" for d, a, b in zip(days, PAYING, adjusted, strict=True))
    desk.take("date,symbol,close,adj close\n" + rows)
    desk.take(f"effective,type,symbol,amount\n{days[20]},dividend,ABC,1\n")
    assert growth(desk) == pytest.approx(0, abs=1e-12)


def test_a_second_snapshot_that_says_the_same_changes_no_return(folder):
    days = dates()
    results = []
    for again in (False, True):
        desk = Workspace(folder / str(again), ABC=PAYING)
        desk.take(f"effective,type,symbol,amount\n{days[20]},dividend,ABC,1\n")
        if again:
            desk.take("symbol,quantity,currency\nABC,1000,USD\nUSD,6000,USD\n", "--as-of", days[20])
        results.append(growth(desk))
    assert results == pytest.approx([0.0, 0.0], abs=1e-12)


def test_what_a_later_snapshot_has_more_is_told_and_no_gain(folder):
    desk = Workspace(folder, ABC=STEADY)
    desk.take("symbol,quantity,currency\nABC,2000,USD\nUSD,4000,USD\n", "--as-of", "2024-02-05")
    found = desk.ask("holdings", "--as-of", "2024-02-06")
    assert [p["quantity"] for p in found["positions"]] == ["2000", "4000"]
    assert any("ABC: 2000 stated, 1000 in the books" in note and "split of 2" in note for note in found["notes"])
    assert any("USD: 4000 stated, 5000 in the books" in note for note in found["notes"])
    assert growth(desk) == pytest.approx(0, abs=1e-12)


# -- statements


STATEMENT = """\
Date,Action,Symbol,Quantity,Price,Currency,Fee,Amount,Currency (Amount),Exchange rate
2024-02-05,Dividend,ABC,,,USD,,1500.00,USD,
2024-02-05,Deposit,,,,,,500.00,USD,
2024-02-05,Interest,,,,,,-300.00,USD,
"""


def test_a_statement_s_dividends_and_interest_are_earned_and_its_deposits_are_not(folder):
    desk = Workspace(folder, ABC=STEADY)
    out = desk.take(STATEMENT)
    assert "dividend 1" in out
    assert desk.held("2024-02-05") == {"ABC": 1000, "USD": 5000 + 1500 + 500 - 300}
    assert growth(desk) == pytest.approx(1200 / 15000, rel=1e-9)
    assert "nothing new" in desk.take(STATEMENT)


# -- one position on one day (N5)


def split_desk(
    folder: Path, *, recorded: bool = True, adjusted: bool = True
) -> tuple[Workspace, np.ndarray, list[str]]:
    """Give 100 of A held on 31 January beside 1,000 of money, and a ten-for-one split on 1 March; A moves 1.5 x M."""
    days = dates(90)
    rng = np.random.default_rng(3)
    moves = rng.normal(0, 0.01, 90)
    market = 100 * np.cumprod(1 + moves)
    asset = 10 * np.cumprod(1 + 1.5 * moves + rng.normal(0, 0.002, 90))
    quoted = asset if adjusted else np.where(np.array(days) < "2024-03-01", 10.0, 1.0) * asset
    desk = object.__new__(Workspace)
    desk.folder, desk._files, desk._place = folder / "desk", 0, folder
    assert run("init", desk.folder, "--benchmark", "M")[0] == 0
    rows = "".join(f"{d},{a!r},{m!r}\n" for d, a, m in zip(days, quoted.tolist(), market.tolist(), strict=True))
    desk.take("date,A,M\n" + rows)
    desk.take("symbol,quantity,currency\nA,100,USD\nUSD,1000,USD\n", "--as-of", "2024-01-31")
    if recorded:
        desk.take("effective,symbol,ratio\n2024-03-01,A,10:1\n")
    return desk, asset, days


@pytest.mark.parametrize("adjusted", [True, False])
def test_review_drift_and_ledger_say_one_thing_of_one_day(folder, adjusted):
    desk, asset, days = split_desk(folder, adjusted=adjusted)
    day = "2024-02-15"
    right = 1000 * asset[days.index(day)] + 1000
    review = desk.ask("review", "--as-of", day, "--method", "ols", code=(0, 3, 4))
    drift = desk.ask("drift", "--from", day, "--to", "2024-04-01", "--method", "ols", code=(0, 3, 4))
    ledger = desk.ask("ledger", "--to", day)
    assert review["nav"] == pytest.approx(right, rel=1e-12)
    opened = 1000 * asset[days.index("2024-01-31")] + 1000
    assert float(ledger["rows"][-1]["nav"]) == pytest.approx(opened, abs=0.005)
    assert float(ledger["change"]["closing"]) == pytest.approx(right, abs=0.005)
    assert drift["beta_start"]["value"] == pytest.approx(review["beta"]["value"], abs=1e-12)
    assert growth(desk) == pytest.approx(
        (1000 * asset[-1] + 1000) / (1000 * asset[days.index("2024-01-31")] + 1000) - 1
    )


def test_a_split_nobody_recorded_leaves_the_verdict_open_and_says_what_to_record(folder):
    desk, _, _ = split_desk(folder, recorded=False, adjusted=False)
    code, out = run("review", "-w", desk.folder)
    assert code == 4
    assert "A,10:1" in out


def test_dividends_in_cash_and_in_adjusted_prices_are_said(folder):
    days = dates()
    desk = Workspace(folder)
    desk.take(
        "date,symbol,adj close\n" + "".join(f"{d},ABC,{p!r}\n" for d, p in zip(days, STEADY.tolist(), strict=True))
    )
    desk.take(f"effective,type,symbol,amount\n{days[20]},dividend,ABC,1\n")
    for command in ("performance", "ledger"):
        found = desk.ask(command)
        assert any("ABC: 1 dividends are cash" in note and "twice" in note for note in found["notes"])
    late = desk.ask("ledger", "--from", days[30])
    assert not any("twice" in note for note in late["notes"])


# -- tax lots in pence


def test_lots_in_pence_are_pence(folder):
    book = "symbol,quantity,currency,lots\nVOD,100000,GBX,100000@65@2020-01-02\nGBP,1000,GBP,\n"
    desk = Workspace(folder, book, VOD=np.full(131, 70.0))
    desk.take("id,date,symbol,quantity,price\n1,2024-01-03,VOD,-475,64\n")
    ledger = desk.ask("ledger", "--to", "2024-01-04")
    assert desk.held("2024-01-04") == {"VOD": 99525, "GBP": 1304}
    assert ledger["schema"] == "trimtab.ledger/1"


def test_the_tax_of_a_reallocation_is_on_the_lots_that_the_ledger_has_left(folder):
    """60,000 of 2020 at 65p are left and go first: 5p a share are gained, at 1.25 USD for 1 GBP, taxed at 20%."""
    rng = np.random.default_rng(5)
    market = np.cumprod(1 + rng.normal(0.0004, 0.01, 131))
    pence = 70 * market / market[-1] * (1 + 0.001 * (ODD - ODD[-1]))
    fx = 1.25 + 0.002 * rng.normal(size=131) * (np.arange(131) < 130)
    book = "symbol,quantity,currency,lots\nVOD,100000,GBX,100000@65@2020-01-02\nUSD,1000,USD,\n"
    desk = Workspace(folder, book, VOD=pence, GBPUSD=fx)
    days = dates()
    desk.take(f"id,date,symbol,quantity,price\n1,{days[5]},VOD,-40000,64\n2,{days[8]},VOD,10000,80\n")
    rates = ("--tax-short", "0.4", "--tax-long", "0.2")
    asked = ("plan", "--ways", "reallocate", "--target", "0.5", "--band", "0.02", "--method", "ols", *rates)
    (way,) = (w for w in desk.ask(*asked, code=(0, 1, 2, 3))["ways"] if w["name"] == "reallocate")
    (order,) = way["orders"]
    assert order["side"] == "sell"
    assert 0 < order["quantity"] < 60000
    assert way["cost_now"]["tax"] == pytest.approx(order["quantity"] * (0.70 - 0.65) * 1.25 * 0.2, rel=1e-9)


# -- rows that are no facts


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,2024-01-05,gift,ABC,1,,,", "a kind of fact"),
        ("1,2024-01-05,trade,ABC,1,10,,", "without a sign"),
        ("1,2024-01-05,split,ABC,,,0:1,", "number of new units"),
        ("1,2024-01-05,merger,ABC,,,,", "terms of the merger"),
        ("1,2024-01-05,dividend,ABC,,,,", "amount per unit or a whole amount"),
        ("1,2024-01-05,deposit,,5,,,", "a symbol"),
        ("1,2024-01-05,buy,ABC,-5,10,,USD", "positive quantity"),
        ("1,2024-01-05,fee,,0,,,USD", "an amount of fee"),
    ],
)
def test_a_row_that_is_no_fact_refuses_the_file_and_is_named(folder, row, said):
    desk = Workspace(folder, ABC=STEADY)
    good = "0,2024-01-04,deposit,,100,,,USD\n"
    out = desk.take(f"id,date,fact,symbol,quantity,price,ratio,currency\n{good}{row}\n", code=1)
    assert said in out
    assert "row 3" in out
    assert desk.held("2024-01-05") == {"ABC": 1000, "USD": 5000}
    kept = desk.take(f"id,date,fact,symbol,quantity,price,ratio,currency\n{good}{row}\n", "--keep-rest")
    assert "row 3" in " ".join(kept.split())
    assert desk.held("2024-01-05") == {"ABC": 1000, "USD": 5100}


@pytest.mark.parametrize("row", ["1,2024-01-05,exercised,ABC C,1,,", "1,2024-01-05,dividend,XYZ,,,1.5"])
def test_a_fact_that_does_not_fit_is_set_aside_and_the_book_is_not_whole(folder, row):
    desk = Workspace(folder, ABC=STEADY)
    shown = desk.take(f"id,date,fact,symbol,quantity,price,per_unit\n{row}\n")
    assert "would not fit the books" in " ".join(shown.split())
    code, out = run("review", "-w", desk.folder)
    assert code == 4
    assert "left out" in out
    assert "row 2" in " ".join(out.split())
    cancel = "id,date,fact,target\n,2024-01-05,cancellation,1\n"
    desk.take(cancel)
    assert "left out" not in run("review", "-w", desk.folder)[1]


def test_more_sold_than_held_is_told(folder):
    desk = Workspace(folder, ABC=STEADY)
    desk.take("id,date,fact,symbol,quantity,price\n1,2024-01-05,sell,ABC,1500,10\n")
    found = desk.ask("holdings", "--as-of", "2024-01-05")
    assert [p["quantity"] for p in found["positions"]] == ["-500", "20000"]
    assert any("1500 sold, 1000 there" in note for note in found["notes"])


def test_holdings_are_written_as_values_too(folder):
    desk = Workspace(folder, "symbol,quantity,currency\nABC,1000.5,USD\nUSD,5000,USD\n", ABC=STEADY)
    day = ("-w", desk.folder, "--as-of", "2024-01-05")
    assert run("holdings", *day, "--csv") == (0, "asset,quantity\nABC,1000.5\nUSD,5000\n")
    assert "--csv or --json" in run("holdings", *day, "--csv", "--json")[1]
