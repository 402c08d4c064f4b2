"""Random books and mandates through every way; `scripts/random_books.py` runs 20,000 of them."""

import importlib.util
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from trimtab.hedge.plan import PlanStatus

SCRIPT = Path(__file__).parents[2] / "scripts" / "random_books.py"


@pytest.fixture(scope="module")
def books():
    spec = importlib.util.spec_from_file_location("random_books", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [12, 13])
def test_random_books_break_no_limit(books, seed):
    """Fifty books of each seed: no violated limit, no crash, and every kind of outcome is met."""
    tally = books.run(50, seed=seed)
    assert tally.broken == []
    assert tally.crashed == []
    assert tally.count == 50
    assert sum(tally.marked.values()) == 50 - tally.refused
    assert {"futures: planned", "reallocate: planned", "do_nothing: infeasible"} <= set(tally.statuses)


def test_the_check_sees_what_is_wrong(books):
    """A ticket off its lot, a beta that was not promised and a cheaper way that was passed over are all named."""
    case = next(c for c in map(books.draw, range(50)) if books.compare(c).cheapest == "reallocate")
    found = books.compare(case)
    assert books.violations(case, found) == []
    way = found.way("reallocate")
    ticket = replace(way.tickets[0], quantity=way.tickets[0].quantity + Decimal("0.0001"))
    odd = replace(way, tickets=(ticket, *way.tickets[1:]))
    said = books.violations(case, replace(found, ways=(odd,)))
    assert any("not in lots" in s for s in said)
    other = replace(way, after=replace(way.after, nav=way.after.nav + 1.0))
    assert any("not those promised" in s for s in books.violations(case, replace(found, ways=(other,))))
    frozen = replace(case, limits=replace(case.limits, no_trade=frozenset(t.asset for t in way.tickets)))
    assert any("may not be traded" in s for s in books.violations(frozen, found))
    dear = replace(way, price=way.price + 100.0)
    cheap = replace(way, name="other", price=way.price)
    assert any("is marked at" in s for s in books.violations(case, replace(found, ways=(dear, cheap))))
    assert way.status is PlanStatus.PLANNED


def test_a_book_is_the_same_whenever_it_is_drawn(books):
    """A number and a seed name one book, so that a fault can be looked at again."""
    one, two = books.draw(7, 3), books.draw(7, 3)
    assert (one.held, one.mandate, one.limits) == (two.held, two.mandate, two.limits)
    assert books.draw(8, 3).held != one.held
