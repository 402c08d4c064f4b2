"""Roll: which held futures end when, and what follows them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Unpack

from trimtab.desk.answers.roll import rolls_of
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.roll import RollQuestion
from trimtab.hedge.roll.records import Rolls
from trimtab.model.mandate import Costs
from trimtab.python.how import How, groups_of
from trimtab.wiring.files import open_inputs

__all__ = ["review_roll"]


def review_roll(
    prices: Any,
    holdings: Any,
    *,
    benchmark: str,
    hedge_prices: Mapping[str, float] | None = None,
    yields: Mapping[str, float] | None = None,
    roll_days: int = 8,
    costs: Costs | None = None,
    spread_ticks: Decimal | None = None,
    spread_commission: Decimal | None = None,
    **how: Unpack[How],
) -> Rolls:
    """Say which held futures are to be rolled, into what, at which implied financing, and what changing costs.

    Parameters
    ----------
    prices, holdings, **how
        As in `review`.
    benchmark
        Its symbol in the prices.
    hedge_prices
        Prices by contract (``{"ESM3": 3842}``) where the table has none of that month's own.
    yields
        Dividend yields a year by symbol.
    roll_days
        Days before the last trading day from which on a contract is to be rolled.
    costs
        Commission and half-spread of a trade; None takes the contract table's and half a tick.
    spread_ticks, spread_commission
        Half the bid-ask spread of the calendar spread in ticks, and its commission for both legs; None takes one
        contract's half-spread and two commissions.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> rolls = tt.review_roll(
    ...     sample.prices_path(), sample.portfolio_path(), benchmark="SPX", risk_free="0.043",
    ...     hedge_prices={"ESH3": 3804.25, "ESM3": 3829.0},
    ... )  # fmt: skip
    >>> line = rolls.lines[0]
    >>> line.need.order, round(line.financing.implied, 4), round(line.financing.rich, 0)
    ('sell 8 ESH3, buy 8 ESM3', 0.044, 19.0)
    """
    measuring, instruments = groups_of(how)
    stated = costs or Costs()
    terms = MandateTerms(benchmark=benchmark, commission=stated.commission, half_spread_ticks=stated.half_spread_ticks)
    question = RollQuestion(
        mandate=terms, measuring=measuring, instruments=instruments, hedge_prices=hedge_prices or {},
        yields=yields or {}, roll_days=roll_days, spread_ticks=spread_ticks, spread_commission=spread_commission,
    )  # fmt: skip
    return rolls_of(usual(question), open_inputs(prices, holdings, measuring, instruments))
