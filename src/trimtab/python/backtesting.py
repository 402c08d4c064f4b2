"""Would it have worked: rules of hedging replayed over a book's past."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from trimtab.desk.answers.backtest import backtest_of
from trimtab.desk.ask.backtest.replay import Backtest
from trimtab.desk.questions.backtest import USUAL_POLICIES, BacktestQuestion
from trimtab.desk.questions.fields import refuse_uncounted, usual
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.model.mandate import Mandate
from trimtab.python.how import BacktestHow, groups_of, how_of
from trimtab.python.planning import listed
from trimtab.wiring.files import open_inputs

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["run_backtest"]


def run_backtest(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    hedge: str | Sequence[str],
    start: "str | dt.date | None" = None,
    policies: Sequence[str] = USUAL_POLICIES,
    methods: Sequence[str] | None = None,
    risk_aversion: float = 3.0,
    **how: Unpack[BacktestHow],
) -> Backtest:
    """Replay rules of hedging over a book's past: what each cost, how well beta was kept, what is noise.

    Parameters
    ----------
    prices, holdings, mandate, **how
        As in `plan`, and those of a backtest (below); of the mandate its benchmark, target, band and costs count.
    hedge
        The root of a family of futures in the book's base currency: "ES"; of several the first is traded.
    start
        First day; None takes the first on which everything held can be measured.
    policies
        Rules: never, weekly, monthly, quarterly, band:WIDTH:edge, band:WIDTH:centre, best.
    methods
        Estimators, each with each policy; None takes ``method`` alone.
    risk_aversion
        Relative: half of it times the squared tracking error is what missing the target costs.

    Other Parameters
    ----------------
    roll_days : int
        Days before expiry from which on the next contract is traded; 8.
    fill : str
        "next-close", or "same-close", which nobody can do.
    seed : int
        Of the intervals.
    exact : bool
        Day by day through ledger, measurement, verdict and plan: slow, and the same.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> result = tt.run_backtest(
    ...     sample.prices_path(), "3000 AAPL, 4000 JPM", tt.Mandate(benchmark="SPX", target=1.0, band=0.05),
    ...     hedge="ES", start="2020-01-02", policies=["never", "monthly"], method="ols",
    ... )  # fmt: skip
    >>> [outcome.policy for outcome in result.outcomes], result.is_model
    (['never', 'monthly'], True)
    """
    measuring, instruments = groups_of(how_of(how))
    terms = MandateTerms(
        benchmark=mandate.benchmark, target=mandate.target, band=mandate.band, commission=mandate.costs.commission,
        half_spread_ticks=mandate.costs.half_spread_ticks,
    )  # fmt: skip
    question = BacktestQuestion(
        mandate=terms, measuring=measuring, instruments=instruments, hedge=listed(hedge), start=start,
        policies=tuple(policies), methods=None if methods is None else tuple(methods), risk_aversion=risk_aversion,
        roll_days=how.get("roll_days", 8), fill=how.get("fill", "next-close"), seed=how.get("seed", 1),
        exact=how.get("exact", False),
    )  # fmt: skip
    refuse_uncounted(question)
    return backtest_of(usual(question), open_inputs(prices, holdings, measuring, instruments))
