"""Rules on books whose truth is planted: what a fill leaves, what it cost, and where gains came from."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from trimtab.backtest.best import Past, best_widths, own_errors
from trimtab.backtest.measure import measure_runs
from trimtab.backtest.rule import parse_rule
from trimtab.backtest.run import fills_of, run_rules
from trimtab.backtest.tape import Known, Tape, Tradable
from trimtab.errors import InfeasibleError, UsageError
from trimtab.model.contract import ContractTable
from trimtab.wiring.files import READER

RULES = tuple(
    parse_rule(w) for w in ("never", "weekly", "monthly", "quarterly", "band:0.05:edge", "band:0.05:centre", "best")
)


def planted(*, beta, days=500, lot=1_000.0, cost=1.5, seed=0, noise=0.0, roll_every=63):
    """Make a book of one constant or given beta and a future on the benchmark itself."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, days - 1)
    level = 100.0 * np.cumprod(np.concatenate([[1.0], 1.0 + market]))
    market = level[1:] / level[:-1] - 1.0
    betas = np.broadcast_to(beta, days).astype(float)
    own = betas[:-1] * market + noise * rng.normal(size=days - 1)
    assets = 1e6 * np.cumprod(np.concatenate([[1.0], 1.0 + own]))
    size = lot * level / level[0]
    ones = np.ones(days)
    roll = np.where(np.arange(days) % roll_every == roll_every - 1, 2.0 * cost, 0.0)
    return Tape(
        benchmark="M",
        base="USD",
        method="planted",
        dates=np.busday_offset("2010-01-04", np.arange(days)).astype("M8[s]"),
        level=level,
        assets=assets,
        exposure=betas * assets,
        error=0.0 * ones,
        lot=size,
        cost=cost * ones,
        best=0.03 * ones,
        price=level,
        gain=np.concatenate([[0.0], size[:-1] * market]),
        roll=roll,
        commission=0.5 * ones,
        contracts=("MH0", "MM0"),
        contract=(np.cumsum(roll > 0) > 0).astype(np.intp),
        multiplier=lot / level[0],
        beta=ones,
        is_model=True,
        source="planted",
    )


def test_a_constant_beta_is_held_to_half_a_lot_after_each_fill():
    """Without noise the gap after a fill is the rounding of one lot, and of what its own cost makes of NAV."""
    tape = planted(beta=1.3)
    same = run_rules(tape, [parse_rule("weekly")], target=1.0, same_close=True)
    decided = tape.first_of("W")
    assert (np.abs(same.gap[0] * same.nav[0])[decided] <= 0.5 * tape.lot[decided] * (1.0 + 1e-9) + 2.0).all()


def test_cash_is_gains_less_costs_to_the_cent():
    """Counted again from the fills alone, contract by contract."""
    tape = planted(beta=np.linspace(0.8, 1.4, 500))
    runs = run_rules(tape, RULES, target=1.0)
    fills = fills_of(runs)
    for k in range(len(RULES)):
        lots, cash = 0.0, 0.0
        by_row = {}
        for f in fills:
            if f.rule == k:
                by_row.setdefault(f.row, []).append(f)
        for row in range(len(tape)):
            cash += lots * float(tape.gain[row]) if row else 0.0
            for f in by_row.get(row, ()):
                lots += f.lots
                cash -= f.cost
            assert lots == pytest.approx(runs.lots[k, row])
        assert cash == pytest.approx(runs.cash[k, -1], abs=1e-8)


@pytest.mark.parametrize("same_close", [False, True])
def test_the_parts_of_the_gain_add_up(same_close):
    """To a trillionth of NAV; the basis of a model price is zero to the last digit."""
    tape = planted(beta=np.linspace(0.7, 1.5, 700), days=700, noise=0.01, seed=3)
    runs = run_rules(tape, RULES, target=1.0, same_close=same_close)
    for k, outcome in enumerate(measure_runs(runs, band=0.05, risk_aversion=3.0).outcomes):
        assert abs(outcome.pnl.total - runs.cash[k, -1]) <= 1e-12 * tape.assets[-1]
        assert outcome.pnl.basis == 0.0
        parts = outcome.commission_bp_year + outcome.spread_bp_year
        assert parts == pytest.approx(outcome.cost_bp_year, rel=1e-12)


def test_the_books_own_returns_are_no_miss_of_the_target():
    """Market neutral for five years: what is left is what realised beta and the hedge made, over NAV."""
    tape = planted(beta=1.2, days=1260, lot=10.0, cost=0.0, noise=0.012)
    runs = run_rules(tape, [parse_rule("weekly")], target=0.0)
    outcome = measure_runs(runs, band=0.05, risk_aversion=3.0).outcomes[0]
    nav, market = runs.nav[0], np.diff(tape.level) / tape.level[:-1]
    slopes = []
    own = np.diff(tape.assets) / tape.assets[:-1]
    for first in range(0, 1259 // 63 * 63, 63):
        rows = slice(first, None if first + 126 > 1259 else first + 63)
        slopes += [np.polyfit(market[rows], own[rows], 1)[0]] * len(market[rows])
    # By money: what the book's realised beta and the hedge made, over NAV.
    made = np.array(slopes) * market * tape.assets[:-1] + runs.lots[0, :-1] * tape.gain[1:]
    expected = np.sqrt(np.mean((made / nav[:-1]) ** 2) * tape.per_year)
    assert np.abs(tape.assets / nav - 1.0).max() > 0.2
    assert outcome.tracking_error == pytest.approx(expected, rel=1e-9)


def test_betas_that_were_right_leave_no_estimation_error():
    """Of a constant beta without noise, what is used is what is realised; a beta 0.2 too high costs what it makes."""
    tape = planted(beta=1.3)
    right = measure_runs(run_rules(tape, [parse_rule("monthly")], target=1.0), band=0.05, risk_aversion=3.0).outcomes[0]
    assert abs(right.pnl.estimation) < 1e-6
    assert right.realised_beta == pytest.approx(1.0, abs=0.02)
    wrong = replace(tape, exposure=tape.exposure + 0.2 * tape.assets)
    off = measure_runs(run_rules(wrong, [parse_rule("monthly")], target=1.0), band=0.05, risk_aversion=3.0).outcomes[0]
    assert off.realised_beta == pytest.approx(0.8, abs=0.02)
    assert abs(off.pnl.estimation) > 1_000.0


def test_a_rule_sees_only_what_is_known():
    """The two sides of a day have no attribute of the market's in common; each has what the other has not."""
    known, tradable = set(Known.__slots__), set(Tradable.__slots__)
    assert known & tradable == {"row", "day", "cost"}
    assert {"price", "gain", "roll"} <= tradable
    tape = planted(beta=1.3, days=50)
    assert [r.width_at(tape.known(0)) for r in RULES] == [None, 0.0, 0.0, 0.0, 0.05, 0.05, 0.03]


def test_what_comes_later_changes_nothing_before():
    """Scrambled after a day, the tape gives the same lots, cash and gaps up to it, to the bit."""
    tape = planted(beta=np.linspace(0.7, 1.5, 300), days=300, noise=0.01)
    cut, rng = 200, np.random.default_rng(9)
    names = ("level", "assets", "exposure", "lot", "price", "gain", "best")
    noisy = {
        n: np.concatenate([getattr(tape, n)[:cut], getattr(tape, n)[cut:] * rng.uniform(0.7, 1.4, 300 - cut)])
        for n in names
    }
    one, other = (run_rules(t, RULES, target=1.0) for t in (tape, replace(tape, **noisy)))
    for name in ("lots", "filled", "cash", "gap"):
        assert getattr(one, name)[:, :cut].tobytes() == getattr(other, name)[:, :cut].tobytes()


def test_a_book_that_loses_everything_is_refused():
    """A leveraged target through a fall: the rule and the day are named."""
    tape = planted(beta=1.0, days=300)
    fall = replace(tape, gain=np.concatenate([[0.0], -0.06 * tape.lot[:-1]]))
    with pytest.raises(InfeasibleError, match="monthly has lost all of it on 2010-"):
        run_rules(fall, [parse_rule("monthly")], target=6.0)


def test_a_past_below_nothing_is_no_past_of_beta():
    """A loan of today beside prices of long ago: best band and errors know only what came after."""
    tape = planted(beta=np.linspace(0.8, 1.4, 900), days=900, noise=0.01)
    worth = np.where(np.arange(900) < 200, -tape.assets, tape.assets)
    past = Past(dates=tape.dates, level=tape.level, assets=worth, exposure=tape.exposure, lot=tape.lot, cost=tape.cost)
    later = Past(**{n: getattr(past, n)[200:] for n in Past.__dataclass_fields__})
    one, other = (best_widths(p, usual=0.05, risk_aversion=3.0) for p in (past, later))
    assert one[600:].tolist() == other[400:].tolist() != [0.05] * 300
    errors = own_errors(worth, tape.level)
    assert np.isinf(errors[:263]).all()
    assert np.isfinite(errors[263:]).all()
    assert errors[263:] == pytest.approx(own_errors(tape.assets[200:], tape.level[200:])[63:], rel=1e-9)


@pytest.mark.parametrize(
    "words", ["", "daily", "band", "band:0.05", "band:x:edge", "band:-1:edge", "band:nan:centre", "band:0:edge"]
)
def test_a_policy_that_does_not_parse_is_refused(words):
    """In three parts, with the option that exists."""
    with pytest.raises(UsageError, match="--policies"):
        parse_rule(words)


def test_a_long_line_of_holdings_is_read():
    """Longer than the name of a file can be."""
    line = ", ".join(f"1000 N{k:03d}" for k in range(500))
    assert len(READER.portfolio(line, base="USD", contracts=ContractTable(), as_of=date(2020, 1, 2)).positions) == 500
