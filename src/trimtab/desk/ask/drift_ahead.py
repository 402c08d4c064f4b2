"""Use case: how fast beta drifts from here, and when it is likely to leave its band."""

from dataclasses import dataclass, replace

import numpy as np

from trimtab.beta.method import Estimator, parse_method
from trimtab.beta.walk import walk
from trimtab.desk.ask.review import Setting
from trimtab.errors import NotEnoughDataError
from trimtab.market.frequency import TRADING_YEAR
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.model.shown import Shown
from trimtab.monitor.ahead.delta import DeltaDrift, delta_drift
from trimtab.monitor.ahead.projection import HORIZONS, FactorRisk, Projection, project_beta
from trimtab.monitor.drift.shift import freeze_book

__all__ = ["Ahead", "look_ahead", "measure_risk"]

#: Trading days from which current volatility is measured, and the fewest rows.
WINDOW, _LEAST_ROWS = 63, 26
#: Steps of a week (of a row, where rows are longer) in which the wandering of estimates is measured.
WEEKS = 26
_DAYS = 5
_FEWEST = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ahead(Shown):
    """What is likely to become of a portfolio's beta.

    Parameters
    ----------
    rates
        How fast deltas and beta drift per 1%, day and volatility point.
    projection
        Where beta is going, and when it leaves the band.
    risk
        Volatilities used.
    """

    rates: DeltaDrift
    projection: Projection
    risk: FactorRisk


def look_ahead(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    *,
    method: str | Estimator = "default",
    tolerance: float = 0.1,
    horizons: tuple[int, ...] = HORIZONS,
    paths: int = 4000,
    seed: int = 0,
) -> Ahead:
    """Project a portfolio's beta at current volatility.

    Parameters
    ----------
    portfolio, mandate
        What is held, and the band.
    setting
        The moment, from `trimtab.desk.ask.review.set_up`.
    method
        As in `set_up`, to see how its estimates wander; that is left out where it has no history.
    tolerance
        On the delta of one option.
    horizons, paths, seed
        As in `trimtab.monitor.ahead.projection.project_beta`.
    """
    risk = measure_risk(portfolio, setting, method=method)
    volatility = {
        e.asset: float(np.hypot((e.value or 0.0) * risk.benchmark, risk.residual[e.asset]))
        for e in setting.betas.estimates
        if e.value is not None and e.asset in risk.residual
    }
    frozen = freeze_book(portfolio, setting.market, setting.betas)
    return Ahead(
        rates=delta_drift(frozen, volatility=volatility, tolerance=tolerance),
        projection=project_beta(
            frozen, risk=risk, lower=mandate.lower, upper=mandate.upper,
            horizons=horizons, paths=paths, seed=seed,
        ),
        risk=risk,
    )  # fmt: skip


def measure_risk(
    portfolio: Portfolio,
    setting: Setting,
    *,
    method: str | Estimator = "default",
) -> FactorRisk:
    """Measure the volatilities that move a portfolio's beta, from the last `WINDOW` trading days of returns.

    Raises
    ------
    NotEnoughDataError
        If the benchmark has fewer than 20 returns there.
    """
    pairs = pair_returns(setting.converted, benchmark=setting.betas.benchmark, risk_free=setting.risk_free)
    pairs = replace(pairs, outside=setting.betas.outside)
    rows = pairs.frequency.rows(WINDOW, least=min(WINDOW, _LEAST_ROWS))
    asset, market = pairs.asset[-rows:], pairs.market[-rows:]
    own = asset[:, pairs.symbols.index(pairs.benchmark)]
    per_day = float(np.sqrt(TRADING_YEAR / pairs.frequency.periods_per_year))
    own = own[np.isfinite(own)]
    if len(own) < _FEWEST:
        raise NotEnoughDataError(
            expected=f"at least {_FEWEST} returns of {pairs.benchmark} to measure volatility from",
            found=f"{len(own)}",
            try_next="give prices that reach further back",
        )
    residual = {}
    for i, name in enumerate(pairs.symbols):
        beta = setting.betas[name].value if name in setting.betas else None
        if beta is None:
            continue
        left = asset[:, i] - beta * market[:, i]
        left = left[np.isfinite(left)]
        if len(left) >= _FEWEST:
            residual[name] = float(np.std(left, ddof=1)) / per_day
    return FactorRisk(
        benchmark=float(np.std(own, ddof=1)) / per_day,
        residual=residual,
        estimates=_wandering(portfolio, setting, pairs, parse_method(method)),
    )


def _wandering(portfolio: Portfolio, setting: Setting, pairs: PairedReturns, estimator: Estimator) -> float:
    """Give the spread per day that changing estimates make in portfolio beta at today's weights; 0 if not known."""
    step = pairs.frequency.rows(_DAYS)
    rows = np.arange(len(pairs.dates) - 1 - step * WEEKS, len(pairs.dates), step)
    if rows[0] < 0:
        return 0.0
    history = walk(pairs, estimator, rows=rows)
    today = setting.of(portfolio).book.exposure
    weights = np.zeros(len(history.symbols))
    for line in today.positions:
        for name, money in line.weights:
            if name in history.symbols:
                weights[history.column(name)] += money / today.nav
    used = weights != 0.0
    beta = history.beta[:, used] @ weights[used]
    changes = np.diff(beta)
    changes = changes[np.isfinite(changes)]
    days = step * TRADING_YEAR / pairs.frequency.periods_per_year
    return float(np.sqrt(np.mean(changes**2) / days)) if len(changes) >= WEEKS // 2 else 0.0
