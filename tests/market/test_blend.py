"""The series of a blended benchmark: by hand, by an independent walk, as laws, without a look ahead, and bad input."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError, Reason
from trimtab.market.blend import add_blend
from trimtab.market.prices import PriceTable, as_cells, reason_of
from trimtab.market.rates.currency import convert
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.blend import Blend, canonical_benchmark, lead_of, parse_blend, parts_of

DAYS = np.busday_offset("2023-01-02", np.arange(150))


def a_table(seed=1, **more):
    rng = np.random.default_rng(seed)
    walk = {name: 100 * np.cumprod(1 + rng.normal(0, 0.01, 150)) for name in ("A", "B", "C")}
    return PriceTable.of({**walk, **more}, dates=DAYS)


def series(table, text, **how):
    made = add_blend(table, table, parse_blend(text), **how)
    return made.values[:, -1]


def walked(table, pieces, rule, cash_rate=0.0):
    """Hold money in a dictionary of pots, day by day: shares no code, no formula and no array with the product."""
    columns = {s: table.values[:, i].tolist() for i, s in enumerate(table.symbols)}
    days = [dt.date.fromisoformat(str(d)[:10]) for d in table.dates]
    levels, pots, held_weights, last = [], None, None, None
    for row, day in enumerate(days):
        weights = next(w for start, w in reversed(pieces) if start is None or start <= day)
        if any(s != "cash" and np.isnan(columns[s][row]) for s in weights):
            levels.append(np.nan)
            continue
        if pots is None:
            pots, held_weights = {s: 100.0 * w for s, w in weights.items()}, weights
        else:
            month_over = (day.year, day.month) != (days[last].year, days[last].month)
            if rule == "daily" or (rule == "monthly" and month_over) or weights is not held_weights:
                worth = sum(pots.values())
                pots, held_weights = {s: worth * w for s, w in weights.items()}, weights
            for s in pots:
                grown = 1 + cash_rate * (day - days[last]).days / 365 if s == "cash" else None
                pots[s] *= columns[s][row] / columns[s][last] if grown is None else grown
        last = row
        levels.append(sum(pots.values()))
    return np.array(levels)


@pytest.mark.parametrize("rule", ["daily", "monthly", "none"])
@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("0.6*A + 0.4*B", [(None, {"A": 0.6, "B": 0.4})]),
        ("1.3*A - 0.3*B", [(None, {"A": 1.3, "B": -0.3})]),
        (
            "60% A + 40% B; from 2023-03-15: 0.5*B + 0.5*C",
            [(None, {"A": 0.6, "B": 0.4}), (dt.date(2023, 3, 15), {"B": 0.5, "C": 0.5})],
        ),
        ("0.7*A + 0.3*cash", [(None, {"A": 0.7, "cash": 0.3})]),
    ],
)
def test_a_blend_is_what_pots_of_money_become(text, pieces, rule):
    """Against money moved by hand between pots, gaps in the prices included."""
    table = a_table()
    values = table.values.copy()
    values[[20, 21, 43, 90], [0, 1, 1, 1]] = np.nan
    table = PriceTable.of(dict(zip(table.symbols, values.T, strict=True)), dates=DAYS)
    made = series(table, f"{text} rebalanced {rule}", risk_free=RiskFree.constant(0.04))
    np.testing.assert_allclose(made, walked(table, pieces, rule, 0.04), rtol=1e-12)


def test_two_months_by_hand():
    """Half and half: A gains 10% in January; in February the weights are half again, and B gains 10%."""
    table = PriceTable.of(
        {"A": [100.0, 110.0, 110.0], "B": [50.0, 50.0, 55.0]}, dates=["2024-01-30", "2024-01-31", "2024-02-01"]
    )
    assert series(table, "0.5*A + 0.5*B").tolist() == pytest.approx([100.0, 105.0, 110.25])
    assert series(table, "0.5*A + 0.5*B rebalanced none").tolist() == pytest.approx([100.0, 105.0, 110.0])


@given(
    weight=st.floats(-0.5, 1.5).filter(lambda w: abs(w) > 0.01 and abs(w - 1) > 0.01),
    scale=st.floats(0.01, 100.0),
    seed=st.integers(0, 99),
)
@settings(max_examples=25, deadline=None)
def test_daily_is_the_weighted_sum_of_returns_and_scale_is_nothing(weight, scale, seed):
    """Return by return; and a component quoted in other units changes no return."""
    weight = round(weight, 4)
    table = a_table(seed)
    text = canonical_benchmark(f"{weight:.4f}*A + {1 - weight:.4f}*B rebalanced daily".replace("+ -", "- "))
    level = series(table, text)
    returns = table.values[1:] / table.values[:-1] - 1
    np.testing.assert_allclose(
        level[1:] / level[:-1] - 1, weight * returns[:, 0] + (1 - weight) * returns[:, 1], atol=1e-12
    )
    scaled = replace(table, values=table.values * np.array([scale, 1.0, 1.0]))
    np.testing.assert_allclose(series(scaled, text), level, rtol=1e-12)


@pytest.mark.parametrize("rule", ["daily", "monthly", "none"])
def test_no_look_ahead(rule):
    """Prices after a day, cut off or scrambled, change no bit of what is before, gaps and later weights included."""
    table = a_table(B=np.where(np.arange(150) % 13 == 4, np.nan, a_table(5).values[:, 1]))
    text = f"0.6*A + 0.4*B; from 2023-04-03: 0.2*A + 0.8*C rebalanced {rule}"
    whole = series(table, text)
    for row in (30, 64, 65, 66, 120):
        cut = series(table.until(str(DAYS[row])), text)
        np.testing.assert_array_equal(cut, whole[: row + 1])
        later = table.values.copy()
        later[row + 1 :] = later[row + 1 :][::-1] * 3
        other = PriceTable.of(dict(zip(table.symbols, later.T, strict=True)), dates=DAYS)
        scrambled = series(other, text)
        np.testing.assert_array_equal(scrambled[: row + 1], whole[: row + 1])


def test_what_is_missing_stays_missing_with_its_reason():
    """A day of one component without a price, days before the first weights, and a split that nobody recorded."""
    table = a_table(A=np.where(np.arange(150) == 50, np.nan, a_table().values[:, 0]))
    made = add_blend(table, table, parse_blend("from 2023-01-10: 0.5*A + 0.5*B"))
    assert np.isnan(made.values[:6, -1]).all()
    assert reason_of(int(made.why[3, -1])) is Reason.NOT_LISTED
    assert np.isnan(made.values[50, -1])
    assert reason_of(int(made.why[50, -1])) is Reason.ABSENT
    assert np.isfinite(made.values[6:, -1]).sum() == 143
    broken = replace(table, breaks=as_cells([(50, 0), (60, 2)]))
    marked = add_blend(broken, broken, parse_blend("0.5*A + 0.5*B"))
    assert [row for row, column in marked.breaks.tolist() if column == 3] == [51]
    assert marked.values[51, -1] == pytest.approx(marked.values[49, -1], rel=1e-14)


def test_something_new_without_a_price_before_its_day_gives_no_return():
    """The step into weights that could not be bought is no return; the next one is."""
    late = np.where(np.arange(150) < 40, np.nan, a_table().values[:, 2])
    table = a_table(C=late)
    made = add_blend(table, table, parse_blend(f"1*A; from {DAYS[40]}: 1*C"))
    assert [row for row, column in made.breaks.tolist() if column == 3] == [40]
    assert made.values[41, -1] / made.values[40, -1] == pytest.approx(late[41] / late[40])


def test_a_blend_is_the_same_in_every_currency():
    """Made in dollars and converted into euros, or made of prices in euros: the same returns."""
    table = a_table()
    rates = 1.1 * np.cumprod(1 + np.random.default_rng(9).normal(0, 0.005, 150))
    fx = FxRates.of({"EURUSD": rates}, dates=DAYS)
    dollars = replace(table, currencies=("USD",) * 3)
    blend = parse_blend("1.2*A - 0.2*B")
    before = convert(add_blend(dollars, dollars, blend), "EUR", fx).values[:, -1]
    in_euros = convert(dollars, "EUR", fx)
    after = add_blend(in_euros, in_euros, blend).values[:, -1]
    np.testing.assert_allclose(after / after[0], before / before[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("0.6*SPX", "add up to 1", "0.6 in"),
        ("0.6*SPX + 0.6*AGG", "add up to 1", "1.2 in"),
        ("60*SPX + 40*AGG", "add up to 1", "100 in"),
        ("0.6*SPX + 0.4*", "a symbol after each weight", "'+ 0.4*'"),
        ("0.6*SPX +", "after each sign", "'SPX +'"),
        ("0.6*SPX + 0.4*AGG -", "after each sign", "'AGG -'"),
        ("0.6*SPX+0.4*AGG+", "after each sign", "'AGG+'"),
        ("0.6*SPX + AGG", "a number and * before each symbol", "'SPX + AGG'"),
        ("0.6*SPX + 0.4*AGG, monthly", "a number and * before each symbol", "'AGG, monthly'"),
        ("0.5*SPX + 0.5*SPX", "each benchmark of a blend once", "SPX twice"),
        ("0*SPX + 1*AGG", "other than 0", "SPX"),
        ("100% cash", "at least one benchmark", "cash alone"),
        ("0.6*SPX + 0.4*AGG rebalanced weekly", "daily, monthly or none", "'weekly'"),
        ("from 2020-13-01: 1*SPX", "a day such as", "'2020-13-01'"),
        ("1*SPX; 1*AGG", "a day for each later set", "without"),
        ("from 2021-01-01: 1*SPX; from 2020-01-01: 1*AGG", "in order", "2021-01-01, 2020-01-01"),
    ],
)
def test_words_that_are_no_blend_are_refused(text, expected, found):
    """Each says what was expected, what was found, and what to try."""
    with pytest.raises(InputError) as refused:
        parse_blend(text)
    assert expected in refused.value.expected
    assert found in refused.value.found
    assert refused.value.try_next


def test_the_one_form_of_a_benchmark():
    """However it is written; what can be read is read again as the same."""
    same = {"0.6*SPX + 0.4*AGG", "60%SPX+40%AGG", ".6 * SPX + .4 * AGG", "60% SPX + 40% AGG rebalanced MONTHLY"}
    assert {canonical_benchmark(text) for text in same} == {"0.6*SPX + 0.4*AGG"}
    assert [canonical_benchmark(s) for s in ("SPX", "3M", "1.0*SPX", "BRK-B", "100% ^GSPC")] == [
        "SPX", "3M", "SPX", "BRK-B", "^GSPC",
    ]  # fmt: skip
    text = "from 2015-01-01: 0.6*BTC/USDT + 0.4*SX5E in EUR; from 2020-01-01: 1.3*BRK-B - 0.3*cash rebalanced none"
    assert canonical_benchmark(text) == text
    assert str(parse_blend(text)) == text
    assert (lead_of(text), parts_of(text)) == ("BRK-B", ("BTC/USDT", "SX5E in EUR", "BRK-B"))
    thirds = parse_blend("33.3333% A + 33.3333% B + 33.3333% C")
    assert isinstance(thirds, Blend)
    assert sum(thirds.shares(0).values()) == pytest.approx(1.0, abs=1e-15)


def test_a_blend_without_a_day_in_common_or_without_worth_is_refused():
    """Three parts each, and no series."""
    apart = a_table(B=np.where(np.arange(150) < 75, np.nan, 1.0), A=np.where(np.arange(150) < 75, 1.0, np.nan))
    with pytest.raises(NotEnoughDataError, match="0 among 150 dates"):
        series(apart, "0.5*A + 0.5*B")
    table = a_table(B=np.linspace(100.0, 900.0, 150))
    with pytest.raises(InputError, match="lost all of it on 2023-"):
        series(table, "2*A - 1*B rebalanced none")
