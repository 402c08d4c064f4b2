"""How often to hedge: a portfolio, stated numbers, or one option."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from trimtab.beta.method import Estimator
from trimtab.desk.ask.hedge_policy import HedgePolicy, Stated, measure_inputs, state_inputs
from trimtab.desk.ask.hedge_policy import hedge_policy as run_policy
from trimtab.errors import InputError
from trimtab.hedge.often.simulate import Effort
from trimtab.model.mandate import Mandate
from trimtab.wiring.inputs import settle

__all__ = ["hedge_policy"]


def hedge_policy(
    prices: Any = None,
    holdings: Any = None,
    mandate: Mandate | None = None,
    *,
    hedge: str | Sequence[str] = (),
    risk_aversion: float = 3.0,
    nav: float | None = None,
    stated: Stated | None = None,
    bands: Sequence[float] = (),
    intervals: Sequence[float] = (),
    seed: int = 1,
    checks_per_year: float | None = None,
    effort: Effort | None = None,
    base: str = "USD",
    method: str | Estimator = "default",
    window: int | None = None,
    as_of: dt.date | str | None = None,
    risk_free: Any = None,
    fx: Any = None,
    contracts: Any = None,
    funds: Any = None,
    hedge_prices: dict[str, float] | None = None,
    **options: Any,
) -> HedgePolicy:
    """Say how often to hedge: the best band and interval, what each costs a year and what tracking error it leaves.

    Parameters
    ----------
    prices, holdings, mandate, base, method, window, as_of, risk_free, fx, contracts, funds, **options
        As in `review`; without prices and holdings every input must be stated.
    hedge, hedge_prices
        Futures that may be traded, as in `plan`: they set the cost and the lot.
    risk_aversion
        Relative; 3 is a usual figure.
    nav
        Base currency; needed without holdings.
    stated
        Inputs that are stated instead of measured.
    bands, intervals
        Half-widths, and years between trades, to show beside the best ones.
    seed, checks_per_year, effort
        Of the simulations.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab.desk.ask.hedge_policy import Stated
    >>> from trimtab.hedge.often.simulate import Effort
    >>> from trimtab.wiring.policies import hedge_policy
    >>> known = Stated(drift_vol=0.1, market_vol=0.2, cost_per_beta=50.0)
    >>> hedge_policy(nav=1e6, stated=known, effort=Effort(paths=8, cycles=20)).band
    0.0148
    """
    given = stated or Stated()
    if prices is None and holdings is None:
        if nav is None:
            raise InputError(
                expected="prices and holdings, or the net asset value",
                found="neither",
                try_next="give --prices, --holdings, --benchmark; or --nav, --drift-vol, --market-vol, --cost",
            )
        inputs = state_inputs(
            nav=nav, risk_aversion=risk_aversion, stated=given, base=base,
            mandate_band=None if mandate is None else mandate.band,
        )  # fmt: skip
    else:
        if prices is None or holdings is None or mandate is None or nav is not None:
            raise InputError(
                expected="prices, holdings and a benchmark together, and NAV from them",
                found="only some of them" if nav is None else f"a stated NAV of {nav:g} beside holdings",
                try_next="give --prices, --holdings and --benchmark, and leave --nav out",
            )
        names = tuple(n.strip() for n in hedge.split(",") if n.strip()) if isinstance(hedge, str) else tuple(hedge)
        table, setting, held, hedges = settle(
            prices, holdings, mandate, base=base, method=method, window=window, as_of=as_of, risk_free=risk_free,
            fx=fx, contracts=contracts, hedge=names, funds=funds, **options,
        )  # fmt: skip
        inputs = measure_inputs(
            held, mandate, setting, hedges=hedges, contracts=table, risk_aversion=risk_aversion, stated=given,
            stated_prices=hedge_prices,
        )  # fmt: skip
    return run_policy(
        inputs, bands=bands, intervals=intervals, seed=seed, checks_per_year=checks_per_year, effort=effort
    )
