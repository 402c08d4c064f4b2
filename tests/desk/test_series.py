"""Answers as series: each line is the answer's own numbers, laid along its days."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_answers import all_series, answer

from trimtab.desk.series.curves import ahead_series, compound_path
from trimtab.desk.series.records import Along, Line, Series, SeriesKind
from trimtab.errors import InputError


def series(kind: SeriesKind) -> Series:
    """Give the one of a kind."""
    return next(s for s in all_series() if s.kind is kind)


def line(of: Series, name: str) -> np.ndarray:
    """Give the values of a line by name."""
    return next(x.values for x in of.lines if x.name == name)


def test_there_is_one_of_each_kind():
    """Every kind is made here, so that none is left without a test."""
    assert [s.kind for s in all_series()] == list(SeriesKind)


@given(st.lists(st.one_of(st.floats(-0.5, 0.5), st.just(float("nan"))), min_size=1, max_size=30))
def test_a_compound_return_is_the_product_of_what_is_known(returns):
    """At each known period it is the product of the known ones up to it, less 1; elsewhere there is nothing."""
    path, level = compound_path(returns), 1.0
    for r, value in zip(returns, path, strict=True):
        if np.isnan(r):
            assert np.isnan(value)
        else:
            level *= 1.0 + r
            assert value == pytest.approx(level - 1.0, abs=1e-12)


def test_returns_end_where_the_review_ends():
    """The last point of the portfolio is its compound return, and the neutral part is missing where it is there."""
    review = answer("trimtab.performance/1").words[0]
    made = series(SeriesKind.RETURN)
    assert line(made, review.portfolio)[-1] == pytest.approx(np.prod(1.0 + review.returns) - 1.0)
    assert np.isnan(line(made, "neutral part (beta taken out)")[np.isnan(review.neutral)]).all()


def test_causes_of_a_drift_add_up_at_every_point():
    """At each day what the causes have added is beta less beta at the start."""
    chain = answer("trimtab.drift/1").words[0]
    made = series(SeriesKind.DRIFT)
    beta = line(made, "portfolio beta")
    assert (beta[0], beta[-1]) == (chain.start.beta.value, chain.end.beta.value)
    added = sum(x.values for x in made.lines[1:])
    assert added == pytest.approx(beta - beta[0], abs=1e-12)
    assert {x.name: x.values[-1] for x in made.lines[1:]} == pytest.approx(
        {cause.value: part for cause, part in chain.by_cause().items()}, abs=1e-12
    )
    assert chain.explained == pytest.approx(chain.change, abs=1e-12)


def test_positions_taken_together_keep_their_causes():
    """What some positions make together is the sum of what each makes, cause by cause and in all."""
    chain = answer("trimtab.drift/1").words[0]
    together = type(chain.positions[0]).together("all", chain.positions)
    assert together.part() == pytest.approx(chain.change, abs=1e-12)
    for cause, part in chain.by_cause().items():
        assert together.part(cause) == pytest.approx(part, abs=1e-12)


def test_betas_have_their_interval():
    """Low and high lie 1.96 standard errors from the value, and are missing where it is."""
    one = series(SeriesKind.BETA).lines[0]
    known = np.isfinite(one.values)
    assert known.any()
    assert not known.all()
    assert (one.high - one.values)[known] == pytest.approx((one.values - one.low)[known])
    assert np.isnan(one.low[~known]).all()


def test_the_policy_curve_is_the_table_s():
    """In practice: each band's own cost at its own tracking error, from small to large."""
    table = answer("trimtab.hedge-policy/1").words[0].table
    made = series(SeriesKind.POLICY)
    pairs = set(zip(made.along.numbers.tolist(), line(made, "cost in practice").tolist(), strict=True))
    assert pairs == {(p.practice.tracking_error, p.practice.cost) for p in table.curve}
    assert (np.diff(made.along.numbers) >= 0).all()


def test_what_lies_ahead_starts_at_today():
    """At day 0 every quantile is today's beta; further on they spread."""
    ahead = answer("trimtab.drift/1").words[1]
    made = ahead_series(ahead.projection, "M")
    ends = np.array([x.values for x in made.lines])
    assert (ends[:, 0] == ahead.projection.beta).all()
    assert (np.diff(ends[:, -1]) >= 0).all()


def test_a_line_of_another_length_is_refused():
    """A line needs a value for each point, and points are days or numbers."""
    along = Along(name="step", numbers=np.arange(3.0))
    with pytest.raises(InputError, match="3 values in a"):
        Series(kind=SeriesKind.NAV, subject="x", benchmark=None, unit="USD", along=along,
               lines=(Line(name="a", values=np.zeros(2)),))  # fmt: skip
    with pytest.raises(InputError, match="both or neither"):
        Along(name="day")
