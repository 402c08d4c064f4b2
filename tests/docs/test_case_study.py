"""The case study plans with nothing later than the day, and its page says what its script prints."""

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/case-study.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("case_study", ROOT / "scripts/case_study.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def prices(study):
    return study.read_sample()


@pytest.fixture(scope="module")
def tables(study, prices):
    return study.tell_all(prices)


def told(planned):
    return (
        planned.held,
        planned.vol,
        [(w.name, w.tickets, w.after.beta, w.now, w.satisfies) for w in planned.ways.ways],
        planned.ways.cheapest,
        planned.ways.inputs_hash,
    )


@pytest.mark.parametrize("day", ["2008-09-12", "2020-02-21", "2022-01-03"])
def test_plans_use_no_later_prices(study, prices, day):
    """Prices cut off after the day, or made absurd after it, give the same book, volatility and plans."""
    rate = dict(study.DAYS)[day]
    known = len(prices.until(day).dates)
    absurd = prices.values.copy()
    absurd[known:] *= np.linspace(2.0, 9.0, absurd[known:].size).reshape(absurd[known:].shape)
    with_all = told(study.plan_day(prices, day, rate))
    assert told(study.plan_day(prices.until(day), day, rate)) == with_all
    assert told(study.plan_day(replace(prices, values=absurd), day, rate)) == with_all
    assert len(with_all[2]) == 7


def test_each_book_starts_at_its_own_worth(study, prices):
    """On the day, each book with its trades is worth what it was less their cost, up to the tick of an option."""
    day, rate = study.DAYS[0]
    planned = study.plan_day(prices, day, rate)
    row = len(prices.until(day).dates) - 1
    for way in planned.ways.ways:
        book = way.apply(planned.held)
        worth = sum(study._value(p, prices, row, row, rate) for p in book.positions)
        assert worth == pytest.approx(planned.ways.before.nav - way.now.total, rel=2e-5), way.name


def test_the_future_pays_its_change_in_price(study, prices):
    """A short future gains what its contracts lose: multiplier times contracts times the fall of its stated price."""
    day, rate = study.DAYS[1]
    planned = study.plan_day(prices, day, rate)
    start = len(prices.until(day).dates) - 1
    index = prices.values[:, prices.column("SPX")]
    futures, nothing = (study.follow(prices, planned, planned.ways.way(n), 21) for n in ("futures", "do_nothing"))
    (order,) = planned.ways.way("futures").tickets
    left = [(order.expiry - prices.dates[r].astype("datetime64[D]").item()).days / 365 for r in (start, start + 21)]
    was, now = (float(index[r]) * np.exp((rate - 0.02) * t) for r, t in zip((start, start + 21), left, strict=True))
    gain = float(order.quantity) * 50 * (was - now)
    assert futures.before - nothing.before == pytest.approx(gain, abs=1e-3)


def test_the_page_holds_the_tables_of_the_script(study, tables):
    """The tables in the page are, byte for byte, what the script prints."""
    inside = PAGE.partition(study.START)[2].partition(study.END)[0]
    assert inside == f"\n\n{tables}\n"


def test_figures_in_the_text_are_in_the_tables(tables):
    """Every figure of the account of what happened stands in the tables that the script prints."""
    account = PAGE.partition("## What happened")[2].partition("What this does not show")[0]
    figures = re.findall(r"[+-]?\d[\d,]*\.\d+|[+-]\d[\d,]*|\d+,\d{3}", account)
    assert len(figures) >= 20
    spoken = set(re.findall(r"[+-]?\d[\d,.]*\d|[+-]?\d", tables))
    assert [f for f in figures if f not in spoken] == []
