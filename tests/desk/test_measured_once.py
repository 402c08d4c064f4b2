"""How often a book is measured: counted on the bundled sample, by counting wrappers around what measures."""

import sys
from collections import Counter

import pytest
from watch_parts import recorded, small_watch

import trimtab as tt
from trimtab import sample
from trimtab.desk.ask.ways import OptionTerms
from trimtab.desk.moment.setting import set_up
from trimtab.exposure.expose import expose_valued
from trimtab.exposure.measured import measure_book
from trimtab.exposure.value import value_position
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.series.prices import read_prices
from trimtab.hedge.options.chain import StatedVolatility
from trimtab.model.mandate import Mandate

POSITIONS = 17
MANDATE = Mandate(benchmark=sample.BENCHMARK, target=1.0, band=0.05)
COUNTED = {"expose": expose_valued, "value": value_position}


@pytest.fixture
def calls(monkeypatch) -> Counter[str]:
    """Count what is called from now on, whatever module it is called from."""
    count: Counter[str] = Counter()

    def counting(name, function):
        def counted(*args, **named):
            count[name] += 1
            return function(*args, **named)

        return counted

    wrapped = {function: counting(name, function) for name, function in COUNTED.items()}
    for module in [m for n, m in sys.modules.items() if n.split(".")[0] == "trimtab"]:
        for attribute, value in list(vars(module).items()):
            if callable(value) and type(value).__name__ == "function" and value in wrapped:
                monkeypatch.setattr(module, attribute, wrapped[value])
    return count


def asked(*, mandate: bool = True) -> dict:
    """Give the bundled sample, as Python is asked."""
    given = {"prices": [sample.prices_path(), sample.futures_path()], "holdings": sample.portfolio_path()}
    return {**given, "mandate": MANDATE} if mandate else {**given, "benchmark": sample.BENCHMARK}


def test_a_review_measures_its_book_once(calls):
    """Verdict, moves, shocks, past storms and what beta hides read one measurement; each position is valued once."""
    done = tt.review(**asked())
    assert done.not_enough is not None
    assert calls == {"expose": 1, "value": POSITIONS}


def test_a_plan_measures_the_book_before_and_after(calls):
    """One measurement before the orders, one after."""
    assert tt.plan(**asked(), hedge="ES,MES").orders
    assert calls["expose"] == 2


def test_ways_measure_the_book_and_what_each_plan_leaves(calls):
    """The book itself counts once, however many ways there are; what a plan leaves is not measured again."""
    found = tt.compare_ways(**asked(), hedge="ES,MES", ways="futures,reallocate")
    assert [way.name for way in found.ways[:3]] == ["do_nothing", "futures", "reallocate"]
    assert calls["expose"] <= 25


def test_ways_with_options_stay_within_the_bound(calls):
    """Three kinds of ways with all their mixes."""
    options = OptionTerms(volatility=StatedVolatility(vol=0.2))
    found = tt.compare_ways(**asked(), hedge="ES,MES", option_terms=options)
    assert len(found.ways) > 4
    assert calls["expose"] <= 60


@pytest.mark.parametrize("ask", [tt.stress, tt.review_risk])
def test_stress_and_risk_measure_once(calls, ask):
    """Episodes, shocks and findings share one measurement, with each position valued once."""
    ask(**asked(mandate=False))
    assert calls == {"expose": 1, "value": POSITIONS}


def test_a_watched_quote_measures_nothing_from_scratch(calls):
    """A quote changes sums; the book is not measured anew for it."""
    watch = small_watch()
    calls.clear()
    watch.take(recorded(20))
    assert calls["expose"] == 0


def test_a_book_is_measured_when_first_asked_and_kept(calls, sample_moment):
    """The moment measures its own book once; another book of the same moment is measured for itself."""
    setting, held = sample_moment
    assert calls == {}
    assert setting.of(held).book is setting.book
    assert setting.book is setting.book
    assert calls["expose"] == 1
    doubled = setting.of(held.add(held.positions[0].instrument, held.positions[0].quantity))
    assert doubled.book.exposure != setting.book.exposure
    assert setting.book.exposure == measure_book(held, setting.market, setting.betas).exposure


@pytest.fixture
def sample_moment():
    """The bundled sample's moment and book."""
    held = read_holdings(sample.portfolio_path(), base="USD", contracts=bundled_contracts())
    prices = read_prices([sample.prices_path(), sample.futures_path()])
    return set_up(prices, held, benchmark=sample.BENCHMARK), held
