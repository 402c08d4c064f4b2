"""Kinds of instrument: each answers for itself, nobody asks which one it is, and a new one is named everywhere."""

import ast
import datetime as dt
import importlib.util
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from trimtab.errors import InputError
from trimtab.feeds.holdings import KINDS as WORDS
from trimtab.model.instrument import (
    KINDS,
    Cash,
    Future,
    Instrument,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
from trimtab.model.instruments.kind import InstrumentKind, KindWord
from trimtab.model.portfolio import Portfolio, Position

ROOT = Path(__file__).parents[2]
DAY = dt.date(2024, 1, 2)
#: The most that may be asked, and in how many files, which kind an instrument is; elsewhere it is asked something.
MOST_QUESTIONS, MOST_FILES = 20, 8
HUNDRED, FIFTY = (Terms(multiplier=Decimal(100)),), (Terms(multiplier=Decimal(50)),)
SHARE = Spot(symbol="ABC", currency="USD")
PENCE = Spot(symbol="VOD", currency="GBP", minor=True)
FUTURE = Future(
    symbol="MESZ6", root="MES", currency="USD", terms=FIFTY, underlying=("SPX",), siblings=("ES",), trackers=("SPY",),
    expiry=dt.date(2026, 12, 18),
)  # fmt: skip
COIN = Perpetual(
    symbol="XBTUSD",
    currency="USD",
    settlement="BTC",
    payoff=PerpetualPayoff.INVERSE,
    terms=HUNDRED,
    underlying=("BTC",),
)
CALL = Option(
    symbol="ABC 30C", underlying="ABC", currency="USD", right=OptionRight.CALL, strike=Decimal(30),
    expiry=dt.date(2024, 6, 21), terms=HUNDRED, aliases=("ABC.US",),
)  # fmt: skip
COIN_PUT = Option(
    symbol="BTC-P", underlying="BTC", currency="USD", right=OptionRight.PUT, strike=Decimal(40_000),
    expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=Decimal(1)),), premium=Premium.COIN,
)  # fmt: skip
MONEY = Cash(currency="EUR")
EVERY: tuple[Instrument, ...] = (SHARE, PENCE, FUTURE, COIN, CALL, COIN_PUT, MONEY)

# One row for each kind: what it is in the ledger, in NAV, and in a trade of 3 at 20.
#   money owned contract settles entry | ledger key, paid in, money per price of 1, cash of buying 3 at 20
FACTS = {
    "spot": (SHARE, (False, True, False, False, False), "spot ABC", "USD", "1", "-60"),
    "future": (FUTURE, (False, False, True, True, False), "future MESZ6", "USD", "50", "0"),
    "perpetual": (COIN, (False, False, True, True, True), "perpetual XBTUSD", "BTC", "100", "0"),
    "option": (CALL, (False, False, True, False, False), "option ABC 2024-06-21 call 30 100", "USD", "100", "-6000"),
    "cash": (MONEY, (True, False, False, False, False), "cash EUR", "EUR", "1", "3"),
}


@pytest.mark.parametrize("word", get_args(KindWord))
def test_a_kind_is_what_its_row_says(word):
    """Each word of a holdings file has one class and one row here, and its class answers as the row does."""
    one, facts, key, paid_in, unit, cash = FACTS[word]
    kind = KINDS[word]
    assert type(one) is kind
    assert one.kind == kind.kind == word
    asked = (kind.is_money, kind.is_owned, kind.is_contract, kind.settles_daily, kind.keeps_entry)
    assert asked == facts == (one.is_money, one.is_owned, one.is_contract, one.settles_daily, one.keeps_entry)
    assert (one.key_on(DAY), one.paid_in) == (key, paid_in)
    assert one.price_unit(DAY) == Decimal(unit)
    assert one.cash_of_trade(Decimal(3), Decimal(20), DAY) == Decimal(cash)


def test_every_kind_has_its_word_its_row_and_a_name_in_files():
    """A kind without a word in holdings files, or a word without a kind, is found here."""
    assert set(KINDS) == set(FACTS) == set(get_args(KindWord)) == set(WORDS.values())
    assert set(KINDS.values()) == set(get_args(Instrument))


def test_a_kind_that_leaves_an_answer_out_cannot_be_made():
    """Silence is no answer: what is not said of a kind is a mistake when the first of it is made."""

    class Silent(InstrumentKind):
        kind = "spot"

    with pytest.raises(TypeError, match="settles_daily"):
        Silent()


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.symbol)
def test_answers_of_one_instrument_agree(one):
    """What is asked in several ways is answered the same way, whatever the kind."""
    assert sum((one.is_money, one.is_owned, one.is_contract)) == 1
    assert bool(one.terms) is one.is_contract
    assert one.keeps_entry <= one.settles_daily <= one.is_contract
    assert (one.strike is not None) == bool(one.written_on) == bool(one.exercised_as) == (one.delta_sign != 0)
    if one.settles_daily:
        assert one.cash_of_trade(Decimal(7), Decimal(3), DAY) == 0
    elif not one.is_money:
        assert one.cash_of_trade(Decimal(7), Decimal(3), DAY) == -21 * one.price_unit(DAY)
    currencies = {s.currency for s in one.followed if s.symbol is None}
    assert currencies <= set(one.moneys)
    assert set(one.underlyings) <= {s.symbol for s in one.followed}
    assert one.renamed({}) == one.with_terms(one.terms) == one
    assert one.goes_by(one.symbol)
    assert not one.splits_with("NOBODY")


def test_all_keys_of_a_ledger_differ():
    """Nothing is taken for another: an option under its share's symbol is not the share."""
    under_its_share = Option(
        symbol="ABC", underlying="ABC", currency="USD", right=OptionRight.CALL, strike=Decimal(35), expiry=DAY,
        terms=HUNDRED,
    )  # fmt: skip
    every = (*EVERY, under_its_share, Cash(currency="ABC"), Spot(symbol="MESZ6", currency="USD"))
    assert len({one.key_on(DAY) for one in every}) == len(every)


@pytest.mark.parametrize(("one", "names", "wanted"), [
    (SHARE, {"ABC": "XYZ"}, ("XYZ", ())),
    (CALL, {"ABC": "XYZ"}, ("ABC 30C", ("XYZ", "ABC.US"))),
    (CALL, {"ABC 30C": "X"}, ("X", ("ABC", "ABC.US"))),
    (MONEY, {"EUR": "XYZ"}, ("EUR", ())),
])  # fmt: skip
def test_a_new_name(one, names, wanted):
    """A share's new name reaches the options on it; a currency of the same letters stays."""
    renamed = one.renamed(names)
    assert (renamed.symbol, renamed.written_on) == wanted


@pytest.mark.parametrize("ratio", ["2", "0.1", "1.5"])
def test_a_split_leaves_what_exercise_costs(ratio):
    """Units times strike is the same after a split, whether contracts or the units in each change."""
    by = Decimal(ratio)
    split = CALL.on_split(lambda strike: strike / by, lambda size: size * by)
    before = CALL.strike * CALL.terms_on(DAY).multiplier
    assert split.strike * split.terms_on(DAY).multiplier == before
    assert CALL.on_split(lambda strike: strike / by, None).terms == CALL.terms
    assert all(one.on_split(lambda strike: strike / by, None) == one for one in EVERY if not one.written_on)


def test_only_contracts_have_terms():
    """Asked for the terms of money or of a share, the answer is an error that says so."""
    for one in (SHARE, MONEY):
        with pytest.raises(InputError, match="no terms"):
            one.terms_on(DAY)


def test_a_contract_is_taken_as_the_portfolio_describes_it():
    """An order joins the position in the same contract, whatever else is known of it there; another stays as it is."""
    listed = Future(symbol="MESZ6", root="MES", currency="USD", terms=HUNDRED)
    plain = Option(
        symbol="other name", underlying="ABC", currency="USD", right=OptionRight.CALL, strike=Decimal(30),
        expiry=dt.date(2024, 6, 21), terms=HUNDRED,
    )  # fmt: skip
    held = Portfolio(positions=tuple(Position(instrument=one, quantity=Decimal(1)) for one in EVERY), base="USD")
    assert held.described(listed) is FUTURE
    assert held.described(plain) is CALL
    bare = Portfolio(positions=(), base="USD")
    assert bare.described(plain) is plain


def test_few_places_ask_which_kind_an_instrument_is():
    """Everything else asks it what it does: at most 20 questions of kind stand in at most 8 files."""
    house = _house().measure(ROOT / "src")
    asked = house.places["kinds"]
    assert len(asked) <= MOST_QUESTIONS, asked
    assert len(house.kind_files) <= MOST_FILES, house.kind_files


def test_questions_of_kind_are_found():
    """The count sees isinstance, a match on classes and a comparison of words, and nothing else."""
    asks = _house()._asks_kind
    text = """
isinstance(x, Spot | Cash)
p.kind == "cash"
p.kind in {"future", "option"}
isinstance(x, Side)
p.kind == rule
x.is_money
match x:
    case Future():
        pass
"""
    assert sum(asks(node) for node in ast.walk(ast.parse(text))) == 4


def _house():
    spec = importlib.util.spec_from_file_location("house", ROOT / "scripts/house.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["house"] = module
    spec.loader.exec_module(module)
    return module


TOY = '''
"""A toy."""

from dataclasses import dataclass

from trimtab.model.instruments.kind import InstrumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap(InstrumentKind):
    """A kind that says nothing but its name and currency."""

    symbol: str
    currency: str

    kind = "swap"


def make() -> Swap:
    """Make one."""
    return Swap(symbol="S", currency="USD")
'''


@pytest.mark.slow
def test_the_type_checker_names_every_place_that_a_new_kind_must_reach(tmp_path):
    """A toy kind joins: answers it leaves out are named, then the match over kinds and the reader of files."""
    shutil.copytree(ROOT / "src/trimtab", tmp_path / "src/trimtab", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    model = tmp_path / "src/trimtab/model"
    toy = model / "instruments/swap.py"
    toy.write_text(TOY, encoding="utf-8")
    last = "from trimtab.model.instruments.spot import Spot\n"
    _change(model / "instrument.py", "Instrument = Spot | Future", "Instrument = Swap | Spot | Future")
    _change(model / "instrument.py", last, last + "from trimtab.model.instruments.swap import Swap\n")
    _change(model / "instruments/kind.py", 'KindWord = Literal["spot"', 'KindWord = Literal["swap", "spot"')
    places = {"exposure/kinds/of.py", "feeds/holdings.py"}
    named = _named(tmp_path)
    assert any("abstract class" in line for line in named["model/instruments/swap.py"]), named
    assert places <= set(named)
    # A kind that answers everything is missed where kinds are told apart, and nowhere else.
    whole = (model / "instruments/spot.py").read_text(encoding="utf-8").replace("Spot", "Swap")
    toy.write_text(whole.replace('"spot"', '"swap"'), encoding="utf-8")
    assert set(_named(tmp_path)) == places


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, file
    file.write_text(text.replace(old, new), encoding="utf-8")


def _named(folder: Path) -> dict[str, list[str]]:
    """Give the complaints of the type checker about what must know the kinds, by file."""
    files = ["src/trimtab/model/instruments", "src/trimtab/exposure/kinds", "src/trimtab/feeds/holdings.py"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *files], cwd=folder, capture_output=True, text=True, check=False, timeout=500
    )
    named: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        file, error, what = line.partition(": error:")
        if error:
            named.setdefault(file.partition(":")[0].removeprefix("src/trimtab/"), []).append(what)
    return named
