"""Laws of the ledger under hypothesis: every entry balances, order and cuts decide nothing, nothing is lost."""

# ruff: noqa: S311 - facts shuffled, not secrets

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from functools import cache

from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_histories import draw_history

from trimtab.ledger.facts.amendments import Cancellation, Correction
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.fold import fold
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.order import by_day, in_order
from trimtab.ledger.posting import Account, unbalanced
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import statement

D = Decimal
SEEDS = st.integers(10_000, 10_011 if effort(0, 1) == 0 else 10_400)
FEW = settings(max_examples=effort(20, 200))


@cache
def made(seed):
    history = draw_history(seed, days=30)
    rules = Rules(base="USD", method=history.method, rates=history.fx)
    return history, rules, Ledger(history.facts, rules, from_nothing=history.from_nothing)


@FEW
@given(seed=SEEDS)
def test_every_entry_sums_to_zero_in_each_currency(seed):
    _, _, ledger = made(seed)
    entries = ledger.entries()
    assert entries
    for entry in entries:
        assert unbalanced(entry.postings) == {}


@FEW
@given(seed=SEEDS)
def test_all_accounts_together_sum_to_zero(seed):
    _, _, ledger = made(seed)
    book = ledger.book_on(ledger.days[-1])
    left = dict(book.cash)
    for (_, currency), amount in book.totals.items():
        left[currency] = left.get(currency, D(0)) + amount
    for holding in book.holdings.values():
        if not holding.settles:
            currency = holding.instrument.currency
            left[currency] = left.get(currency, D(0)) + holding.cost
    assert all(value == 0 for value in left.values())


@FEW
@given(seed=SEEDS, order=st.randoms(use_true_random=False))
def test_shuffled_facts_give_the_same_books_to_the_last_digit(seed, order):
    history, rules, ledger = made(seed)
    facts = list(history.facts)
    order.shuffle(facts)
    other = Ledger(facts, rules, from_nothing=history.from_nothing)
    for day in (ledger.days[len(ledger.days) // 2], ledger.days[-1]):
        assert other.book_on(day) == ledger.book_on(day)


@FEW
@given(seed=SEEDS, cut=st.integers(1, 25))
def test_going_on_from_a_book_is_folding_from_the_start(seed, cut):
    _, rules, ledger = made(seed)
    days = ledger.days
    cut = min(cut, len(days) - 1)
    middle = ledger.book_on(days[cut - 1])
    rest = by_day(in_order(f for f in _events(ledger) if f.day > days[cut - 1]))
    assert fold(middle, rest, rules) == ledger.book_on(days[-1])


def _events(ledger):
    return [fact for _, facts in ledger._days for fact in facts]


@FEW
@given(seed=SEEDS, cut=st.integers(1, 25))
def test_appending_days_is_having_had_them(seed, cut):
    history, rules, ledger = made(seed)
    events = _events(ledger)
    middle = ledger.days[min(cut, len(ledger.days) - 1) - 1]
    grown = Ledger([f for f in events if f.day <= middle], rules, from_nothing=history.from_nothing)
    for day in [d for d in ledger.days if d > middle]:
        grown.book_on(day - dt.timedelta(days=1))
        grown = grown.append(f for f in events if f.day == day)
    assert grown.book_on(ledger.days[-1]).holdings == ledger.book_on(ledger.days[-1]).holdings
    assert grown.book_on(ledger.days[-1]).cash == ledger.book_on(ledger.days[-1]).cash


@FEW
@given(seed=SEEDS)
def test_facts_that_come_late_give_the_books_they_would_have_given_in_time(seed):
    history, rules, ledger = made(seed)
    facts = list(history.facts)
    random.Random(seed).shuffle(facts)
    amended = {f.target for f in facts if isinstance(f, Correction | Cancellation)}
    some = facts[: len(facts) // 3]
    late = [f for f in some if not isinstance(f, Correction | Cancellation) and f.id not in amended]
    early = [f for f in facts if not any(f is other for other in late)]
    grown = Ledger(early, rules, from_nothing=history.from_nothing, on_refused="set_aside")
    grown.book_on(ledger.days[-1])
    grown = grown.append(late)
    assert grown.book_on(ledger.days[-1]) == ledger.book_on(ledger.days[-1])


@FEW
@given(seed=SEEDS, cut=st.integers(1, 25))
def test_facts_that_come_in_the_middle_of_the_last_day_are_as_if_they_had_come_at_once(seed, cut):
    history, rules, ledger = made(seed)
    events = _events(ledger)
    middle = ledger.days[min(cut, len(ledger.days) - 1)]
    of_day = [f for f in events if f.day == middle]
    upto = [f for f in events if f.day < middle]
    whole = Ledger([*upto, *of_day], rules, from_nothing=history.from_nothing).book_on(middle)
    grown = Ledger([*upto, *of_day[::2]], rules, from_nothing=history.from_nothing, on_refused="set_aside")
    grown.book_on(middle)
    grown = grown.append(of_day[1::2])
    assert grown.book_on(middle) == whole


@FEW
@given(seed=SEEDS)
def test_entries_balance_and_parts_add_up_where_nobody_knows_what_things_cost(seed):
    history, rules, _ = made(seed)
    facts = []
    for fact in history.facts:
        if isinstance(fact, Snapshot):
            blind = tuple(replace(p, lots=()) for p in fact.positions)
            facts.append(replace(fact, positions=blind))
        else:
            facts.append(fact)
    ledger = Ledger(facts, rules, from_nothing=history.from_nothing)
    for entry in ledger.entries():
        assert unbalanced(entry.postings) == {}

    def price_of(holding, day):
        return history.price(holding.symbol, day)

    start, end = ledger.days[0], ledger.days[-1]
    made_of = statement(ledger, start, end, price_of)
    parts = made_of.flows + made_of.income - made_of.expense + made_of.gains + made_of.currency + made_of.unexplained
    assert abs(made_of.change - parts) < D("1e-9")


@FEW
@given(seed=SEEDS)
def test_the_accounts_of_a_book_are_the_sums_of_its_entries(seed):
    _, _, ledger = made(seed)
    sums = {}
    for entry in ledger.entries():
        for posting in entry.postings:
            if posting.account not in (Account.CASH, Account.POSITION):
                at = (posting.account, posting.currency)
                sums[at] = sums.get(at, D(0)) + posting.amount
    assert sums == dict(ledger.book_on(ledger.days[-1]).totals)


@FEW
@given(seed=SEEDS)
def test_lots_add_up_to_what_is_held(seed):
    _, _, ledger = made(seed)
    for day in ledger.days:
        for holding in ledger.book_on(day).holdings.values():
            if not holding.settles:
                assert sum((lot.quantity for lot in holding.lots), D(0)) == holding.quantity
                assert len({lot.name for lot in holding.lots}) == len(holding.lots)
                assert len({lot.quantity > 0 for lot in holding.lots}) == 1
