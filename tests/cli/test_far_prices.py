"""Prices ten or a hundred times off are doubted before their rows are kept, whatever states them."""

import tomllib

import numpy as np
import pytest
from tests.cli.test_books_that_balance import Workspace, run

BOOK = "symbol,quantity,currency\nABC,100,USD\nUSD,5000,USD\n"
TRADES = "date,symbol,quantity,price\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    return tmp_path


def preview(desk: Workspace, folder, text: str, *words: str) -> str:
    """Show what a file would do, without accepting it."""
    file = folder / "next.csv"
    file.write_text(text)
    # Its lines are joined: the words are asked about, not the width of the terminal.
    kind = ("--kind", "transactions") if text.startswith("date") else ()
    return " ".join(run("import", file, "-w", desk.folder, "--dry-run", *kind, *words)[1].split())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2024-01-05,ABC,1,2800", "ABC traded at 2800 on 2024-01-05, about 100 times its close of 28 on 2024-01-05"),
        ("2024-01-05,ABC,-1,280", "about 10 times its close of 28"),
        ("2024-01-06,ABC,1,0.28", "about a 100th of its close of 28 on 2024-01-05"),
        ("2024-01-05,ESH4,1,470000", "ESH4 traded at 470000 on 2024-01-05, about 99 times its close of 4739"),
        ("2024-01-05,ESH4,1,473.9", "about a 10th of its close of 4739"),
    ],
)
def test_a_trade_tenfold_or_a_hundredfold_off_is_doubted_with_its_row(folder, row, said):
    desk = Workspace(folder, BOOK, ABC=28.0, ESH4=4739.0)
    shown = preview(desk, folder, TRADES + row + "\n")
    assert said in shown
    assert "next.csv row 2" in shown
    assert "check the decimal sign" in shown


@pytest.mark.parametrize("row", ["2024-01-05,ABC,1,29.5", "2024-01-05,ABC,1,14", "2024-01-05,ESH4,1,4700"])
def test_a_trade_near_its_day_is_not(folder, row):
    desk = Workspace(folder, BOOK, ABC=28.0, ESH4=4739.0)
    assert "times" not in preview(desk, folder, TRADES + row + "\n")


def test_it_is_not_kept_unless_it_is_accepted(folder):
    desk = Workspace(folder, BOOK, ABC=28.0)
    desk.take(TRADES + "2024-01-04,ABC,1,28\n", "--kind", "transactions")
    file = folder / "next.csv"
    file.write_text(TRADES + "2024-01-05,ABC,1,2800\n")
    run("import", file, "-w", desk.folder, "--kind", "transactions")
    assert desk.held("2024-01-05")["ABC"] == 101
    run("import", file, "-w", desk.folder, "--kind", "transactions", "--yes")
    assert desk.held("2024-01-05")["ABC"] == 102


def test_a_price_is_in_its_own_unit_and_of_its_own_side_of_a_split(folder):
    book = "symbol,quantity,currency\nVOD,1000,GBX\nABC,100,USD\nGBP,500,GBP\n"
    desk = Workspace(folder, book, VOD=70.0, ABC=np.where(np.arange(131) < 4, 400.0, 20.0))
    desk.take("effective,type,symbol,ratio\n2024-01-08,split,ABC,20\n")
    rows = "date,symbol,quantity,price,currency\n2024-01-05,VOD,1,0.7,GBP\n2024-01-05,ABC,1,401,USD\n"
    assert "times" not in preview(desk, folder, rows + "2024-01-08,ABC,1,20,USD\n")
    assert "about 100 times its close of 70" in preview(desk, folder, rows + "2024-01-05,VOD,1,71,GBP\n")
    assert "about 20 times" in preview(desk, folder, rows + "2024-01-08,ABC,1,400,USD\n")


def test_without_a_close_the_last_trade_is_what_is_known_splits_between_them_counted(folder):
    desk = Workspace(folder, "symbol,quantity,currency\nXYZ,10,USD\nUSD,5000,USD\n")
    rows = TRADES + "2024-01-03,XYZ,1,50\n"
    assert "about 10 times its trade of 50" in preview(desk, folder, rows + "2024-01-05,XYZ,1,500\n")
    desk.take("effective,type,symbol,ratio\n2024-01-04,split,XYZ,10\n")
    assert "times" not in preview(desk, folder, rows + "2024-01-05,XYZ,1,5\n")


def test_an_option_has_no_price_of_its_own_to_be_far_from(folder):
    desk = Workspace(folder, BOOK, ABC=28.0)
    header = "date,symbol,quantity,price,kind,right,strike,expiry,underlying\n"
    assert "times" not in preview(desk, folder, header + "2024-01-05,ABC,1,0.1,option,call,30,2024-03-15,ABC\n")
    # Nor is its premium, under its share's symbol, what the share was traded at.
    bare = Workspace(folder / "bare", BOOK)
    rows = "2024-01-04,ABC,1,0.1,option,call,30,2024-03-15,ABC\n2024-01-05,ABC,1,28,,,,,\n"
    assert "times" not in preview(bare, folder, header + rows)


def test_a_dividend_of_a_unit_and_a_stated_price_are_looked_at_too(folder):
    desk = Workspace(folder, "symbol,quantity,currency\nVOD,1000,GBX\nGBP,0,GBP\n", VOD=70.0)
    acts = "effective,type,symbol,amount,currency\n2024-01-05,dividend,VOD,4.5,"
    assert "VOD pays 4.5" in preview(desk, folder, acts + "GBP\n")
    assert "VOD pays" not in preview(desk, folder, acts + "GBX\n")
    stated = "symbol,quantity,currency,price\nVOD,1000,GBX,"
    assert "VOD priced at 7000" in preview(desk, folder, stated + "7000\n", "--as-of", "2024-01-05")
    assert "VOD priced" not in preview(desk, folder, stated + "71\n", "--as-of", "2024-01-05")


def test_a_first_purchase_whose_currency_nobody_states_is_told_before_it_is_kept(folder):
    desk = Workspace(folder, BOOK, ABC=28.0)
    told = "NEW: no row and no price says its currency, so it is taken to be in USD"
    assert told in preview(desk, folder, TRADES + "2024-01-05,NEW,1,10\n")
    assert "taken to be" not in preview(desk, folder, TRADES + "2024-01-05,ABC,1,28\n")


def test_another_dividend_of_a_day_in_another_file_is_asked_about_and_counts_beside_the_first(folder):
    desk = Workspace(folder, BOOK, ABC=28.0)
    acts = "effective,type,symbol,amount\n2024-01-05,dividend,ABC,"
    desk.take(acts + "1.00\n")
    told = "amount 0.60 beside amount 1.00, which another file said: both count"
    assert told in preview(desk, folder, acts + "0.60\n")
    run("import", folder / "next.csv", "-w", desk.folder)
    assert desk.held("2024-01-05")["USD"] == 5100
    desk.take(acts + "0.60\n")
    assert desk.held("2024-01-05")["USD"] == 5160
    desk.take(acts + "1.00\n2024-01-05,dividend,ABC,0.60\n")
    assert desk.held("2024-01-05")["USD"] == 5160


def test_a_dividend_under_a_known_reference_corrects_it_and_a_cancelled_one_is_gone(folder):
    desk = Workspace(folder, BOOK, ABC=28.0)
    acts = "effective,type,symbol,amount,id,status\n2024-01-05,dividend,ABC,"
    desk.take(acts + "1.00,d1,\n")
    desk.take(acts + "0.50,d1,\n")
    assert desk.held("2024-01-05")["USD"] == 5050
    desk.take(acts + "0.70,,\n2024-01-05,dividend,ABC,0.50,,cancelled\n")
    assert desk.held("2024-01-05")["USD"] == 5070


def test_what_does_not_fit_is_told_in_the_words_of_its_file(folder):
    desk = Workspace(folder, BOOK, ABC=28.0)
    desk.take("id,date,fact,symbol,quantity,price\n1,2024-01-05,exercised,ABC C,1,\n")
    found = run("holdings", "-w", desk.folder, "--as-of", "2024-01-08", "--json")[1]
    assert "OptionEnd" not in found
    assert "(exercised on 2024-01-05" in found
    assert "ABC C" in found


@pytest.mark.parametrize("row", ["split,ABC,,2,", "symbol_change,ABC,,,XYZ"])
def test_what_a_company_did_is_taken_back_by_the_id_that_its_file_gave_it(folder, row):
    desk = Workspace(folder, BOOK, ABC=28.0)
    settings = desk.folder / "trimtab.toml"
    mandate = next(iter(tomllib.loads(settings.read_text())["mandates"]))
    settings.write_text(f'{settings.read_text()}\n[portfolios.other]\nmandate = "{mandate}"\n')
    before = desk.ask("holdings", "--as-of", "2024-01-08")["positions"]
    desk.take(f"id,date,fact,symbol,multiplier,ratio,new_symbol\n7,2024-01-05,{row}\n")
    after = desk.ask("holdings", "--as-of", "2024-01-08")["positions"]
    assert after != before
    other = "id,date,fact,symbol,quantity,price,target\n8,2024-01-09,cancellation,,,,7\n"
    # Another account's 7 is another thing.
    assert "known under no such id: 7" in " ".join(desk.take(other, "--portfolio", "other").split())
    assert desk.ask("holdings", "--as-of", "2024-01-08")["positions"] == after
    desk.take(other)
    assert desk.ask("holdings", "--as-of", "2024-01-08")["positions"] == before
