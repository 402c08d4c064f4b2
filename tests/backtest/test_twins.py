"""The fast fold and the slow twin: equal orders, and books to a billionth, on random books."""

import numpy as np
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.backtest.exact import replay_exactly
from trimtab.backtest.rule import parse_rule
from trimtab.backtest.run import run_rules
from trimtab.desk.answers.backtest import laid_for
from trimtab.desk.questions.backtest import BacktestQuestion
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.market.prices import PriceTable
from trimtab.wiring.files import open_inputs

POLICIES = ("never", "weekly", "quarterly", "band:0.03:edge", "band:0.08:edge", "band:0.05:centre", "best")


def random_book(seed: int, days: int):
    """Lay the tape of a random book: shares long and short, a future that is small or large beside it, any target."""
    rng = np.random.default_rng(seed)
    n_assets, warm = int(rng.integers(2, 7)), 90
    market = rng.normal(0.0003, 0.012, days + warm)
    columns = {"SPX": 20.0 * price_path(market)}
    for k in range(n_assets):
        columns[f"S{k}"] = rng.uniform(0.05, 3) * price_path(
            rng.uniform(-0.2, 2.2) * market + rng.normal(0, 0.015, days + warm)
        )
    table = PriceTable.of(columns, dates=business_days(days + warm + 1, "2015-01-05"), currency="USD")
    worth = rng.uniform(2e5, 4e6, n_assets) * np.where(rng.random(n_assets) < 0.15, -0.3, 1.0)
    held = ", ".join(f"{round(w / columns[f'S{k}'][-1])} S{k}" for k, w in enumerate(worth))
    measuring = Measuring(method="ols(window=60)")
    question = usual(
        BacktestQuestion(
            mandate=MandateTerms(benchmark="SPX", target=round(float(rng.uniform(0.0, 1.3)), 2), band=0.05),
            measuring=measuring, hedge=("MES" if rng.random() < 0.4 else "ES",), start=str(table.dates[warm])[:10],
            policies=POLICIES,
        )
    )  # fmt: skip
    inputs = open_inputs(table, f"{held}, {round(float(rng.uniform(1e5, 2e6)))} USD", measuring, Instruments())
    (laid,) = laid_for(question, inputs)
    return laid, question.mandate.mandate().target


def compare(seed: int, days: int) -> int:
    laid, target = random_book(seed, days)
    rules = [parse_rule(words) for words in POLICIES]
    fast = run_rules(laid.tape, rules, target=target)
    slow = replay_exactly(laid.desk, rules, target=target)
    np.testing.assert_array_equal(fast.lots, slow.lots)
    np.testing.assert_array_equal(fast.filled, slow.filled)
    scale = laid.tape.assets.max()
    np.testing.assert_allclose(fast.cash, slow.cash, rtol=0.0, atol=1e-9 * scale)
    np.testing.assert_allclose(fast.gap, slow.gap, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(fast.exact, slow.exact, rtol=1e-9, atol=1e-6)
    return int(np.count_nonzero(fast.filled))


def test_the_fast_fold_does_what_a_desk_does():
    """Two random books over a quarter, rolls among them: expose, judge, plan, check and the ledger say the same."""
    assert sum(compare(seed, 60) for seed in (0, 3)) > 40


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_the_fast_fold_does_what_a_desk_does_for_two_years(seed):
    """Twenty random books, five hundred days each."""
    assert compare(100 + seed, 500) > 0


def test_exact_answers_the_same():
    """The command's switch gives the same outcomes, to a billionth."""
    laid, _ = random_book(1, 100)
    held = ", ".join(f"{units:g} {symbol}" for symbol, units in zip(laid.book.symbols, laid.book.units, strict=True))
    mandate = tt.Mandate(benchmark="SPX", target=0.8, band=0.05)
    fast, slow = (
        tt.run_backtest(
            laid.table, f"{held}, {laid.book.cash:g} USD", mandate, hedge="ES", policies=["monthly", "band:0.05:edge"],
            method="ols(window=40)", exact=exact,
        )
        for exact in (False, True)
    )  # fmt: skip
    assert [(o.date, o.symbol, o.side, o.quantity) for o in fast.orders] == [
        (o.date, o.symbol, o.side, o.quantity) for o in slow.orders
    ]
    for one, other in zip(fast.outcomes, slow.outcomes, strict=True):
        assert one.realised_beta == pytest.approx(other.realised_beta, abs=1e-9)
        assert one.pnl.total == pytest.approx(other.pnl.total, rel=1e-9)
