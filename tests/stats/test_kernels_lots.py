"""The merit of whole lots, by hand and written out; the searches against every combination there is."""

from itertools import product

import numpy as np
import pytest

from trimtab.stats.kernels.lots import LotBook, _option, improve, improve_pairs, score, search_whole


def book(**changed):
    """One asset of a tenth of NAV a lot; beta .5 wanted from .9 to 1, cash .05 that may not go below 0."""
    per_unit = (np.array([0, 1]), np.array([np.inf]), np.array([0.01]))
    stated = {
        "lot": np.array([0.1]), "low": np.array([-5]), "high": np.array([5]), "ticket": np.array([1]),
        "buy": per_unit, "sell": per_unit, "impact": np.array([0.0]), "exponent": 0.5, "quad": np.array([4.0]),
        "factors": np.array([[3.0]]), "rows": np.array([[1.0], [1.0]]), "row_lower": np.array([0.9, 0.0]),
        "row_upper": np.array([1.0, 9.0]), "nav_lower": np.zeros(2), "nav_upper": np.zeros(2),
        "start": np.array([0.5, 0.05]), "turnover": 10.0, "soft": 2.0, "hard": 100.0,
    }  # fmt: skip
    return LotBook(**{**stated, **changed})


def test_a_merit_is_cost_risk_and_distances_each_at_its_price():
    """One lot: .001 of cost, 4 x^2 / 2 + (3 x)^2 / 2 of risk, beta .6 of what NAV is left, and cash .051 short."""
    merit, cost, beta, rest = score(book(), np.array([1]))
    risk = 0.5 * 4 * 0.01 + 0.5 * 0.09
    assert cost == pytest.approx(0.001)
    assert beta == pytest.approx(0.9 - 0.6 / 0.999)
    assert rest == pytest.approx(0.051)
    assert merit == pytest.approx(0.001 + risk + 2 * beta + 100 * 0.051)


def test_what_turnover_exceeds_is_a_distance_as_well():
    """Two lots trade .2 where .15 may be traded: .05 too much, beside the cash."""
    *_, rest = score(book(turnover=0.15), np.array([2]))
    assert rest == pytest.approx(0.05 + (0.2 + 0.002 - 0.05))


def test_a_limit_that_is_a_share_of_nav_falls_with_costs():
    """In a sector that may be 80% of NAV and holds 70%, costs of .0012 take .00096 of .1 room; a full one has none."""
    stated = {
        "rows": np.array([[1.0], [1.0], [1.0]]), "row_lower": np.array([0.0, -9.0, -9.0]), "lot": np.array([0.12]),
        "row_upper": np.array([9.0, 9.0, 0.8 - 0.7]), "nav_lower": np.zeros(3), "nav_upper": np.array([0.0, 0.0, 0.8]),
    }  # fmt: skip
    *_, rest = score(book(**stated), np.array([1]))
    assert rest == pytest.approx(0.12 - (0.1 - 0.8 * 0.0012))
    full = stated | {"row_upper": np.array([9.0, 9.0, 0.8 - 0.9])}
    *_, rest = score(book(**full), np.array([1]))
    assert rest == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("close", "spend", "counts"),
    [
        # One lot more and less; what closes the gap, what spends the cash, each rounded both ways; nothing, the least
        # trade both ways; and the end on the gap's side, the upper one where there is no gap.
        (2.4, -1.5, [4, 2, 5, 6, 1, 2, 0, 2, -2, 9]),
        (-2.4, 1e30, [4, 2, 0, 1, 9, 9, 0, 2, -2, -7]),
        (0.0, 0.0, [4, 2, 3, 4, 3, 4, 0, 2, -2, 9]),
    ],
)
def test_the_counts_worth_trying(close, spend, counts):
    """From 3 lots of -7 to 9 that trade in 2 or more."""
    assert [_option(o, 3, -7, 9, 2, close, spend) for o in range(10)] == counts


def wide(seed, n=4, **changed):
    """A book of several assets: costs in pieces, impact, two factors, and limits on beta, cash and two sectors."""
    rng = np.random.default_rng(seed)

    def side(least):
        begin, ends, rates = [0], [], []
        for _ in range(n):
            count = int(rng.integers(1, 4))
            ends += [*np.sort(rng.uniform(0.02, 0.3, count - 1)), np.inf]
            rates += [*(least + np.sort(rng.uniform(0.0, 0.1, count)))]
            begin.append(len(ends))
        return np.array(begin), np.array(ends), np.array(rates)

    stated = {
        "lot": rng.uniform(0.03, 0.15, n), "low": -rng.integers(1, 4, n), "high": rng.integers(1, 4, n),
        "ticket": rng.integers(1, 3, n), "buy": side(0.001), "sell": side(0.002), "impact": rng.uniform(0, 0.05, n),
        "exponent": 0.5, "quad": rng.uniform(0.1, 0.6, n), "factors": rng.normal(0, 0.4, (n, 2)),
        "rows": np.vstack([rng.normal(0.9, 0.5, n), np.ones(n), rng.integers(0, 2, (2, n))]),
        "row_lower": np.array([0.70, 0.0, -0.15, -0.1]), "row_upper": np.array([0.72, 0.02, 0.1, 0.15]),
        "nav_lower": np.array([0.0, 0.0, 0.0, 0.3]), "nav_upper": np.array([0.0, 0.0, 0.2, 0.4]),
        "start": np.array([1.0, 0.03]), "turnover": 0.5, "soft": 0.4, "hard": 50.0,
    }  # fmt: skip
    return LotBook(**{**stated, **changed})


def written_out(b, q):
    """Merit, cost, distance of beta and of all else, from the definition."""
    x = b.lot * q
    cost = 0.0
    for i, traded in enumerate(x):
        begin, end, rate = b.buy if traded > 0 else b.sell
        for j in range(begin[i], begin[i + 1]):
            done = 0.0 if j == begin[i] else end[j - 1]
            cost += rate[j] * np.clip(abs(traded) - done, 0.0, end[j] - done)
        cost += b.impact[i] * abs(traded) ** (1 + b.exponent)
    risk = 0.5 * b.quad @ x**2 + 0.5 * ((b.factors.T @ x) ** 2).sum()
    after = b.rows @ x
    after[0], after[1] = (b.start[0] + after[0]) / (1 - cost), b.start[1] - after[1] - cost
    low, high = b.row_lower - b.nav_lower * cost, b.row_upper - b.nav_upper * cost
    low = np.where(b.nav_lower != 0, np.minimum(low, 0), low)
    high = np.where(b.nav_upper != 0, np.maximum(high, 0), high)
    far = np.maximum(low - after, 0) + np.maximum(after - high, 0)
    rest = far[1:].sum() + max(0.0, abs(x).sum() - b.turnover)
    return cost + risk + b.soft * far[0] + b.hard * rest, cost, far[0], rest


def every(b):
    """Every combination of counts that is allowed."""
    counts = [
        [k for k in range(low, high + 1) if k == 0 or abs(k) >= least]
        for low, high, least in zip(b.low, b.high, b.ticket, strict=True)
    ]
    return [np.array(q) for q in product(*counts)]


@pytest.mark.parametrize("exponent", [0.5, 0.8])
@pytest.mark.parametrize("seed", range(3))
def test_every_merit_is_the_definition(seed, exponent):
    """Over all combinations: costs in pieces and of impact, both risks, beta on what is left, and all the limits."""
    b = wide(seed, exponent=exponent)
    for q in every(b):
        exact = written_out(b, q)
        assert score(b, q) == pytest.approx(exact, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_whole_search_finds_the_least_of_all(seed):
    """It ends on the combination with the least merit, which no sweep goes below and pairs stay close to."""
    b = wide(seed)
    least = min(every(b), key=lambda q: written_out(b, q)[0])
    found = np.zeros(4, dtype=np.int64)
    merit = search_whole(b, found)
    assert merit == pytest.approx(written_out(b, least)[0], rel=1e-12)
    assert found.tolist() == least.tolist()


def allowed(b, q):
    return all(
        lo <= k <= hi and (k == 0 or abs(k) >= t) for k, lo, hi, t in zip(q, b.low, b.high, b.ticket, strict=True)
    )


@pytest.mark.parametrize("seed", range(12))
def test_no_move_that_the_search_knows_improves_where_it_ends(seed):
    """A lot either way, nothing, the smallest tickets: none is better; the merit is that of the counts."""
    b = wide(seed, n=6)
    q = np.zeros(6, dtype=np.int64)
    before = score(b, q)[0]
    merit = improve(b, q, 40, 40)
    assert merit <= before
    assert allowed(b, q)
    assert merit == pytest.approx(written_out(b, q)[0], rel=1e-10)
    for i in range(6):
        for k in (q[i] - 1, q[i] + 1, 0, b.ticket[i], -b.ticket[i]):
            other = q.copy()
            other[i] = k
            if allowed(b, other):
                assert written_out(b, other)[0] >= merit - 1e-12 * (1 + abs(merit))


@pytest.mark.parametrize("seed", range(12))
def test_no_pair_of_moves_improves_where_pairs_end(seed):
    """Two positions moved by a lot each, to nothing or to a ticket: no better; and pairs only ever help a sweep."""
    b = wide(seed, n=5)
    q = np.zeros(5, dtype=np.int64)
    single = improve(b, q, 40, 40)
    merit = improve_pairs(b, q, np.arange(5), 60)
    assert merit <= single
    assert allowed(b, q)
    assert merit == pytest.approx(written_out(b, q)[0], rel=1e-10)
    for i, j in product(range(5), repeat=2):
        for k, l in product((-1, 1), repeat=2):  # noqa: E741
            other = q.copy()
            other[i] += k
            other[j] = other[j] + l if i != j else other[j]
            if i != j and allowed(b, other):
                assert written_out(b, other)[0] >= merit - 1e-12 * (1 + abs(merit))


def test_a_gap_is_closed_in_one_move():
    """Nine lots short of the band and of the cash to spend: the first move takes as many, whatever a lot is worth."""
    flat = {"quad": np.array([0.0]), "factors": np.array([[0.0]]), "low": np.array([-40]), "high": np.array([40])}
    for sign, exact in ((1.0, 10), (-1.0, -10)):
        b = book(**flat, lot=np.array([0.05]), rows=np.array([[sign], [0.0]]), start=np.array([0.5, 1.0]),
                 row_lower=np.array([0.957, -9.0]), row_upper=np.array([9.0, 9.0]))  # fmt: skip
        q = np.array([0])
        improve(b, q, 1, 0)
        assert q.tolist() == [exact]
    spend = book(**flat, lot=np.array([0.03]), rows=np.array([[0.0], [1.0]]), start=np.array([0.95, 0.5]),
                 row_lower=np.array([0.0, 0.0]), row_upper=np.array([9.0, 0.2]))  # fmt: skip
    q = np.array([0])
    improve(spend, q, 1, 0)
    assert q.tolist() == [10]
    short = spend._replace(row_lower=np.array([0.0, 0.8]), row_upper=np.array([9.0, 9.0]))
    q = np.array([0])
    improve(short, q, 1, 0)
    assert q.tolist() == [-11]


def test_a_smallest_ticket_is_jumped_to():
    """Where no order below six lots is taken, the search goes from nothing to six, and from six to nothing."""
    flat = {"quad": np.array([0.0]), "factors": np.array([[0.0]]), "low": np.array([-9]), "high": np.array([9])}
    wanted = {"row_lower": np.array([0.9, -9.0]), "ticket": np.array([6]), "rows": np.array([[1.0], [0.0]])}
    q = np.array([0])
    improve(book(**flat, **wanted, lot=np.array([0.07])), q, 0, 9)
    assert q.tolist() == [6]
    back = {**wanted, "row_lower": np.array([0.4, -9.0]), "row_upper": np.array([0.6, 9.0])}
    improve(book(**flat, **back, lot=np.array([0.07])), q, 0, 9)
    assert q.tolist() == [0]
