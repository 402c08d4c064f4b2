"""NAV(t) - NAV(s) = flows + income - expense + gains + currency, to the cent, for every pair of days of a history.

Values, flows, income and expense are those of the naive ledger, which shares no code with the real one.
"""

from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from effort import LONG
from ledger_histories import draw_history

from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import statement
from trimtab.model.instrument import Option

CENT = Fraction(1, 100)
#: Roundings of 1e-12 at each step of a history.
CLOSE = Fraction(1, 10**6)
PARTS = ("flows", "income", "expense", "gains", "currency", "unexplained")
SUMS = (("flow", "flows"), ("income", "income"), ("expense", "expense"))


@pytest.mark.parametrize("seed", range(40_000, 40_200 if LONG else 40_008))
def test_the_change_between_any_two_days_is_explained_to_the_cent(seed):
    history = draw_history(seed, days=24)
    rules = Rules(base="USD", method=history.method, rates=history.fx)
    ledger = Ledger(history.facts, rules, from_nothing=history.from_nothing)
    days = [day for day in ledger.days if day in history.books]

    def price_of(holding, day):
        name = f"{holding.instrument.underlying} option" if isinstance(holding.instrument, Option) else holding.symbol
        return history.price(name, day)

    steps = {pair: statement(ledger, *pair, price_of) for pair in pairwise(days)}
    values = {day: history.books[day].nav(day, history.price) for day in days}
    for start, end in combinations(days, 2):
        made = steps.get((start, end)) or statement(ledger, start, end, price_of)
        change = values[end] - values[start]
        parts = {name: Fraction(getattr(made, name)) for name in PARTS}
        whole = sum(parts.values()) - 2 * parts["expense"]
        assert abs(whole - change) < min(CENT, CLOSE), (start, end)
        one, other = history.books[start].sums, history.books[end].sums
        for theirs, mine in SUMS:
            want = other.get(f"base {theirs}", Fraction(0)) - one.get(f"base {theirs}", Fraction(0))
            assert abs(parts[mine] - want) < CLOSE, (start, end, mine)
        # Steps add up to it, part by part: no day falls between two.
        between = [s for (a, b), s in steps.items() if start <= a and b <= end]
        for name in PARTS:
            assert abs(sum(Fraction(getattr(s, name)) for s in between) - parts[name]) < CLOSE, (start, end, name)
