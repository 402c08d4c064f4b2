"""The beta of one series on another."""

from dataclasses import replace
from typing import Any, Literal, Unpack

from trimtab.beta.estimate import Betas
from trimtab.desk.answers.betas import betas_of
from trimtab.desk.answers.between import BetaBetween
from trimtab.desk.questions.beta import BetaQuestion
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.errors import InputError
from trimtab.feeds.series.pair import Pair, read_pair
from trimtab.python.how import How, groups_of
from trimtab.wiring.files import open_prices

__all__ = ["beta_between"]


def beta_between(
    y: Any, x: Any, *, given: Literal["prices", "returns"] | None = None, **how: Unpack[How]
) -> BetaBetween:
    """Measure the beta of one series on another, by the methods and with the errors of every other beta.

    Parameters
    ----------
    y, x
        The series and its benchmark: prices, or simple returns per interval (decimal; 0.01 is 1%). Series of pandas
        with dates in the index, or frames of any library with a date column and one other, are joined by date, and
        returns that do not cover the same interval are set aside. Polars series, arrays and lists have no dates: they
        are taken row by row, as trading days, and need the same length.
    given
        "prices" or "returns"; None tells by the values, and refuses where they could be either.
    **how
        As in `estimate_betas`: ``method``, ``window``, ``half_life``, ``errors``, ``as_of``, ``risk_free``,
        ``reading``, ``lags``, ``min_obs``.

    Returns
    -------
    BetaBetween; ``result.value``, ``result.stderr``, ``result.n_obs``, and ``result.reason`` where there is no value.

    Raises
    ------
    InputError
        If they cannot be paired, or it cannot be told whether they are prices or returns.

    Examples
    --------
    >>> import polars as pl
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> table = pl.read_parquet(sample.prices_path())
    >>> apple, index = (table.select("date", name).drop_nulls() for name in ("AAPL", "SPX"))
    >>> result = tt.beta_between(apple, index, method="ols", window=252)
    >>> round(result.value, 2), result.n_obs, result.given
    (1.31, 252, 'prices')
    """
    pair = read_pair(y, x, given=given)
    measuring, _ = groups_of(how)
    if measuring.as_of is not None and not pair.dated:
        raise InputError(
            expected="series with dates beside as_of", found="rows without dates", try_next="cut both series yourself"
        )
    asset, benchmark = pair.names
    question = BetaQuestion(mandate=MandateTerms(benchmark=benchmark), measuring=measuring)
    betas = betas_of(question, open_prices(pair.prices, measuring)).betas
    return BetaBetween(
        betas=_noted(betas, pair), asset=asset, given=pair.given, rows=pair.rows[0], benchmark_rows=pair.rows[1],
        overlap=pair.overlap, set_aside=pair.set_aside,
    )  # fmt: skip


def _noted(betas: Betas, pair: Pair) -> Betas:
    """Say what the series were taken as; days that were only numbered are no days of the series."""
    notes = (*betas.notes, f"taken as {pair.given}")
    if pair.set_aside:
        notes = (*notes, f"{pair.set_aside} returns set aside: the two series do not cover the same interval there")
    if pair.dated:
        return replace(betas, notes=notes)
    bare = betas.in_each_reading(_undated)
    return replace(bare, notes=(*notes, "rows without dates, taken row by row as trading days"))


def _undated(betas: Betas) -> Betas:
    return replace(betas, estimates=tuple(replace(e, first=None, last=None) for e in betas.estimates))
