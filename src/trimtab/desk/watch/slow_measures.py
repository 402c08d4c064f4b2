"""What alert rules ask for beside beta, coverage and ages: measured when a book is made, and only if a rule asks."""

from typing import Protocol

from trimtab.beta.estimate import Betas
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.risks import review_risk
from trimtab.desk.moment.setting import Setting
from trimtab.desk.watch.alerting import asset_betas, memory_of
from trimtab.desk.watch.observation import Measured
from trimtab.errors import TrimtabError
from trimtab.exposure.expose import Exposure
from trimtab.model.calendar import Calendar
from trimtab.model.expiry import ROLL_BEFORE
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.rules import Kind, Rule

__all__ = ["MomentAgain", "measure"]

#: Compared with the method in use where a rule watches disagreement.
_METHODS = ("ols", "welch", "huber")


class MomentAgain(Protocol):
    """Makes the moment of a portfolio again."""

    def __call__(self, method: str | None = None) -> Setting:
        """Measure its betas by the method in use (None) or another, in the reading which that answers with."""
        ...


def measure(
    again: MomentAgain,
    portfolio: Portfolio,
    exposure: Exposure,
    betas: Betas,
    rules: tuple[Rule, ...],
    calendar: Calendar | None,
) -> Measured:
    """Measure what rules ask for beside beta, coverage and ages; what takes long only if one asks for it.

    Parameters
    ----------
    again
        Makes its moment again.
    portfolio
        What is held.
    exposure, betas
        As measured.
    rules
        What is asked for.
    calendar
        When prices are to be expected; None counts weekdays.
    """
    kinds = {rule.kind for rule in rules}
    risk = _risk_of(again) if kinds & {Kind.CORRELATION, Kind.LIQUIDITY} else None
    last = None if risk is None or not risk.convergence else risk.convergence[-1][1]
    return Measured(
        method=betas.method,
        differences=_differences(again, exposure) if Kind.DISAGREEMENT in kinds else {},
        memory=memory_of(exposure, betas),
        assets=asset_betas(exposure, betas),
        correlation=None if last is None else (last.average_correlation, last.n_obs),
        rolls={
            p.symbol: p.instrument.expiry - ROLL_BEFORE
            for p in portfolio.positions
            if p.instrument.settles_daily and p.instrument.expiry is not None and p.quantity != 0
        },
        liquidation_days=None if risk is None else _days_to_sell(risk, portfolio),
        calendar=calendar,
    )


def _differences(again: MomentAgain, exposure: Exposure) -> dict[str, float]:
    """Measure portfolio beta by other methods, less the one in use; one that these data do not allow is left out."""
    differences = {}
    for method in _METHODS:
        try:
            differences[method] = again(method).book.exposure.beta.value - exposure.beta.value
        except TrimtabError:
            continue
    return differences


def _risk_of(again: MomentAgain) -> Risk | None:
    """Measure what beta misses; None where the data do not say it."""
    try:
        setting = again()
        return review_risk(setting.portfolio, setting)
    except TrimtabError:
        return None


def _days_to_sell(risk: Risk, portfolio: Portfolio) -> float | None:
    cash = {p.symbol for p in portfolio.positions if p.instrument.is_money}
    owned = [line for line in risk.liquidity.lines if line.asset not in cash]
    days = [line.days for line in owned if line.days is not None]
    # One position whose volume is not known could be the slowest.
    return max(days) if days and len(days) == len(owned) else None
