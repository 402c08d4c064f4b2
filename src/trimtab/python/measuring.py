"""Measure: betas of assets, histories, the portfolio and its review."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from trimtab.beta.estimate import Betas
from trimtab.beta.history import BetaHistory
from trimtab.beta.method import Estimator
from trimtab.beta.validation.league import League
from trimtab.desk.answers.betas import Diagnosed, betas_of, diagnosis_of
from trimtab.desk.answers.review import review_of
from trimtab.desk.ask.review import Review
from trimtab.desk.moment.asset_facts import with_multiples
from trimtab.desk.moment.history import beta_history as recall
from trimtab.desk.moment.history import history_of_returns
from trimtab.desk.moment.measure import Measured
from trimtab.desk.moment.validate import validate
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, LeagueQuestion
from trimtab.desk.questions.fields import refuse_uncounted
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import InputError
from trimtab.exposure.explain import Explanation
from trimtab.exposure.explain import explain as run_explain
from trimtab.exposure.expose import Exposure
from trimtab.exposure.expose import expose as run_expose
from trimtab.exposure.moves import MOVES
from trimtab.feeds.contracts import open_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.market.daycount import as_moment
from trimtab.market.snapshot import Market
from trimtab.model.blend import canonical_benchmark
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio
from trimtab.python.how import How, groups_of
from trimtab.risk.hidden import Role
from trimtab.wiring.files import open_inputs, open_prices

__all__ = [
    "beta_history",
    "diagnose_betas",
    "estimate_betas",
    "explain",
    "expose",
    "measure",
    "portfolio",
    "read_portfolio",
    "review",
    "validate_betas",
]


def portfolio(
    source: Any, *, base: str = "USD", as_of: dt.date | None = None, contracts: str | Path | ContractTable | None = None
) -> Portfolio:
    """Make a portfolio of one line of text, of quantities by symbol, or of a table.

    Parameters
    ----------
    source
        A line such as ``100 AAPL, -2 ESZ26, 5 SPX 6000P Dec26, 25000 USD``; a dict (or a pandas series) of the same
        names and their quantities; a frame (pandas, Polars, Arrow) or a dict of columns, as `read_portfolio` takes; or
        a `Portfolio`, which is given back.
    base
        Base currency.
    as_of
        Needed for one-digit contract years (ESZ6).
    contracts
        A file of contracts that adds to the bundled table.

    Examples
    --------
    >>> import trimtab as tt
    >>> [str(p.quantity) for p in tt.portfolio("100 AAPL, -2 ESZ26, 25000 USD").positions]
    ['100', '-2', '25000']
    >>> tt.portfolio({"AAPL": 100, "USD": 25000}) == tt.portfolio("100 AAPL, 25000 USD")
    True
    """
    table = open_contracts(contracts)
    if isinstance(source, str):
        return parse_portfolio(source, base=base, contracts=table, as_of=as_of)
    return read_holdings(source, base=base, contracts=table, as_of=as_of)


def read_portfolio(
    source: Any, *, base: str = "USD", as_of: dt.date | None = None, contracts: str | Path | ContractTable | None = None
) -> Portfolio:
    """Read a portfolio from a CSV or Parquet file, or a frame.

    Parameters
    ----------
    source
        Path, frame, dict of quantities by symbol, or a `Portfolio` (given back).
    base
        Base currency; also that of rows that state none.
    as_of
        Needed for one-digit contract years.
    contracts
        A file of contracts that adds to the bundled table.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> len(tt.read_portfolio(sample.portfolio_path()).positions)
    17
    """
    return read_holdings(source, base=base, contracts=open_contracts(contracts), as_of=as_of)


def estimate_betas(
    prices: Any,
    *,
    benchmark: str,
    multiples: Mapping[str, float] | None = None,
    **how: Unpack[How],
) -> Betas:
    """Estimate the beta of every asset in a price table.

    Parameters
    ----------
    prices
        A path (CSV, Parquet), a frame (pandas, Polars, Arrow), or a `PriceTable`.
    benchmark
        Symbol of the benchmark in it.
    multiples
        Daily multiples of the benchmark that funds promise, by symbol, such as ``{"TQQQ": 3, "SH": -1}``: the prior of
        such a fund is that multiple of the shares', and it counts in no prior itself.
    **how
        How betas are measured, as in `Measuring`: ``method`` (``ols``, ``ewma``, ``welch``, compositions such as
        ``welch|vasicek``, or ``default``), ``reading``, ``window`` (paired returns looked at), ``half_life``,
        ``errors``, ``as_of`` (last day that may be used), ``risk_free`` (annual rate, or path or frame of dated rates),
        ``benchmark_returns``, ``base`` (currency to convert prices into; needed if they state several), ``fx`` (path
        or frame of exchange rates); and ``lags`` and ``min_obs`` of an estimator.

    Returns
    -------
    Betas; ``betas["AAPL"].value``, ``betas.to_frame()``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> betas = tt.estimate_betas(sample.prices_path(), benchmark="SPX", method="ols", window=252)
    >>> round(betas["AAPL"].value, 2), betas["AAPL"].n_obs
    (1.31, 252)
    """
    return measure(prices, benchmark=benchmark, multiples=multiples, **how).betas


def measure(
    prices: Any,
    *,
    benchmark: str,
    multiples: Mapping[str, float] | None = None,
    **how: Unpack[How],
) -> Measured:
    """Do what `estimate_betas` does, and give what was set aside as well."""
    measuring, _ = groups_of(how)
    question = BetaQuestion(mandate=MandateTerms(benchmark=benchmark), measuring=measuring, multiples=multiples or {})
    return betas_of(question, open_prices(prices, measuring))


def expose(
    portfolio: Any,
    market: Market,
    betas: Betas,
    *,
    base: str = "USD",
    as_of: dt.date | None = None,
    contracts: str | Path | ContractTable | None = None,
) -> Exposure:
    """Measure a portfolio at one moment with given betas.

    Parameters
    ----------
    portfolio
        A `Portfolio`, or a path or frame that `read_portfolio` takes.
    market
        The moment, from `trimtab.market_at`.
    betas
        From `estimate_betas`.
    base, as_of, contracts
        As in `read_portfolio`, where the portfolio is still to be read.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> betas = tt.estimate_betas(prices, benchmark="SPX")
    >>> held = tt.portfolio("100 AAPL, 5000 USD")
    >>> round(tt.expose(held, tt.market_at(prices, base="USD"), betas).beta.value, 2)
    0.99
    """
    if not isinstance(market, Market):
        raise wrong_kind("a moment as the market", market, 'give market_at(prices, base="USD")')
    if not isinstance(betas, Betas):
        raise wrong_kind("betas", betas, "give what estimate_betas(prices, benchmark=...) returned")
    return run_expose(read_portfolio(portfolio, base=base, as_of=as_of, contracts=contracts), market, betas)


def review(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    moves: Sequence[float] = MOVES,
    vol_shift: float = 0.0,
    also: Sequence[str] = (),
    role: Role | None = None,
    hidden: bool = True,
    **how: Unpack[How],
) -> Review:
    """Measure a portfolio and compare it with its mandate.

    Parameters
    ----------
    prices
        Path, frame or `PriceTable`.
    holdings
        Path, frame or `Portfolio`.
    mandate
        Benchmark, target, band and confidence.
    **how
        As in `estimate_betas`, and what is known of instruments (`Instruments`): ``contracts`` (files that add to the
        bundled table), ``funds`` (files of what they hold, or a dict of fund to (symbol, weight) pairs, to measure them
        through), ``chain`` (file of an option chain: European options take the forward and rate of put-call parity).
    moves, vol_shift
        Benchmark moves at which the portfolio is revalued in full, and what is added to every volatility there.
    also
        Further benchmarks, to measure against each alone and all at once.
    role, hidden
        What the money is for ("spending", "growth" or "trading"), which weighs the five things that beta hides most;
        and whether to look for them.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> tt.review(sample.prices_path(), "100 AAPL, 60 WMT, 1000 USD", mandate).verdict.status.value
    'inside'
    """
    measuring, instruments = groups_of(how)
    question = ReviewQuestion(
        mandate=MandateTerms.of(mandate), measuring=measuring, instruments=instruments, moves=tuple(moves),
        vol_shift=vol_shift, also=tuple(also), role=role,
    )  # fmt: skip
    return review_of(question, open_inputs(prices, holdings, measuring, instruments), hidden=hidden)


def explain(review: Review, asset: str) -> Explanation:
    """Say where a position's numbers come from.

    Parameters
    ----------
    review
        A result of `review`.
    asset
        Symbol of the position.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> done = tt.review(sample.prices_path(), "100 AAPL, 1000 USD", mandate)
    >>> tt.explain(done, "AAPL").formula
    'delta exposure = quantity x price x FX'
    """
    if not isinstance(review, Review):
        raise wrong_kind("a result of review", review, "give what review(prices, holdings, mandate) returned")
    return run_explain(review.exposure, review.betas, asset)


def wrong_kind(expected: str, given: Any, try_next: str) -> InputError:
    """Say that something of another kind was given."""
    return InputError(expected=expected, found=type(given).__name__, try_next=try_next)


def beta_history(
    prices: Any,
    *,
    benchmark: Any,
    horizon: int | None = None,
    step: str | int | None = None,
    progress: Any = None,
    multiples: Mapping[str, float] | None = None,
    **how: Unpack[How],
) -> BetaHistory:
    """Give the beta of every asset through time: at each date what the method would have said on that day.

    Parameters
    ----------
    prices
        Path, frame or `PriceTable`; or a NumPy array of returns, shape (n_dates, n_assets).
    benchmark
        Symbol of the benchmark; or, with an array of returns, the benchmark's returns, shape (n_dates,).
    multiples, **how
        As in `estimate_betas`.
    horizon
        Trading days over which the beta is wanted, for methods that have one.
    step
        "month-end", "week-end", "year-end" or every so many rows; None gives every date.
    progress
        Called with (done, total) while walking forward.

    Returns
    -------
    BetaHistory; ``history.beta`` has shape (n_dates, n_assets), NaN where ``history.reason`` says why.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> history = tt.beta_history(sample.prices_path(), benchmark="SPX", method="ols", window=252)
    >>> history.beta.shape, round(float(history.beta[-1, history.column("AAPL")]), 2)
    ((8313, 26), 1.31)
    """
    measuring, _ = groups_of(how)
    if not isinstance(benchmark, str):
        if multiples:
            raise InputError(
                expected="multiples by symbol beside a table of prices",
                found="an array of returns, whose columns have no names",
                try_next="give prices, or leave multiples out",
            )
        return history_of_returns(
            prices, benchmark, method=measuring.estimator(), horizon=horizon
        )  # fmt: skip
    inputs = open_prices(prices, measuring)
    return recall(
        with_multiples(inputs.prices, multiples), benchmark=canonical_benchmark(benchmark),
        method=measuring.estimator(), horizon=horizon, step=step,
        as_of=as_moment(measuring.as_of), risk_free=inputs.risk_free, base=measuring.base,
        fx=inputs.fx,
        progress=progress,
    ).history  # fmt: skip


def diagnose_betas(prices: Any, *, benchmark: str, **how: Unpack[How]) -> Diagnosed:
    """Say of each asset how far its beta can be trusted: stale prices, breaks, single days, disagreeing methods.

    Parameters
    ----------
    prices, benchmark, **how
        As in `estimate_betas`; ``window`` is the number of paired returns judged, 504 if it is left out.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> found = tt.diagnose_betas(sample.prices_path(), benchmark="SPX")
    >>> round(found[0].r_squared, 1)
    0.7
    """
    measuring, _ = groups_of(how)
    question = DiagnosisQuestion(mandate=MandateTerms(benchmark=benchmark), measuring=measuring)
    refuse_uncounted(question)
    return diagnosis_of(question, open_prices(prices, measuring))


def validate_betas(
    prices: Any,
    *,
    benchmark: str,
    methods: Sequence[str | Estimator] | None = None,
    horizons: Sequence[int] = (21, 63, 252),
    progress: Any = None,
    multiples: Mapping[str, float] | None = None,
    step: str | int = "month-end",
    seed: int = 20,
    **how: Unpack[How],
) -> League:
    """Judge estimators out of sample on your own prices: forecasts made with past data, against the betas that came.

    Parameters
    ----------
    prices, benchmark, multiples, **how
        As in `estimate_betas`; the last day, rates and base currency count.
    methods
        Who plays; None takes the default field.
    horizons
        How far forecasts look, in trading days.
    progress
        Called with (done, total, what).
    step, seed
        As in `trimtab.desk.moment.validate.validate`.

    Other Parameters
    ----------------
    min_obs : int
        As in `trimtab.desk.moment.validate.validate`.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> league = tt.validate_betas(
    ...     sample.prices_path(), benchmark="SPX", methods=["two-speed", "ols"], horizons=[252], step="year-end"
    ... )
    >>> league.score("two-speed", 252).rmse < league.score("ols", 252).rmse
    True
    """
    shared = How(**how)
    least = shared.pop("min_obs", 252)
    measuring, _ = groups_of(shared)
    refuse_uncounted(LeagueQuestion(mandate=MandateTerms(benchmark=benchmark), measuring=measuring))
    inputs = open_prices(prices, measuring)
    return validate(
        with_multiples(inputs.prices, multiples), benchmark=canonical_benchmark(benchmark), methods=methods,
        horizons=horizons,
        as_of=as_moment(measuring.as_of), risk_free=inputs.risk_free, base=measuring.base, fx=inputs.fx,
        progress=progress, step=step, min_obs=least, seed=seed,
    )  # fmt: skip
