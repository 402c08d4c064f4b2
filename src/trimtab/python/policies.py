"""How often to hedge: a portfolio, stated numbers, or one option."""

from collections.abc import Sequence
from typing import Any, Unpack

from trimtab.desk.answers.policy import policy_of
from trimtab.desk.ask.hedge_policy import HedgePolicy
from trimtab.desk.ask.hedging.policy_inputs import Stated
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.policy import PolicyQuestion, StatedInputs
from trimtab.errors import InputError
from trimtab.hedge.often.simulate import Effort
from trimtab.market.frequency import TRADING_YEAR
from trimtab.model.mandate import Mandate
from trimtab.python.how import PolicyHow, groups_of, how_of
from trimtab.python.planning import listed
from trimtab.wiring.files import open_inputs

__all__ = ["hedge_policy"]


def hedge_policy(
    prices: Any = None,
    holdings: Any = None,
    mandate: Mandate | None = None,
    *,
    hedge: str | Sequence[str] = (),
    risk_aversion: float | None = None,
    tracking_error_budget: float | None = None,
    nav: float | None = None,
    stated: Stated | None = None,
    bands: Sequence[float] = (),
    intervals: Sequence[float] = (),
    **how: Unpack[PolicyHow],
) -> HedgePolicy:
    """Say how often to hedge: the best band and interval, what each costs a year and what tracking error it leaves.

    Parameters
    ----------
    prices, holdings, mandate, **how
        As in `review`, and those of a policy (below); without prices and holdings every input must be stated.
    hedge
        Futures, perpetuals and funds that may be traded, as in `plan`: they set the cost and the lot.
    risk_aversion, tracking_error_budget
        Relative, 3 unless stated; or in its place the tracking error a year that missing the target may cause.
    nav
        Base currency; needed without holdings.
    stated
        Inputs that are stated instead of measured.
    bands, intervals
        Half-widths, and years between trades, to show beside the best ones.

    Other Parameters
    ----------------
    hedge_prices : mapping of str to float
        As in `plan`.
    seed : int
        Of the simulations.
    checks_per_year : float
        Looks at the band a year; None looks on every day that has prices (252 or 365).
    effort : Effort
        How many paths are simulated, and for how long.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab.desk.ask.hedging.policy_inputs import Stated
    >>> from trimtab.hedge.often.simulate import Effort
    >>> from trimtab.python.policies import hedge_policy
    >>> known = Stated(drift_vol=0.1, market_vol=0.2, cost_per_beta=50.0)
    >>> hedge_policy(nav=1e6, stated=known, effort=Effort(paths=8, cycles=20)).band
    0.0148
    """
    measuring, instruments = groups_of(how_of(how))
    inputs = None
    if prices is None and holdings is None:
        terms = MandateTerms(band=None if mandate is None else mandate.band)
    elif prices is None or holdings is None or mandate is None:
        raise InputError(
            expected="prices, holdings and a mandate together",
            found="only some of them",
            try_next="give all three, or none and the net asset value",
        )
    else:
        terms = MandateTerms.of(mandate)
        inputs = open_inputs(prices, holdings, measuring, instruments)
    question = PolicyQuestion(
        mandate=terms, measuring=measuring, instruments=instruments,
        hedge=listed(hedge), hedge_prices=how.get("hedge_prices") or {},
        risk_aversion=risk_aversion, tracking_error_budget=tracking_error_budget,
        stated=StatedInputs(nav=nav), bands=tuple(bands),
        intervals=tuple(years * TRADING_YEAR for years in intervals), checks=how.get("checks_per_year"),
        seed=how.get("seed", 1),
    )  # fmt: skip
    return policy_of(question, inputs, stated=stated, effort=how.get("effort") or Effort())
