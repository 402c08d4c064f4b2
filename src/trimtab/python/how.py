"""How betas are measured, as keywords of the functions of Python: the same fields that questions have, flat."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, TypedDict, cast

from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.measuring import Measuring

if TYPE_CHECKING:
    import datetime as dt

    from trimtab.beta.method import Estimator
    from trimtab.desk.ask.learned import HedgeTerms
    from trimtab.desk.questions.groups.instruments import ContractsLike, FundingLike, FundsLike
    from trimtab.desk.questions.groups.measuring import FxLike, RatesLike, TableLike
    from trimtab.hedge.often.simulate import Effort
    from trimtab.market.benchmark import ReturnKind
    from trimtab.model.instrument import Spot
    from trimtab.model.mandate import Reading
    from trimtab.model.stated_beta import StatedBeta
    from trimtab.risk.episodes import Episode
    from trimtab.risk.shocks import Shock

__all__ = [
    "BacktestHow",
    "How",
    "PerformanceHow",
    "PolicyHow",
    "RiskHow",
    "StressHow",
    "WaysHow",
    "groups_of",
    "how_of",
]


class How(TypedDict, total=False):
    """Keywords that every function of a portfolio takes: those of `Measuring` and `Instruments`.

    ``lags`` and ``min_obs`` are parameters of an estimator; what else one has is written into its method:
    ``kalman(drift=0.1)``.
    """

    method: "str | Estimator"
    reading: "Reading | None"
    window: int | None
    half_life: float | None
    errors: str | None
    as_of: "str | dt.date | None"
    risk_free: "RatesLike | None"
    benchmark_returns: "ReturnKind | None"
    base: str | None
    fx: "FxLike | None"
    contracts: "ContractsLike | None"
    funds: "FundsLike | None"
    chain: "TableLike | None"
    funding: "FundingLike | None"
    mapping: str | None
    sheet: str | None
    stated_betas: "Sequence[str | StatedBeta] | None"
    lags: int
    min_obs: int


class WaysHow(How, total=False):
    """Keywords of a comparison of ways beside those of every portfolio."""

    hedge_prices: Mapping[str, float] | None
    fields: "TableLike | None"
    lots: "TableLike | None"
    also: "tuple[Spot, ...]"
    yields: Mapping[str, float] | None
    mix: bool


class PolicyHow(How, total=False):
    """Keywords of a hedging policy beside those of every portfolio."""

    hedge_prices: Mapping[str, float] | None
    seed: int
    checks_per_year: float | None
    effort: "Effort | None"


class BacktestHow(How, total=False):
    """Keywords of a backtest beside those of every portfolio."""

    roll_days: int
    fill: str
    seed: int
    exact: bool


class StressHow(How, total=False):
    """Keywords of stress beside those of every portfolio."""

    episodes: "tuple[Episode, ...] | None"
    shocks: "tuple[Shock, ...] | None"
    vol_shift: float
    margin_rate: float
    margin_factor: float
    sigmas: float
    sigma_days: int


class RiskHow(How, total=False):
    """Keywords of risk beside those of every portfolio."""

    episodes: "tuple[Episode, ...] | None"
    participation: float
    half_spread: float
    target_volatility: float | None
    exit_of: str | None
    exit_days: int


class PerformanceHow(How, total=False):
    """Keywords of performance beside those of every portfolio."""

    returns: "TableLike | None"
    hedge: "TableLike | None"
    hedge_terms: "HedgeTerms | None"
    weights: "TableLike | None"
    trades: "TableLike | None"
    periods_per_year: float | None
    trials: int
    trials_spread: float | None
    beta_held: float | None


def how_of(how: "WaysHow | PolicyHow | BacktestHow | StressHow | RiskHow | PerformanceHow") -> How:
    """Take out what every portfolio has; what is of the one question stays behind."""
    own = {
        name
        for kind in (WaysHow, PolicyHow, BacktestHow, StressHow, RiskHow, PerformanceHow)
        for name in kind.__annotations__
    }
    shared = How.__annotations__
    return cast("How", {name: value for name, value in how.items() if name in shared or name not in own})


def groups_of(how: How) -> tuple[Measuring, Instruments]:
    """Make the two groups of keywords; parameters of an estimator go into its method.

    Examples
    --------
    >>> groups_of({"method": "ols", "window": 252})[0].window
    252
    """
    named = {one.name for one in fields(Measuring)}
    beside = {one.name for one in fields(Instruments)}
    named_values = {name: value for name, value in how.items() if name in named}
    instruments = {name: value for name, value in how.items() if name in beside and name != "chain"}
    own = {name: value for name, value in how.items() if name not in named | beside}
    if own:
        from trimtab.beta.method import parse_method  # noqa: PLC0415 - estimators are heavy

        settings = {name: named_values.pop(name, None) for name in ("window", "half_life", "errors")}
        named_values["method"] = parse_method(named_values.get("method") or "default", **settings, **own)  # type: ignore[arg-type]
    return Measuring(**named_values), Instruments(**instruments, chain=how.get("chain"))  # type: ignore[arg-type]
